"""KMS: keys whose material is kept, so that what an earlier run sealed can be opened."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Final

from moto.kms.models import kms_backends

from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import MotoObject

_FILE: Final = "keys.json"


def create_key(alias: str) -> None:
    """Create a key under an alias, with fresh material."""
    backend = kms_backends[ACCOUNT][REGION]
    key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", alias, None)
    backend.create_alias(key.id, alias)


def keep_keys(folder: Path) -> None:
    """Give the keys the ids and the material that a data folder has, or keep theirs there."""
    file = folder / _FILE
    if file.exists():
        for alias, (key_id, material) in json.loads(file.read_text(encoding="utf-8")).items():
            _restore(alias, key_id, base64.b64decode(material))
        return
    kept = {
        alias: (key.id, base64.b64encode(key.key_material).decode())
        for key in _keys().values()
        for alias in key.aliases
    }
    with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as handle:  # noqa: PTH123 - Path.open cannot set the mode
        json.dump(kept, handle)


def _restore(alias: str, key_id: str, material: bytes) -> None:
    keys = _keys()
    found = next((key for key in keys.values() if alias in key.aliases), None)
    if found is not None:
        del keys[found.id]
        found.arn = found.arn.replace(found.id, key_id)
        found.id, found.key_material = key_id, material
        keys[key_id] = found


def _keys() -> dict[str, MotoObject]:
    keys: dict[str, MotoObject] = kms_backends[ACCOUNT][REGION].keys
    return keys
