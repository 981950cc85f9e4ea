"""The Lua steps, each sent once and then called by its digest. The storey above has a folder of its own."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from redis import Redis
from redis.commands.core import Script

_FOLDER = Path(__file__).parent


@cache
def source(name: str, folder: Path = _FOLDER) -> str:
    """A script's text, what is shared in front of it."""
    shared = [_FOLDER / f"{part}.lua" for part in ("prelude", "floor", "reports", "conduct")]
    return "".join(path.read_text("utf-8") for path in (*shared, folder / f"{name}.lua"))


def register(redis: Redis, name: str, folder: Path = _FOLDER) -> Script:
    """The script as something to call; it loads itself again after Redis restarted empty."""
    return redis.register_script(source(name, folder))


def listed(names: Iterable[str]) -> str:
    """Names as a script looks one up among them: `,a,b,`."""
    return f",{','.join(sorted(names))},"
