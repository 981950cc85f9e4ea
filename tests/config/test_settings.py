"""The environment, read once: defaults, files, and refusals that name the variable but never its secret."""

import re
from pathlib import Path

import pytest

from config.settings import PACKAGED_CONFIG, Settings, SettingsError, load_settings
from tests.config.conftest import TOKEN

ROOT = Path(__file__).parents[2]


def refusal() -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value)


def test_both_required_variables_are_named_when_they_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = refusal()
    assert "TWILIO_ACCOUNT_SID is not set. It is on the first page" in told
    assert "TWILIO_AUTH_TOKEN is not set. It is on the first page" in told
    assert "`.env.example` lists every variable" in told


def test_everything_else_has_a_default(here: Path) -> None:
    found = load_settings().model_dump(exclude={"twilio_account_sid", "twilio_auth_token"})
    assert found == {
        "twilio_auth_token_previous": None,
        "twilio_webhook_keys": {},
        "twilio_api_key": None,
        "twilio_api_secret": None,
        "twilio_api_url": None,
        "port": 8000,
        "public_url": "http://127.0.0.1:8000",
        "redis_url": None,
        "rq_redis_url": None,
        "smtp_url": None,
        "mail_from": None,
        "calmline_data": Path("var"),
        "calmline_config": PACKAGED_CONFIG,
        "calmline_site": "main",
        "web_concurrency": 1,
        "log_level": "INFO",
        "secret_key": None,
        "ledger_key": None,
        "allow_volatile_redis": False,
        "calmline_lab": False,
    }


def test_the_public_url_follows_the_port(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert load_settings().public_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TWILIO_ACCOUNT_SID", "AC123", "TWILIO_ACCOUNT_SID: String should match"),
        ("PORT", "eighty", "PORT: Input should be a valid integer"),
        ("PORT", "0", "A port is a whole number from 1 to 65535"),
        ("PORT", "65536", "A port is a whole number from 1 to 65535"),
        ("PUBLIC_URL", "https://voice.example.com/calls", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "https://voice.example.com?a=b", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "https://voice.example.com#a", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "https://voice.example.com:http", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "https://voice.example.com:99999", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "https://ann:pw@example.com", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "voice.example.com", "PUBLIC_URL: should be scheme, host and port only"),
        ("PUBLIC_URL", "ftp://voice.example.com", "PUBLIC_URL: should be scheme, host and port only"),
        ("CALMLINE_SITE", "our site", "CALMLINE_SITE: String should match"),
        ("CALMLINE_SITE", "a:b", "Use up to 32 letters, digits, - or _"),
        ("CALMLINE_SITE", "x" * 33, "Use up to 32 letters, digits, - or _"),
        ("CALMLINE_SITE", "{main}", "Use up to 32 letters, digits, - or _"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY: Input should be greater than or equal to 1"),
        ("LOG_LEVEL", "LOUD", "One of DEBUG, INFO, WARNING, ERROR"),
        ("REDIS_URL", "127.0.0.1:6379", "For example redis://127.0.0.1:6379/0"),
        ("RQ_REDIS_URL", "127.0.0.1", "leave it out to use REDIS_URL"),
        ("SMTP_URL", "mail.example.com:25", "SMTP_URL: should be written smtp://user:password@host:port"),
        (
            "SMTP_URL",
            "smtp://mail.example.com:0",
            "SMTP_URL: should be written smtp://user:password@host:port",
        ),
        ("MAIL_FROM", "nobody", "MAIL_FROM: should be one address"),
        ("MAIL_FROM", "a@example.com\nBcc: b@example.com", "MAIL_FROM: should be one address"),
        ("CALMLINE_LAB", "perhaps", "CALMLINE_LAB: Input should be a valid boolean"),
        ("TWILIO_WEBHOOK_KEYS", "key1", "TWILIO_WEBHOOK_KEYS: should be written keyid=secret"),
        ("TWILIO_WEBHOOK_KEYS", "key1=", "TWILIO_WEBHOOK_KEYS: should be written keyid=secret"),
        ("TWILIO_WEBHOOK_KEYS", "=hush", "TWILIO_WEBHOOK_KEYS: should be written keyid=secret"),
        ("TWILIO_WEBHOOK_KEYS", "key1=hush,key2", "TWILIO_WEBHOOK_KEYS: should be written keyid=secret"),
        ("SECRET_KEY", "too short", "SECRET_KEY: Value should have at least 16"),
        ("LEDGER_KEY", "too short", "LEDGER_KEY: Value should have at least 16"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    assert told in refusal()


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("key1=hush", {"key1": "hush"}),
        ("key1=hush,key2=psst", {"key1": "hush", "key2": "psst"}),
        (" key1 = hush , key2=psst, ", {"key1": "hush", "key2": "psst"}),
        ("key1=a=b==", {"key1": "a=b=="}),
    ],
)
def test_webhook_keys_are_pairs(
    here: Path, monkeypatch: pytest.MonkeyPatch, written: str, keys: dict[str, str]
) -> None:
    monkeypatch.setenv("TWILIO_WEBHOOK_KEYS", written)
    found = load_settings().twilio_webhook_keys
    assert {name: secret.get_secret_value() for name, secret in found.items()} == keys


@pytest.mark.parametrize(
    "name", ["PORT", "PUBLIC_URL", "CALMLINE_DATA", "REDIS_URL", "SECRET_KEY", "LEDGER_KEY", "LOG_LEVEL"]
)
def test_an_empty_variable_counts_as_unset(here: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    unset = load_settings()
    monkeypatch.setenv(name, "")
    assert load_settings() == unset


def test_unknown_variables_are_nobodys_business(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = load_settings()
    monkeypatch.setenv("CALMLINE_NOT_A_SETTING", "1")
    (here / ".env").write_text("SOMEBODY_ELSES=1\n")
    assert load_settings() == known


def test_the_secrets_are_never_shown(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush-hush-secret-key")
    monkeypatch.setenv("LEDGER_KEY", "hush-hush-ledger-key")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN_PREVIOUS", "hush-hush-previous")
    monkeypatch.setenv("TWILIO_WEBHOOK_KEYS", "key1=hush-hush-webhooks")
    monkeypatch.setenv("REDIS_URL", "redis://:hush-hush-redis@redis.example.com/0")
    found = load_settings()
    assert found.twilio_auth_token.get_secret_value() == TOKEN
    assert found.redis_url == "redis://:hush-hush-redis@redis.example.com/0"
    assert "hush" not in repr(found) + str(found)
    assert "hush" not in str(found.model_dump(exclude={"redis_url"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hush-hush"),
        ("LEDGER_KEY", "hush-hush"),
        ("TWILIO_WEBHOOK_KEYS", "hush-hush"),
        ("TWILIO_WEBHOOK_KEYS", "key1=hush-hush,hush-hush"),
        ("REDIS_URL", "http://:hush-hush@redis.example.com"),
        ("RQ_REDIS_URL", "http://:hush-hush@redis.example.com"),
        ("SMTP_URL", "http://ann:hush-hush@mail.example.com"),
        ("TWILIO_ACCOUNT_SID", "hush-hush"),
        ("PUBLIC_URL", "https://ann:hush-hush@example.com"),
        ("PUBLIC_URL", "https://ann:hush-hush"),
    ],
)
def test_a_refused_secret_is_not_repeated(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    told = refusal()
    assert name in told
    assert "hush" not in told


def test_nobody_changes_the_settings(here: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_the_sample_file_names_every_variable() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}
