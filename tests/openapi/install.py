"""Fetches Twilio's OpenAPI description, as lock.json pins it: `python -m tests.openapi.install [FILE]`.

Packed, not installed: `npm ci` of the package brings 272 others (147 MB, 14 s), its archive is 0.7 MB.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".venv" / "openapi" / "twilio_api_v2010.json"
_NO_NPM = (
    "Twilio's OpenAPI description comes from npm. Install the package npm (Debian: apt-get install npm)."
)


def install(target: Path = INSTALLED, lock: Path = HERE / "lock.json") -> None:
    """Writes the description to `target`; exits with a sentence where that cannot be done."""
    pinned = json.loads(lock.read_text())
    _need_npm()
    with tempfile.TemporaryDirectory() as folder:
        archive = _pack(f"{pinned['package']}@{pinned['version']}", Path(folder))
        description = unpack(archive, pinned["integrity"], pinned["file"])
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_bytes(description)
    unfinished.replace(target)


def unpack(archive: Path, integrity: str, file: str) -> bytes:
    """One file of an archive that is the pinned one; exits for any other."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        sys.exit(f"{archive.name} is not the archive that is pinned in tests/openapi/lock.json")
    with tarfile.open(archive) as opened:
        found = opened.extractfile(file)
        assert found, f"{file} is a file of the archive"
        return found.read()


def _pack(what: str, folder: Path) -> Path:
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), what]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        sys.exit(f"npm could not fetch {what}: {done.stderr.strip()}")
    return archives[0]


def _need_npm() -> None:
    if shutil.which("npm"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(_NO_NPM)
    for command in ("update", "install -y --no-install-recommends npm"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(["apt-get", "-q", *command.split()], env=environment, check=False)
        if done.returncode:
            sys.exit(_NO_NPM)


if __name__ == "__main__":
    install(*map(Path, sys.argv[1:2]))
