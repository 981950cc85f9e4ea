"""What waiting callers hear, round by round."""

from functools import lru_cache

from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.template import Draft, Template
from routing.links import Route
from routing.waiting import Hold

_ROUND_S = 20
# An agent who has taken a call hears who is coming for about so long.
_ANSWERED_S = 10


@lru_cache(maxsize=1024)
def waiting_room(hold: Hold, config: RoutingConfig, language: str) -> Template:
    """One round of the waiting room: the place, thanks, the urgent key; or the way out."""
    draft = Draft(config, language)
    if hold.leave:
        return draft.finish(twiml.leave())
    if hold.is_answered:
        return draft.finish(draft.speak("waiting_answered"), twiml.pause(_ANSWERED_S))
    said = [_place(draft, hold)]
    if hold.queue != "urgent":
        said.append(draft.speak("waiting_keys"))
    action = draft.link(Route.WAITING_KEY, queue=hold.queue)
    queue = config.queues.get(hold.queue)
    wait_s = queue.announce_every_s if queue else _ROUND_S
    return draft.finish(twiml.gather(said, action=action, wait_s=wait_s, answer_silence=False))


def _place(draft: Draft, hold: Hold) -> twiml.Verb:
    if hold.queue == "slow":
        return draft.speak("waiting_slow")
    if hold.place == 0:
        return draft.speak("waiting_plain")
    return draft.speak("waiting_next") if hold.place == 1 else draft.speak("waiting", position=hold.place)


def after_waiting_key(leads_out: bool, queue: str, config: RoutingConfig, language: str) -> Template:
    """The caller pressed a key while waiting: on to the urgent line, or back to waiting."""
    draft = Draft(config, language)
    if leads_out:
        return draft.finish(draft.speak("urgent_chosen"), twiml.leave())
    return draft.finish(twiml.redirect(draft.link(Route.WAITING, queue=queue)))
