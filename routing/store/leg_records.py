"""A call that we make, as its record holds it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.now import moment
from routing.rules.legs import LegState, Role

_MOMENTS = ("posted", "ringing", "answered", "joined", "unconfirmed", "ended")


@dataclass(frozen=True, slots=True)
class Leg:
    """One call that we make. `id` stands for the call in our URLs: "lg" and 24 hexadecimal digits.

    `purpose` says what it is for ("callback:ID"), `person` who of ours is rung, `priority` is of
    routing/pacer.py, `data` whatever its answer document needs. `how` is of `Ended` once it has ended. The
    moments are of the site's time. `is_given_up`: its call was looked for and not found; a person looks.
    """

    id: str
    role: Role
    purpose: str
    to: str = field(repr=False)
    from_: str = field(repr=False)
    rings_s: int
    priority: int
    person: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    state: LegState = LegState.INTENT
    call_sid: str = ""
    how: str = ""
    posted: datetime | None = None
    ringing: datetime | None = None
    answered: datetime | None = None
    joined: datetime | None = None
    unconfirmed: datetime | None = None
    ended: datetime | None = None
    is_given_up: bool = False


def encoded(leg: Leg) -> dict[str, str | int]:
    """A new leg as fields of a hash; what happens to it later is written by scripts."""
    return {
        "role": leg.role,
        "purpose": leg.purpose,
        "to": leg.to,
        "from_": leg.from_,
        "rings_s": leg.rings_s,
        "priority": int(leg.priority),
        "person": leg.person,
        "data": json.dumps(dict(leg.data)),
        "state": leg.state,
    }


def decoded(leg_id: str, fields: Mapping[str, str]) -> Leg:
    moments = {name: moment(int(fields[f"{name}_ms"])) for name in _MOMENTS if f"{name}_ms" in fields}
    return Leg(
        leg_id,
        Role(fields["role"]),
        fields["purpose"],
        to=fields["to"],
        from_=fields["from_"],
        rings_s=int(fields["rings_s"]),
        priority=int(fields["priority"]),
        person=fields["person"],
        data=json.loads(fields["data"]),
        state=LegState(fields["state"]),
        call_sid=fields.get("call_sid", ""),
        how=fields.get("how", ""),
        is_given_up="given_up" in fields,
        **moments,
    )
