"""What callers hear around a conversation with an agent."""

from collections.abc import Mapping

from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.conversation import CALLER_LABEL
from routing.links import Links, Route

# Time to hang up when all is said (docs/operations.md, "The live floor").
STAY_S = 8


def joined(query: Mapping[str, str], links: Links, call_sid: str) -> str:
    """Into the conference where the agent is."""
    verb = twiml.conference(
        query["conference"],
        label=CALLER_LABEL,
        action=_link(Route.TALKED, query, links, call_sid, more=1),
        events_url=links.without_token(Route.EVENTS),
        ends_for_all=False,
    )
    return twiml.document(verb)


def agent_gone(query: Mapping[str, str], config: RoutingConfig, links: Links, call_sid: str) -> str:
    """The agent has left: whoever is done hangs up, whoever stays is connected again."""
    return twiml.document(
        spoken(config, "agent_gone", _known(query["language"], config)),
        twiml.pause(STAY_S),
        twiml.redirect(_link(Route.RECONNECT, query, links, call_sid, more=0)),
    )


def finished(language: str, config: RoutingConfig) -> str:
    """A normal goodbye."""
    return twiml.document(spoken(config, "goodbye", _known(language, config)), twiml.hang_up())


def begin_anew(links: Links) -> str:
    """For a call that is nowhere where it could be connected."""
    return twiml.document(twiml.redirect(links.without_token(Route.INCOMING, again=1)))


def _link(route: Route, query: Mapping[str, str], links: Links, call_sid: str, *, more: int) -> str:
    visit = int(query["visit"]) + more
    return links.to(route, call_sid, visit, queue=query["queue"], language=query["language"])


def _known(language: str, config: RoutingConfig) -> str:
    return language if language in config.languages else next(iter(config.languages))
