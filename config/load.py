"""From a YAML file to the frozen routing config; a refusal says file, line, column, key and what is right."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap

from config import meaning, prompts, references
from config.faults import ConfigError, Fault
from config.schema import RoutingConfig
from config.yaml_file import Keys, parse, place


def load_config(file: Path) -> RoutingConfig:
    """The routing config in `file`, prompts of its languages included. Raises ConfigError."""
    document = parse(file)
    try:
        config = RoutingConfig.model_validate(document)
    except ValidationError as refused:
        raise ConfigError([_fault(file, document, *_said(error)) for error in refused.errors()]) from None
    except RecursionError:
        raise ConfigError(
            [Fault(str(file), 1, 1, "", "is nested too deep; a routing config is not")]
        ) from None
    # First what the file itself says of prompts: filling them up forgets a language that is not spoken.
    findings = [*references.prompts_of_unknown_languages(config)]
    config = prompts.complete(config)
    if findings := findings or references.check(config):
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config


def check_config(file: Path) -> RoutingConfig:
    """The same, refusing also what is written correctly and cannot be meant. Raises ConfigError.

    The server does without this: a menu that nothing leads to must not keep callers from the rest.
    """
    config = load_config(file)
    if findings := meaning.check(config):
        document = parse(file)
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config


def _said(error: Any) -> tuple[Keys, str]:
    """Pydantic's refusal in the words of somebody who edits the file."""
    path = [part for part in error["loc"] if part != "[key]"]
    match error["type"]:
        case "extra_forbidden":
            return path, "is not a key that Calmline knows here; check its spelling and its indentation"
        case "missing":
            return path, "is missing; it has to be given here"
        case "value_error":
            return path, str(error["ctx"]["error"])
        case "string_pattern_mismatch":
            return (
                path,
                f'"{error["input"]}" is not written as it should be (pattern {error["ctx"]["pattern"]})',
            )
        case _:
            return path, f"{error['msg']}; here: {str(error['input'])[:60]}"


def _fault(file: Path, document: CommentedMap, path: Keys, message: str) -> Fault:
    line, column = place(document, path)
    return Fault(str(file), line + 1, column + 1, ".".join(map(str, path)), message)
