"""The API's own description: for programs and, as a page, for people."""

import re

import pytest
from flask import Flask
from openapi_spec_validator import validate

from ivr.api.access import NEEDS, PREFIX


def test_the_description_is_sound_openapi_and_holds_every_route(app: Flask) -> None:
    description = app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    validate(description)
    described = {
        f"{method.upper()} {path.removeprefix(PREFIX)}".replace("{", "<").replace("}", ">")
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert described == set(NEEDS)


def test_every_refusal_is_described_in_its_shape(app: Flask) -> None:
    description = app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    for methods in description["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"key": []}]
            for status in ("401", "403", "422", "503"):
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Refusal"}


def test_the_page_needs_nobody_else_s_server(app: Flask) -> None:
    client = app.test_client()
    page = client.get(f"{PREFIX}/swagger").text
    assert "http://" not in page
    assert "https://" not in page
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(linked) >= 3
    for link in linked:
        with client.get(f"{PREFIX}/{link}") as file:
            assert file.status_code == 200
    assert 'new URL("openapi.json"' in page


@pytest.mark.parametrize("path", ["/healthz", "/voice/incoming"])
def test_other_paths_are_not_described(app: Flask, path: str) -> None:
    assert path not in app.test_client().get(f"{PREFIX}/openapi.json").get_json()["paths"]
