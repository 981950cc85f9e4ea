"""`calmline config …`: is the routing config right, what is in force, what may be written."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML

from config.faults import ConfigError
from config.load import check_config, load_config
from config.schema import RoutingConfig
from config.settings import config_file

_FILE = click.argument("file", type=click.Path(path_type=Path), required=False)


@click.group("config")
def routing_config() -> None:
    """Check and show the routing config."""


@routing_config.command()
@_FILE
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(file: Path | None, as_json: bool) -> None:
    """Look through FILE (default: the one in use) and say all that is wrong with it.

    Exit status 1 when something is.
    """
    path = _file(file)
    try:
        config = check_config(path)
    except ConfigError as refused:
        faults = refused.faults
    else:
        faults = ()
    if as_json:
        items = [
            {
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "key": fault.key,
                "message": fault.message,
            }
            for fault in faults
        ]
        click.echo(json.dumps({"items": items, "next": None}))
    elif faults:
        click.echo("\n".join(map(str, faults)))
    else:
        click.echo(f"{path}: {_summary(config)}; nothing is wrong.")
    sys.exit(1 if faults else 0)


@routing_config.command()
@_FILE
@click.option("--json", "as_json", is_flag=True, help="As JSON instead of YAML.")
def show(file: Path | None, as_json: bool) -> None:
    """The config of FILE (default: the one in use) with every default filled in."""
    try:
        config = load_config(_file(file))
    except ConfigError as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    filled: dict[str, Any] = config.model_dump(mode="json", by_alias=True, exclude_none=True)
    if as_json:
        click.echo(json.dumps(filled, ensure_ascii=False, indent=2))
    else:
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        yaml.dump(filled, sys.stdout)


@routing_config.command()
def schema() -> None:
    """JSON Schema of the routing config, for editors."""
    click.echo(json.dumps(_closed(RoutingConfig.model_json_schema()), indent=2))


def _closed(part: Any) -> Any:
    """The same schema, refusing also ids and keys of another form than the config allows."""
    if isinstance(part, list):
        return [_closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    more = {"additionalProperties": False} if "patternProperties" in part else {}
    return {name: _closed(inner) for name, inner in part.items()} | more


def _file(given: Path | None) -> Path:
    path = given or config_file()
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


def _summary(config: RoutingConfig) -> str:
    counted = {"line": len(config.lines), "menu": len(config.menus), "queue": len(config.queues)}
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counted.items())
