"""Random edits of the default config file, and what became of loading them; runs in processes of its own."""

import random
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from config.faults import ConfigError
from config.load import check_config
from config.schema import RoutingConfig
from config.settings import PACKAGED_CONFIG

_TEXT = PACKAGED_CONFIG.read_text("utf-8").splitlines()
LINES = [line for line in (line.partition("#")[0].rstrip() for line in _TEXT) if line]
# What has a default or is one of many: a mutation leaves it out unless it edits it, for every line that is
# read costs each of thousands of mutations a tenth of a millisecond.
_SPARE = re.compile(
    r"""(prompts|recordings|voicemail|twilio|call_log_days): | \ {2}(angry|abusive|safety):
    | \ {4}(after_hours|nobody_signed_in|emergency|caller_id|wait_s|tries|otherwise|overflow|m(in|ax)_\w+):
    | \ {6}"[239*]":""",
    re.VERBOSE,
)
_SPARE_WHOLE = ("conduct:", "callbacks:")
_STARTS = [
    at for at, line in enumerate(LINES) if line[0] != " " or _SPARE.match(line) or _SPARE.match(LINES[at - 1])
]
PIECES = [LINES[start:end] for start, end in zip(_STARTS, [*_STARTS[1:], len(LINES)], strict=True)]
_PLACES = [(number, at) for number, piece in enumerate(PIECES) for at in range(len(piece))]
_CHARACTERS = "\"'{}[]:,#&*!|>%@`-?~0.\t\x00\x07é☃ <"
_WORDS = ["null", "<<: ", "&a ", "*a", "!!set ", "1e9", "---", "- ", "? ", "{", "0x1F", ".inf", "2027-02-30"]


@dataclass
class Outcome:
    """What some mutations led to; `crashes` and `odd` hold the texts that should not have led there."""

    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def outcome_of(seeds: range) -> Outcome:
    """Loads one mutation for each seed."""
    found = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "line.yaml"
        for seed in seeds:
            text = mutated(random.Random(seed))
            file.write_bytes(text.encode())
            started = time.process_time()
            try:
                _judge(found, text, check_config(file))
            except ConfigError as refused:
                _judge(found, text, refused)
            except Exception as crash:
                found.crashes.append(f"{crash!r}\n{text}")
            found.slowest_s = max(found.slowest_s, time.process_time() - started)
    return found


def _judge(found: Outcome, text: str, result: RoutingConfig | ConfigError) -> None:
    """Either the whole config, or a refusal with places within the file."""
    if isinstance(result, ConfigError):
        last = text.count("\n") + 2
        sound = result.faults and all(
            1 <= fault.line <= last and fault.column >= 1 for fault in result.faults
        )
        found.refused[result.faults[0].message.partition(";")[0][:24] if sound else "no place"] += 1
    else:
        sound = (
            result.lines
            and result.default_line in result.lines
            and set(result.prompts) == {*result.languages}
        )
        found.taken += 1
    if not sound:
        found.odd.append(text)


def mutated(chance: random.Random) -> str:
    """The default text without its comments, with one to three random edits."""
    pieces, edited = [list(piece) for piece in PIECES], set()
    for number, at in chance.choices(_PLACES, k=chance.randint(1, 3)):
        _edit(pieces[number], min(at, len(pieces[number]) - 1), chance)
        edited.add(number)
    kept = [
        piece
        for number, piece in enumerate(pieces)
        if number in edited or not (piece[0].startswith(_SPARE_WHOLE) or _SPARE.match(piece[0]))
    ]
    return "\n".join(line for piece in kept for line in piece) + "\n"


def _edit(lines: list[str], at: int, chance: random.Random) -> None:
    line = lines[at]
    spot = chance.randrange(len(line)) if line else 0
    match chance.randrange(8):
        case 0:
            lines[at : at + 1] = [] if len(lines) > 1 else [""]
        case 1:
            lines.insert(at, line)
        case 2:
            lines[at] = chance.choice(LINES)
        case 3:
            lines[at] = line[:spot] + line[spot + 1 :]
        case 4:
            lines[at] = line[:spot] + chance.choice(_CHARACTERS) + line[spot:]
        case 5:
            lines[at] = line[:spot] + chance.choice(_WORDS) + line[spot:]
        case 6:
            lines[at] = " " * chance.randrange(7) + line.lstrip()
        case _:
            before, colon, _ = line.partition(":")
            lines[at] = f"{before}{colon} {chance.choice(LINES).partition(':')[2].strip()}"
