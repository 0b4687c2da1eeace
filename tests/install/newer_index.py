"""A folder of wheels that stands for an index some months from now: a newer release of every locked package.

The wheels are well-formed and empty. An installation that takes one of them does not follow the lock.
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zipfile
from pathlib import Path

NEWER = "9999.0"


def locked_versions(lock: Path) -> dict[str, set[str]]:
    """Read `uv.lock`: canonical name → the versions it holds, of every package but the project itself."""
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    versions: dict[str, set[str]] = {}
    for package in packages:
        if "registry" in package["source"]:
            versions.setdefault(package["name"], set()).add(package["version"])
    return versions


def offer_newer(names: list[str], folder: Path) -> None:
    """Write a wheel of version `NEWER` for each name; pip and uv take the folder as `find-links`."""
    folder.mkdir()
    for name in names:
        _write_wheel(name.replace("-", "_"), folder)


def _write_wheel(name: str, folder: Path) -> None:
    about = f"{name}-{NEWER}.dist-info"
    contents = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {NEWER}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in contents.items())
    contents[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{name}-{NEWER}-py3-none-any.whl", "w") as wheel:
        for path, text in contents.items():
            wheel.writestr(path, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
