"""The site's own secrets, made once under the data folder and the same for every process that uses it."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings, SettingsError


def secret_key(settings: Settings) -> bytes:
    """The key behind the tokens in our URLs: SECRET_KEY, or the one kept in `CALMLINE_DATA/secret_key`.

    Raises SettingsError when the data folder can be neither read nor written.
    """
    return _given(settings.secret_key) or _kept(settings.calmline_data / "secret_key", "SECRET_KEY")


def ledger_key(settings: Settings) -> bytes:
    """The key behind the conduct ledger's digests: LEDGER_KEY, or the one in `CALMLINE_DATA/ledger_key`.

    Every host of a site needs the same one, and a ledger is worth what its key is: it is for nobody's eyes,
    and never changed. Raises SettingsError as `secret_key` does.
    """
    return _given(settings.ledger_key) or _kept(settings.calmline_data / "ledger_key", "LEDGER_KEY")


def _given(key: SecretStr | None) -> bytes:
    return key.get_secret_value().encode() if key is not None else b""


def _kept(file: Path, variable: str) -> bytes:
    try:
        if not file.exists():
            _make(file)
        return file.read_bytes()
    except OSError as failed:
        raise SettingsError(
            f"Calmline cannot keep its {file.name.replace('_', ' ')} in {file}: {failed.strerror}. "
            f"Let CALMLINE_DATA name a folder that this user may write to, or set {variable}."
        ) from failed


def _make(file: Path) -> None:
    """Two first starters at once end with one key: the link of the second is refused."""
    file.parent.mkdir(parents=True, exist_ok=True)
    own = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    own.touch(mode=0o600)
    try:
        own.write_bytes(secrets.token_hex(32).encode())
        os.link(own, file)
    except FileExistsError:
        pass
    finally:
        own.unlink()
