"""Which keys a part of the routing config knows: for the question "did you mean …?"."""

from difflib import get_close_matches
from functools import cache
from typing import Any

from config.schema import RoutingConfig


def nearest(path: list[str | int]) -> str:
    """The known key that is spelled most like the last one of `path`, in the same section; "" for none."""
    *above, wrong = path
    found = get_close_matches(str(wrong)[:60], _section(above).get("properties", {}), n=1, cutoff=0.6)
    return found[0] if found else ""


def _section(path: list[str | int]) -> dict[str, Any]:
    here = _schema()
    for part in path:
        by_name = [*here.get("patternProperties", {}).values(), here.get("additionalProperties")]
        inside = here["items"] if isinstance(part, int) else here.get("properties", {}).get(part, by_name[0])
        here = _resolved(inside)
    return here


def _resolved(part: Any) -> dict[str, Any]:
    """What a reference stands for; of several kinds of value the one that has keys."""
    kinds = [
        _schema()["$defs"][kind["$ref"].rpartition("/")[2]] if "$ref" in kind else kind
        for kind in part.get("anyOf", [part])
    ]
    return max(kinds, key=lambda kind: kind.get("type") in ("object", "array"))


@cache
def _schema() -> dict[str, Any]:
    return RoutingConfig.model_json_schema()
