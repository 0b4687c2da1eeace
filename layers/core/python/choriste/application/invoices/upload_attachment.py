"""Upload an attachment that is too large for a request: an address first, then its arrival in the inbox.

Keys are `attachments/<account>/<invoice>/<upload>/<file>`. Whoever asked for the address attaches the file
when it arrives, with the rights of that moment; what became of it is remembered under the key.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from choriste.application.access.policy import is_own
from choriste.application.access.principals import account_of
from choriste.application.deposits.deposited_file import clean_filename
from choriste.application.deposits.offer_upload import VALID_SECONDS, UploadOffer
from choriste.application.deposits.receive_inbox_object import drop_claim
from choriste.application.invoices.access import role_for_act
from choriste.application.invoices.attach_file import attach_file, check_attachment
from choriste.application.invoices.ports import FilePorts
from choriste.application.invoices.read_invoices import read_invoice
from choriste.application.shared.ports import Bucket
from choriste.application.shared.problems import explained
from choriste.domain.access.principal import Principal
from choriste.domain.shared.errors import (
    AccountEndedError,
    BadRequestError,
    ChoristeError,
    ForbiddenError,
    NotFoundError,
    TooLargeError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.i18n.message import Message

ATTACHMENTS = "attachments/"
"""Where uploaded attachments arrive in the inbox."""

_REMEMBERED = dt.timedelta(days=14)
_FINAL = (AccountEndedError, BadRequestError, ForbiddenError, NotFoundError, TooLargeError)
"""Refusals that another attempt would meet again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedAttachment:
    """What became of an upload: its invoice, and the code and parameters of the refusal if it was refused.

    `arrived` is false while the file has not come.
    """

    invoice_id: InvoiceId
    arrived: bool
    code: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)


def offer_attachment_upload(  # noqa: PLR0913 - who uploads what, of which type, for which invoice
    ports: FilePorts,
    principal: Principal,
    invoice_id: InvoiceId,
    *,
    filename: str,
    size: int,
    category: str | None = None,
) -> UploadOffer:
    """Return an address to PUT a file of up to 10 MB to; it is attached when it arrives.

    Raises what attaching would raise now: `NotFoundError`, `ForbiddenError`, `BadRequestError`,
    `TooLargeError`.
    """
    name = clean_filename(filename)
    check_attachment(name, size=size, category=category)
    role_for_act(principal, read_invoice(ports, principal, invoice_id).head, "attach")
    key = f"{_folder(principal.id)}{invoice_id}/{secrets.token_hex(8)}/{name}"
    if category:
        ports.idempotency.put_if_absent(_category_claim(key), category, until=ports.clock.now() + _REMEMBERED)
    address = ports.files.upload_address(key, seconds=VALID_SECONDS)
    return UploadOffer(address=address, key=key, seconds=VALID_SECONDS)


def receive_attachment(ports: FilePorts, key: str) -> UploadedAttachment | None:
    """Attach an uploaded file and return what became of it; None when the key belongs to no account.

    An event that is delivered twice attaches one file. Raises `NotFoundError` when the object has gone.
    """
    account, invoice_id, filename = _parse(key)
    uploader = account_of(ports.accounts, account, at=ports.clock.now())
    if uploader is None or invoice_id is None:
        return None
    known = _recall(ports, key, invoice_id)
    if known.arrived:
        return known
    size = ports.files.size(Bucket.INBOX, key)
    try:
        if not uploader.is_open(ports.clock.now()):
            raise AccountEndedError(account=account)
        category = ports.idempotency.get(_category_claim(key))
        check_attachment(filename, size=size, category=category)
        content = ports.files.get(Bucket.INBOX, key)
        attach_file(
            ports, uploader.principal, invoice_id, filename=filename, content=content, category=category
        )
    except _FINAL as refusal:
        return _remember(ports, key, invoice_id, refusal=refusal)
    return _remember(ports, key, invoice_id, refusal=None)


def attachment_of_upload(ports: FilePorts, principal: Principal, key: str) -> UploadedAttachment:
    """Return what became of an upload; raises `NotFoundError` for a key not offered to this principal."""
    account, invoice_id, _ = _parse(key)
    if not is_own(principal, account) or invoice_id is None:
        raise NotFoundError(kind="upload", id=key)
    return _recall(ports, key, invoice_id)


def _folder(account: str) -> str:
    return f"{ATTACHMENTS}{account}/"


def _category_claim(key: str) -> str:
    return f"category#{key}"


def _parse(key: str) -> tuple[str, InvoiceId | None, str]:
    match key.split("/"):
        case [_, account, invoice, _, filename] if invoice.isdigit() and filename:
            return account, InvoiceId(int(invoice)), filename
    return "", None, ""


def _remember(
    ports: FilePorts, key: str, invoice_id: InvoiceId, *, refusal: ChoristeError | None
) -> UploadedAttachment:
    found = UploadedAttachment(invoice_id=invoice_id, arrived=True)
    if refusal is not None:
        found = UploadedAttachment(
            invoice_id=invoice_id, arrived=True, code=refusal.code, parameters=_plain(refusal)
        )
    kept = json.dumps({"code": found.code, "parameters": dict(found.parameters)}, default=_in_both)
    ports.idempotency.put_if_absent(drop_claim(key), kept, until=ports.clock.now() + _REMEMBERED)
    return found


def _recall(ports: FilePorts, key: str, invoice_id: InvoiceId) -> UploadedAttachment:
    kept = ports.idempotency.get(drop_claim(key))
    if kept is None:
        return UploadedAttachment(invoice_id=invoice_id, arrived=False)
    read = json.loads(kept)
    parameters = {name: _message(value) for name, value in read["parameters"].items()}
    return UploadedAttachment(invoice_id=invoice_id, arrived=True, code=read["code"], parameters=parameters)


def _plain(refusal: ChoristeError) -> dict[str, object]:
    """Return the parameters of a refusal that can be kept: texts, numbers, its findings as sentences."""
    plain: dict[str, object] = {
        name: value for name, value in refusal.parameters.items() if isinstance(value, (str, int))
    }
    reasons = explained(refusal.parameters)
    return plain if reasons is None else {**plain, "explained": reasons}


def _in_both(value: Message) -> dict[str, str]:
    return {"fr": value.fr, "en": value.en}


def _message(value: object) -> object:
    return Message(**value) if isinstance(value, dict) else value
