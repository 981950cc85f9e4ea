"""What a Gather takes of keys and words, when it has enough, and what it then asks."""

import pytest

from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from tests.lab.sample_line import CALLER, NUMBER, SampleLine

NOTHING = None
Acts = list[tuple[float, str]]


def does(lab: Lab, phone: Handset, acts: Acts) -> None:
    """Keys, or `say …`, each at its second of the call."""
    began = lab.clock.now()
    for at, what in acts:
        lab.run(began + at - lab.clock.now())
        if what.startswith("say "):
            phone.says(what.removeprefix("say "))
        else:
            phone.presses(what)


def gathered(line: SampleLine, acts: Acts) -> tuple[float, dict[str, str] | None]:
    """When the Gather was over, and its action's fields if that was asked."""
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        began = phone.calls(NUMBER).call.created
        does(lab, phone, acts)
        lab.run_until(lambda: phone.status == "completed", 60)
        over = next(one for one in phone.everything() if one.text in ("Thanks.", "Nothing."))
    asked = line.forms("/voice/done")
    assert (over.text == "Thanks.") == bool(asked)
    wanted = ("Digits", "FinishedOnKey", "SpeechResult")
    return over.at - began, {key: asked[0][key] for key in wanted if key in asked[0]} if asked else None


def gathering(line: SampleLine, attributes: str, prompts: str = "") -> None:
    gather = f'<Gather {attributes} action="/voice/done">{prompts}</Gather>'
    line.pages["/voice/incoming"] = f"<Response>{gather}<Say>Nothing.</Say></Response>"
    line.pages["/voice/done"] = "<Response><Say>Thanks.</Say></Response>"


@pytest.mark.parametrize(
    ("attributes", "acts", "over_at", "taken"),
    [
        ("", [], 5, NOTHING),
        ('timeout="3"', [], 3, NOTHING),
        ("", [(1, "4")], 6, {"Digits": "4", "FinishedOnKey": ""}),
        ('timeout="3"', [(1, "4"), (3, "7")], 6, {"Digits": "47", "FinishedOnKey": ""}),
        ('numDigits="2"', [(1, "4"), (2, "7")], 2, {"Digits": "47", "FinishedOnKey": ""}),
        ('numDigits="2"', [(1, "4"), (2, "#")], 2, {"Digits": "4", "FinishedOnKey": "#"}),
        ("", [(1, "12#34")], 1, {"Digits": "12", "FinishedOnKey": "#"}),
        ('finishOnKey="*"', [(1, "1#*")], 1, {"Digits": "1#", "FinishedOnKey": "*"}),
        ('finishOnKey=""', [(1, "#"), (2, "*")], 7, {"Digits": "#*", "FinishedOnKey": ""}),
        ("", [(2, "#")], 2, NOTHING),
        ("", [(2, "#7")], 2, NOTHING),
        ('actionOnEmptyResult="true"', [], 5, {"Digits": ""}),
        ('actionOnEmptyResult="true"', [(2, "#")], 2, {"Digits": ""}),
        ('input="dtmf speech" actionOnEmptyResult="true"', [], 5, {"Digits": "", "SpeechResult": ""}),
    ],
)
def test_keys_are_taken_until_they_are_enough_or_none_follows_in_time(
    line: SampleLine, attributes: str, acts: Acts, over_at: float, taken: dict[str, str] | None
) -> None:
    gathering(line, attributes)
    assert gathered(line, acts) == (pytest.approx(over_at), taken)


@pytest.mark.parametrize(
    ("attributes", "acts", "over_at", "taken"),
    [
        ('speechTimeout="auto"', [(1, "say yes")], 2, "yes"),
        ('speechTimeout="3"', [(1, "say yes"), (3, "say please")], 6, "yes please"),
        ('speechTimeout="3" timeout="9"', [], 9, NOTHING),
        ("", [(1, "say yes")], 6, "yes"),
        ('timeout="2"', [(1, "say yes")], 3, "yes"),
        ('speechTimeout="auto"', [(1, "say  ")], 2, NOTHING),
    ],
)
def test_words_are_taken_until_there_is_silence(
    line: SampleLine, attributes: str, acts: Acts, over_at: float, taken: str | None
) -> None:
    gathering(line, f'input="speech" {attributes}')
    fields = {"SpeechResult": taken} if taken else None
    assert gathered(line, acts) == (pytest.approx(over_at), fields)


@pytest.mark.parametrize(
    ("accepts", "acts", "taken"),
    [
        ("dtmf speech", [(1, "4"), (2, "say yes")], {"Digits": "4", "FinishedOnKey": ""}),
        ("dtmf speech", [(1, "say yes"), (1.5, "4")], {"SpeechResult": "yes"}),
        ("dtmf", [(1, "say yes")], NOTHING),
        ("speech", [(1, "4")], NOTHING),
    ],
)
def test_the_first_input_counts_and_what_is_not_asked_for_is_lost(
    line: SampleLine, accepts: str, acts: Acts, taken: dict[str, str] | None
) -> None:
    gathering(line, f'input="{accepts}"')
    assert gathered(line, acts)[1] == taken


@pytest.mark.parametrize(
    ("acts", "heard", "over_at"),
    [
        ([], ["Thirty characters, two seconds.", "/a.mp3"], 2 + 10 + 5),
        ([(1, "4")], ["Thirty characters, two seconds."], 1),
        ([(1, "#")], ["Thirty characters, two seconds."], 1),
        ([(3, "4")], ["Thirty characters, two seconds.", "/a.mp3"], 3),
    ],
    ids=["no key", "in the first prompt", "a lone #", "in the second"],
)
def test_a_key_cuts_the_prompts_short(line: SampleLine, acts: Acts, heard: list[str], over_at: float) -> None:
    prompts = "<Say>Thirty characters, two seconds.</Say><Play>/a.mp3</Play>"
    gathering(line, 'numDigits="1"', prompts)
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        began = phone.calls(NUMBER).call.created
        does(lab, phone, acts)
        lab.run_until(lambda: phone.status == "completed", 60)
        *prompted, over = [one for one in phone.everything() if one.verb in ("Say", "Play")]
    assert [one.text for one in prompted] == heard
    assert over.at - began == pytest.approx(over_at, abs=0.1)


def test_keys_that_nobody_asked_for_are_lost(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = (
        '<Response><Pause length="3"/><Gather timeout="2" action="/voice/done"/>'
        '<Pause length="9"/></Response>'
    )
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        does(lab, phone, [(1, "4"), (6, "7")])
        lab.run(20)
    assert phone.status == "completed"
    assert line.forms("/voice/done") == []


def test_an_answer_asks_by_get_and_a_gather_without_action_its_own_document(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = lambda form: (
        "<Response><Hangup/></Response>"
        if "Digits" in form
        else '<Response><Gather method="GET"/></Response>'
    )
    line.call(press=["12#"])
    first, answered = line.forms("/voice/incoming")
    assert (answered["Digits"], answered["msg"]) == ("12", "Gather End")
    assert (line.methods[:2], answered["CallSid"]) == (["POST", "GET"], first["CallSid"])
