"""What callers hear: a document for every decision, and for every moment of the waiting room."""

from dataclasses import dataclass
from typing import assert_never

from config import prompts
from config.schema import SOMEBODY_ELSE_KEY, URGENT_KEY, Option, RoutingConfig
from ivr.voice import twiml
from routing.links import Links, Route
from routing.rules.answers import Answer
from routing.rules.choices import FOR_SOMEBODY_ELSE, MESSAGES_WITH_A_WAY_OUT
from routing.rules.decisions import Connect, Enqueue, OfferCallback, PlayMenu, SayAndHangUp
from routing.waiting import Hold

# Messages after which callers are told of the written channel.
_WITH_WRITTEN_CHANNEL = ("all_busy", "closed_hours", "nobody_signed_in")
_KEY_WAIT_S = 6


@dataclass(frozen=True, slots=True)
class Voice:
    """The words of one call: its config, links and language."""

    config: RoutingConfig
    links: Links
    call_sid: str
    language: str
    line: str = ""

    def speak(self, prompt: str, *, language: str = "", **values: object) -> twiml.Verb:
        spoken = self.config.languages[language or self.language]
        text = prompts.text(self.config, prompt, language or self.language, **values)
        return twiml.say(twiml.Speech(text, spoken.code, spoken.voice))

    def link(self, route: Route, visit: int, **where: str) -> str:
        return self.links.to(route, self.call_sid, visit, language=self.language, **where)


def render(answer: Answer, call_sid: str, config: RoutingConfig, links: Links) -> str:
    """The document for an answer; the same answer gives the same document."""
    voice = Voice(config, links, call_sid, answer.language, answer.line)
    match answer.decision:
        case PlayMenu() as menu:
            return _menu(voice, menu, answer.visit)
        case Enqueue() as queue:
            said = [voice.speak(queue.after)] if queue.after else []
            return _enqueue(voice, said, queue.name, answer.visit)
        case Connect():
            return _enqueue(voice, [voice.speak("call_owned")], "general", answer.visit)
        case SayAndHangUp() as message:
            return _message(voice, message.name, answer.visit)
        case OfferCallback() as offer:
            return twiml.document(voice.speak(offer.name), voice.speak("goodbye"), twiml.hang_up())
        case other:
            assert_never(other)


def _menu(voice: Voice, menu: PlayMenu, visit: int) -> str:
    layout = voice.config.menus[menu.name]
    said = [voice.speak(menu.after)] if menu.after else []
    if layout.greeting and not menu.after:
        said.append(voice.speak(layout.greeting))
    for key, option in layout.keys.items():
        if option.say and not _is_here(voice, menu, option):
            said.append(voice.speak(option.say, language=_language_of(voice, option), key=key))
    action = voice.link(Route.MENU, visit, menu=menu.name, attempt=str(menu.attempt))
    return twiml.document(twiml.gather(said, action=action, wait_s=layout.wait_s, answer_silence=True))


def _is_here(voice: Voice, menu: PlayMenu, option: Option) -> bool:
    """True for a key that leads where the caller is: it works, but is not offered."""
    line = voice.config.lines[voice.line]
    if option.back:
        return menu.name == line.menu and voice.language == line.languages[0]
    return option.language == voice.language


def _language_of(voice: Voice, option: Option) -> str:
    """A language is offered in that language, also the way back to the first one."""
    return voice.config.lines[voice.line].languages[0] if option.back else option.language or voice.language


def _enqueue(voice: Voice, said: list[twiml.Verb], queue: str, visit: int) -> str:
    if not said:
        said = [voice.speak(_JOINED.get(queue, "queue_joined"))]
    return twiml.document(
        *said,
        twiml.enqueue(
            queue,
            wait_url=voice.link(Route.WAITING, visit, queue=queue),
            action=voice.link(Route.LEFT_WAITING, visit, queue=queue),
        ),
    )


_JOINED = {"urgent": "queue_joined_urgent", "slow": "queue_joined_slow"}


def _message(voice: Voice, message: str, visit: int) -> str:
    said = [voice.speak(message)]
    if message in _WITH_WRITTEN_CHANNEL:
        said.append(voice.speak("write_to"))
    if message not in MESSAGES_WITH_A_WAY_OUT:
        return twiml.document(*said, twiml.hang_up())
    if message in FOR_SOMEBODY_ELSE:
        said.append(voice.speak("somebody_else", key=SOMEBODY_ELSE_KEY))
    said.append(voice.speak("press_urgent", key=URGENT_KEY))
    action = voice.link(Route.MESSAGE, visit, message=message)
    return twiml.document(twiml.gather(said, action=action, wait_s=_KEY_WAIT_S, answer_silence=True))


def waiting_room(hold: Hold, voice: Voice, visit: int) -> str:
    """One round of the waiting room: the place, thanks, the urgent key; or the way out."""
    if hold.leave:
        return twiml.document(twiml.leave())
    said = [_place(hold, voice)]
    if hold.queue != "urgent":
        said.append(voice.speak("waiting_keys"))
    action = voice.link(Route.WAITING_KEY, visit, queue=hold.queue)
    queue = voice.config.queues.get(hold.queue)
    wait_s = queue.announce_every_s if queue else 20
    return twiml.document(twiml.gather(said, action=action, wait_s=wait_s, answer_silence=False))


def _place(hold: Hold, voice: Voice) -> twiml.Verb:
    if hold.queue == "slow":
        return voice.speak("waiting_slow")
    if hold.place == 0:
        return voice.speak("waiting_plain")
    return voice.speak("waiting_next") if hold.place == 1 else voice.speak("waiting", position=hold.place)


def after_waiting_key(leads_out: bool, queue: str, voice: Voice, visit: int) -> str:
    """The caller pressed a key while waiting: on to the urgent line, or back to waiting."""
    if leads_out:
        return twiml.document(voice.speak("urgent_chosen"), twiml.leave())
    return twiml.document(twiml.redirect(voice.link(Route.WAITING, visit, queue=queue)))


def goodbye() -> str:
    """For a call that is over already."""
    return twiml.document(twiml.hang_up())


def nothing() -> str:
    """Twilio only told us something."""
    return twiml.document()
