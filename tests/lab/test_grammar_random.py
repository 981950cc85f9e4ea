"""What Twilio's own builder makes of covered attributes is accepted; one thing wrong, and it is refused."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.twiml import TwiML, voice_response

from ivr.lab import attributes as kinds
from ivr.lab.attributes import Kind
from ivr.lab.grammar import NOT_COVERED, NOT_COVERED_ATTRIBUTES, NOUNS, PLACES, RULES, SSML, VERBS
from ivr.lab.twiml import document_of, problems

NAMES = st.from_regex(r"[A-Za-z0-9_]{1,20}", fullmatch=True)
COUNTS = st.integers(1, 999_999)
URLS = st.sampled_from(["/a?b=1&c=2", "../menu#rc=2", "https://example.com:8443/x", "menu"])
LANGUAGES = st.sampled_from(["en-US", "es-MX", "cmn-Hant-TW"])
WORDS = st.from_regex(r"[a-zé&<'\" ]{0,30}[a-z]", fullmatch=True)
PHONE_NUMBERS = st.sampled_from(["+12125550100", "+4930123456", "(212) 555-0100", "212-555-0100"])
EVENTS = {
    kinds.CALL_EVENTS: ["initiated", "ringing", "answered", "completed"],
    kinds.CONFERENCE_EVENTS: ["start", "end", "join", "leave", "mute", "hold", "modify", "announcement"],
    kinds.RECORDING_EVENTS: ["in-progress", "completed", "absent"],
}
VALUES: dict[Kind, st.SearchStrategy] = {
    kinds.URL: URLS,
    kinds.URL_OR_NOTHING: URLS | st.just(""),
    kinds.METHOD: st.sampled_from(["GET", "POST"]),
    kinds.FLAG: st.booleans(),
    kinds.COUNT: COUNTS,
    kinds.COUNT_OR_NEVER: st.integers(0, 999_999),
    kinds.LOOP: st.integers(0, 1000),
    kinds.SECONDS_OR_AUTO: COUNTS,  # auto only without a speechModel
    kinds.RING_S: st.integers(5, 600),
    kinds.TALK_S: st.integers(1, 14_400),
    kinds.RECORD_S: st.integers(2, 14_400),
    kinds.PARTICIPANTS: st.integers(2, 250),
    kinds.LANGUAGE: LANGUAGES,
    kinds.HEARD_LANGUAGE: LANGUAGES,
    kinds.VOICE: st.sampled_from(["man", "woman", "alice", "Polly.Léa", "Google.en-US-Chirp3-HD-Aoede"]),
    kinds.WORDS: WORDS,
    kinds.HINTS: WORDS,
    kinds.SPEECH_MODEL: st.sampled_from(["default", "googlev2_long", "deepgram_nova-3"]),
    kinds.INPUT: st.sampled_from(["dtmf", "speech", "dtmf speech"]),
    kinds.ONE_KEY: st.from_regex("[0-9*#]?", fullmatch=True),
    kinds.KEYS: st.from_regex("[0-9*#]{0,12}", fullmatch=True),
    kinds.TONES: st.from_regex("[0-9A-DwW*#]{1,20}", fullmatch=True),
    kinds.QUEUE_NAME: NAMES,
    kinds.CONFERENCE_NAME: NAMES,
    kinds.LABEL: NAMES,
    kinds.CALL_SID: st.from_regex("CA[0-9a-f]{32}", fullmatch=True),
    kinds.PHONE_NUMBER: PHONE_NUMBERS,
    kinds.CLIENT_NAME: NAMES,
    kinds.SIP_ADDRESS: st.sampled_from(["sip:jack@example.com", "sip:a@b.example;region=ie1?x-a=b&x-c=d"]),
    kinds.CALLER_ID: st.sampled_from(["+12125550100", "client:joey", "my_office-1"]),
    kinds.CREDENTIAL: NAMES,
    kinds.REASON: st.sampled_from(["rejected", "busy"]),
    kinds.TRIM: st.sampled_from(["trim-silence", "do-not-trim"]),
    kinds.BEEP: st.sampled_from([True, False, "onEnter", "onExit"]),
    kinds.JITTER: st.sampled_from(["small", "medium", "large", "off"]),
    kinds.REGION: st.sampled_from(["us1", "jp1"]),
    kinds.RING_TONE: st.sampled_from(["at", "us-old", "za"]),
} | {
    kind: st.lists(st.sampled_from(events), min_size=1, unique=True).map(" ".join)
    for kind, events in EVENTS.items()
}

CAPITALS = {letter: f"_{letter.lower()}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
TEXT_FIRST = {"Say": "message", "Play": "url", "Redirect": "url", "Enqueue": "name", "Dial": "number"}


def snake_case(name: str) -> str:
    return "".join(CAPITALS.get(letter, letter) for letter in name)


@st.composite
def built(draw, name: str) -> TwiML:
    """One element with some of its attributes and all that it needs inside, made by Twilio's builder."""
    rule = RULES[name]
    attributes = draw(
        st.fixed_dictionaries({}, optional={name: VALUES[kind] for name, kind in rule.attributes.items()})
    )
    words = {snake_case(key): value for key, value in attributes.items()}
    nouns = rule.nests - SSML
    made = getattr(voice_response, name)
    if rule.text and not (name == "Dial" and draw(st.booleans())):
        nouns = frozenset()
        text = draw(VALUES[rule.text])
        words["digits"] = None if name == "Play" else words.get("digits")
        element = made(**words, **{TEXT_FIRST[name]: text}) if name in TEXT_FIRST else made(text, **words)
    else:
        element = made(**words)
    for child in draw(_children(nouns)):
        element.append(child)
    return element


def _children(names: frozenset[str]) -> st.SearchStrategy[list[TwiML]]:
    if not names:
        return st.just([])
    if "Conference" in names:
        ringing = st.sampled_from(["Number", "Client", "Sip"]).flatmap(built)
        return built("Conference").map(lambda one: [one]) | st.lists(ringing, min_size=1, max_size=10)
    return st.lists(st.sampled_from(sorted(names)).flatmap(built), max_size=3)


@st.composite
def documents(draw, context: str = "call") -> str:
    response = voice_response.VoiceResponse()
    for verb in draw(st.lists(st.sampled_from(sorted(PLACES[context].verbs)).flatmap(built), max_size=4)):
        response.append(verb)
    return str(response)


def test_every_kind_of_value_is_drawn():
    used = {kind for rule in RULES.values() for kind in (*rule.attributes.values(), rule.text) if kind}
    assert used == VALUES.keys()


@pytest.mark.parametrize("context", PLACES)
@settings(deadline=None)
@given(st.data())
def test_whatever_twilios_builder_makes_is_accepted(context, data):
    body = data.draw(documents(context)).encode()
    assert problems(body, context=context) == []
    verbs = document_of(body, content_type="text/xml", context=context, url="").verbs
    assert [verb.name for verb in verbs] == [element.tag for element in ET.fromstring(body)]


@settings(deadline=None)
@given(documents(), st.data())
def test_an_attribute_that_nobody_knows_is_refused(document, data):
    root = ET.fromstring(document)
    element = data.draw(st.sampled_from(list(root.iter())))
    known = {name for rule in RULES.values() for name in rule.attributes}
    known |= {name for _, name in NOT_COVERED_ATTRIBUTES}
    name = data.draw(
        st.from_regex("[a-z][A-Za-z]{0,11}", fullmatch=True).filter(lambda drawn: drawn not in known)
    )
    element.set(name, "1")
    assert any(told.startswith(f"12200 {element.tag}: ") for told in problems(ET.tostring(root)))


@settings(deadline=None)
@given(documents(), NAMES, st.data())
def test_a_verb_that_nobody_knows_is_refused_wherever_it_stands(document, name, data):
    name = f"X{name}"
    assert name not in {*RULES, *NOT_COVERED}
    root = ET.fromstring(document)
    data.draw(st.sampled_from(list(root.iter()))).append(ET.Element(name))
    assert any(name in told for told in problems(ET.tostring(root)))


@settings(deadline=None)
@given(st.sampled_from(sorted(RULES)), st.sampled_from(sorted(RULES)), st.data())
def test_wrong_nesting_is_refused(parent, child, data):
    if child in RULES[parent].nests:
        return
    element = data.draw(built(parent)).xml()
    element.append(data.draw(built(child)).xml())
    wrapped = (
        f"<Dial>{ET.tostring(element).decode()}</Dial>" if parent in NOUNS else ET.tostring(element).decode()
    )
    assert problems(
        f"<Response>{wrapped}</Response>".encode(), context="waiting" if parent == "Leave" else "call"
    )


@settings(deadline=None)
@given(st.sampled_from(sorted(VERBS)), st.data())
def test_a_value_of_another_kind_is_refused(name, data):
    if not RULES[name].attributes:
        return
    attribute, kind = data.draw(
        st.sampled_from(sorted(RULES[name].attributes.items(), key=lambda pair: pair[0]))
    )
    if kind is kinds.HINTS:
        return
    element = ET.Element(name, {attribute: "not at all\x85right"})
    element.text = "+12125550100" if name == "Dial" else "a"
    told = problems(b"<Response>" + ET.tostring(element) + b"</Response>")
    assert any(f"{name}: {attribute}=" in each for each in told)
