"""Twilio's words for what became of a conference or a recording; an unknown word fails loudly here only."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from config.connections import StoreAway
from config.observe import failed_open, log
from routing import conversation, warnings
from routing.conversation import AGENT_LABEL, CALLER_LABEL
from routing.floor import Floor

# https://www.twilio.com/docs/voice/api/recording#recording-resource-properties; None: nothing new.
RECORDING_STATUS: dict[str, str | None] = {
    "in-progress": "running",
    "paused": "paused",
    "stopped": None,
    "processing": None,
    "completed": "kept",
    "absent": "empty",
    "failed": "failed",
    "deleted": None,
}


def conference(floor: Floor, form: Mapping[str, str]) -> None:
    """Somebody came or went, was put on hold, heard an announcement. What is not acted on is logged only."""
    what, label = form["StatusCallbackEvent"][:40], form.get("ParticipantLabel", "")[:40]
    name = form.get("FriendlyName", "")
    log.info("conference_event", what=what, label=label, conference=form["ConferenceSid"][:40])
    try:
        _act_on(floor, what, label, name, form.get("AnnounceUrl", ""))
    except StoreAway as away:
        failed_open("store_away", error=str(away))


def _act_on(floor: Floor, what: str, label: str, name: str, announced: str) -> None:
    if what == "participant-leave" and label == AGENT_LABEL:
        conversation.agent_left(floor, name)
    elif what == "participant-leave" and label == CALLER_LABEL:
        warnings.caller_left(floor, name)
    elif what in ("announcement-end", "announcement-fail"):
        warnings.is_over(floor, name, _warning_in(announced), played=what == "announcement-end")


def _warning_in(url: str) -> str:
    """Which warning of ours was announced; "" for none."""
    try:
        found = parse_qs(urlsplit(url).query).get("warning", [""])
    except ValueError:
        return ""
    return found[0][:40]


def recording(floor: Floor, form: Mapping[str, str]) -> None:
    """How a recording of a call stands: on the call's time line."""
    sid, call_sid, status = form["RecordingSid"], form.get("CallSid", ""), form.get("RecordingStatus", "")
    if status not in RECORDING_STATUS:
        log.error("recording_status_unknown", status=status[:40], call=call_sid)
        return
    state = RECORDING_STATUS[status]
    if state is None or not call_sid:
        return
    try:
        if floor.conversations.note_recording(call_sid, sid[:40], state):
            log.info("recording", call=call_sid, state=state)
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
