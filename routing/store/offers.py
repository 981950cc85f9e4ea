"""Offers in Redis: one call offered to one agent who is kept for it, taken or lapsed in one step."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from config.connections import Store
from routing.rules.missed import words_for
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys

DEADLINE = "offer"  # the kind: has anything been heard of the agent's telephone?
PURPOSE = "offer:"  # of the agent's leg


class OfferState(StrEnum):
    """How far an offer has come. accepted: the agent has the call, until it is over."""

    MADE = "made"
    ACCEPTED = "accepted"
    OVER = "over"


class Accepted(StrEnum):
    """What became of an agent's yes. taken: the call is offered to somebody else."""

    OK = "ok"
    GONE = "gone"
    CALLER_GONE = "caller_gone"
    TAKEN = "taken"


class Ended(StrEnum):
    """What an offer was when the agent's end of it was over; nothing: it was over already."""

    NOTHING = ""
    MADE = "made"
    CONNECTING = "connecting"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class Offer:
    """`call` is the customer's CallSid, `agent` a person's id, `leg` the agent's; `how`: why it is over."""

    id: str
    call: str
    agent: str
    leg: str
    state: OfferState
    how: str


class Offers:
    """The offers of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def find(self, offer_id: str) -> Offer | None:
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.offer(offer_id)))
        if "state" not in fields:
            return None
        state = OfferState(fields["state"])
        return Offer(offer_id, fields["call"], fields["agent"], fields["leg"], state, fields["how"])

    def rings(self, offer_id: str) -> None:
        """The agent's telephone rings."""
        self._floor.run("ring_offer", offer_id)

    def accept(self, offer_id: str, agent_id: str) -> Accepted:
        """The agent takes the call; of all who try at once exactly one hears OK. OK again for a repeat."""
        # Conference names are known to the whole account, and hold nothing of a person:
        # https://www.twilio.com/docs/voice/twiml/conference
        conference = f"cf{secrets.token_hex(12)}"
        return Accepted(self._floor.run("accept_offer", offer_id, agent_id, conference))

    def end(self, offer_id: str, why: str, *, missed: bool, is_told: bool = False) -> Ended:
        """The agent's end of it is over: not answered, or his call has ended.

        The caller is where he was, and the next agent is rung; one who was talking hears that he has left.
        `missed`: it counts as an offer that the agent did not take; he hears why. `is_told`: his
        telephone knows.
        """
        return self._end(offer_id, why, missed, is_told, even_taken=True)

    def lapse(self, offer_id: str, why: str, *, is_told: bool = False) -> Ended:
        """As `end`, and missed; but NOTHING if the agent has taken it meanwhile: his yes came first."""
        return self._end(offer_id, why, True, is_told, even_taken=False)

    def on_hook(self, agent_id: str, leg_id: str) -> None:
        """The agent's leg has ended: he can be rung again."""
        self._floor.run("on_hook", agent_id, leg_id)

    def _end(self, offer_id: str, why: str, missed: bool, is_told: bool, *, even_taken: bool) -> Ended:
        words = words_for(why) if missed else ""
        said = self._floor.run("end_offer", offer_id, why, words, int(not is_told), int(even_taken))
        return Ended(said)
