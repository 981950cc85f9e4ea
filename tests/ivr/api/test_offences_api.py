"""/offences: appeals, signatures, waivers, restrictions looked at again."""

from typing import Any

import pytest
from flask import Flask

from ivr.voice.exchange import exchange
from routing.floor import Floor
from routing.rules.caller import Treatment
from routing.rules.conduct_events import (
    Fact,
    FollowedUp,
    Judged,
    Linked,
    Reported,
    SpecialistTookCall,
    WritingOffered,
)
from routing.rules.conduct_words import Category, Finding, FollowUp
from routing.store.on_disk import OnDisk
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.staff import a_key

NUMBER, CALLER = "+14155550142", "c1"
APPEAL = {"by": "Kim", "grounds": "I did not say that."}
SIGNED = {"conduct_is_the_reason": True}


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


@pytest.fixture
def asking(app: Flask, floor: Floor) -> Any:
    """Somebody with these rights, asking."""

    def make(name: str, *rights: str, role: str = "ops") -> Asking:
        return Asking(app.test_client(), a_key(floor, name, role, phone="", may=frozenset(rights)))

    return make


def tell(floor: Floor, kind: type[Fact], id_: str, by: str = "sam", **more: Any) -> None:
    fact = kind(id=id_, at=floor.clock.now(floor.store), by=by, **more)
    floor.offences.append(CALLER, fact, floor.terms())


def at_stage(floor: Floor, stage: int, category: Category = Category.SWEARING) -> str:
    """Up the ladder, a day at a time; the last offence."""
    tell(floor, Linked, "l1", address=NUMBER)
    for n in range(1, stage + 1):
        now = floor.clock.now(floor.store)
        tell(floor, Reported, f"o{n}", "ana", call=f"CA{n}", acted_at=now, category=category)
        tell(floor, Judged, f"v{n}", "rita", report=f"o{n}", finding=Finding.UPHELD)
        later(floor, days=2)
        if n == 1:
            tell(floor, FollowedUp, "d1", offence="o1", result=FollowUp.SPOKE)
        elif n == 2:
            tell(floor, SpecialistTookCall, "d2", call="CA9")
        elif n == 3:
            tell(floor, WritingOffered, "d3")
        later(floor, days=1)
    return f"o{stage}"


def treatment(floor: Floor) -> Treatment:
    return floor.standings.read(NUMBER).treatment_at(floor.clock.now(floor.store))


def test_an_appeal_pauses_and_a_quashed_offence_restores_normal_at_once(asking: Any, floor: Floor) -> None:
    dora, at = asking("dora", "appeal"), f"/offences/{at_stage(floor, 2)}/appeal"
    assert treatment(floor) is Treatment.SPECIALIST
    follows = {"offence_id": "o2", "stage": 2, "treatment": "normal"}
    for _ in range(2):
        assert dora("POST", at, APPEAL).get_json() == follows
    assert treatment(floor) is Treatment.NORMAL
    refused(dora("POST", at, APPEAL | {"grounds": "Something else."}), 409, "already_decided")
    decision = {"outcome": "quashed", "note": "He did not."}
    for _ in range(2):
        follows = dora("POST", f"{at}/decision", decision).get_json()
        assert follows == {"offence_id": "o2", "stage": 1, "treatment": "normal"}
    assert treatment(floor) is Treatment.NORMAL
    refused(dora("POST", f"{at}/decision", {"outcome": "confirmed"}), 409, "already_decided")
    assert floor.offences.dossiers.words("appeal-o2-dora") == "Kim: I did not say that."


def test_an_appeal_is_decided_by_somebody_uninvolved_and_only_when_there_is_one(
    asking: Any, floor: Floor
) -> None:
    at = f"/offences/{at_stage(floor, 2)}/appeal"
    dora, rita, ana = (asking(name, "appeal") for name in ("dora", "rita", "ana"))
    refused(dora("POST", f"{at}/decision", {"outcome": "confirmed"}), 409, "no_appeal")
    dora("POST", at, APPEAL)
    for involved in (rita, ana):
        refused(involved("POST", f"{at}/decision", {"outcome": "confirmed"}), 409, "involved")
    for wrong in ({"outcome": "varied"}, {"outcome": "quashed", "treatment": "normal"}):
        refused(dora("POST", f"{at}/decision", wrong), 422, "invalid")
    body = {"outcome": "varied", "treatment": "normal", "note": ""}
    assert dora("POST", f"{at}/decision", body).get_json()["treatment"] == "normal"


def test_an_appeal_that_comes_too_late_is_refused(asking: Any, floor: Floor) -> None:
    offence = at_stage(floor, 1)
    later(floor, days=60)
    refused(asking("dora", "appeal")("POST", f"/offences/{offence}/appeal", APPEAL), 409, "too_late")


def test_stage_4_without_two_signatures_of_two_people_stays_3(asking: Any, floor: Floor) -> None:
    at = f"/offences/{at_stage(floor, 4)}/sign-off"
    mona, lea = asking("mona", "sign_manager", "sign_legal"), asking("lea", "sign_legal")
    assert treatment(floor) is Treatment.EMAIL_ONLY
    follows = {"offence_id": "o4", "stage": 3, "treatment": "email_only"}
    assert mona("POST", at, SIGNED | {"as": "manager"}).get_json() == follows
    refused(mona("POST", at, SIGNED | {"as": "legal"}), 409, "same_person")
    refused(lea("POST", at, SIGNED | {"as": "manager"}), 403, "not_allowed")
    refused(lea("POST", at, {"as": "legal", "conduct_is_the_reason": False}), 422, "invalid")
    follows = {"offence_id": "o4", "stage": 4, "treatment": "closed"}
    for _ in range(2):
        assert lea("POST", at, SIGNED | {"as": "legal"}).get_json() == follows
    assert treatment(floor) is Treatment.CLOSED


def test_nothing_is_signed_in_advance(asking: Any, floor: Floor) -> None:
    at = f"/offences/{at_stage(floor, 3)}/sign-off"
    refused(asking("mona", "sign_manager")("POST", at, SIGNED | {"as": "manager"}), 409, "nothing_to_sign")


def test_a_waived_remedy_counts_as_delivered_only_with_a_letter(asking: Any, floor: Floor) -> None:
    tell(floor, Linked, "l1", address=NUMBER)
    now = floor.clock.now(floor.store)
    tell(floor, Reported, "o1", "ana", call="CA1", acted_at=now, category=Category.SWEARING)
    mona = asking("mona", "sign_manager")
    body = {"reason": "he has moved", "letter_sent": True}
    refused(mona("POST", "/offences/o1/waive", body), 409, "no_offence")
    refused(mona("POST", "/offences/o9/waive", body), 404, "unknown_report")
    tell(floor, Judged, "v1", "rita", report="o1", finding=Finding.UPHELD)
    assert mona("POST", "/offences/o1/waive", body).get_json()["stage"] == 1
    assert floor.offences.dossiers.words("waive-o1-by-letter-mona") == "he has moved"


def test_a_restriction_that_was_looked_at_again_may_end(asking: Any, floor: Floor) -> None:
    offence, sam = at_stage(floor, 3), asking("sam", role="supervisor")
    refused(sam("POST", "/offences/o2/restriction-review", {"lifted": True}), 409, "no_restriction")
    at = f"/offences/{offence}/restriction-review"
    kept = {"offence_id": "o3", "stage": 3, "treatment": "email_only"}
    assert sam("POST", at, {"lifted": False}).get_json() == kept
    for _ in range(2):
        lifted = sam("POST", at, {"lifted": True, "note": "he has been civil"}).get_json()
        assert lifted == kept | {"treatment": "specialist"}


def test_every_route_needs_its_right(asking: Any, floor: Floor, app: Flask) -> None:
    nobody, offence = asking("olga"), at_stage(floor, 1)
    for what in ("appeal", "appeal/decision", "sign-off", "waive", "restriction-review"):
        refused(nobody("POST", f"/offences/{offence}/{what}", {}), 403, "not_allowed")
    with app.app_context():
        assert exchange().floor.offences.dossiers.known(CALLER).head[0] == 4
