"""Keep a file that a client sends before the invoice it belongs to, and give it a number.

It lies in the inbox, whose objects end after thirty days, and is its account's own. The archive gets it when
an invoice takes it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Final

from choriste.application.access.policy import is_own, lists_of
from choriste.application.deposits.deposited_file import clean_filename, mime_type_of
from choriste.application.invoices.attach_file import check_attachment
from choriste.application.invoices.ports import FilePorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Space
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from choriste.domain.shared.ids import InvoiceId, new_invoice_id

PIECES: Final = "pieces/"
KEPT: Final = dt.timedelta(days=30)
"""How long the inbox keeps an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPiece:
    """A file that waits for its invoice; `draft` is the one that was begun from it, where it is a PDF."""

    account: str
    key: str
    filename: str
    draft: InvoiceId | None = None


def keep_piece(
    ports: FilePorts, principal: Principal, *, filename: str, content: bytes, draft: InvoiceId | None = None
) -> int:
    """Keep a file for its account and return its number.

    Raises `ForbiddenError` for whoever issues no invoices, `TooLargeError` over 10 MB, `BadRequestError` for
    a kind of file that no invoice takes.
    """
    if not lists_of(principal, Space.ISSUE):
        raise ForbiddenError(right="issue:modification", structure=None, service=None)
    name = clean_filename(filename)
    check_attachment(name, size=len(content), category=None)
    number = new_invoice_id(ports.clock.now())
    piece = KeptPiece(
        account=principal.id, key=f"{PIECES}{principal.id}/{number}/{name}", filename=name, draft=draft
    )
    ports.files.put(Bucket.INBOX, piece.key, content, mime_type=mime_type_of(name))
    ports.idempotency.put(_name(number), json.dumps(asdict(piece)), until=ports.clock.now() + KEPT)
    return number


def read_piece(ports: FilePorts, principal: Principal, number: int) -> tuple[KeptPiece, bytes]:
    """Return a kept file with its bytes; raises `NotFoundError`, also for one of another account."""
    kept = ports.idempotency.get(_name(number))
    piece = KeptPiece(**json.loads(kept)) if kept is not None else None
    if piece is None or not is_own(principal, piece.account):
        raise NotFoundError(kind="file", id=number)
    return piece, ports.files.get(Bucket.INBOX, piece.key)


def forget_piece(ports: FilePorts, principal: Principal, number: int) -> None:
    """Forget a kept file before its time; raises `NotFoundError` as `read_piece` does."""
    read_piece(ports, principal, number)
    ports.idempotency.put(_name(number), "{}", until=ports.clock.now())


def _name(number: int) -> str:
    return f"piece#{number}"
