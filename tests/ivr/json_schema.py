"""What a JSON Schema says of a value, as an editor would: the keywords that ours uses, no more."""

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def unfit(value: Any, schema: Schema, whole: Schema, at: str = "") -> list[str]:
    """What of a value the schema refuses, each with its place; `whole` holds the `$defs`."""
    if "$ref" in schema:
        return unfit(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, at)
    if "anyOf" in schema:
        said = [unfit(value, kind, whole, at) for kind in schema["anyOf"]]
        return [] if [] in said else said[0]
    if "type" in schema and not isinstance(value, KINDS[schema["type"]]):
        return [f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, dict):
        return [*_keys(value, schema, whole, at)]
    if isinstance(value, list):
        inside = [unfit(item, schema["items"], whole, f"{at}.{number}") for number, item in enumerate(value)]
        return [said for item in inside for said in item]
    return [] if _may_be(value, schema) else [f"{at}: {value!r} is not what it may be"]


def _keys(value: dict[str, Any], schema: Schema, whole: Schema, at: str) -> Iterator[str]:
    yield from (f"{at}.{key}: is missing" for key in schema.get("required", ()) if key not in value)
    for key, inner in value.items():
        fits = [schema["properties"][key]] if key in schema.get("properties", {}) else []
        fits += [part for form, part in schema.get("patternProperties", {}).items() if re.search(form, key)]
        for part in fits:
            yield from unfit(inner, part, whole, f"{at}.{key}")
        if not fits and schema.get("additionalProperties") is False:
            yield f"{at}.{key}: is not known"


def _may_be(value: Any, schema: Schema) -> bool:
    return (
        value == schema.get("const", value)
        and value in schema.get("enum", [value])
        and (not isinstance(value, str) or bool(re.search(schema.get("pattern", ""), value)))
        and (not isinstance(value, int) or value >= schema.get("minimum", value))
        and (not isinstance(value, int) or value <= schema.get("maximum", value))
    )
