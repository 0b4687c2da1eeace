"""Files by the SHA-256 of their content, each written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Set as AbstractSet
from pathlib import Path


class Blobs:
    """The contents of stored objects in a folder, in subfolders by the first two digits of their name."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self._folder = folder
        self._fsync = fsync

    def keep(self, content: bytes) -> str:
        """Keep a content and give its name, the SHA-256 in hexadecimal."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, content)
        return name

    def read(self, name: str) -> bytes:
        """The content of that name; raises FileNotFoundError."""
        return self._path(name).read_bytes()

    def drop_others(self, names: AbstractSet[str]) -> None:
        """Remove every content but those."""
        for path in self._folder.glob("??/*"):
            if path.name not in names:
                path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _write(self, path: Path, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            if self._fsync:
                os.fsync(file.fileno())
        Path(file.name).replace(path)
