"""Reproducible zips: the same files give the same bytes, on any day and under any umask."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date a zip can hold
_UNIX = 3
_MODE = 0o100644


@dataclass(frozen=True, slots=True)
class Zipped:
    """A written zip: its sizes in bytes and the SHA-256 of its bytes."""

    path: Path
    zipped: int
    unzipped: int
    files: int
    sha256: str


def write_zip(target: Path, *, folder: Path, files: Iterable[Path]) -> Zipped:
    """Zip files of a folder, in the order of their names, with one date and one mode."""
    target.parent.mkdir(parents=True, exist_ok=True)
    named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    unzipped = 0
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in named:
            content = path.read_bytes()
            unzipped += len(content)
            archive.writestr(_entry(name), content)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return Zipped(target, target.stat().st_size, unzipped, len(named), digest)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _MODE << 16
    return entry
