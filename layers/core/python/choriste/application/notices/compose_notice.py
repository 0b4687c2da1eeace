"""The e-mail notice of a status change: what happened, to which invoice, what to do, and where.

Source: docs/reference/accounts.md#notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from choriste.domain.lifecycle.labels import reason_label, status_label
from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.i18n.catalogue import translate
from choriste.i18n.formats import money_text

_ROOM = "notices"


@dataclass(frozen=True, slots=True)
class Notice:
    """An e-mail: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def compose_notice(head: InvoiceHead, change: StatusChange, *, language: str, base_url: str) -> Notice:
    """Return the notice of a status change in a language (`fr` or `en`)."""
    values = {
        "number": head.number,
        "supplier": head.supplier.name,
        "recipient": head.recipient.name,
        "amount": money_text(head.with_vat, head.currency, language=language),
        "status": status_label(change.after, language=language),
        "reason": _reason(change, language),
    }
    subject, hello, happened, reason, todo, closing = (
        translate(_ROOM, code, language, **values)
        for code in ("subject", "hello", "happened", "reason", "todo", "stop")
    )
    link = f"{base_url}/invoices/{head.id}"
    why = [reason] if change.reason_code else []
    note = [change.note.in_language(language)] if change.note is not None else []
    paragraphs = [hello, happened, *why, *note, todo]
    return Notice(
        subject=subject,
        text="\n\n".join([*paragraphs, link, closing]) + "\n",
        html=_html(paragraphs, link, closing, language),
    )


def _reason(change: StatusChange, language: str) -> str:
    if change.reason_code is None:
        return ""
    label = reason_label(change.reason_code, language=language)
    return f"{label} — {change.reason_text}" if change.reason_text else label


def _html(paragraphs: list[str], link: str, closing: str, language: str) -> str:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    address = escape(link, quote=True)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{body}'
        f'<p><a href="{address}">{address}</a></p><p><small>{escape(closing)}</small></p></body></html>'
    )
