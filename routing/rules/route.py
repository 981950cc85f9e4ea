"""Where a call goes: the rules of design and policy in their order, first match wins (docs/policy.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.schema import NORMAL_QUEUE, Line, RoutingConfig
from routing.rules.asked import Asked
from routing.rules.caller import Caller, Treatment
from routing.rules.decisions import Connect, Decision, Enqueue, PlayMenu, Rule, SayAndHangUp
from routing.rules.destinations import RESTRICTED, instead, urgent_route
from routing.rules.opening_hours import is_open


@dataclass(frozen=True, slots=True)
class Load:
    """How full the floor is: callers waiting by queue, users with the role agent, and those signed in.

    `owner_is_free`: whoever owes this caller a call can take it now.
    """

    waiting: Mapping[str, int] = field(default_factory=dict)
    agents: int = 0
    signed_in: int = 0
    owner_is_free: bool = False


def route_new_call(
    caller: Caller, *, line: Line, config: RoutingConfig, load: Load, at: datetime
) -> Decision:
    """What a call that comes in hears first."""
    asked = Asked(caller, config)
    if asked(
        Rule.STATE_UNREADABLE,
        not caller.is_readable,
        "the standing could not be read" if not caller.is_readable else "the standing was read",
    ):
        return Enqueue(NORMAL_QUEUE, asked.because(Rule.STATE_UNREADABLE))
    if asked(
        Rule.PROTECTED,
        caller.is_protected,
        "marked as protected" if caller.is_protected else "not marked as protected",
    ):
        return urgent_route("urgent", line, config, at, asked.because(Rule.PROTECTED))
    asked(Rule.IDENTITY_UNSURE, not caller.identity_is_sure, f"the caller's identity is {caller.identity}")
    return (
        _restricted(caller, config, at, asked)
        or _out_of_service(caller, line, is_open(config.hours[line.hours], line.zone, at), load, asked)
        or _treated(caller, config, load, at, asked)
        or _first_menu(line, asked)
    )


def _restricted(caller: Caller, config: RoutingConfig, at: datetime, asked: Asked) -> Decision | None:
    """Rule 3: closed and e-mail only. A line that closes nobody out keeps to e-mail (docs/policy.md 12)."""
    treatment = caller.treatment_at(at)
    if treatment is Treatment.CLOSED and not config.conduct.closed_allowed:
        treatment = Treatment.EMAIL_ONLY
    if asked(Rule.CLOSED, treatment is Treatment.CLOSED, f"the treatment is {treatment}"):
        return SayAndHangUp("closed", asked.because(Rule.CLOSED), RESTRICTED)
    if asked(Rule.EMAIL_ONLY, treatment is Treatment.EMAIL_ONLY, f"the treatment is {treatment}"):
        return SayAndHangUp("email_only", asked.because(Rule.EMAIL_ONLY), RESTRICTED)
    return None


def _out_of_service(caller: Caller, line: Line, opened: bool, load: Load, asked: Asked) -> Decision | None:
    """Rule 4: the line is closed, or nobody is signed in at a site that has agents."""
    if asked(Rule.CLOSED_HOURS, not opened, "the line is open" if opened else "the line is closed now"):
        return instead(caller, line.after_hours, asked.because(Rule.CLOSED_HOURS))
    nobody = load.agents > 0 and load.signed_in == 0
    if asked(Rule.NOBODY_SIGNED_IN, nobody, f"{load.signed_in} of {load.agents} agents are signed in"):
        return instead(caller, line.nobody_signed_in, asked.because(Rule.NOBODY_SIGNED_IN))
    return None


def _treated(
    caller: Caller, config: RoutingConfig, load: Load, at: datetime, asked: Asked
) -> Decision | None:
    """Rules 5 to 8: ownership, the slow queue, specialists, and the callback that we owe."""
    treatment = caller.treatment_at(at)
    why = f"the treatment is {treatment}"
    if asked(Rule.TEAM_LEADER, treatment is Treatment.TEAM_LEADER, why):
        return Enqueue("team_leader", asked.because(Rule.TEAM_LEADER))
    if treatment is Treatment.SLOW_QUEUE:
        return _slowed(config, load, asked)
    asked(Rule.SLOW_QUEUE, False, why)
    if asked(Rule.SPECIALIST, treatment is Treatment.SPECIALIST, why):
        return Enqueue("specialist", asked.because(Rule.SPECIALIST))
    owner = caller.standing.callback_owner if caller.identity_is_sure else ""
    if asked(Rule.PROMISED_CALL, bool(owner) and load.owner_is_free, _owed(owner, load)):
        return Connect(owner, asked.because(Rule.PROMISED_CALL))
    return None


def _owed(owner: str, load: Load) -> str:
    if not owner:
        return "no callback is open"
    return "we owe a callback" if load.owner_is_free else "we owe a callback, and its owner is not free"


def _slowed(config: RoutingConfig, load: Load, asked: Asked) -> Decision:
    """The slow queue never fills the line: past its limit, last in the normal queue (docs/policy.md 17)."""
    waiting, limit = load.waiting.get("slow", 0), config.queues["slow"].max_calls
    full = limit is not None and waiting >= limit
    if asked(Rule.NUISANCE_FULL, full, f"{waiting} calls wait in the slow queue, {limit} may"):
        return Enqueue(NORMAL_QUEUE, asked.because(Rule.NUISANCE_FULL))
    asked(Rule.SLOW_QUEUE, True, "the treatment is slow_queue")
    return Enqueue("slow", asked.because(Rule.SLOW_QUEUE))


def _first_menu(line: Line, asked: Asked) -> Decision:
    asked(Rule.MENU, True, "no other rule matched")
    return PlayMenu(line.menu, asked.because(Rule.MENU))
