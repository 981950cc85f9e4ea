"""The application with its API: what flask-openapi3 needs, the description of the API, and its pages."""

from typing import Any

import orjson
from flask import Blueprint
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]

from ivr.api.access import PREFIX
from ivr.api.agents import agents
from ivr.api.callbacks import callbacks
from ivr.api.callers import callers
from ivr.api.calls import calls
from ivr.api.conduct_calls import conduct_calls
from ivr.api.decisions import decisions
from ivr.api.errors import Refusal, answer_unknown_paths, unreadable
from ivr.api.events import events
from ivr.api.keys import SCHEME
from ivr.api.offences import offences
from ivr.api.offers import offers
from ivr.api.recovery import recovery
from ivr.api.reports import reports
from ivr.api.wallboard import wallboard

_DESCRIPTION = "openapi.json"


class StrictJson(DefaultJSONProvider):
    """Reads what orjson takes: no NaN, no halves of letters, no nesting without end."""

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Raises ValueError."""
        return orjson.loads(s)


def application(name: str) -> OpenAPI:
    """A Flask application that has the API; its other routes are Flask's own and cost what they did."""
    app = OpenAPI(
        name,
        info=Info(title="Calmline", version="1"),
        security_schemes={SCHEME: {"type": "http", "scheme": "bearer"}},
        validation_error_callback=unreadable,
        validation_error_model=Refusal,
        # Its own pages are looked for among all installed packages, at every start.
        doc_ui=False,
    )
    app.json = StrictJson(app)
    for routes in (
        agents,
        callbacks,
        callers,
        calls,
        conduct_calls,
        decisions,
        events,
        offences,
        offers,
        recovery,
        reports,
        wallboard,
    ):
        app.register_api(routes)
    answer_unknown_paths(app)
    app.register_blueprint(_described(app))
    app.register_blueprint(RegisterPlugin.register(_DESCRIPTION), url_prefix=PREFIX)
    return app


def _described(app: OpenAPI) -> Blueprint:
    pages = Blueprint("api_description", __name__, url_prefix=PREFIX)

    @pages.get(f"/{_DESCRIPTION}")
    def description() -> ResponseReturnValue:
        return app.api_doc

    return pages
