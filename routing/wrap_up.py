"""After a call: what the agent writes of it, and what of that outlives the call."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from config.observe import log, masked
from routing.conversation import NotYourCall
from routing.floor import Floor
from routing.rules.caller import Identity
from routing.rules.reports import ReportKind, Statement
from routing.store.step import DAY_MS


@dataclass(frozen=True, slots=True)
class WrapUp:
    """How a call went. `resolved`: None when the agent did not say; `support_need`: "" for none heard of."""

    disposition: str
    note: str = ""
    resolved: bool | None = None
    support_need: str = ""

    def logged(self) -> dict[str, Any]:
        """For the call log, which holds no telephone number and nothing of what a caller needs."""
        return {
            "disposition": self.disposition,
            "note": masked(self.note),
            "resolved": self.resolved,
        }


class UnknownDisposition(Exception):
    """Not one of the routing config's; `known` are those."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"is none of {', '.join(known)}")
        self.known = known


def write_up(floor: Floor, call_sid: str, agent_id: str, wrote: WrapUp) -> None:
    """Kept with the call and in the call log; ends the wrap-up of this call. Written again, the last counts.

    A disposition that asks for a report writes it, once a call. Raises UnknownDisposition, NotYourCall,
    NoConfigError, StoreAway, NotKept.
    """
    config = floor.configs.in_force()
    disposition = config.dispositions.get(wrote.disposition)
    if disposition is None:
        raise UnknownDisposition(tuple(config.dispositions))
    kept = floor.conversations.write_up(
        call_sid,
        agent_id,
        asdict(wrote),
        logged=wrote.logged(),
        keep_log_ms=config.call_log_days * DAY_MS,
        report_id=_report_id(call_sid),
        report=_report(floor, call_sid, agent_id, wrote.note) if disposition.report else None,
    )
    if not kept:
        raise NotYourCall("You did not talk on this call.")
    log.info("written_up", call=call_sid, agent=agent_id, disposition=wrote.disposition)
    if disposition.report:
        floor.reports.keep(_report_id(call_sid))
    if wrote.support_need:
        _note_need(floor, call_sid, wrote.support_need, by=agent_id)


def _report_id(call_sid: str) -> str:
    return f"rp{hashlib.sha256(call_sid.encode()).hexdigest()[:20]}"


def _report(floor: Floor, call_sid: str, agent_id: str, note: str) -> Statement:
    call, answers = floor.conversations.of(call_sid), floor.calls.answers(call_sid)
    return Statement(
        ReportKind.NUISANCE,
        call_sid,
        agent_id,
        note=note,
        recorded="recording" in call,
        number=call.get("number", ""),
        identity=answers[0].decision.because.identity if answers else Identity.NOT_A_NUMBER,
        line=answers[0].line if answers else "",
        language=call.get("language", ""),
        queue=call.get("queue", ""),
    )


def _note_need(floor: Floor, call_sid: str, need: str, *, by: str) -> None:
    """Under the number only where the number tells who called (docs/policy.md 18)."""
    number, answers = floor.conversations.of(call_sid).get("number", ""), floor.calls.answers(call_sid)
    is_sure = bool(answers) and answers[-1].decision.because.identity is Identity.SURE
    if number and is_sure:
        floor.standings.note_need(number, need, by=by, at=floor.clock.now(floor.store))
