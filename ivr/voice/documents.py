"""What callers hear: a document for every decision."""

from functools import lru_cache
from typing import assert_never

from config.schema import REFUSE_RECORDING_KEY, Option, RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import moment_in_words
from ivr.voice.template import Draft, Template
from routing.links import Links, Route
from routing.rules.answers import Answer
from routing.rules.choices import EXIT_KEYS
from routing.rules.decisions import (
    Connect,
    Enqueue,
    Exit,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
    Voicemail,
)

# Messages after which callers are told of the written channel.
_WITH_WRITTEN_CHANNEL = ("all_busy", "closed_hours", "nobody_signed_in", "fallback_goodbye")
_FAREWELLS = ("goodbye", "fallback_goodbye")
_JOINED = {"urgent": "queue_joined_urgent", "slow": "queue_joined_slow"}
_KEY_WAIT_S = 6
_CONSENT_WAIT_S = 3
# Between the words before a voicemail and its beep: long enough for the urgent key, short enough to wait for.
_BEFORE_BEEP_S = 2


def render(answer: Answer, call_sid: str, config: RoutingConfig, links: Links) -> str:
    """The document for an answer; the same answer gives the same document."""
    return _for_answer(answer, config).fill(links, call_sid, answer.visit)


def _for_answer(answer: Answer, config: RoutingConfig) -> Template:
    notice, language = answer.notice, answer.language
    match answer.decision:
        case PlayMenu() as menu if menu.confirm:
            return _confirmation(config, language, menu.name, menu.attempt, menu.confirm)
        case PlayMenu() as menu:
            return _menu(config, notice, answer.line, language, menu.name, menu.attempt, menu.after)
        case Enqueue() as queue:
            return _queue(config, notice, answer.consent, language, queue.name, queue.after)
        case Connect():
            return _queue(config, notice, answer.consent, language, "general", "call_owned")
        case SayAndHangUp() | OfferCallback(accepted=False) as message:
            because = message.because
            return _message(config, notice, answer.opens, language, message.name, because.rule, message.exits)
        case OfferCallback() as offer:
            return _message(config, notice, "", language, offer.name, offer.because.rule, frozenset())
        case Voicemail() as voicemail:
            because = voicemail.because
            return _voicemail(
                config, notice, answer.opens, language, voicemail.name, because.rule, voicemail.exits
            )
        case other:
            assert_never(other)


@lru_cache(maxsize=256)
def _menu(
    config: RoutingConfig, notice: str, line: str, language: str, name: str, attempt: int, after: str
) -> Template:
    draft, layout = Draft(config, language, notice), config.menus[name]
    opening = after or layout.greeting
    said = [draft.speak(opening)] if opening else []
    first = config.lines[line].languages[0]
    at_start = name == config.lines[line].menu and language == first
    for key, option in layout.keys.items():
        if option.say and not _leads_here(option, language, at_start):
            said.append(draft.speak(option.say, language=_language_of(option, first), key=key))
    action = draft.link(Route.MENU, menu=name, attempt=str(attempt))
    return draft.finish(_ask_menu(config, language, name, said, action))


def _ask_menu(
    config: RoutingConfig, language: str, name: str, said: list[twiml.Verb], action: str
) -> twiml.Verb:
    """Keys, and words where the menu listens."""
    layout = config.menus[name]
    if layout.speech is None:
        return twiml.gather(said, action=action, wait_s=layout.wait_s, answer_silence=True)
    words = [word for option in layout.keys.values() for word in option.words]
    return twiml.gather(
        said,
        action=action,
        wait_s=layout.wait_s,
        answer_silence=True,
        listen_in=config.languages[language].code,
        hints=(*words, *layout.speech.hints),
    )


def _leads_here(option: Option, language: str, at_start: bool) -> bool:
    """True for a key that leads where the caller is: it works, but is not offered."""
    return option.language == language or (option.back is True and at_start)


def _language_of(option: Option, first: str) -> str:
    """A language is offered in that language, also the way back to the first one; "" is the caller's."""
    return first if option.back else option.language or ""


@lru_cache(maxsize=256)
def _confirmation(config: RoutingConfig, language: str, name: str, attempt: int, key: str) -> Template:
    """We think that the caller said a word of this key."""
    draft = Draft(config, language)
    said = [draft.speak("confirm", heard=config.menus[name].keys[key].words[0])]
    action = draft.link(Route.MENU, menu=name, attempt=str(attempt), confirm=key)
    return draft.finish(_ask_menu(config, language, name, said, action))


@lru_cache(maxsize=256)
def _queue(
    config: RoutingConfig, notice: str, consent: str, language: str, name: str, after: str
) -> Template:
    draft = Draft(config, language, notice)
    return draft.finish(
        *_of_recording(draft, consent),
        draft.speak(after or _JOINED.get(name, "queue_joined")),
        twiml.enqueue(
            name,
            wait_url=draft.link(Route.WAITING, queue=name),
            action=draft.link(Route.LEFT_WAITING, queue=name),
        ),
    )


def _of_recording(draft: Draft, consent: str) -> list[twiml.Verb]:
    """Before the queue, in the caller's language (docs/policy.md 35); no key is consent."""
    if consent == "announce":
        return [draft.speak("recording_announced")]
    if consent == "ask":
        said = [draft.speak("recording_asked", key=REFUSE_RECORDING_KEY)]
        action = draft.link(Route.CONSENT)
        return [twiml.gather(said, action=action, wait_s=_CONSENT_WAIT_S, answer_silence=False)]
    return []


@lru_cache(maxsize=256)
def _message(
    config: RoutingConfig,
    notice: str,
    opens: str,
    language: str,
    name: str,
    rule: Rule,
    exits: frozenset[Exit],
) -> Template:
    draft = Draft(config, language, notice)
    said = [draft.speak(name), *_opening(draft, opens)]
    if name in _WITH_WRITTEN_CHANNEL:
        said.append(draft.speak("write_to"))
    if not exits:
        farewell = [] if name in _FAREWELLS else [draft.speak("goodbye")]
        return draft.finish(*said, *farewell, twiml.hang_up())
    action = _exit_link(draft, rule, exits)
    said += _exits(draft, exits)
    return draft.finish(twiml.gather(said, action=action, wait_s=_KEY_WAIT_S, answer_silence=True))


@lru_cache(maxsize=64)
def _voicemail(
    config: RoutingConfig,
    notice: str,
    opens: str,
    language: str,
    name: str,
    rule: Rule,
    exits: frozenset[Exit],
) -> Template:
    draft = Draft(config, language, notice)
    said = [draft.speak(name), *_opening(draft, opens), *_before_beep(draft, rule, exits)]
    recorded = twiml.record(
        action=draft.link(Route.VOICEMAIL, rule=rule),
        longest_s=config.voicemail.longest_s,
        silence_s=config.voicemail.silence_s,
        status_url=draft.shared_link(Route.EVENTS),
    )
    # Asked for nothing but silence, Twilio goes on here.
    return draft.finish(*said, recorded, draft.speak("goodbye"), twiml.hang_up())


def _before_beep(draft: Draft, rule: Rule, exits: frozenset[Exit]) -> list[twiml.Verb]:
    """The last words before the tone, with time for a key where one leads out."""
    words = [*_exits(draft, exits), draft.speak("after_beep")]
    if not exits:
        return words
    action = _exit_link(draft, rule, exits)
    return [twiml.gather(words, action=action, wait_s=_BEFORE_BEEP_S, answer_silence=False)]


def _opening(draft: Draft, opens: str) -> list[twiml.Verb]:
    """When the line opens next, in the caller's words."""
    when = moment_in_words(draft.config, draft.language, opens) if opens else ""
    return [draft.speak("next_opening", when=when)] if when else []


def _exit_link(draft: Draft, rule: Rule, exits: frozenset[Exit]) -> str:
    return draft.link(Route.MESSAGE, rule=rule, exits=".".join(sorted(exits)))


_OFFERS = {
    Exit.SOMEBODY_ELSE: "somebody_else",
    Exit.CALL_ME_BACK: "press_call_me_back",
    Exit.URGENT: "press_urgent",
}


def _exits(draft: Draft, exits: frozenset[Exit]) -> list[twiml.Verb]:
    return [draft.speak(prompt, key=EXIT_KEYS[way]) for way, prompt in _OFFERS.items() if way in exits]


def goodbye() -> str:
    """For a call that is over already."""
    return twiml.document(twiml.hang_up())


def nothing() -> str:
    """Twilio only told us something."""
    return twiml.document()
