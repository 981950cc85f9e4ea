"""What callers hear: a document for every decision, and for every moment of the waiting room."""

from functools import lru_cache
from typing import assert_never

from config.schema import SOMEBODY_ELSE_KEY, URGENT_KEY, Option, RoutingConfig
from ivr.voice import twiml
from ivr.voice.template import Draft, Template
from routing.links import Links, Route
from routing.rules.answers import Answer
from routing.rules.choices import FOR_SOMEBODY_ELSE, MESSAGES_WITH_A_WAY_OUT
from routing.rules.decisions import Connect, Enqueue, OfferCallback, PlayMenu, SayAndHangUp
from routing.waiting import Hold

# Messages after which callers are told of the written channel.
_WITH_WRITTEN_CHANNEL = ("all_busy", "closed_hours", "nobody_signed_in")
_JOINED = {"urgent": "queue_joined_urgent", "slow": "queue_joined_slow"}
_KEY_WAIT_S = 6


def render(answer: Answer, call_sid: str, config: RoutingConfig, links: Links) -> str:
    """The document for an answer; the same answer gives the same document."""
    return _for_answer(answer, config).fill(links, call_sid, answer.visit)


def _for_answer(answer: Answer, config: RoutingConfig) -> Template:
    language = answer.language
    match answer.decision:
        case PlayMenu() as menu:
            return _menu(config, answer.line, language, menu.name, menu.attempt, menu.after)
        case Enqueue() as queue:
            return _queue(config, language, queue.name, queue.after)
        case Connect():
            return _queue(config, language, "general", "call_owned")
        case SayAndHangUp() as message:
            return _message(config, language, message.name)
        case OfferCallback() as offer:
            return _offer(config, language, offer.name)
        case other:
            assert_never(other)


@lru_cache(maxsize=256)
def _menu(config: RoutingConfig, line: str, language: str, name: str, attempt: int, after: str) -> Template:
    draft, layout = Draft(config, language), config.menus[name]
    opening = after or layout.greeting
    said = [draft.speak(opening)] if opening else []
    first = config.lines[line].languages[0]
    at_start = name == config.lines[line].menu and language == first
    for key, option in layout.keys.items():
        if option.say and not _leads_here(option, language, at_start):
            said.append(draft.speak(option.say, language=_language_of(option, first), key=key))
    action = draft.link(Route.MENU, menu=name, attempt=str(attempt))
    return draft.finish(twiml.gather(said, action=action, wait_s=layout.wait_s, answer_silence=True))


def _leads_here(option: Option, language: str, at_start: bool) -> bool:
    """True for a key that leads where the caller is: it works, but is not offered."""
    return option.language == language or (option.back is True and at_start)


def _language_of(option: Option, first: str) -> str:
    """A language is offered in that language, also the way back to the first one; "" is the caller's."""
    return first if option.back else option.language or ""


@lru_cache(maxsize=256)
def _queue(config: RoutingConfig, language: str, name: str, after: str) -> Template:
    draft = Draft(config, language)
    return draft.finish(
        draft.speak(after or _JOINED.get(name, "queue_joined")),
        twiml.enqueue(
            name,
            wait_url=draft.link(Route.WAITING, queue=name),
            action=draft.link(Route.LEFT_WAITING, queue=name),
        ),
    )


@lru_cache(maxsize=256)
def _message(config: RoutingConfig, language: str, name: str) -> Template:
    draft = Draft(config, language)
    said = [draft.speak(name)]
    if name in _WITH_WRITTEN_CHANNEL:
        said.append(draft.speak("write_to"))
    if name not in MESSAGES_WITH_A_WAY_OUT:
        return draft.finish(*said, twiml.hang_up())
    if name in FOR_SOMEBODY_ELSE:
        said.append(draft.speak("somebody_else", key=SOMEBODY_ELSE_KEY))
    said.append(draft.speak("press_urgent", key=URGENT_KEY))
    action = draft.link(Route.MESSAGE, message=name)
    return draft.finish(twiml.gather(said, action=action, wait_s=_KEY_WAIT_S, answer_silence=True))


@lru_cache(maxsize=64)
def _offer(config: RoutingConfig, language: str, name: str) -> Template:
    draft = Draft(config, language)
    return draft.finish(draft.speak(name), draft.speak("goodbye"), twiml.hang_up())


@lru_cache(maxsize=1024)
def waiting_room(hold: Hold, config: RoutingConfig, language: str) -> Template:
    """One round of the waiting room: the place, thanks, the urgent key; or the way out."""
    draft = Draft(config, language)
    if hold.leave:
        return draft.finish(twiml.leave())
    said = [_place(draft, hold)]
    if hold.queue != "urgent":
        said.append(draft.speak("waiting_keys"))
    action = draft.link(Route.WAITING_KEY, queue=hold.queue)
    queue = config.queues.get(hold.queue)
    wait_s = queue.announce_every_s if queue else 20
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


def goodbye() -> str:
    """For a call that is over already."""
    return twiml.document(twiml.hang_up())


def nothing() -> str:
    """Twilio only told us something."""
    return twiml.document()
