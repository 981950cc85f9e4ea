"""Documents prepared once and filled for each call: only their links differ from call to call."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.links import Links, Route

_Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A document with a marker for each of its links. Rendering takes ten times as long as filling."""

    text: str
    links: tuple[tuple[str, Route, _Where], ...]
    shared: tuple[tuple[str, Route], ...] = ()

    def fill(self, links: Links, call_sid: str, visit: int) -> str:
        """The document for one visit of one call."""
        text = self.text
        for marker, route, where in self.links:
            url = links.to(route, call_sid, visit, **dict(where))
            text = text.replace(marker, escape(url))
        for marker, route in self.shared:
            text = text.replace(marker, links.without_token(route))
        return text


@dataclass(slots=True)
class Draft:
    """A document being written, in one language of one config; `notice` is a prompt said before all else."""

    config: RoutingConfig
    language: str
    notice: str = ""
    _links: list[tuple[str, Route, _Where]] = field(default_factory=list)
    _shared: list[tuple[str, Route]] = field(default_factory=list)

    def speak(self, prompt: str, *, language: str = "", **values: object) -> twiml.Verb:
        """A prompt, in the draft's language unless another is named."""
        return spoken(self.config, prompt, language or self.language, **values)

    def link(self, route: Route, **where: str) -> str:
        """A marker for the URL of the call's next visit."""
        marker = f"calmline-link-{len(self._links)}"
        self._links.append((marker, route, tuple({"language": self.language, **where}.items())))
        return marker

    def shared_link(self, route: Route) -> str:
        """A marker for the URL of a webhook that belongs to no one call."""
        marker = f"calmline-shared-{len(self._shared)}"
        self._shared.append((marker, route))
        return marker

    def finish(self, *verbs: twiml.Verb) -> Template:
        """The whole document, the line's notice in front of it."""
        first = [self.speak(self.notice)] if self.notice else []
        return Template(twiml.document(*first, *verbs), tuple(self._links), tuple(self._shared))
