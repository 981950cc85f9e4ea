"""The referee: which documents of one caller Twilio would run, and what is wrong with the others."""

import pytest

from ivr.lab.twiml import Document, NotCoveredError, TwimlError, Verb, document_of, problems


def read(body: bytes, content_type: str = "text/xml") -> Document:
    return document_of(body, content_type=content_type, context="call", url="http://a.example/doc")


def doc(verbs: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'.encode()


@pytest.mark.parametrize(
    ("verbs", "context"),
    [
        ("", "call"),
        ('<Say language="es-MX" voice="Polly.Lupe-Neural">Hola</Say>', "call"),
        ('<Say>It is <say-as interpret-as="date">2026</say-as><break/> <p><s>so</s></p></Say>', "call"),
        ("<Play>https://example.com/a.mp3</Play>", "call"),
        ('<Play digits="wwW12#AD"/>', "call"),
        ('<Say loop="0">a</Say><Play loop="0">/a</Play>', "call"),
        ('<Record timeout="0" maxLength="14400" recordingStatusCallbackEvent="completed absent"/>', "call"),
        ('<Enqueue waitUrl="">general</Enqueue>', "call"),
        ('<Pause/><Pause length="3"/>', "call"),
        (
            '<Gather numDigits="1" timeout="4" finishOnKey=""><Say>a</Say><Play>/a</Play><Pause/></Gather>',
            "call",
        ),
        (
            '<Gather input="dtmf speech" speechTimeout="auto" hints="a, b" actionOnEmptyResult="true"/>',
            "call",
        ),
        ('<Redirect method="GET">../menu?a=1&amp;b=2#rc=2</Redirect>', "call"),
        ('<Reject reason="busy"/>', "call"),
        ('<Enqueue action="/left" waitUrl="http://example.com:8000/music">general</Enqueue>', "call"),
        ('<Record maxLength="120" finishOnKey="1234567890*#" action="/done" playBeep="true"/>', "call"),
        ("<Say>a</Say><Play>/a</Play><Pause/><Gather/><Redirect>/b</Redirect><Leave/><Hangup/>", "waiting"),
        ("<!-- a comment --><Hangup/>", "call"),
    ],
)
def test_sound_documents_have_no_problems(verbs, context):
    assert problems(doc(verbs), context=context) == []


@pytest.mark.parametrize(
    ("verbs", "context", "told"),
    [
        ("<Says>a</Says>", "call", "12200 Says: there is no such verb"),
        ("<say>a</say>", "call", "12200 say: there is no such verb"),
        ('<Say colour="red">a</Say>', "call", "12200 Say: there is no attribute colour"),
        ("<Say></Say>", "call", "12200 Say: '' is not something to say"),
        ("<Say> \n </Say>", "call", "12200 Say: '' is not something to say"),
        (
            '<Say language="english!">a</Say>',
            "call",
            "12200 Say: language='english!' is not a language tag such as en-US",
        ),
        ("<Say>a<Pause/></Say>", "call", "12200 Say: <Pause> is not SSML that it knows"),
        ("<Play/>", "call", "12200 Play: '' is not a relative or http(s) URL whose host has no underscore"),
        ("<Pause>3</Pause>", "call", "12200 Pause: it has no text of its own"),
        ('<Pause length="0"/>', "call", "12200 Pause: length='0' is not a positive whole number"),
        ('<Pause length="1.5"/>', "call", "12200 Pause: length='1.5' is not a positive whole number"),
        ('<Gather numDigits="one"/>', "call", "12200 Gather: numDigits='one' is not a positive whole number"),
        ('<Gather timeout="auto"/>', "call", "13313 Gather: timeout='auto' is not a positive whole number"),
        (
            '<Gather finishOnKey="12"/>',
            "call",
            "12200 Gather: finishOnKey='12' is not one key of 0-9 * #, or nothing",
        ),
        ('<Gather input="touch"/>', "call", "12200 Gather: input='touch' is not dtmf, speech or both"),
        ('<Gather method="PUT"/>', "call", "12200 Gather: method='PUT' is not GET or POST"),
        ("<Gather><Redirect>/a</Redirect></Gather>", "call", "12200 Redirect: not allowed in <Gather>"),
        ("<Gather><Gather/></Gather>", "call", "12200 Gather: not allowed in <Gather>"),
        ("<Gather>Press 1</Gather>", "call", "12200 Gather: it has no text of its own"),
        (
            "<Redirect/>",
            "call",
            "12200 Redirect: '' is not a relative or http(s) URL whose host has no underscore",
        ),
        ("<Hangup/>Goodbye", "call", "12200 Response: it has no text of its own"),
        ('<Reject reason="rude"/>', "call", "12200 Reject: reason='rude' is not rejected or busy"),
        ("<Enqueue/>", "call", "12200 Enqueue: '' is not a queue's name of at most 64 characters"),
        ("<Leave/>", "call", "12200 Leave: not allowed in a call outside a queue"),
        ("<Enqueue>a</Enqueue>", "waiting", "12200 Enqueue: not allowed in a waiting room"),
        ("<Record/>", "waiting", "12200 Record: not allowed in a waiting room"),
        ("<Dial><Queue>a</Queue></Dial>", "call", "<Queue> is not covered by the lab yet"),
        ('<Gather bargeIn="true"/>', "call", "Gather bargeIn is not covered by the lab yet"),
        (
            '<Say voice="robot">a</Say>',
            "call",
            "13511 Say: voice='robot' is not man, woman, alice, or a voice of",
        ),
        (
            '<Play digits="1+1"/>',
            "call",
            "13430 Play: digits='1+1' is not keys of 0-9 A-D * # and the pauses",
        ),
        ('<Gather><Play digits="1"/></Gather>', "call", "12200 Play: digits are not played within <Gather>"),
        (
            '<Gather language="en"/>',
            "call",
            "13331 Gather: language='en' is not a language tag with its region",
        ),
        (
            '<Gather speechModel="phone_call" speechTimeout="auto"/>',
            "call",
            "13335 Gather: with a speechModel, speechTimeout is not auto but seconds",
        ),
        ('<Gather speechModel="own"/>', "call", "13334 Gather: speechModel='own' is not default, numbers"),
        (
            '<Record maxLength="1"/>',
            "call",
            "12200 Record: maxLength='1' is not a whole number from 2 to 14400",
        ),
        (
            '<Record recordingStatusCallbackEvent="completed completed"/>',
            "call",
            "12200 Record: recordingStatusCallbackEvent='completed completed' is not some of in-progress,",
        ),
        ("<Connect/>", "waiting", "<Connect> is not covered by the lab yet"),
        ("<Enqueue>a<Task>{}</Task></Enqueue>", "call", "<Task> is not covered by the lab yet"),
        ('<Say loop="-1">a</Say>', "call", "12200 Say: loop='-1' is not a positive whole number, or 0 for"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(verbs, context, told):
    assert problems(doc(verbs), context=context)[0].startswith(told)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "http://a_b.example/x", "http:///x", "/a b", "http://a:b/"]
)
def test_an_action_is_relative_or_http_with_a_proper_host(url):
    assert "is not a relative or http(s) URL" in problems(doc(f'<Gather action="{url}"/>'))[0]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b'\n<?xml version="1.0"?><Response/>', "text/xml", 12100),
        (b"<Response/><Response/>", "text/xml", 12100),
        (b"<Respond/>", "text/xml", 12100),
        (b"<Response><Say>you & me</Say></Response>", "text/xml", 12100),
        (b"<Response><Say>a</Response>", "text/xml", 12100),
        (b"", "text/xml", 12100),
        (b"<Response><Say>\xe9</Say></Response>", "text/xml", 12100),
        (b"<html><body>Error</body></html>", "text/html", 12100),
        (b"<Response/>", "application/json", 12300),
        (b"<Response/>", "", 12300),
        (b"<Response><Say>" + b"a" * 65_536 + b"</Say></Response>", "text/xml", 11750),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_document_that_cannot_be_read_gives_twilios_code(body, content_type, code):
    with pytest.raises(TwimlError) as refusal:
        read(body, content_type)
    assert refusal.value.code == code
    assert len(problems(body, content_type=content_type)) == 1


@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/xml", "Text/HTML"])
def test_three_content_types_are_twiml(content_type):
    assert read(b"<Response/>", content_type).verbs == ()


def test_all_problems_of_a_document_are_told():
    assert len(problems(doc('<Say/><Pause length="x" y="1"/><Nothing/>'))) == 4


def test_what_the_lab_cannot_follow_is_not_called_a_mistake():
    with pytest.raises(NotCoveredError, match="not covered by the lab yet"):
        read(doc("<Pay/>"))


@pytest.mark.parametrize(
    ("verbs", "read_as"),
    [
        ("<Dial>+14155550100</Dial>", Verb("Dial", {}, "+14155550100")),
        (
            '<Gather><Play loop="0">/a</Play></Gather>',
            Verb("Gather", {}, children=(Verb("Play", {"loop": "0"}, "/a"),)),
        ),
    ],
)
def test_a_dial_and_a_play_without_end_are_read_as_they_are_written(verbs, read_as):
    assert read(doc(verbs)).verbs == (read_as,)


@pytest.mark.parametrize(
    ("voice", "text", "is_sound"),
    [
        ("", "a" * 4096, True),
        ("", "a" * 4097, False),
        ("man", "é" * 750, True),
        ("man", "é" * 751, False),  # 4,500 characters when encoded for a URL
        ("Polly.Joanna", "a" * 3000, True),
        ("Polly.Joanna", "a" * 3001, False),
        ("Google.en-US-Chirp3-HD-Aoede", "a" * 4500, True),
        ("Google.en-US-Chirp3-HD-Aoede", "a" * 4501, False),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_voice_reads_only_so_much(voice, text, is_sound):
    say = f'<Say voice="{voice}">{text}</Say>' if voice else f"<Say>{text}</Say>"
    assert [told[:10] for told in problems(doc(say))] == ([] if is_sound else ["13521 Say:"])


def test_speech_markup_is_heard_as_plain_words():
    say = '<Say language="en-GB"> Call <sub alias="doctor">Dr</sub>\n <p>Ng.</p><p>Now</p></Say>'
    verb = read(doc(say)).verbs[0]
    assert (verb.text, verb.language) == ("Call doctor Ng. Now", "en-GB")


def test_a_say_without_a_language_is_american_english():
    assert read(doc("<Say>a</Say>")).verbs[0].language == "en-US"
