"""What we ask Twilio to do with calls, conferences and recordings, each a call of its REST.

Whatever is asked may raise the errors of routing/twilio_rest.py: TooFast and OutOfReach (not done), Refused
(not done, for good; NotInProgress: it is over already), NoReply (done or not).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.settings import Settings
from routing.rules.legs import Status, status_of
from routing.twilio_rest import NOT_FOUND, TIMEOUT_S, NoReply, NotInProgress, Rest, asking

EVENTS = ["initiated", "ringing", "answered", "completed"]
# The recording of a call that is going on (https://www.twilio.com/docs/voice/api/recording).
_CURRENT = "Twilio.CURRENT"
_GOING_ON = frozenset({"in-progress", "paused"})
_PAGE = 50
_CONFERENCE_SID = re.compile(r"CF[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call as Twilio knows it. `direction` is its word (ours: `outbound-api`); `created`: to the second."""

    sid: str
    status: Status
    direction: str
    created: datetime


class Telephone:
    """The account at Twilio, for any number of threads. `timeout_s` is for each request."""

    def __init__(self, settings: Settings, *, timeout_s: float = TIMEOUT_S) -> None:
        self._rest = Rest(settings, timeout_s=timeout_s)

    def place_call(
        self, to: str, from_: str, url: str, fallback_url: str, status_url: str, *, rings_s: int
    ) -> str:
        """The CallSid of a new call, which asks `url` when it is answered; it rings for 1 to 600 seconds.

        Not safe to repeat, and Twilio has no key that would make it so: after NoReply look it up (calls_to).
        https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
        """
        with asking():
            call = self._rest.client.calls.create(
                to=to,
                from_=from_,
                url=url,
                method="POST",
                fallback_url=fallback_url,
                fallback_method="POST",
                status_callback=status_url,
                status_callback_method="POST",
                status_callback_event=EVENTS,
                timeout=rings_s,
            )
        if not call.sid:
            raise NoReply("what answers is not Twilio's REST")
        return str(call.sid)

    def calls_to(self, to: str, from_: str, since: datetime) -> list[FoundCall]:
        """The latest calls between these numbers that started at `since` (to the second) or later.

        A call that Twilio still holds back has not started, and the list lags a little behind the world.
        """
        with asking():
            calls = self._rest.client.calls.list(
                to=to, from_=from_, start_time_after=since.astimezone(UTC), limit=_PAGE
            )
        return [_found(call) for call in calls]

    def call(self, call_sid: str) -> FoundCall:
        """How a call stands. Raises NotInProgress where there is none."""
        with asking():
            call = self._rest.client.calls(call_sid).fetch()
        return _found(call)

    def redirect(self, call_sid: str, url: str, fallback_url: str) -> None:
        """Send an answered call to another document, out of whatever it is in."""
        with asking():
            self._rest.client.calls(call_sid).update(
                url=url, method="POST", fallback_url=fallback_url, fallback_method="POST"
            )

    def end(self, call_sid: str) -> None:
        """Hang up, also while it rings: `completed` ends both, where `canceled` loses against an answer."""
        with asking():
            self._rest.client.calls(call_sid).update(status="completed")

    def announce(self, conference: str, url: str) -> None:
        """Everybody in the conference (its SID or name) hears the document."""
        self._change(conference, lambda room: room.update(announce_url=url, announce_method="POST"))

    def hold(self, conference: str, call_sid: str, url: str | None) -> None:
        """One of the conference hears the document at `url` (None: Twilio's music) instead of the others."""
        music = {} if url is None else {"hold_url": url, "hold_method": "POST"}
        self._change(conference, lambda room: room.participants(call_sid).update(hold=True, **music))

    def resume(self, conference: str, call_sid: str) -> None:
        """Back among the others."""
        self._change(conference, lambda room: room.participants(call_sid).update(hold=False))

    def end_conference(self, conference: str) -> None:
        """Everybody leaves it for the document after it."""
        self._change(conference, lambda room: room.update(status="completed"))

    def record(self, call_sid: str, status_url: str) -> str:
        """Record a call, each side on a channel of its own, nothing cut; the recording's SID.

        Safe to repeat: a call that is being recorded is not recorded twice.
        """
        with asking():
            recordings = self._rest.client.calls(call_sid).recordings
            going_on = [one for one in recordings.list(limit=_PAGE) if one.status in _GOING_ON]
            recording = (
                going_on[0]
                if going_on
                else recordings.create(
                    recording_channels="dual",
                    recording_track="both",
                    trim="do-not-trim",
                    recording_status_callback=status_url,
                    recording_status_callback_method="POST",
                )
            )
        return str(recording.sid)

    def pause_recording(self, call_sid: str) -> None:
        """Silence from here on, as long as it lasts, so that every moment keeps its place."""
        with asking():
            self._rest.client.calls(call_sid).recordings(_CURRENT).update(
                status="paused", pause_behavior="silence"
            )

    def resume_recording(self, call_sid: str) -> None:
        with asking():
            self._rest.client.calls(call_sid).recordings(_CURRENT).update(status="in-progress")

    def send_message(self, to: str, from_: str, body: str) -> str:
        """The MessageSid of a new text message. Not safe to repeat after NoReply: it may have gone out.

        https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
        """
        with asking():
            message = self._rest.client.messages.create(to=to, from_=from_, body=body)
        return str(message.sid)

    def close(self) -> None:
        self._rest.close()

    def _change(self, conference: str, change: Callable[[Any], object]) -> None:
        sid = conference if _CONFERENCE_SID.fullmatch(conference) else self._going_on(conference)
        with asking():
            change(self._rest.client.conferences(sid))

    def _going_on(self, name: str) -> str:
        with asking():
            rooms = self._rest.client.conferences.list(friendly_name=name, status="in-progress", limit=1)
        if not rooms:
            raise NotInProgress(404, NOT_FOUND, "no such conference")
        return str(rooms[0].sid)


def _found(call: Any) -> FoundCall:
    """Raises UnknownStatus."""
    return FoundCall(str(call.sid), status_of(call.status), str(call.direction), call.date_created)
