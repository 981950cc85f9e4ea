"""The words of notices and briefings, packaged by language; English where a language has none."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from config.prompts import filled
from config.schema import RoutingConfig

_FOLDER = Path(__file__).with_name("letters")


@cache
def packaged(language: str) -> dict[str, str]:
    """The texts of a language by id; none for a language that Calmline does not write."""
    file = _FOLDER / f"{language}.yaml"
    return dict(YAML(typ="safe").load(file.read_text("utf-8"))) if file.exists() else {}


def letter(config: RoutingConfig, language: str, name: str, **values: object) -> str:
    """One text with its placeholders filled in. Raises KeyError for a name that English does not have."""
    texts = packaged(language)
    return filled(texts[name] if name in texts else packaged("en")[name], config, **values)
