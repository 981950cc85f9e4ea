"""Whatever a signed webhook carries, the answer is sound TwiML, and nothing of ours breaks over it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.observe import FAILED_OPEN
from routing.floor import Floor, open_floor
from tests.ivr.voice.scenes import another_call, at_an_app, presses_while_waiting, settings_of
from tests.twilio import LINE, Twilio

LONGEST = 30_000  # bytes of one encoded value, of which two fit into the 64 kB that a body may have
REASONS = ("fault", "rule", "store_away", "standing_unreadable")
KNOWN = ["", " ", "+14155550142", "anonymous", "client:x", "sip:a@b.c", "\x00", "\ud7ff\ue000\uffff"]
NUMBERS = ["0", "-1", "1e9", "20", "9" * 30, "9" * 5000, "\u0663", "\u00b2", "NaN", " 7 ", "+3", "1_000"]
TAGS = ["]]>", "<Hangup/>", "&amp;", "&#0;", "{company}", "{0.__class__}", "%s%n", "'\";--", "\r\n\r\n"]

letters = st.characters(exclude_categories=["Cs"])
long = st.builds(lambda letter: letter * min(10_000, LONGEST // len(quote(letter, safe=""))), letters)
texts = st.sampled_from(KNOWN + NUMBERS + TAGS) | st.text(letters, max_size=60) | long
keys = st.sampled_from([*"0123456789*#", ""]) | texts


@dataclass(frozen=True)
class Site:
    """One app for all examples, at a site of its own."""

    twilio: Twilio
    floor: Floor

    def faults(self) -> float:
        """How often something of ours broke."""
        samples = [sample for metric in FAILED_OPEN.collect() for sample in metric.samples]
        return sum(
            sample.value
            for sample in samples
            if sample.name.endswith("_total") and sample.labels["reason"] in REASONS
        )


@pytest.fixture(scope="module")
def site(data_folder: Path) -> Site:
    made = settings_of("properties", data_folder)
    return Site(at_an_app(made), open_floor(made))


@settings(max_examples=200, deadline=None)
@given(caller=texts, verified=texts, key=keys)
@example(caller="+14155550142", verified="TN-Validation-Failed-A", key="0")
def test_any_caller_with_any_verification_and_key_is_answered(
    site: Site, caller: str, verified: str, key: str
) -> None:
    call, before = another_call(site.twilio, caller=caller), site.faults()
    menu = call.calls(StirVerstat=verified)
    assert menu.verbs == ["Gather"]
    assert call.presses(menu, key).verbs in (["Gather"], ["Say", "Enqueue"], ["Say", "Say", "Hangup"])
    assert site.faults() == before


@settings(max_examples=100, deadline=None)
@given(dialled=texts)
def test_any_dialled_number_is_answered_by_the_default_line(site: Site, dialled: str) -> None:
    call, before = another_call(site.twilio, dialled=dialled), site.faults()
    assert call.calls().says == another_call(site.twilio, dialled=LINE).calls().says
    assert site.faults() == before


@settings(max_examples=200, deadline=None)
@given(waited=texts | st.integers().map(str), key=keys, result=texts, is_known=st.booleans())
@example(waited="9" * 12, key="0", result="leave", is_known=False)
@example(waited="9" * 5000, key="0", result="leave", is_known=False)
@example(waited="20", key="0", result="queue-full", is_known=True)
def test_any_wait_with_any_key_and_way_out_is_answered(
    site: Site, waited: str, key: str, result: str, is_known: bool
) -> None:
    """Calls that Redis does not know are healed by Twilio's QueueTime, so that it is read then."""
    call, before = another_call(site.twilio), site.faults()
    queued = call.presses(call.calls(), "1")
    if not is_known:
        site.floor.store.client.delete(site.floor.keys.call(call.call_sid))
    waiting = call.waits(queued, QueueTime=waited)
    assert waiting.verbs == ["Gather"]
    assert presses_while_waiting(call, waiting, key).verbs in (["Redirect"], ["Say", "Leave"])
    call.leaves(queued, result)
    assert site.faults() == before
