"""Offer an upload address for a file that is too large for a request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from choriste.application.access.policy import require_issue
from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.receive_deposit import MAX_ARCHIVE_BYTES
from choriste.application.deposits.receive_inbox_object import drop_claim, remember_parties
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.parties.mandate import Scope
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import NotFoundError, TooLargeError
from choriste.domain.shared.ids import FlowId

VALID_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class UploadOffer:
    """Where to PUT the file, for how long, and the inbox key it will have."""

    address: str
    key: str
    seconds: int


def offer_upload(  # noqa: PLR0913 - an upload is these facts
    ports: DepositPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    size: int,
    parties: NamedParties | None = None,
) -> UploadOffer:
    """Return an address to upload to; raises `ForbiddenError`, or `TooLargeError` over 1 GB.

    `parties` are those that the depositor names for all documents of the file that will arrive.
    """
    require_issue(principal, structure)
    if size > MAX_ARCHIVE_BYTES:
        raise TooLargeError(size=size, limit=MAX_ARCHIVE_BYTES)
    key = f"{_folder(structure, principal)}{secrets.token_hex(8)}/{clean_filename(filename)}"
    remember_parties(ports, key, parties or NamedParties())
    address = ports.files.upload_address(key, seconds=VALID_SECONDS)
    return UploadOffer(address=address, key=key, seconds=VALID_SECONDS)


def flow_of_upload(ports: DepositPorts, principal: Principal, key: str) -> FlowId | None:
    """Return the flow that an upload became, None while it has not arrived.

    Raises `NotFoundError` for a key that was not offered to this principal.
    """
    if not any(key.startswith(_folder(structure, principal)) for structure in _issued(principal)):
        raise NotFoundError(kind="upload", id=key)
    known = ports.idempotency.get(drop_claim(key))
    return FlowId(known) if known is not None else None


def _issued(principal: Principal) -> frozenset[StructureId]:
    return principal.structures | principal.givers(Scope.DEPOSIT)


def _folder(structure: str, principal: Principal) -> str:
    return f"uploads/{structure}/{principal.id}/"
