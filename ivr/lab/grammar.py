"""What a voice verb may carry: a hand-written table of the verbs and nouns that the lab can follow.

Each has the page of Twilio's documentation that it was read from; docs/lab.md has the same rows in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.lab import attributes as kinds
from ivr.lab.attributes import FLAG, METHOD, URL, Kind

VOICE_DOCS = "https://www.twilio.com/docs/voice/twiml"


@dataclass(frozen=True)
class Rule:
    """One verb or noun: its page, its attributes, its text (None: it has none), what may be nested in it."""

    page: str
    attributes: Mapping[str, Kind] = field(default_factory=dict)
    text: Kind | None = None
    nests: frozenset[str] = frozenset()


SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
HEARD = frozenset({"Say", "Play", "Pause"})
# Ten of these may ring at once, mixed; a Conference stands alone: https://www.twilio.com/docs/api/errors/13000
RINGING_NOUNS = frozenset({"Number", "Client", "Sip"})
MOST_NOUNS = 10

_GATHER = {
    "action": URL,
    "method": METHOD,
    "input": kinds.INPUT,
    "timeout": kinds.COUNT,
    "numDigits": kinds.COUNT,
    "finishOnKey": kinds.ONE_KEY,
    "actionOnEmptyResult": FLAG,
    "language": kinds.HEARD_LANGUAGE,
    "hints": kinds.HINTS,
    "profanityFilter": FLAG,
    "speechTimeout": kinds.SECONDS_OR_AUTO,
    "speechModel": kinds.SPEECH_MODEL,
    "enhanced": FLAG,
}
_ENQUEUE = {
    "action": URL,
    "method": METHOD,
    "waitUrl": kinds.URL_OR_NOTHING,
    "waitUrlMethod": METHOD,
    "maxQueueSize": kinds.COUNT,
}
_RECORD = {
    "action": URL,
    "method": METHOD,
    "timeout": kinds.COUNT_OR_NEVER,
    "finishOnKey": kinds.KEYS,
    "maxLength": kinds.RECORD_S,
    "playBeep": FLAG,
    "trim": kinds.TRIM,
    "recordingStatusCallback": URL,
    "recordingStatusCallbackEvent": kinds.RECORDING_EVENTS,
    "recordingStatusCallbackMethod": METHOD,
}
_DIAL = {
    "action": URL,
    "method": METHOD,
    "timeout": kinds.RING_S,
    "timeLimit": kinds.TALK_S,
    "callerId": kinds.CALLER_ID,
    "hangupOnStar": FLAG,
    "answerOnBridge": FLAG,
    "sequential": FLAG,
    "ringTone": kinds.RING_TONE,
}
_CALLED = {
    "url": URL,
    "method": METHOD,
    "statusCallback": URL,
    "statusCallbackEvent": kinds.CALL_EVENTS,
    "statusCallbackMethod": METHOD,
}
_CONFERENCE = {
    "muted": FLAG,
    "beep": kinds.BEEP,
    "startConferenceOnEnter": FLAG,
    "endConferenceOnExit": FLAG,
    "participantLabel": kinds.LABEL,
    "jitterBufferSize": kinds.JITTER,
    "maxParticipants": kinds.PARTICIPANTS,
    "coach": kinds.CALL_SID,
    "region": kinds.REGION,
    "waitUrl": kinds.URL_OR_NOTHING,
    "waitMethod": METHOD,
    "statusCallback": URL,
    "statusCallbackEvent": kinds.CONFERENCE_EVENTS,
    "statusCallbackMethod": METHOD,
}
_SAY = {"voice": kinds.VOICE, "language": kinds.LANGUAGE, "loop": kinds.LOOP}
_PLAY = {"digits": kinds.TONES, "loop": kinds.LOOP}

VERBS: Mapping[str, Rule] = {
    "Say": Rule(f"{VOICE_DOCS}/say", _SAY, text=kinds.WORDS, nests=SSML),
    "Play": Rule(f"{VOICE_DOCS}/play", _PLAY, text=URL),
    "Pause": Rule(f"{VOICE_DOCS}/pause", {"length": kinds.COUNT}),
    "Gather": Rule(f"{VOICE_DOCS}/gather", _GATHER, nests=HEARD),
    "Record": Rule(f"{VOICE_DOCS}/record", _RECORD),
    "Redirect": Rule(f"{VOICE_DOCS}/redirect", {"method": METHOD}, text=URL),
    "Reject": Rule(f"{VOICE_DOCS}/reject", {"reason": kinds.REASON}),
    "Hangup": Rule(f"{VOICE_DOCS}/hangup"),
    "Enqueue": Rule(f"{VOICE_DOCS}/enqueue", _ENQUEUE, text=kinds.QUEUE_NAME),
    "Leave": Rule(f"{VOICE_DOCS}/leave"),
    "Dial": Rule(f"{VOICE_DOCS}/dial", _DIAL, text=kinds.PHONE_NUMBER, nests=RINGING_NOUNS | {"Conference"}),
}
NOUNS: Mapping[str, Rule] = {
    "Number": Rule(f"{VOICE_DOCS}/number", {**_CALLED, "sendDigits": kinds.TONES}, text=kinds.PHONE_NUMBER),
    "Client": Rule(f"{VOICE_DOCS}/client", _CALLED, text=kinds.CLIENT_NAME),
    "Sip": Rule(
        f"{VOICE_DOCS}/sip",
        {**_CALLED, "username": kinds.CREDENTIAL, "password": kinds.CREDENTIAL},
        text=kinds.SIP_ADDRESS,
    ),
    "Conference": Rule(f"{VOICE_DOCS}/conference", _CONFERENCE, text=kinds.CONFERENCE_NAME),
}
RULES: Mapping[str, Rule] = {**VERBS, **NOUNS}

# Twilio's own code for a bad value or text, where it has one; the others draw 12200.
# Each is a page of https://www.twilio.com/docs/api/errors.
CODES: Mapping[tuple[str, str], int] = {
    ("Say", "voice"): 13511,
    ("Play", "digits"): 13430,
    ("Gather", "action"): 13338,
    ("Gather", "timeout"): 13313,
    ("Gather", "speechTimeout"): 13327,
    ("Gather", "speechModel"): 13334,
    ("Gather", "language"): 13331,
    ("Gather", "profanityFilter"): 13333,
    ("Dial", "answerOnBridge"): 13219,
    ("Dial", ""): 13223,
    ("Number", ""): 13223,
    ("Conference", "muted"): 13230,
    ("Conference", "endConferenceOnExit"): 13231,
    ("Conference", "startConferenceOnEnter"): 13232,
    ("Conference", "waitUrl"): 13233,
    ("Conference", "participantLabel"): 16023,
}

Context = Literal["call", "waiting", "conference_wait", "whisper"]


@dataclass(frozen=True)
class Place:
    """Where a document runs: in words, the page that says so, its verbs, and the code for any other verb."""

    words: str
    page: str
    verbs: frozenset[str]
    code: int = 12200
    may_redirect_to_itself: bool = False


PLACES: Mapping[Context, Place] = {
    "call": Place("a call outside a queue", VOICE_DOCS, frozenset(VERBS) - {"Leave"}),
    "waiting": Place(
        "a waiting room", f"{VOICE_DOCS}/enqueue", HEARD | {"Gather", "Redirect", "Leave", "Hangup"}
    ),
    "conference_wait": Place(
        "what a conference plays to those who wait, are held or listen to an announcement",
        f"{VOICE_DOCS}/conference",
        HEARD | {"Redirect"},
        code=13238,
        may_redirect_to_itself=True,
    ),
    "whisper": Place(
        "what only the called party hears before being connected",
        f"{VOICE_DOCS}/number",
        frozenset({"Say", "Play", "Gather", "Hangup"}),
    ),
}

# Twilio knows these; the lab says so instead of treating them as mistakes.
# fmt: off
_NOT_COVERED_BY_PAGE = {
    "": ("Echo",),
    "/client": ("Identity", "Parameter"),
    "/connect": ("AiSession", "Autopilot", "Connect", "Conversation", "Room", "VirtualAgent"),
    "/connect/conversationrelay": ("ConversationRelay",),
    "/dial": ("Sim",),
    "/dial/application": ("Application",),
    "/enqueue": ("Task",),
    "/pay": ("Pay",),
    "/pay/prompt": ("Prompt",),
    "/queue": ("Queue",),
    "/recording": ("Recording",),
    "/refer": ("Refer",),
    "/sip": ("Header", "Headers", "Uri"),
    "/siprec": ("Siprec",),
    "/sms": ("Sms",),
    "/stream": ("Start", "Stop", "Stream"),
    "/transcription": ("Transcription",),
    "/whatsapp": ("WhatsApp",),
}
_DETECTION = (
    "machineDetection", "machineDetectionTimeout", "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout", "amdStatusCallback",
    "amdStatusCallbackMethod",
)
_NOT_COVERED_BY_ELEMENT = {
    "Gather": ("bargeIn", "debug", "maxSpeechTime", "partialResultCallback", "partialResultCallbackMethod"),
    "Enqueue": ("workflowSid",),
    "Record": ("recordingConfigurationId", "transcribe", "transcribeCallback"),
    "Dial": (
        "callReason", "events", "passports", "record", "recordingConfigurationId", "recordingStatusCallback",
        "recordingStatusCallbackEvent", "recordingStatusCallbackMethod", "recordingTrack", "referMethod",
        "referUrl", "trim",
    ),
    "Number": ("byoc", *_DETECTION),
    "Client": ("clientNotificationUrl",),
    "Sip": _DETECTION,
    "Conference": (
        "eventCallbackUrl", "record", "recordingConfigurationId", "recordingStatusCallback",
        "recordingStatusCallbackEvent", "recordingStatusCallbackMethod", "trim",
    ),
}
# fmt: on
NOT_COVERED: Mapping[str, str] = {
    name: VOICE_DOCS + page for page, names in _NOT_COVERED_BY_PAGE.items() for name in names
}
NOT_COVERED_ATTRIBUTES = frozenset(
    (element, name) for element, names in _NOT_COVERED_BY_ELEMENT.items() for name in names
)
