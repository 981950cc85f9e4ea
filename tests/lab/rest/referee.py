"""Judges every request that was accepted, and every answer, by Twilio's own OpenAPI description.

The description says little of what must be there: nothing is required in an answer. So it is tightened: an
answer holds every property that the description names, and no other.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from tests.openapi.install import INSTALLED

ERROR_BODY = {"code": int, "message": str, "more_info": str, "status": int}
# An enum of the description cannot be null, though the same description says that these are, and shows it.
NULL_TOO = {("api.v2010.account.conference", "reason_conference_ended")}
ACCOUNT_PATH = "/2010-04-01/Accounts/{AccountSid}"
Json = dict[str, Any]


@dataclass(frozen=True)
class Description:
    """What Twilio describes; `names` are the parameters of each method and path, which openapi-core drops."""

    api: OpenAPI
    names: Mapping[tuple[str, re.Pattern[str]], frozenset[str]]

    def undescribed(self, request: Request) -> set[str]:
        """Names of parameters that this method and path does not have."""
        sent = {*request.form, *request.args}
        for (method, path), names in self.names.items():
            if method == request.method and path.fullmatch(request.path):
                return sent - names
        return set()


def twilios_description(paths: Iterable[str], file: Path = INSTALLED) -> Description:
    """The description of these paths of the account; the whole one would cost every test run seconds."""
    if not file.exists():
        raise FileNotFoundError(f"{file} is not there: make test fetches it")
    whole = json.loads(file.read_text())
    served = {ACCOUNT_PATH + path: _operations(whole["paths"][ACCOUNT_PATH + path]) for path in paths}
    schemas = _reached(served, whole["components"]["schemas"])
    for name, key in NULL_TOO:
        if name in schemas:
            _nullable(schemas, schemas[name]["properties"], key)
    for part in (*served.values(), *schemas.values()):
        _tighten(part)
    cut = {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "servers": [{"url": "/"}],
        "paths": served,
        "components": {"schemas": schemas, "securitySchemes": whole["components"]["securitySchemes"]},
        "security": whole["security"],
    }
    formats = {"date-time-rfc-2822": _is_rfc2822, "day-or-moment": _is_day_or_moment}
    api = OpenAPI.from_dict(cut, config=Config(spec_validator_cls=None, extra_format_validators=formats))
    return Description(api, dict(_names(served)))


class Referee:
    """Stands between the server and an app: `app.wsgi_app = Referee(app.wsgi_app, description)`."""

    def __init__(self, app: Any, description: Description) -> None:
        self._app, self._description = app, description
        self.judged = 0
        self.objections: list[str] = []

    def __call__(self, environ: Json, start_response: Any) -> Iterable[bytes]:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        chunks, status, headers = run_wsgi_app(
            self._app, environ | {"wsgi.input": BytesIO(sent)}, buffered=True
        )
        body = b"".join(chunks)
        request = Request(environ | {"wsgi.input": BytesIO(sent)})
        self.judge(request, Response(body, status, headers))
        start_response(status, list(headers))
        return [body]

    def judge(self, request: Request, response: Response) -> None:
        self.judged += 1
        request.get_data()  # kept: reading the form first would leave no body to judge
        asked = f"{request.method} {request.full_path} {request.form.to_dict(flat=False)}"
        for objection in self._faults(request, response):
            self.objections.append(
                f"{asked}\n -> {response.status} {response.get_data()[:2000]!r}\n    {objection}"
            )

    def _faults(self, request: Request, response: Response) -> Iterator[str]:
        if response.status_code >= 400:
            yield from _error_faults(response)
        elif request.path.endswith(".json"):
            if names := self._description.undescribed(request):
                yield f"there is no parameter {', '.join(sorted(names))}"
            asked = WerkzeugOpenAPIRequest(request)
            try:
                self._description.api.validate_request(asked)
                self._description.api.validate_response(asked, WerkzeugOpenAPIResponse(response))
            except OpenAPIError as wrong:
                yield f"{wrong} {wrong.__cause__ or ''}"


def _error_faults(response: Response) -> Iterator[str]:
    """Source: https://www.twilio.com/docs/usage/twilios-response#errors"""
    body = response.get_json(silent=True)
    if not isinstance(body, dict) or {key: type(value) for key, value in body.items()} != ERROR_BODY:
        yield "this is not a refusal as Twilio words it"
    elif body["status"] != response.status_code or not body["more_info"].endswith(f"/{body['code']}"):
        yield "the refusal contradicts itself"


def _names(paths: Mapping[str, Json]) -> Iterator[tuple[tuple[str, re.Pattern[str]], frozenset[str]]]:
    for path, operations in paths.items():
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
        for method, operation in operations.items():
            query = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
            body = operation.get("requestBody", {}).get("content", {}).values()
            form = {name for content in body for name in content["schema"]["properties"]}
            yield (method.upper(), pattern), frozenset(query | form)


def _operations(path: Json) -> Json:
    """A path without its examples and without a host of its own."""
    kept = {verb: operation for verb, operation in path.items() if verb in {"get", "post", "delete"}}
    for operation in kept.values():
        for parameter in operation.get("parameters", ()):
            # The schema of these filters says date-time, their text "a date as YYYY-MM-DD": both are right.
            if parameter["in"] == "query" and parameter["schema"].get("format") == "date-time":
                parameter["schema"]["format"] = "day-or-moment"
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                content.pop("examples", None)
    return kept


def _nullable(schemas: Mapping[str, Json], properties: Json, key: str) -> None:
    enum = schemas[properties[key]["$ref"].rpartition("/")[2]]
    properties[key] = enum | {"nullable": True, "enum": [*enum["enum"], None]}


def _reached(part: object, schemas: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    to_do = set(_references(part))
    while to_do:
        name = to_do.pop()
        found[name] = schemas[name]
        to_do |= set(_references(found[name])) - found.keys()
    return found


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)


def _tighten(part: object, is_answer: bool = True) -> None:
    """No property besides those named, and in an answer every one of them."""
    if isinstance(part, list):
        for each in part:
            _tighten(each, is_answer)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("properties"), dict):
        part["additionalProperties"] = False
        if is_answer:
            part["required"] = list(part["properties"])
    for key, each in part.items():
        _tighten(each, is_answer and key != "requestBody")


def _is_rfc2822(value: object) -> bool:
    try:
        return isinstance(value, str) and value.endswith("+0000") and bool(parsedate_to_datetime(value))
    except ValueError:
        return False


def _is_day_or_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False
