"""What callers hear: the same prompts in both languages, calm, and never a brace."""

from datetime import datetime
from pathlib import Path

import pytest
from babel.dates import format_datetime

from config import prompts
from config.load import load_config
from config.schema import RoutingConfig
from config.settings import PACKAGED_CONFIG

LANGUAGES = ["en", "es"]
CONFIG = load_config(PACKAGED_CONFIG)
EVERY_PROMPT = [(language, prompt) for language in LANGUAGES for prompt in prompts.packaged("en")]
EVERY_TEXT = [(language, prompt) for language, prompt in EVERY_PROMPT if prompt != "moment"]


def with_prompts(folder: Path, block: str) -> RoutingConfig:
    """The default config and a `prompts:` block."""
    text = PACKAGED_CONFIG.read_text("utf-8")
    assert "\nprompts:\n" in text
    (folder / "line.yaml").write_text(text.replace("\nprompts:\n", f"\nprompts:\n{block}"))
    return load_config(folder / "line.yaml")


def heard(config: RoutingConfig, prompt: str, language: str, **values: object) -> str:
    return prompts.filled(config.prompts[language][prompt].text or "", config, **values)


def test_both_languages_have_the_same_prompts() -> None:
    assert list(prompts.packaged("en")) == list(prompts.packaged("es"))
    assert len(prompts.packaged("en")) > 30


@pytest.mark.parametrize("prompt", prompts.packaged("en"))
def test_a_prompt_holds_the_same_placeholders_in_both_languages(prompt: str) -> None:
    held = [prompts.PLACEHOLDER.findall(prompts.packaged(language)[prompt]) for language in LANGUAGES]
    assert sorted(held[0]) == sorted(held[1])


@pytest.mark.parametrize(("language", "prompt"), EVERY_TEXT)
def test_a_text_is_short_calm_and_whole(language: str, prompt: str) -> None:
    words = prompts.packaged(language)[prompt]
    assert 5 < len(words) < 400
    assert words == words.strip()
    assert words.endswith(".")
    assert "!" not in words
    assert not any(word.isupper() and len(word) > 2 for word in words.split())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Monday, January 4, at 9:00 AM"), ("es", "lunes 4 de enero a las 9:00")],
)
def test_a_moment_is_said_as_people_say_it(language: str, words: str) -> None:
    pattern = CONFIG.prompts[language]["moment"].text or ""
    said = format_datetime(datetime(2027, 1, 4, 9, 0), pattern, locale=language)  # noqa: DTZ001 - a wall time
    assert said.replace("\u202f", " ") == words


@pytest.mark.parametrize(("language", "prompt"), EVERY_TEXT)
def test_a_placeholder_without_a_value_is_never_heard(language: str, prompt: str) -> None:
    said = heard(CONFIG, prompt, language)
    assert not set("{}") & set(said)
    assert said


def test_placeholders_are_filled_in() -> None:
    assert heard(CONFIG, "welcome", "en") == "Thank you for calling Example Company."
    assert heard(CONFIG, "press_urgent", "es", key=0) == "Si es urgente, oprima 0."
    assert "support@example.com" in heard(CONFIG, "email_only", "es")
    assert "number 3 " in heard(CONFIG, "waiting", "en", position=3)


def test_the_configs_own_text_wins_and_the_others_stay(tmp_path: Path) -> None:
    config = with_prompts(tmp_path, '  es:\n    welcome: "Hola, esto es {company}."\n')
    assert heard(config, "welcome", "es") == "Hola, esto es Example Company."
    assert heard(config, "welcome", "en") == heard(CONFIG, "welcome", "en")
    assert heard(config, "goodbye", "es") == heard(CONFIG, "goodbye", "es")


def test_the_config_may_add_a_prompt_of_its_own(tmp_path: Path) -> None:
    both = '  en: {opening_times: "Nine to five, {company}."}\n  es: {opening_times: "De nueve a cinco."}\n'
    assert heard(with_prompts(tmp_path, both), "opening_times", "es") == "De nueve a cinco."


@pytest.mark.parametrize(
    ("prompt", "may_hold"),
    [
        ("waiting", {"company", "email", "key", "position"}),
        ("goodbye", {"company", "email", "key"}),
        ("a_prompt_of_the_configs_own", {"company", "email", "key"}),
    ],
)
def test_a_prompt_may_hold_what_will_be_known(prompt: str, may_hold: set[str]) -> None:
    assert prompts.placeholders(prompt) == may_hold


def test_a_language_that_calmline_does_not_speak_has_no_packaged_texts() -> None:
    assert prompts.packaged("tlh") == {}


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        ('"Hello."', "text", "Hello."),
        ('{text: "Hello."}', "text", "Hello."),
        ("{ssml: \"Hello <break time='1s'/>there.\"}", "ssml", "Hello there."),
        ('{play: "https://example.com/hello.mp3"}', "play", ""),
    ],
)
def test_a_prompt_is_a_text_marked_up_speech_or_a_recording(
    tmp_path: Path, written: str, kind: str, words: str
) -> None:
    wording = with_prompts(tmp_path, f"  en: {{goodbye: {written}}}\n").prompts["en"]["goodbye"]
    assert [name for name, value in wording.model_dump().items() if value is not None] == [kind]
    assert wording.words == words
