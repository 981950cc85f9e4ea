"""From a YAML file to the frozen routing config; a refusal says file, line, column, key and what is right."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import meaning, prompts, references
from config.faults import ConfigError, Fault
from config.kinds import IN_WORDS
from config.known_keys import nearest
from config.schema import RoutingConfig
from config.yaml_file import Keys, parse, place
from config.yaml_parts import Block

# Nobody reads more at once.
MOST_FAULTS = 100


def load_config(file: Path) -> RoutingConfig:
    """The routing config in `file`, prompts of its languages included. Raises ConfigError."""
    return _loaded(file)[0]


def check_config(file: Path) -> RoutingConfig:
    """The same, refusing also what is written correctly and cannot be meant. Raises ConfigError.

    The server does without this: a menu that nothing leads to must not keep callers from the rest.
    """
    config, document = _loaded(file)
    if findings := meaning.check(config):
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config


def _loaded(file: Path) -> tuple[RoutingConfig, Block]:
    document = parse(file)
    try:
        config = RoutingConfig.model_validate(document)
    except ValidationError as refused:
        first, more = refused.errors()[:MOST_FAULTS], refused.error_count() - MOST_FAULTS
        faults = [_fault(file, document, *_said(error)) for error in first]
        if more > 0:
            faults.append(Fault(str(file), 1, 1, "", f"{more} more are wrong; put those above right first"))
        raise ConfigError(faults) from None
    # First what the file itself says of prompts: filling them up forgets a language that is not spoken.
    findings = [*references.prompts_of_unknown_languages(config)]
    config = prompts.complete(config)
    if findings := findings or references.check(config):
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config, document


def _said(error: Any) -> tuple[Keys, str]:
    """Pydantic's refusal in the words of somebody who edits the file."""
    path = [part for part in error["loc"] if part != "[key]"]
    match error["type"]:
        case "extra_forbidden":
            near = nearest(path)
            right = f"did you mean `{near}`?" if near else "check its spelling and its indentation"
            return path, f"is not a key that Calmline knows here; {right}"
        case "string_type" if isinstance(error["input"], int | float):
            return path, f'should be a text; write it in quotes: "{str(error["input"])[:60]}"'
        case "model_type" | "model_attributes_type" | "dict_type":
            return path, f"should hold keys of its own, `key: value`; here: {str(error['input'])[:60]}"
        case "tuple_type" | "list_type":
            return path, f"should be a list, such as [a, b]; here: {str(error['input'])[:60]}"
        case "missing":
            return path, "is missing; it has to be given here"
        case "value_error":
            return path, str(error["ctx"]["error"])
        case "string_pattern_mismatch":
            right = IN_WORDS.get(error["ctx"]["pattern"], "")
            return path, f'"{str(error["input"])[:60]}" is not written as it should be: {right}'
        case _:
            return path, f"{error['msg']}; here: {str(error['input'])[:60]}"


def _fault(file: Path, document: Block, path: Keys, message: str) -> Fault:
    line, column = place(document, path)
    return Fault(str(file), line + 1, column + 1, ".".join(map(str, path)), message)
