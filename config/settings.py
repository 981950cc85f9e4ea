"""The environment, read once: a wrong or missing value stops the start and names the variable."""

import fcntl
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PACKAGED_CONFIG = Path(__file__).with_name("support-line.yaml")
DEMO_ENVIRONMENT = "demo.env"


class SettingsError(Exception):
    """The environment is wrong; the message names every variable at fault and what would be right."""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or more or not _has_port_or_none(parts):
        raise ValueError("should be scheme, host and port only, such as https://voice.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def _has_port_or_none(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _keys(text: object) -> object:
    """`id=secret,id=secret` as a mapping."""
    if not isinstance(text, str):
        return text
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not key.strip() or not secret.strip() for key, _, secret in pairs):
        raise ValueError("should be written keyid=secret,keyid=secret")
    return {key.strip(): secret.strip() for key, _, secret in pairs}


def _mail_server(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not _has_port_or_none(parts):
        raise ValueError("should be written smtp://user:password@host:port, or smtps://…")
    return url


def _sender(text: str) -> str:
    _, address = parseaddr(text)
    user, at, host = address.partition("@")
    if not (user and at and host) or "@" in host or any(sign in text for sign in "\r\n"):
        raise ValueError("should be one address, such as Example Company <support@example.com>")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
MailServer = Annotated[SecretStr, AfterValidator(_mail_server)]
Sender = Annotated[str, AfterValidator(_sender)]
WebhookKeys = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_keys)]


class Settings(BaseSettings):
    """Every environment variable that Calmline reads. Secrets print as stars.

    Values come from the environment, then `.env` in the working folder; see `.env.example`.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, validate_default=False
    )

    twilio_account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: SecretStr = Field(min_length=1)
    twilio_auth_token_previous: SecretStr | None = None
    twilio_webhook_keys: WebhookKeys = {}
    twilio_api_key: str | None = Field(default=None, pattern=r"^SK[0-9a-fA-F]{32}$")
    twilio_api_secret: SecretStr | None = None
    twilio_api_url: Origin | None = None
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: Origin = ""
    # It may hold a password, so it is not shown.
    redis_url: str | None = Field(default=None, pattern=r"^(rediss?|unix)://", repr=False)
    rq_redis_url: str | None = Field(default=None, pattern=r"^(rediss?|unix)://", repr=False)
    calmline_data: Path = Path("var")
    calmline_config: Path = PACKAGED_CONFIG
    calmline_site: str = Field(default="main", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    web_concurrency: int = Field(default=1, ge=1, le=64)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    secret_key: SecretStr | None = Field(default=None, min_length=16)
    ledger_key: SecretStr | None = Field(default=None, min_length=16)
    smtp_url: MailServer | None = None
    mail_from: Sender | None = None
    allow_volatile_redis: bool = False
    calmline_lab: bool = False

    def model_post_init(self, _context: object) -> None:
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.port}")


def load_settings(**given: object) -> Settings:
    """The settings of this process; `given` wins over the environment.

    While `calmline demo` runs on this data folder its made-up account stands in for values that neither
    the environment nor `.env` has, so that the lines it prints can be pasted as they are.
    Raises SettingsError.
    """
    try:
        return _read(given)
    except ValidationError as refused:
        raise SettingsError(_for_people(refused)) from None


def _read(given: dict[str, object]) -> Settings:
    demo = _data_folder() / DEMO_ENVIRONMENT
    files = (demo, ".env") if _is_held(demo) else (".env",)
    return Settings(_env_file=files, **given)  # type: ignore[arg-type]


def _is_held(file: Path) -> bool:
    """True while a running demo holds its lock; what a killed demo left behind is not used."""
    try:
        with file.open() as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def config_file() -> Path:
    """The routing config's file; the rest of the environment need not be right to look at it."""
    return _Places(_env_file=".env").calmline_config


class _Places(BaseSettings):
    """Where things lie, readable before anything else is known."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    calmline_data: Path = Path("var")
    calmline_config: Path = PACKAGED_CONFIG


def _data_folder() -> Path:
    return _Places(_env_file=".env").calmline_data


def _for_people(refused: ValidationError) -> str:
    lines = ["Calmline cannot start: the environment needs a change."]
    for error in refused.errors(include_input=False, include_url=False):
        name = str(error["loc"][0]).upper()
        if error["type"] == "missing":
            lines.append(f"  {name} is not set. {_RIGHT.get(name, '')}".rstrip())
        else:
            lines.append(
                f"  {name}: {error['msg'].removeprefix('Value error, ')}. {_RIGHT.get(name, '')}".rstrip()
            )
    lines.append("Set it in the environment or in a file `.env` here; `.env.example` lists every variable.")
    return "\n".join(lines)


_RIGHT = {
    "TWILIO_ACCOUNT_SID": "It is on the first page of the Twilio console: AC and 32 hexadecimal digits.",
    "TWILIO_AUTH_TOKEN": "It is on the first page of the Twilio console, below the account SID.",
    "PORT": "A port is a whole number from 1 to 65535.",
    "REDIS_URL": "For example redis://127.0.0.1:6379/0; leave it out to use the embedded Valkey.",
    "RQ_REDIS_URL": "For example redis://127.0.0.1:6379/1; leave it out to use REDIS_URL.",
    "CALMLINE_SITE": "Use up to 32 letters, digits, - or _.",
    "LOG_LEVEL": "One of DEBUG, INFO, WARNING, ERROR.",
    "SECRET_KEY": "At least 16 characters; leave it out to have one made.",
    "LEDGER_KEY": "At least 16 characters; leave it out to have one made.",
}
