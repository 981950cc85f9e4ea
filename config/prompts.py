"""The words callers hear: packaged texts by language, overridden by the config's own `prompts:`."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from config.schema import RoutingConfig
from config.wording import Wording

Texts = Mapping[str, Wording]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
ANYWHERE = frozenset({"company", "email", "key"})


@cache
def packaged(language: str) -> dict[str, str]:
    """The texts that Calmline brings for a language by prompt id; none for a language it does not speak."""
    file = Path(__file__).with_name("prompts") / f"{language}.yaml"
    return dict(YAML(typ="safe").load(file.read_text("utf-8"))) if file.exists() else {}


def complete(config: RoutingConfig) -> RoutingConfig:
    """The same config, its prompts filled up with the packaged texts of its languages."""
    texts = {
        name: {prompt: Wording(text=words) for prompt, words in packaged(name).items()}
        | dict(config.prompts.get(name, {}))
        for name in config.languages
    }
    return config.model_copy(update={"prompts": texts})


def placeholders(prompt: str) -> frozenset[str]:
    """What a prompt may hold in braces: what its packaged English text holds, and what is known anywhere."""
    return ANYWHERE | frozenset(PLACEHOLDER.findall(packaged("en").get(prompt, "")))


def filled(text: str, config: RoutingConfig, **values: object) -> str:
    """A text as it is spoken: its placeholders filled in, one without a value left out.

    A caller never hears a brace.
    """
    known = {"company": config.company.name, "email": config.company.email, **values}
    return PLACEHOLDER.sub(lambda found: str(known.get(found[1], "")), text)
