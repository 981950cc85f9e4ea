"""The site's own secrets, made once under the data folder and the same for every process that uses it."""

import os
import secrets
from pathlib import Path

from config.settings import Settings, SettingsError


def secret_key(settings: Settings) -> bytes:
    """The key behind the tokens in our URLs: SECRET_KEY, or the one kept in `CALMLINE_DATA/secret_key`.

    Raises SettingsError when the data folder can be neither read nor written.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return _kept(settings.calmline_data / "secret_key")


def _kept(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        return file.read_bytes()
    except OSError as failed:
        raise SettingsError(
            f"Calmline cannot keep its secret key in {file}: {failed.strerror}. "
            "Let CALMLINE_DATA name a folder that this user may write to, or set SECRET_KEY."
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
