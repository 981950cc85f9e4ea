"""What the tests of the webhooks set up and look at: standings, clock, configs, all that Redis holds."""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import PACKAGED_CONFIG, Settings, load_settings
from ivr.app import create_app
from routing.floor import Floor
from routing.rules.caller import Override, Treatment
from tests.twilio import ACCOUNT, CALLER, TOKEN, Heard, Twilio, a_call_sid


def by_hand(secret: str, url: str, pairs: Sequence[tuple[str, str]], hash_name: str = "sha1") -> str:
    """Twilio's published algorithm and nothing else: https://www.twilio.com/docs/usage/security"""
    said = url + "".join(name + value for name, value in sorted(pairs))
    return base64.b64encode(hmac.digest(secret.encode(), said.encode(), hash_name)).decode()


def post_pairs(
    twilio: Twilio, url: str, pairs: Sequence[tuple[str, str]], *, signature: str | None = None
) -> TestResponse:
    """A request whose form may hold a name twice; signed well unless another `signature` is given."""
    whole = url if url.startswith("http") else twilio.public_url + url
    return twilio.client.post(
        whole.removeprefix(twilio.public_url),
        data=urlencode(pairs),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": by_hand(TOKEN, whole, pairs) if signature is None else signature},
    )


def another_call(twilio: Twilio, **changes: str) -> Twilio:
    """A new call at the same app."""
    return replace(twilio, call_sid=a_call_sid(), **changes)


def at_an_app(settings: Settings, **changes: Any) -> Twilio:
    """A new call at an app of its own, its settings changed."""
    return at_app(create_app(settings.model_copy(update=changes)), settings)


def at_config(settings: Settings, folder: Path, *changes: tuple[str, str]) -> Twilio:
    """A new call at an app whose routing config is the packaged one with some of its text changed."""
    return at_an_app(settings, calmline_config=a_config(folder, *changes))


def at_app(app: Flask, settings: Settings) -> Twilio:
    return Twilio(app.test_client(), settings.public_url)


def settings_of(site: str, data: Path) -> Settings:
    """For an app that serves a whole file of tests."""
    return load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        calmline_data=data,
        calmline_site=site,
        public_url="http://127.0.0.1:8000",
        log_level="ERROR",
    )


def in_queue(twilio: Twilio) -> Heard:
    """The call chose 1 in the menu and waits in the normal queue."""
    return twilio.presses(twilio.calls(), "1")


def presses_while_waiting(twilio: Twilio, waiting: Heard, key: str) -> Heard:
    """A key for the Gather of a waiting document."""
    return twilio.ask(waiting.url("Gather"), context="waiting", Digits=key)


def ends(twilio: Twilio) -> None:
    """Twilio tells that the call is over."""
    assert twilio.post("/voice/events", twilio.form(CallStatus="completed")).status_code == 204


def treat(floor: Floor, treatment: str, number: str = CALLER) -> None:
    """A treatment by hand for 30 days, as `calmline callers set` writes it."""
    at = floor.clock.now(floor.store)
    override = Override(Treatment(treatment), at + timedelta(days=30), "a test", "tests")
    floor.standings.override(number, override, at=at)


def later(floor: Floor, **passed: float) -> None:
    """Time passes on the site's clock."""
    ms = timedelta(**passed) // timedelta(milliseconds=1)
    floor.store.client.incrby(floor.clock.offset_key, ms)


def set_clock(floor: Floor, at: datetime) -> None:
    """The site's clock shows `at`."""
    later(floor, seconds=(at - floor.clock.now(floor.store)).total_seconds())


def everything(floor: Floor, *, heard_of: bool = True) -> dict[str, Any]:
    """All that Redis holds for the site; without the moments when calls were last heard of if you like."""
    redis = floor.store.client
    read = {
        "string": redis.get,
        "hash": redis.hgetall,
        "stream": redis.xrange,
        "set": lambda key: sorted(redis.smembers(key)),
        "list": lambda key: redis.lrange(key, 0, -1),
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
    }
    keys = sorted(redis.scan_iter(f"{floor.keys.site}:*"))
    return {key: read[redis.type(key)](key) for key in keys if heard_of or key != floor.keys.seen}


def loses_everything(floor: Floor) -> None:
    """Redis starts empty, but for the clock."""
    keys = set(floor.store.client.scan_iter(f"{floor.keys.site}:*")) - {floor.clock.offset_key}
    floor.store.client.delete(*keys)


def failed_open(client: FlaskClient, reason: str) -> float:
    """How often the line served a call without its policy for this reason, as /metrics says."""
    name = f'calmline_failed_open_total{{reason="{reason}"}} '
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith(name)]
    return float(lines[0].removeprefix(name)) if lines else 0.0


def a_config(folder: Path, *changes: tuple[str, str]) -> Path:
    """The packaged routing config with some of its text changed."""
    text = PACKAGED_CONFIG.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"the packaged config has no {old!r}"
        text = text.replace(old, new, 1)
    file = folder / "support-line.yaml"
    file.write_text(text, "utf-8")
    return file
