"""What a step leaves for people beside its answer: a wish to be called back, a message that was recorded."""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording at Twilio: its SID and length in seconds."""

    sid: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Left:
    """One entry for one of the lists that people look through; `recorded` only for a voicemail."""

    line: str
    language: str
    recorded: Recorded | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Left":
        kept: dict[str, Any] = json.loads(text)
        recorded = kept["recorded"]
        return cls(kept["line"], kept["language"], Recorded(**recorded) if recorded else None)
