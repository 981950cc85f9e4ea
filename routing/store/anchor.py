"""The ledger's anchor: its heads, written down where a restored Redis does not reach."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.observe import log

ANCHOR = "ledger.anchor"


@dataclass(frozen=True, slots=True)
class Anchored:
    """One head that was written down: the number and the digest of the entry that was the last."""

    seq: int
    digest: str


class Anchor:
    """The anchor of one site on this host. Other sites may use the same file; other hosts have their own."""

    def __init__(self, data: Path, site: str) -> None:
        self.file, self._site = data / ANCHOR, site

    def add(self, seq: int, digest: str, at: datetime) -> None:
        """A line more, on disk. What cannot be written is logged: the next head covers all before it."""
        line = f"{self._site} {seq} {digest} {at:%Y-%m-%dT%H:%M:%SZ}\n"
        try:
            self._write(line.encode())
        except OSError as failed:
            log.error("ledger_not_anchored", seq=seq, error=str(failed))

    def heads(self) -> list[Anchored]:
        """The heads of this site, in the order in which they were written; a torn line is none.

        Raises OSError for a file that is there and cannot be read.
        """
        if not self.file.exists():
            return []
        lines = [line.split() for line in self.file.read_text("utf-8", "replace").splitlines()]
        return [
            Anchored(int(line[1]), line[2])
            for line in lines
            if len(line) == 4 and line[0] == self._site and line[1].isdecimal()
        ]

    def _write(self, line: bytes) -> None:
        opened = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if self._is_torn(opened):
                line = b"\n" + line
            os.write(opened, line)
            os.fsync(opened)
        finally:
            os.close(opened)

    @staticmethod
    def _is_torn(opened: int) -> bool:
        """A power cut has left half a line: the next begins on one of its own."""
        size = os.fstat(opened).st_size
        return bool(size) and os.pread(opened, 1, size - 1) != b"\n"
