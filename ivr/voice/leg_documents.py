"""What is heard on the legs that we made: by those who speak for us, and by customers we call."""

from typing import assert_never

from callbacks.words import (
    AskToTake,
    AskWhoAnswered,
    Brief,
    Goodbye,
    HangUp,
    Join,
    Neutral,
    Words,
)
from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.conversation import Briefing
from routing.links import Links, Route
from routing.rules.legs import Role
from routing.rules.people import Person
from routing.store.legs import Leg

_KEY_WAIT_S, _LAST_KEY_WAIT_S = 8, 6
# Kinds of call for which there is more to keep in mind than the brief says.
_KEEP_IN_MIND = {"follow_up": "brief_follow_up", "correction": "brief_correction", "in_line": "brief_in_line"}


class LegWriter:
    """Writes documents for one leg: in the language of who hears it, with links that carry its token."""

    def __init__(self, config: RoutingConfig, links: Links, leg: Leg, language: str) -> None:
        self._config, self._links, self._leg = config, links, leg
        self._language = language if language in config.languages else next(iter(config.languages))

    def write(self, words: Words | Briefing, *, speaker: Person | None = None, number: str = "") -> str:
        """The document. `speaker` and `number` are whom and what a neutral message names."""
        match words:
            case AskToTake(asked):
                return self._ask_to_take(asked)
            case Briefing() as briefing:
                return twiml.document(*self._briefing(briefing), twiml.redirect(self._link(Route.LEG_READY)))
            case Brief() as brief:
                return twiml.document(*self._brief(brief), twiml.redirect(self._link(Route.LEG_READY)))
            case Join(conference, label):
                return twiml.document(self._join(conference, label))
            case Neutral():
                return twiml.document(*self._neutral(speaker, number), twiml.hang_up())
            case Goodbye(farewell):
                return twiml.document(self._say(farewell), twiml.hang_up())
            case AskWhoAnswered():
                return self._ask_who_answered()
            case HangUp():
                return twiml.document(twiml.hang_up())
            case other:
                assert_never(other)

    def _ask_to_take(self, asked: int) -> str:
        action = self._link(Route.LEG_KEY, asked=str(asked))
        said = [self._say("offer_first_words")]
        return twiml.document(twiml.gather(said, action=action, wait_s=_KEY_WAIT_S, answer_silence=True))

    def _brief(self, brief: Brief) -> list[twiml.Verb]:
        said = [self._say("brief_named", name=brief.name) if brief.name else self._say("brief_unnamed")]
        if brief.brief:
            said.append(self._say("brief_words", brief=brief.brief.rstrip(". ")))
        if more := _KEEP_IN_MIND.get(brief.kind):
            said.append(self._say(more))
        return [*said, self._say("brief_calling")]

    def _briefing(self, briefing: Briefing) -> list[twiml.Verb]:
        """Short: the caller waits meanwhile."""
        said = [self._say("brief_caller", queue=briefing.queue.replace("_", " "))]
        minutes = briefing.waited_s // 60
        if minutes:
            waited = "brief_waited_one" if minutes == 1 else "brief_waited"
            said.append(self._say(waited, minutes=minutes))
        if not briefing.recorded:
            said.append(self._say("brief_not_recorded"))
        if briefing.support_need:
            said.append(self._say("brief_need", need=briefing.support_need.rstrip(". ")))
        return said

    def _join(self, conference: str, label: str) -> twiml.Verb:
        return twiml.conference(
            conference,
            label=label,
            action=self._link(Route.LEG_LEFT),
            events_url=self._links.without_token(Route.EVENTS),
            # A speaker of a promised call leaves by star when a voicemail answers.
            star_leaves=self._leg.role is Role.OWNER,
            ends_for_all=self._leg.role is not Role.AGENT,
        )

    def _neutral(self, speaker: Person | None, number: str) -> list[twiml.Verb]:
        said = [self._say("neutral_company")]
        if speaker is not None and speaker.alias:
            said.append(self._say("neutral_person", name=speaker.alias))
        if number:
            # Digit by digit: a number said as a sum is no number.
            said.append(self._say("neutral_number", number=" ".join(number.removeprefix("+"))))
        return [*said, self._say("neutral_goodbye")]

    def _ask_who_answered(self) -> str:
        gather = twiml.gather(
            [self._say("ask_who_answered")],
            action=self._link(Route.LEG_TELLS),
            wait_s=_LAST_KEY_WAIT_S,
            answer_silence=True,
        )
        return twiml.document(gather)

    def _say(self, prompt: str, **values: object) -> twiml.Verb:
        return spoken(self._config, prompt, self._language, **values)

    def _link(self, route: Route, **where: str) -> str:
        return self._links.to(route, self._leg.id, 0, leg=self._leg.id, **where)


def called_in(words: Join, links: Links, call_sid: str, callback: str) -> str:
    """For the customer who rang in himself: into the conversation."""
    verb = twiml.conference(
        words.conference,
        label=words.label,
        action=links.to(Route.CALLED_IN_OVER, call_sid, 1, callback=callback),
        events_url=links.without_token(Route.EVENTS),
        star_leaves=False,
    )
    return twiml.document(verb)


def conversation_over(config: RoutingConfig, language: str) -> str:
    """For the customer who rang in himself, when the conversation is over."""
    language = language if language in config.languages else next(iter(config.languages))
    return twiml.document(spoken(config, "neutral_goodbye", language), twiml.hang_up())


def begin_anew(links: Links) -> str:
    """For the customer who rang in himself when nobody is there for him (any more): his call begins again."""
    return twiml.document(twiml.redirect(links.without_token(Route.INCOMING, again=1)))
