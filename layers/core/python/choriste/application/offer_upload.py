"""Offer an upload address for a file that is too large for a request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from choriste.application.ports import Workshop
from choriste.application.receive_deposit import MAX_ARCHIVE_BYTES, clean_filename
from choriste.domain.errors import TooLargeError
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, Space

VALID_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class UploadOffer:
    """Where to PUT the file, for how long, and the inbox key it will have."""

    address: str
    key: str
    seconds: int


def offer_upload(
    shop: Workshop, principal: Principal, *, structure: str, filename: str, size: int
) -> UploadOffer:
    """Return an address to upload to; raises `ForbiddenError`, or `TooLargeError` over 1 GB."""
    principal.require(Space.ISSUE, Level.MODIFY, structure=structure)
    if size > MAX_ARCHIVE_BYTES:
        raise TooLargeError(size=size, limit=MAX_ARCHIVE_BYTES)
    key = f"uploads/{structure}/{principal.id}/{secrets.token_hex(8)}/{clean_filename(filename)}"
    address = shop.files.upload_address(key, seconds=VALID_SECONDS)
    return UploadOffer(address=address, key=key, seconds=VALID_SECONDS)
