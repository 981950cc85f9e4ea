"""The description comes from the archive that is pinned, or not at all."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tests.lab.rest.referee import twilios_description
from tests.openapi import install


def an_archive(folder: Path) -> tuple[Path, str]:
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/description.json")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"{}"))
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    return path, f"sha512-{digest}"


def test_the_pinned_archive_is_unpacked(tmp_path: Path) -> None:
    archive, integrity = an_archive(tmp_path)
    assert install.unpack(archive, integrity, "package/description.json") == b"{}"


def test_any_other_archive_is_refused(tmp_path: Path) -> None:
    archive, _ = an_archive(tmp_path)
    with pytest.raises(SystemExit, match="not the archive that is pinned"):
        install.unpack(archive, "sha512-" + "A" * 86 + "==", "package/description.json")


def test_without_npm_and_without_root_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="Install the package npm"):
        install.install(Path("/nowhere"))


def test_a_description_that_was_not_fetched_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is not there: make"):
        twilios_description([], tmp_path / "other.json")
