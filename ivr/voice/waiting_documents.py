"""What waiting callers hear, round by round."""

from functools import lru_cache

from config.schema import CALL_ME_BACK_KEY, RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import moment_in_words
from ivr.voice.template import Draft, Template
from routing.links import Route
from routing.waiting import CALL_BACK, Hold

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
    said = [_place(draft, hold), *_wait(draft, hold)]
    if hold.call_back:
        said.append(draft.speak("press_call_back", key=CALL_ME_BACK_KEY))
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


def _wait(draft: Draft, hold: Hold) -> list[twiml.Verb]:
    if not hold.wait_min or hold.queue == "slow":
        return []
    if hold.wait_min == 1:
        return [draft.speak("waiting_one_minute")]
    return [draft.speak("waiting_minutes", minutes=hold.wait_min)]


def after_waiting_key(asks_for: str, queue: str, config: RoutingConfig, language: str) -> Template:
    """The caller pressed a key while waiting: on to what it asks for, or back to waiting."""
    draft = Draft(config, language)
    if asks_for:
        said = "call_back_chosen" if asks_for == CALL_BACK else "urgent_chosen"
        return draft.finish(draft.speak(said), twiml.leave())
    return draft.finish(twiml.redirect(draft.link(Route.WAITING, queue=queue)))


def promised(prompt: str, at: str, config: RoutingConfig, language: str) -> Template:
    """The caller is called back, said once it is promised; with the hour (`at`, ISO text) if it is later."""
    draft = Draft(config, language)
    when = moment_in_words(config, language, at) if at else ""
    said = draft.speak(prompt, when=when) if when or not at else draft.speak("call_me_back")
    return draft.finish(said, draft.speak("goodbye"), twiml.hang_up())
