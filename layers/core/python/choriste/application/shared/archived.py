"""Read what the archive keeps: never other bytes than those whose digest was written down at the deposit.

The archive is write-once, and its versions are locked. Who may put an object could still put another one on
top; it is what this finds, before anybody takes it for the original.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Final, Protocol

from choriste.application.shared.ports import Bucket, Files
from choriste.domain.shared.errors import AlteredFileError

logger: Final = logging.getLogger("choriste.archive")

ALTERED: Final = "altered original"
"""The line of the log that the operator's alarm counts."""


class Kept(Protocol):
    """What says where a file is kept, and the SHA-256 of its bytes in hexadecimal."""

    @property
    def key(self) -> str:
        """Where it is."""
        ...

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        ...


def read_archived(files: Files, kept: Kept) -> bytes:
    """Return the bytes of an archived file; raises `AlteredFileError` for other ones, `NotFoundError`."""
    content = files.get(Bucket.ARCHIVE, kept.key)
    found = hashlib.sha256(content).hexdigest()
    if found != kept.sha256:
        logger.error("%s: %s has %s instead of %s", ALTERED, kept.key, found, kept.sha256)
        raise AlteredFileError(key=kept.key, found=found, expected=kept.sha256)
    return content
