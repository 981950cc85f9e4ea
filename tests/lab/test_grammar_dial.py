"""Dial and its nouns: who may be called, how, and with what code the rest is refused."""

import pytest

from ivr.lab.twiml import Verb, document_of, problems

SID = "CA" + "0123456789abcdef" * 2


def doc(verbs: str) -> bytes:
    return f"<Response>{verbs}</Response>".encode()


def dial(inside: str, attributes: str = "") -> bytes:
    return doc(f"<Dial {attributes}>{inside}</Dial>")


@pytest.mark.parametrize(
    "document",
    [
        dial("+12125550100"),
        dial(" (212) 555-0100 "),
        dial("1-212-555-0100", 'action="/dialled" method="GET" timeout="5" timeLimit="14400"'),
        dial("+12125550100", 'callerId="+12125550101" hangupOnStar="true" answerOnBridge="true"'),
        dial("+12125550100", 'ringTone="us-old" sequential="true" callerId="client:joey"'),
        dial("<Number>212-555-0100</Number>"),
        dial('<Number url="/whisper" method="GET" sendDigits="wwW1928#">+12125550100</Number>'),
        dial('<Number statusCallback="/told" statusCallbackEvent="initiated answered">+445550100</Number>'),
        dial('<Client url="/whisper" statusCallback="/told" statusCallbackMethod="GET">joey</Client>'),
        dial("<Sip>sip:jack@example.com;transport=tls?x-team=a&amp;x-other=b</Sip>"),
        dial('<Sip username="admin" password="1234" url="/whisper">kate@example.com</Sip>'),
        dial("<Number>+12125550100</Number><Client>joey</Client><Sip>sip:a@b.example</Sip>"),
        dial("<Client>joey</Client>" * 10),
        dial("<Conference>Room 1234</Conference>", 'timeLimit="7200" hangupOnStar="true"'),
        dial('<Conference waitUrl="" beep="onEnter" muted="false" coach="' + SID + '">a</Conference>'),
        dial('<Conference participantLabel="caller-1" maxParticipants="2" region="ie1">a</Conference>'),
        dial(
            '<Conference statusCallback="/events" jitterBufferSize="off" startConferenceOnEnter="true" '
            'statusCallbackEvent="start end join leave mute hold modify speaker announcement">a</Conference>'
        ),
    ],
)
def test_sound_dials_have_no_problems(document):
    assert problems(document) == []


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (dial(""), "13223 Dial: there is nobody to call"),
        (dial("jack"), "13223 Dial: 'jack' is not a phone number"),
        (dial("sip:jack@example.com"), "13223 Dial: 'sip:jack@example.com' is not a phone number"),
        (dial("<Number>+0555</Number>"), "13223 Number: '+0555' is not a phone number"),
        (dial("<Number/>"), "13223 Number: '' is not a phone number"),
        (dial("+12125550100<Client>joey</Client>"), "12200 Dial: it has no text of its own"),
        (dial("<Say>Hello</Say>"), "13215 Say: not allowed in <Dial>"),
        (dial("<Dial>+12125550100</Dial>"), "13215 Dial: not allowed in <Dial>"),
        (dial("<number>+12125550100</number>"), "12200 number: there is no such verb"),
        (doc("<Number>+12125550100</Number>"), "12200 Number: not allowed in a call outside a queue"),
        (doc("<Conference>a</Conference>"), "12200 Conference: not allowed in a call outside a queue"),
        (dial("<Conference>a</Conference><Client>b</Client>"), "13000 Dial: a Conference stands alone"),
        (
            dial("<Conference>a</Conference><Conference>b</Conference>"),
            "13000 Dial: a Conference stands alone",
        ),
        (dial("<Client>joey</Client>" * 11), "12200 Dial: 11 nouns, more than 10"),
        (dial("+12125550100", 'timeout="4"'), "12200 Dial: timeout='4' is not a whole number from 5 to 600"),
        (dial("+12125550100", 'timeLimit="14401"'), "12200 Dial: timeLimit='14401' is not a whole number"),
        (
            dial("+12125550100", 'answerOnBridge="yes"'),
            "13219 Dial: answerOnBridge='yes' is not true or false",
        ),
        (dial("+12125550100", 'callerId="my office"'), "12200 Dial: callerId='my office' is not a phone"),
        (dial("+12125550100", 'ringTone="uk1"'), "12200 Dial: ringTone='uk1' is not at, au,"),
        (
            dial("+12125550100", 'statusCallbackEvent="end"'),
            "12200 Dial: there is no attribute statusCallbackEvent",
        ),
        (
            dial('<Number sendDigits="1,2">+12125550100</Number>'),
            "12200 Number: sendDigits='1,2' is not keys",
        ),
        (
            dial('<Client statusCallbackEvent="busy">a</Client>'),
            "12200 Client: statusCallbackEvent='busy' is not some of initiated, ringing, answered, completed",
        ),
        (dial("<Client>joey smith</Client>"), "12200 Client: 'joey smith' is not a client's name"),
        (dial(f"<Client>{'a' * 257}</Client>"), "12200 Client: 'aaaa"),
        (dial("<Sip>jack</Sip>"), "12200 Sip: 'jack' is not a SIP address"),
        (dial(f"<Sip>sip:{'a' * 250}@b.example</Sip>"), "12200 Sip: 'sip:aaaa"),
        (dial(f"<Sip>sip:a@b.example?x-a={'a' * 1020}</Sip>"), "12200 Sip: 'sip:a@b.example?x-a=aaa"),
        (dial("<Conference> </Conference>"), "12200 Conference: '' is not a conference's name"),
        (dial('<Conference muted="yes">a</Conference>'), "13230 Conference: muted='yes'"),
        (
            dial('<Conference endConferenceOnExit="">a</Conference>'),
            "13231 Conference: endConferenceOnExit=''",
        ),
        (dial('<Conference startConferenceOnEnter="1">a</Conference>'), "13232 Conference: startConference"),
        (dial('<Conference waitUrl="ftp://a.example">a</Conference>'), "13233 Conference: waitUrl="),
        (
            dial(f'<Conference participantLabel="{"a" * 129}">a</Conference>'),
            "16023 Conference: participantLabel",
        ),
        (dial(f'<Conference participantLabel="{SID}">a</Conference>'), "16023 Conference: participantLabel"),
        (dial('<Conference participantLabel="a/b">a</Conference>'), "16023 Conference: participantLabel"),
        (dial('<Conference participantLabel="a%2fb">a</Conference>'), "16023 Conference: participantLabel"),
        (dial('<Conference maxParticipants="251">a</Conference>'), "12200 Conference: maxParticipants='251'"),
        (dial('<Conference maxParticipants="1">a</Conference>'), "12200 Conference: maxParticipants='1'"),
        (
            dial('<Conference coach="caller-1">a</Conference>'),
            "12200 Conference: coach='caller-1' is not a CallSid",
        ),
        (dial('<Conference region="us9">a</Conference>'), "12200 Conference: region='us9' is not us1,"),
        (
            dial('<Conference statusCallbackEvent="join,leave">a</Conference>'),
            "12200 Conference: statusCallbackEvent='join,leave' is not some of start, end,",
        ),
    ],
    ids=lambda value: value[10:50] if isinstance(value, bytes) else "",
)
def test_a_mistake_has_twilios_code(document, told):
    assert problems(document)[0].startswith(told)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (dial("<Queue>a</Queue>"), "<Queue>"),
        (dial("<Sim>DE0123</Sim>"), "<Sim>"),
        (dial("<WhatsApp>+12125550100</WhatsApp>"), "<WhatsApp>"),
        (dial("<Application>AP0123</Application>"), "<Application>"),
        (dial("<Client>joey<Parameter name='a' value='b'/></Client>"), "<Parameter>"),
        (dial("+12125550100", 'record="record-from-answer-dual"'), "Dial record"),
        (dial("+12125550100", 'referUrl="/refer"'), "Dial referUrl"),
        (dial('<Conference record="record-from-start">a</Conference>'), "Conference record"),
        (dial('<Conference trim="do-not-trim">a</Conference>'), "Conference trim"),
        (dial('<Number machineDetection="Enable">+12125550100</Number>'), "Number machineDetection"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_what_twilio_knows_and_the_lab_does_not_is_told_as_such(document, what):
    assert problems(document) == [f"{what} is not covered by the lab yet"]


def test_a_plain_number_is_the_text_of_its_dial():
    [verb] = read(dial(" 212-555-0100\n")).verbs
    assert verb == Verb("Dial", {}, "212-555-0100")


def test_nouns_are_the_children_of_their_dial():
    [verb] = read(dial('\n<Number url="/w">+12125550100</Number>\n<Client> joey </Client>\n')).verbs
    assert (verb.text, verb.language) == ("", "")
    assert verb.children == (Verb("Number", {"url": "/w"}, "+12125550100"), Verb("Client", {}, "joey"))


def read(body: bytes):
    return document_of(body, content_type="text/xml", context="call", url="https://example.com/")
