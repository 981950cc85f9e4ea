"""The words callers hear: packaged texts by language, overridden by the config's own `prompts:`."""

import re
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from config.schema import RoutingConfig

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
ANYWHERE = frozenset({"company", "email", "key"})


@cache
def packaged(language: str) -> dict[str, str]:
    """The texts that Calmline brings for a language by prompt id; none for a language it does not speak."""
    file = Path(__file__).with_name("prompts") / f"{language}.yaml"
    return dict(YAML(typ="safe").load(file.read_text("utf-8"))) if file.exists() else {}


def complete(config: RoutingConfig) -> RoutingConfig:
    """The same config, its prompts filled up with the packaged texts of its languages."""
    texts = {name: packaged(name) | dict(config.prompts.get(name, {})) for name in config.languages}
    return config.model_copy(update={"prompts": texts})


def placeholders(prompt: str) -> frozenset[str]:
    """What a prompt may hold in braces: what its packaged English text holds, and what is known anywhere."""
    return ANYWHERE | frozenset(PLACEHOLDER.findall(packaged("en").get(prompt, "")))


def text(config: RoutingConfig, prompt: str, language: str, **values: object) -> str:
    """A prompt as it is spoken, its placeholders filled in.

    A placeholder without a value is left out, so that a caller never hears a brace.
    """
    known = {"company": config.company.name, "email": config.company.email, **values}
    return PLACEHOLDER.sub(lambda found: str(known.get(found[1], "")), config.prompts[language][prompt])
