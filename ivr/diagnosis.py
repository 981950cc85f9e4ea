"""What `calmline doctor` looks at, one finding for each thing, each with what to do."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from config.connections import StoreAway, volatile_because
from config.faults import ConfigError
from config.load import check_config, load_config
from config.now import own_clock
from config.settings import Settings, SettingsError, load_settings
from routing.account_set_up import AccountUnread, SetUp, numbers
from routing.floor import open_floor
from routing.links import PREFIX, Links, Route

MAX_SKEW_S = 2.0
_REACH_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `to_do` says what would put it right."""

    what: str
    ok: bool
    said: str
    to_do: str = ""


def examine() -> list[Finding]:
    """Look at everything; what cannot be looked at because something before it is wrong is left out."""
    try:
        settings = load_settings()
    except SettingsError as wrong:
        return [Finding("settings", False, str(wrong), "Change the environment or `.env` as it says.")]
    return [
        Finding("settings", True, f"site {settings.calmline_site}, port {settings.port}"),
        *_redis(settings),
        *_config(settings),
        *_public_url(settings),
        *([] if settings.calmline_lab else _twilio(settings)),
    ]


def _redis(settings: Settings) -> Iterator[Finding]:
    try:
        floor = open_floor(settings)
    except SettingsError as wrong:
        yield Finding("Redis", False, str(wrong), "Change Redis or the environment as it says.")
        return
    try:
        faults = volatile_because(floor.store)
        skew = abs((floor.clock.now(floor.store) - own_clock()).total_seconds())
    except StoreAway as away:
        yield Finding("Redis", False, str(away), "Start it, or correct REDIS_URL.")
        return
    to_do = "Change Redis as it says; ALLOW_VOLATILE_REDIS is for a try-out only." if faults else ""
    yield Finding("Redis", not faults, " ".join(faults) or "answers, and keeps what it is told", to_do)
    if floor.clock.offset_key:
        return
    told = f"{skew:.1f} s apart from this machine's"
    yield Finding(
        "clock", skew <= MAX_SKEW_S, told, "" if skew <= MAX_SKEW_S else "Set both machines by NTP."
    )


def _config(settings: Settings) -> Iterator[Finding]:
    try:
        check_config(settings.calmline_config)
    except ConfigError as refused:
        yield Finding(
            "routing config", False, str(refused), "Correct the file; `calmline config check` looks again."
        )
    else:
        yield Finding("routing config", True, str(settings.calmline_config))


def _public_url(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url
    host = urlsplit(url).hostname or ""
    if "_" in host:
        yield Finding(
            "PUBLIC_URL", False, f"{host} holds an underscore, which Twilio refuses", "Rename the host."
        )
    elif not settings.calmline_lab and (host in ("localhost", "127.0.0.1") or not url.startswith("https:")):
        yield Finding(
            "PUBLIC_URL",
            False,
            f"{url} is nothing that Twilio can reach safely",
            "Let it be https:// and the host under which this server is reached from outside.",
        )
    try:
        reached = requests.get(f"{url}/healthz", timeout=_REACH_WITHIN_S)
    except requests.RequestException as failed:
        yield Finding(
            "server",
            False,
            f"{url} does not answer ({type(failed).__name__})",
            "Start `calmline serve`, or see the proxy.",
        )
    else:
        ours = reached.ok and reached.headers.get("Content-Type", "").startswith("application/json")
        yield Finding(
            "server",
            ours,
            f"{url}/healthz answers {reached.status_code}",
            "" if ours else "Something else answers there.",
        )


def _twilio(settings: Settings) -> Iterator[Finding]:
    try:
        found = {one.number: one for one in numbers(settings)}
    except AccountUnread as refused:
        yield Finding("Twilio account", False, str(refused), refused.to_do)
        return
    yield Finding("Twilio account", True, f"{len(found)} numbers")
    links = Links(settings.public_url, b"")
    with suppress(ConfigError):
        config = load_config(settings.calmline_config)
        for number in (*config.line_of, *config.desk_of):
            yield _number(number, found.get(number), links)


def _number(number: str, set_up: SetUp | None, links: Links) -> Finding:
    what = f"number …{number[-2:]}"
    if set_up is None:
        return Finding(what, False, "the account has no such number", "Buy it, or take it out of `lines:`.")
    wanted = {
        "voice": (set_up.voice, Route.INCOMING),
        "fallback": (set_up.fallback, Route.FALLBACK),
        "status callback": (set_up.status, Route.EVENTS),
    }
    wrong = [
        f"its {name} should be POST {links.without_token(route)}"
        for name, (asked, route) in wanted.items()
        if asked != f"POST {links.without_token(route)}"
    ]
    return Finding(
        what, not wrong, "; ".join(wrong) or "is set up", f"Set it at Twilio ({PREFIX}/…)." if wrong else ""
    )
