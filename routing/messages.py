"""Text messages to callers: sent once, and not again when nobody knows whether they were."""

from config.observe import log
from routing.floor import Floor
from routing.store.effects import Effect, NotYet
from routing.telephone import Telephone
from routing.twilio_rest import NoReply, NotDone, Refused

_AGAIN_MS = 1_000


def send(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Raises NotYet (Twilio was asked too fast, or cannot be reached), StoreAway."""
    message = floor.messages.claim(effect.target)
    if message is None:
        return
    try:
        telephone.send_message(message.to, message.from_, message.body)
    except NotDone as early:
        floor.messages.give_back(message.id)
        raise NotYet(_AGAIN_MS) from early
    except Refused as no:
        log.error("message_refused", message=message.id, code=no.code, because=str(no))
    except NoReply as lost:
        log.warning("message_unconfirmed", message=message.id, because=str(lost))
    else:
        log.info("message_sent", message=message.id)
