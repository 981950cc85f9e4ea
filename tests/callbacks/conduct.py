"""Callers in the conduct ledger who are owed something: built for the tests of what follows."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from callbacks import affairs, endings, outcome
from callbacks.keys import CallbackKeys
from callbacks.ledger import Ledger
from callbacks.records import Attempt, Callback
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State
from routing import filing
from routing.floor import Floor
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import AppealDecided, Appealed, Fact, FollowedUp, Judged
from routing.rules.conduct_words import Category, Finding, FollowUp, Outcome, Target
from routing.rules.reports import ReportKind, Statement
from routing.store.reports import new_report_id
from tests.callbacks.promises import now_in
from tests.ivr.voice.scenes import set_clock
from tests.routing.staff import an_agent

CALLER = "+12125550142"
MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)  # ten in New York
TUESDAY = MONDAY + timedelta(days=1)
_numbers = count()


def staff(floor: Floor) -> None:
    """On a Monday at ten in New York: Ana, her manager Mona, and Flo, who may make follow-up calls."""
    set_clock(floor, MONDAY)
    an_agent(floor, "mona", role="supervisor", phone="+12125550190")
    an_agent(floor, "ana", manager="mona", phone="+12125550191")
    an_agent(floor, "rita", role="supervisor", phone="")
    an_agent(floor, "dora", role="supervisor", phone="")


def reported(floor: Floor, *, number: str = CALLER, **special: Any) -> tuple[str, str]:
    """A call that Ana ended just now; ids of the report and of the caller."""
    report_id = new_report_id()
    said: dict[str, Any] = {"call": f"CA{next(_numbers):032x}", "adviser": "ana", "words": "You fool."}
    said |= {"original_problem": "a refund that did not come", "line": "support", "language": "en"}
    statement = Statement(
        ReportKind.ABUSE,
        category=Category.SWEARING,
        target=Target.ADVISER,
        number=number,
        **(said | special),
    )
    floor.reports.write(report_id, statement, by="ana")
    report = floor.reports.find(report_id)
    assert report is not None
    return report_id, filing.file(floor, report)


def now(floor: Floor) -> datetime:
    return floor.clock.now(floor.store)


def write(floor: Floor, caller: str, fact: Fact) -> None:
    floor.offences.append(caller, fact, floor.terms())


def judge(floor: Floor, caller: str, report: str) -> None:
    fact = Judged(id=f"v-{report}", at=now(floor), by="rita", report=report, finding=Finding.UPHELD)
    write(floor, caller, fact)


def upheld(floor: Floor, **special: Any) -> tuple[str, str]:
    """Reported and upheld at once; ids of the offence and of the caller."""
    report, caller = reported(floor, **special)
    judge(floor, caller, report)
    return report, caller


def spoken(offence: str, at: datetime) -> FollowedUp:
    return FollowedUp(id=f"spoken-{offence}", at=at, by="mona", offence=offence, result=FollowUp.SPOKE)


def quashed(floor: Floor, caller: str, offence: str) -> None:
    write(floor, caller, Appealed(id=f"a-{offence}", at=now(floor), by="mona", offence=offence))
    decided = AppealDecided(
        id=f"d-{offence}", at=now(floor), by="dora", offence=offence, outcome=Outcome.QUASHED
    )
    write(floor, caller, decided)


def looked_after(floor: Floor, ledger: Ledger) -> int:
    """All that is due is done; how many looks that took."""
    looks = 0
    while due := floor.deadlines.claim_due(20, 10_000):
        for one in due:
            if one.kind == affairs.DEADLINE:
                affairs.look(floor, ledger, one.id)
                looks += 1
            floor.deadlines.finish(one)
    return looks


def promised(floor: Floor, ledger: Ledger, caller: str, offence: str) -> Callback | None:
    """The call that is linked to an offence."""
    key = CallbackKeys(floor.keys.site).follow_ups(caller)
    found = floor.store.run(lambda redis: redis.hget(key, offence))
    return ledger.find(found) if found else None


def the_promise(floor: Floor, ledger: Ledger, caller: str, offence: str) -> Callback:
    found = promised(floor, ledger, caller, offence)
    assert found is not None
    return found


def standing(floor: Floor, caller: str) -> ConductStanding:
    known = floor.offences.dossiers.known(caller)
    at = max([now(floor), *(fact.at for fact in known.facts)])
    return standing_at(known.facts, floor.terms(), at)


def facts(floor: Floor, caller: str, kind: type[Fact]) -> list[Any]:
    return [one for one in floor.offences.dossiers.known(caller).facts if isinstance(one, kind)]


def spoken_to(floor: Floor, ledger: Ledger, callback: Callback) -> None:
    """Rung, reached, and told of."""
    now_in(ledger, callback.id, State.REACHED, attempts=(Attempt("at1", now(floor), "mona", now(floor)),))
    outcome.tell(floor, ledger, callback.id, outcome.Told(Result.REACHED, True), by="mona")


def never_reached(floor: Floor, ledger: Ledger, callback: Callback) -> None:
    """Three attempts, three days, nobody."""
    attempts = tuple(Attempt(f"at{n}", now(floor), "mona", now(floor), Result.NO_ANSWER) for n in range(3))
    now_in(ledger, callback.id, State.REACHED, attempts=attempts)
    outcome.tell(floor, ledger, callback.id, outcome.Told(Result.NO_ANSWER), by="mona")


def in_writing(ledger: Ledger, callback: Callback) -> None:
    endings.letter_sent(ledger, callback.id, by="mona")
