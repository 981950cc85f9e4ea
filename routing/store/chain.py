"""The chain of the conduct ledger: each digest covers the one before and a salted digest of what is said.

What an entry says lies beside it. With the salt gone as well nobody can guess it, and the chain still holds.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

_SALT_BYTES = 16
NOTHING_BEFORE = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `content` and `words` are salted digests, `words` "" for an entry without any.

    `caller` is an id that stands for nobody once the caller's addresses are erased.
    """

    seq: int
    previous: str
    kind: str
    caller: str
    content: str
    words: str
    digest: str = ""

    def sealed(self, key: bytes) -> "Entry":
        """The entry with the digest that it has to have."""
        covered = [self.seq, self.previous, self.kind, self.caller, self.content, self.words]
        return replace(self, digest=hmac.digest(key, json.dumps(covered).encode(), "sha256").hex())

    def fields(self) -> dict[str, str]:
        """As it stands in the stream, under the id `seq-0`."""
        return {
            "previous": self.previous,
            "kind": self.kind,
            "caller": self.caller,
            "content": self.content,
            "words": self.words,
            "digest": self.digest,
        }


def entry_in(stream_id: str, fields: Mapping[str, str]) -> Entry:
    """What stands in the stream, right or wrong."""
    known = {name: fields.get(name, "") for name in Entry(0, "", "", "", "", "").fields()}
    number, _, rest = stream_id.partition("-")
    return Entry(seq=int(number) if rest == "0" else -1, **known)


def key_mark(key: bytes) -> str:
    """Tells one LEDGER_KEY from another, and nothing else about it."""
    return hmac.digest(key, b"ledger key", "sha256").hex()[:16]


def salted(text: str) -> str:
    """A text with a salt of its own before it, as it is kept."""
    return f"{secrets.token_hex(_SALT_BYTES)}:{text}"


def unsalted(kept: str) -> str:
    return kept.partition(":")[2]


def digest_of(kept: str) -> str:
    """The digest of a text and its salt."""
    return hashlib.sha256(kept.encode(errors="surrogatepass")).hexdigest()
