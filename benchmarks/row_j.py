"""Row J: a routing config of 200 lines, menus and queues beside the default one."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.known_callers import first_numbers
from benchmarks.load import Caller
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import alternate, ratios, spread
from benchmarks.sizes import Sizes
from benchmarks.yardsticks import new_folder
from config.settings import PACKAGED_CONFIG

MANY = 200
GROWTH = 1.2


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """The same calls to the same line, under both configs in turn."""
    if product.is_control:
        return []
    numbers = first_numbers(sizes.callers)
    with ExitStack() as stack:
        large = _large_config(stack.enter_context(new_folder()))
        default = stack.enter_context(product.running(", default config"))
        many = stack.enter_context(product.running(f", {MANY} of each", CALMLINE_CONFIG=str(large)))
        callers = [Caller(default, numbers), Caller(many, numbers)]
        few, all_of_them = alternate(callers, rounds=sizes.rounds, seconds=sizes.seconds)
    time = ratios([r.us_per_call for r in all_of_them], [r.us_per_call for r in few])
    return [
        Figure(
            "J",
            f"incoming call under a config of {MANY} lines, menus and queues",
            f"{time.text(2)} ×: {spread([r.us_per_call for r in all_of_them]).text()} µs",
            f"default config {spread([r.us_per_call for r in few]).text()} µs",
            f"≤ {GROWTH} ×",
            time.median <= GROWTH,
        )
    ]


def _large_config(folder: Path) -> Path:
    """The default config with MANY more of each, all of them different."""
    yaml = YAML(typ="safe", pure=True)
    yaml.representer.ignore_aliases = lambda _data: True
    config: dict[str, Any] = yaml.load(PACKAGED_CONFIG.read_text("utf-8"))
    support = config["lines"]["support"]
    kept = {key: support[key] for key in ("region", "zone", "hours", "languages")}
    for number in range(MANY):
        config["queues"][f"queue{number}"] = {"skill": "general", "max_wait_s": 600 + number}
        config["skills"]["general"]["queues"].append(f"queue{number}")
        keys = {"1": {"queue": f"queue{number}", "say": "press_general"}, "9": {"repeat": True}}
        config["menus"][f"menu{number}"] = {"greeting": "welcome", "keys": keys}
        line = {"numbers": [f"+1646555{number:04d}"], "menu": f"menu{number}", **kept}
        config["lines"][f"line{number}"] = line
    file = folder / "large.yaml"
    with file.open("w") as opened:
        yaml.dump(config, opened)
    return file
