"""The Lua steps of this storey, each sent once and then called by its digest."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from redis import Redis
from redis.commands.core import Script

_FOLDER = Path(__file__).parent


@cache
def source(name: str) -> str:
    """A script's text, the shared prelude in front of it."""
    return (_FOLDER / "prelude.lua").read_text("utf-8") + (_FOLDER / f"{name}.lua").read_text("utf-8")


def register(redis: Redis, name: str) -> Script:
    """The script as something to call; it loads itself again after Redis restarted empty."""
    return redis.register_script(source(name))


def listed(names: Iterable[str]) -> str:
    """Names as a script looks one up among them: `,a,b,`."""
    return f",{','.join(sorted(names))},"
