"""Recordings: the Record verb, and those that REST starts on a call.

Source: https://www.twilio.com/docs/voice/twiml/record, https://www.twilio.com/docs/voice/api/recording
"""

import io
import math
import wave

import simpy

from ivr.lab.carrier import Ask, Carrier, Script
from ivr.lab.events import notify, tell
from ivr.lab.fields import API_VERSION, call_fields, recording_fields, recording_s
from ivr.lab.leg import Gone, Leg
from ivr.lab.pages import Next, Page
from ivr.lab.records import Call, Callback, Recording
from ivr.lab.sids import new_sid
from ivr.lab.twiml import Verb

TWILIO = "https://api.twilio.com"
ANY_KEY = "1234567890*#"
LONGEST_S, SILENCE_S = 3600.0, 5.0
SAMPLES_A_SECOND = 8000


class Recordings:
    """All recordings of the account."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.by_sid: dict[str, Recording] = {}

    def start(
        self, call: Call, source: str, *, channels: int, track: str, trim: str, to: Callback
    ) -> Recording:
        now = self._carrier.now
        recording = Recording(
            new_sid("RE"), call.account_sid, call.sid, source, now, channels, track, trim, callback=to
        )
        self.by_sid[recording.sid] = recording
        self._tell(recording, "in-progress")
        return recording

    def finish(self, recording: Recording) -> None:
        """It ends and is ready to be fetched; what was shorter than half a second is absent."""
        recording.ended = self._carrier.now
        recording.status = "completed" if recording_s(recording, recording.ended) else "absent"
        self._tell(recording, recording.status)

    def end_with(self, call: Call) -> None:
        """A call's recordings end with it."""
        for recording in self.by_sid.values():
            if recording.call_sid == call.sid and recording.ended is None:
                self.finish(recording)

    def url(self, recording: Recording) -> str:
        """Where its sound is fetched, as events and actions name it."""
        account = f"{TWILIO}/{API_VERSION}/Accounts/{recording.account_sid}"
        return f"{account}/Recordings/{recording.sid}"

    def media(self, recording: Recording) -> bytes:
        """Its sound as a WAV file: silence of its length."""
        sound = io.BytesIO()
        with wave.open(sound, "wb") as file:
            file.setparams((recording.channels, 1, SAMPLES_A_SECOND, 0, "NONE", "not compressed"))
            seconds = recording_s(recording, self._carrier.now)
            file.writeframes(b"\x80" * (recording.channels * SAMPLES_A_SECOND * seconds))
        return sound.getvalue()

    def _tell(self, recording: Recording, event: str) -> None:
        fields = recording_fields(recording, self.url(recording), self._carrier.now)
        tell(self._carrier, recording.callback, event, fields, recording.call_sid)


class RecordVerb:
    """The Record verb: a beep, then the caller speaks until a key, silence, the limit or the hang-up."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    def __call__(self, leg: Leg, verb: Verb, page: Page) -> Script[Next | None]:
        if verb.attributes.get("playBeep", "true") == "true":
            leg.hears("beep", "beep")
        recording = self._recordings.start(
            leg.call, "RecordVerb", channels=1, track="inbound", trim="trim-silence", to=_callback(verb, page)
        )
        message = _Message(leg.env)
        leg.place, leg.on_keys, leg.on_words = "record", message.keys, message.words
        try:
            leg.phone.recorded(leg)
            yield from _listen(leg, verb, message)
        except simpy.Interrupt as cut:
            self._cut_short(leg, verb, page, recording, message, cut)
            raise
        finally:
            leg.on_keys = leg.on_words = None
        leg.place = ""
        return self._after(verb, page, recording, message)

    def _cut_short(
        self,
        leg: Leg,
        verb: Verb,
        page: Page,
        recording: Recording,
        message: "_Message",
        cut: simpy.Interrupt,
    ) -> None:
        """A hang-up in the middle of a message is told to the action, a move to another document is not."""
        self._recordings.finish(recording)
        if isinstance(cut.cause, Gone) and message.spoken:
            ask = page.ask(verb, self._fields(recording, "hangup"))
            fields = call_fields(leg.call) | {"CallStatus": "completed"} | dict(ask.fields)
            notify(leg.carrier, ask, fields, leg.call.sid, leg.cookies)

    def _after(self, verb: Verb, page: Page, recording: Recording, message: "_Message") -> Ask | None:
        self._recordings.finish(recording)
        if not message.spoken:
            return None
        return page.ask(verb, self._fields(recording, message.key), answered=True)

    def _fields(self, recording: Recording, digits: str) -> dict[str, str]:
        return {
            "RecordingUrl": self._recordings.url(recording),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording_s(recording, recording.ended or 0.0)),
            "Digits": digits,
        }


class _Message:
    """What is said after the beep."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.spoken, self.key = "", ""
        self.more = env.event()

    def keys(self, keys: str) -> None:
        self.key = self.key or keys[:1]
        self._wake()

    def words(self, words: str) -> None:
        self.spoken = f"{self.spoken} {words}".strip()
        self._wake()

    def _wake(self) -> None:
        woken, self.more = self.more, self._env.event()
        woken.succeed()


def _listen(leg: Leg, verb: Verb, message: _Message) -> Script[None]:
    """In the network's time, whoever speaks: a message that took no time would be absent."""
    finish_on = verb.attributes.get("finishOnKey", ANY_KEY)
    silence_s = float(verb.attributes.get("timeout", SILENCE_S)) or math.inf
    until = leg.env.now + float(verb.attributes.get("maxLength", LONGEST_S))
    while leg.env.now < until:
        more = message.more
        yield leg.env.timeout(min(silence_s, until - leg.env.now)) | more
        if not more.triggered or (message.key and message.key in finish_on):
            return
        message.key = ""


def _callback(verb: Verb, page: Page) -> Callback:
    url = verb.attributes.get("recordingStatusCallback")
    if not url:
        return Callback()
    events = verb.attributes.get("recordingStatusCallbackEvent", "completed").replace(",", " ").split()
    method = verb.attributes.get("recordingStatusCallbackMethod", "POST")
    return Callback(page.link(url), method, frozenset(events))
