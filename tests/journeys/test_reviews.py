"""From a prank call to the slow queue, with the whole line running: reported, heard, decided, felt."""

from pathlib import Path
from typing import Any

import pytest

from ivr.lab.phone import ANSWERS
from routing.rules.people import May
from tests.ivr.voice.scenes import a_config
from tests.journeys.live_floor import Hall, open_hall
from tests.journeys.whole_line import Person, whole_line
from tests.twilio import LINE

pytestmark = pytest.mark.processes


def test_a_prank_call_is_reported_heard_decided_and_waits_next_time(tmp_path: Path) -> None:
    config = str(a_config(tmp_path, ('consent: "off"', 'consent: "announce"')))
    with whole_line(tmp_path / "site", CALMLINE_CONFIG=config) as line, open_hall(line) as hall:
        ana = hall.agent(ringing=ANSWERS)
        rita = line.user("rita", "", may=frozenset({May.REVIEW}), email="rita@example.com")
        caller = hall.caller()
        hall.until_talking(ana, caller)
        line.lab.run(5)
        caller.hangs_up()
        hall.until_over(caller)
        body = {"disposition": "nuisance", "note": "Nobody spoke."}
        hall.says(ana, "POST", f"/calls/{caller.call_sid}/wrap-up", body)
        report = _the_report(hall, rita)
        line.until(lambda: line.floor.offences.dossiers.caller_of(caller.number), 20)
        assert len(_mails(hall)) == 1
        case = hall.says(rita, "GET", f"/reports/{report}")
        assert (case["kind"], case["note"], case["recording"] is not None) == (
            "nuisance",
            "Nobody spoke.",
            True,
        )
        line.until(lambda: rita.ask("GET", f"/reports/{report}/recording").ok, 20)
        assert rita.ask("GET", f"/reports/{report}/recording").content[:4] == b"RIFF"
        verdict = {"nuisance": "upheld", "protocol_followed": True, "note": "silent"}
        said = hall.says(rita, "POST", f"/reports/{report}/verdict", verdict)
        assert said["treatment"] == "slow_queue"
        caller.calls(LINE)
        line.lab.run(5)
        assert line.floor.conversations.of(caller.call_sid)["queue"] == "slow"


def _the_report(hall: Hall, rita: Person) -> str:
    [row] = hall.says(rita, "GET", "/reports?state=open")["items"]
    return str(row["id"])


def _mails(hall: Hall) -> list[dict[str, str]]:
    redis: Any = hall.line.floor.store.client
    return [redis.hgetall(key) for key in redis.scan_iter(hall.line.floor.keys.mail("*"))]
