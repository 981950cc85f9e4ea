"""What callers hear when they are warned, and when a call is ended for abuse (docs/policy.md 1-3)."""

from dataclasses import dataclass

from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.rules.people import Person


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a call ends, and who stands for it; `adviser` and `manager` are None where nobody is known."""

    at_once: bool
    adviser: Person | None = None
    manager: Person | None = None


def warning(config: RoutingConfig, language: str, number: str) -> str:
    """Heard by both; the words of each number are always the same."""
    prompt = "warning_2" if number == "2" else "warning_1"
    return twiml.document(spoken(config, prompt, _known(language, config)))


def ended(config: RoutingConfig, language: str, reason: Reason, heard_url: str) -> str:
    """The reason and the names to their end, which the request to `heard_url` proves."""
    language = _known(language, config)
    why = "ended_at_once" if reason.at_once else "ended_after_warnings"
    said = [spoken(config, why, language)]
    if reason.adviser is not None:
        name, staff_number = told_name(reason.adviser), " ".join(reason.adviser.staff_number)
        prompt = "ended_adviser" if staff_number else "ended_adviser_unnumbered"
        said.append(spoken(config, prompt, language, name=name, number=staff_number))
    if reason.manager is not None:
        said.append(spoken(config, "ended_manager", language, name=told_name(reason.manager)))
    said.append(spoken(config, "ended_write_to", language))
    return twiml.document(*said, twiml.redirect(heard_url))


def heard() -> str:
    """The reason was heard: nothing more is said."""
    return twiml.document(twiml.hang_up())


def told_name(person: Person) -> str:
    """What callers are told: the alias, else the first part of the log-in."""
    return person.alias or person.id.replace(".", " ").replace("_", " ").split()[0].capitalize()


def _known(language: str, config: RoutingConfig) -> str:
    return language if language in config.languages else next(iter(config.languages))
