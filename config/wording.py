"""A prompt in the routing config: plain text, SSML, or the URL of a recording."""

from typing import Annotated, Any, Self
from xml.etree import ElementTree

from pydantic import BeforeValidator, Field, model_validator

from config.kinds import Section, Url

# https://www.twilio.com/docs/voice/twiml/say/text-speech#use-ssml-with-amazon-polly-and-google-voices
SSML_TAGS = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})


class Wording(Section):
    """What is said for one prompt in one language: exactly one of `text`, `ssml` and `play`."""

    text: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    ssml: Annotated[str, Field(min_length=1, max_length=3000)] | None = None
    play: Url | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        given = [name for name in ("text", "ssml", "play") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"takes exactly one of text, ssml, play; here: {' and '.join(given) or 'none'}")
        if self.ssml is not None:
            _check_ssml(self.ssml)
        return self

    @property
    def words(self) -> str:
        """What a person would read aloud; "" for a recording."""
        if self.ssml is not None:
            return "".join(parsed_ssml(self.ssml).itertext())
        return self.text or ""


def parsed_ssml(ssml: str) -> ElementTree.Element:
    """The SSML inside a root of its own; raises ElementTree.ParseError."""
    return ElementTree.fromstring(f"<speak>{ssml}</speak>")


def _check_ssml(ssml: str) -> None:
    if "<!" in ssml or "<?" in ssml:
        raise ValueError("SSML takes tags only, no declarations")
    try:
        root = parsed_ssml(ssml)
    except ElementTree.ParseError as wrong:
        raise ValueError(f"is not SSML: {wrong.msg if hasattr(wrong, 'msg') else wrong}") from None
    if unknown := sorted({tag.tag for tag in root.iter()} - SSML_TAGS - {"speak"}):
        raise ValueError(
            f"holds <{unknown[0]}>, which Twilio does not speak; it knows {', '.join(sorted(SSML_TAGS))}"
        )


def _from_text(value: Any) -> Any:
    """Most prompts are a plain text, written without `text:`."""
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict | Wording):
        raise ValueError("should be a text in quotes, or {ssml: …}, or {play: …}")  # noqa: TRY004 - for pydantic
    return value


Prompt = Annotated[Wording, BeforeValidator(_from_text, json_schema_input_type=str | Wording)]
