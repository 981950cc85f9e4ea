"""What Twilio tells us about calls after the fact; a repeat or a late event changes nothing."""

from config.connections import StoreAway
from config.observe import failed_open, log
from routing.floor import Floor
from routing.store.step import LOG_DAYS


def call_ended(floor: Floor, call_sid: str, how: str) -> bool:
    """The call is over: it leaves its queue, and its later steps are refused.

    False for a call that nobody knows, or whose end was told before.
    While Redis is away the waiting room forgets the call by itself (store/look_at_wait.lua).
    """
    try:
        if floor.calls.end(call_sid, how, log_days=_log_days(floor)):
            log.info("call_ended", call=call_sid, how=how)
            return True
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
    return False


def _log_days(floor: Floor) -> int:
    config = floor.configs.current
    return config.call_log_days if config else LOG_DAYS
