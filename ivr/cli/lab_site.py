"""This site as the lab knows it: its settings, its account at the simulated Twilio, where its lab listens."""

from urllib.parse import urlsplit

from config.schema import RoutingConfig
from config.settings import Settings, SettingsError, load_settings
from ivr.lab.account import Account, a_line
from ivr.lab.control.client import LabClient, LabError

LOOPBACK = ("127.0.0.1", "localhost")


def lab_settings(why: str) -> Settings:
    """The settings of a process in the lab; raises SettingsError, with `why` it is needed, outside."""
    settings = load_settings()
    if not settings.calmline_lab:
        raise SettingsError(f"{why}: set CALMLINE_LAB=1, here and for the server.")
    return settings


def web_of(settings: Settings) -> str:
    """Where this machine reaches the site's web server."""
    return f"http://127.0.0.1:{settings.port}"


def lab_port(settings: Settings) -> int:
    """The port of TWILIO_API_URL, or without it the one after the web server's.

    Raises SettingsError for a host that is not this machine.
    """
    if settings.twilio_api_url is None:
        return settings.port + 1
    parts = urlsplit(settings.twilio_api_url)
    if parts.hostname not in LOOPBACK or parts.scheme != "http":
        raise SettingsError(
            f"TWILIO_API_URL is {settings.twilio_api_url}, and the lab listens on this machine only: "
            f"set it to http://127.0.0.1:{settings.port + 1}, here and for the server."
        )
    return parts.port or 80


def lab_url(settings: Settings) -> str:
    """Raises SettingsError."""
    return f"http://127.0.0.1:{lab_port(settings)}"


def running_lab(settings: Settings) -> LabClient | None:
    """The lab of this very site, if TWILIO_API_URL names one that answers."""
    if settings.twilio_api_url is None:
        return None
    try:
        client = LabClient(lab_url(settings))
        about = client.about()
    except (LabError, SettingsError):
        return None
    is_ours = about.get("account_sid") == settings.twilio_account_sid and about.get("web") == web_of(settings)
    return client if is_ours else None


def account_of(settings: Settings, config: RoutingConfig | None = None) -> Account:
    """Twilio as the lab plays it: any number asks this machine's port, under the public URL.

    With the config its numbers are listed by name, and calls are made as fast as it says.
    """
    numbers = [number for line in config.lines.values() for number in line.numbers] if config else []
    lines = [a_line(settings.public_url, number, sid=f"PN{at:032x}") for at, number in enumerate(numbers, 1)]
    secret = settings.twilio_api_secret
    return Account(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        (*lines, a_line(settings.public_url)),
        keys={settings.twilio_api_key: secret.get_secret_value()}
        if settings.twilio_api_key and secret
        else {},
        calls_per_second=config.twilio.calls_per_second if config else 1,
    )
