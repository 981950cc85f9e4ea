"""Where a document runs decides which verbs it may have; what it is decides what is done with it."""

import pytest

from ivr.lab.grammar import PLACES, VERBS
from ivr.lab.twiml import Document, TwimlError, Verb, document_of, problems

URL = "https://example.com/answer"
VERB_EXAMPLES = {
    "Say": "<Say>a</Say>",
    "Play": "<Play>/a</Play>",
    "Pause": "<Pause/>",
    "Gather": "<Gather/>",
    "Record": "<Record/>",
    "Redirect": "<Redirect>/a</Redirect>",
    "Reject": "<Reject/>",
    "Hangup": "<Hangup/>",
    "Enqueue": "<Enqueue>a</Enqueue>",
    "Leave": "<Leave/>",
    "Dial": "<Dial>+12125550100</Dial>",
}
EVERYWHERE = "Say Play"
ALLOWED = {
    "call": f"{EVERYWHERE} Pause Gather Redirect Hangup Record Reject Enqueue Dial",
    "waiting": f"{EVERYWHERE} Pause Gather Redirect Hangup Leave",
    "conference_wait": f"{EVERYWHERE} Pause Redirect",
    "whisper": f"{EVERYWHERE} Gather Hangup",
}


def test_every_verb_has_an_example():
    assert VERB_EXAMPLES.keys() == VERBS.keys()
    assert ALLOWED.keys() == PLACES.keys()


@pytest.mark.parametrize("context", ALLOWED)
@pytest.mark.parametrize("verb", VERB_EXAMPLES)
def test_a_place_lets_its_verbs_through_and_no_others(context, verb):
    told = problems(f"<Response>{VERB_EXAMPLES[verb]}</Response>".encode(), context=context)
    if verb in ALLOWED[context].split():
        assert told == []
    else:
        code = 13238 if context == "conference_wait" else 12200
        assert [each.partition(": not allowed in ")[0] for each in told] == [f"{code} {verb}"]


def test_a_conference_plays_a_document_again_that_redirects_to_itself():
    body = b"<Response><Play>/music.mp3</Play><Redirect/></Response>"
    assert problems(body, context="conference_wait") == []
    assert len(problems(body, context="waiting")) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "verbs"),
    [
        (b"<Response><Hangup/></Response>", "text/xml", (Verb("Hangup", {}),)),
        (b"<Response><Hangup/></Response>", "text/plain", (Verb("Hangup", {}),)),
        (b'<?xml version="1.0"?><Response><Hangup/></Response>', "text/plain", (Verb("Hangup", {}),)),
        (
            b"It's closed &\n  <b>done</b>.",
            "text/plain",
            (Verb("Say", {}, "It's closed & <b>done</b>.", language="en-US"),),
        ),
        ("Größe".encode(), "text/plain; charset=utf-8", (Verb("Say", {}, "Größe", language="en-US"),)),
        (
            "Größe".encode("latin-1"),
            "text/plain;charset=ISO-8859-1",
            (Verb("Say", {}, "Größe", language="en-US"),),
        ),
        (b" \n", "text/plain", ()),
        (b"\xff\xfb\x90", "audio/mpeg", (Verb("Play", {}, URL),)),
        (b"\0" * 100_000, "Audio/X-Wav", (Verb("Play", {}, URL),)),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_answer_is_followed_read_aloud_or_played(body, content_type, verbs):
    assert document_of(body, content_type=content_type, context="call", url=URL) == Document(verbs)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"<Response><Say>you & me</Say></Response>", "text/plain", 12100),
        (b"<Response><Says>a</Says></Response>", "text/plain", 12200),
        (b'\n<?xml version="1.0"?><Response/>', "text/xml", 12100),
        (b"a" * 65_537, "text/plain", 11750),
        (b"a" * 4097, "text/plain", 13521),
        (b"a", "text/plain; charset=klingon", 12300),
        (b"{}", "application/json", 12300),
        (b"", "image/png", 12300),
        (b"", "audio/ogg", 12300),
        (b"", "", 12300),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_answer_that_is_none_of_these_gives_twilios_code(body, content_type, code):
    with pytest.raises(TwimlError) as refusal:
        document_of(body, content_type=content_type, context="waiting", url=URL)
    assert refusal.value.code == code
