"""Standings in Redis: one hash under a number, written field by field, read whole."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.accounts import Terms
from routing.rules.caller import Override, Phase, Standing, Treatment
from routing.rules.conduct import course, standing_at
from routing.rules.conduct_events import Fact
from routing.store.keys import Keys

LAST_CONTACT = "last_contact_ms"
_OVERRIDE = ("override_treatment", "override_until_ms", "override_reason", "override_by")


# Written from the conduct ledger only; what is set by hand under a number has fields of its own.
DERIVED = ("caller", "treatment", "offences", "course", "caller_protected", "caller_need")


class UnreadableStandingError(ValueError):
    """What stands under a number is not a standing."""


def decode(fields: Mapping[str, str]) -> Standing:
    """The standing behind a hash; an empty one is the standing of everybody.

    Raises UnreadableStandingError.
    """
    try:
        return Standing(
            treatment=Treatment(fields.get("treatment", Treatment.NORMAL)),
            override=_override(fields),
            offences=tuple(json.loads(fields.get("offences", "[]"))),
            is_protected="1" in (fields.get("protected"), fields.get("caller_protected")),
            support_need=fields.get("support_need") or fields.get("caller_need", ""),
            is_shared=fields.get("shared") == "1",
            last_contact=moment(int(fields[LAST_CONTACT])) if LAST_CONTACT in fields else None,
            callback_owner=fields.get("callback_owner", ""),
            language=fields.get("language", ""),
            course=tuple(
                Phase(moment(since), Treatment(treatment), tuple(offences))
                for since, treatment, offences in json.loads(fields.get("course", "[]"))
            ),
        )
    except Exception as wrong:  # a moment beyond all calendars, nesting without end: anything may stand there
        raise UnreadableStandingError(f"not a standing: {type(wrong).__name__}") from wrong


def derived(caller: str, facts: Sequence[Fact], terms: Terms) -> dict[str, str]:
    """The DERIVED fields under every address of a caller: the same whenever they are made of these facts."""
    phases = course(facts, terms)
    known = standing_at(facts, terms, phases[0].since)
    return {
        "caller": caller,
        "treatment": phases[0].treatment,
        "offences": json.dumps(phases[0].offences),
        "course": json.dumps([[milliseconds(one.since), one.treatment, one.offences] for one in phases]),
        "caller_protected": "1" if known.is_protected else "0",
        "caller_need": known.support_need,
    }


def _override(fields: Mapping[str, str]) -> Override | None:
    if "override_treatment" not in fields:
        return None
    return Override(
        Treatment(fields["override_treatment"]),
        moment(int(fields["override_until_ms"])),
        fields.get("override_reason", ""),
        fields.get("override_by", ""),
    )


class Standings:
    """Reads and writes the standings of one site. Every change is audited in the same step."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def read(self, number: str) -> Standing:
        """Raises StoreAway and UnreadableStandingError."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.standing(number)))
        return decode(fields)

    def override(self, number: str, override: Override, *, at: datetime) -> None:
        """A treatment by hand until a moment; raises StoreAway."""
        fields = dict(
            zip(
                _OVERRIDE,
                (override.treatment, milliseconds(override.until), override.reason, override.by),
                strict=True,
            )
        )
        self._change(number, fields, (), what="override", by=override.by, at=at)

    def lift_override(self, number: str, *, by: str, at: datetime) -> None:
        """Back to the derived treatment; raises StoreAway."""
        self._change(number, {}, _OVERRIDE, what="lift_override", by=by, at=at)

    def share(self, number: str, shared: bool, *, by: str, at: datetime) -> None:
        """Mark a number as used by several people, or not; raises StoreAway."""
        self._mark(number, "shared", shared, by=by, at=at)

    def protect(self, number: str, protected: bool, *, need: str, by: str, at: datetime) -> None:
        """Mark a caller as protected and note the need (never a diagnosis); raises StoreAway."""
        extra = {"support_need": need} if protected and need else {}
        self._mark(number, "protected", protected, by=by, at=at, extra=extra, also=("support_need",))

    def _mark(
        self,
        number: str,
        name: str,
        on: bool,
        *,
        by: str,
        at: datetime,
        extra: Mapping[str, str] | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        fields = {name: "1", **(extra or {})} if on else {}
        self._change(
            number, fields, () if on else (name, *also), what=name if on else f"not_{name}", by=by, at=at
        )

    def _change(
        self,
        number: str,
        fields: Mapping[str, object],
        without: tuple[str, ...],
        *,
        what: str,
        by: str,
        at: datetime,
    ) -> None:
        key = self._keys.standing(number)
        entry = {"what": what, "by": by, "at_ms": milliseconds(at), "number": number, **fields}

        def write(redis: Any) -> None:
            with redis.pipeline(transaction=True) as pipe:
                if without:
                    pipe.hdel(key, *without)
                # The link between number and caller starts to age now (docs/policy.md 20).
                pipe.hset(key, mapping={**fields, LAST_CONTACT: milliseconds(at)})
                pipe.xadd(self._keys.audit, entry)
                pipe.execute()

        self._store.run(write)
