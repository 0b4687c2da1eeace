"""The e-mail notice of a status change: what happened, to which invoice, what to do, and where (F1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape

from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.i18n.amounts import amount_text
from choriste.i18n.labels import reason_label, status_label

_TEXTS = {
    "fr": {
        "subject": "Facture {number} : {status}",
        "hello": "Bonjour,",
        "happened": "La facture {number} de {supplier} à {recipient} ({amount}) est maintenant à l’état "
        "« {status} ».",
        "reason": "Motif : {reason}",
        "todo": "Pour la voir, et agir si c’est à vous, ouvrez-la (votre second facteur vous sera demandé) :",
        "stop": "Vous recevez ce message parce que votre structure est partie à cette facture.",
    },
    "en": {
        "subject": "Invoice {number}: {status}",
        "hello": "Hello,",
        "happened": "Invoice {number} from {supplier} to {recipient} ({amount}) is now “{status}”.",
        "reason": "Reason: {reason}",
        "todo": "To see it, and to act if it is your turn, open it (your second factor will be asked for):",
        "stop": "You receive this message because your structure is a party to this invoice.",
    },
}


@dataclass(frozen=True, slots=True)
class Notice:
    """An e-mail: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def compose_notice(head: InvoiceHead, change: StatusChange, *, language: str, base_url: str) -> Notice:
    """Return the notice of a status change in a language (`fr` or `en`)."""
    texts = _TEXTS["en" if language == "en" else "fr"]
    values = {
        "number": head.number,
        "supplier": head.supplier.name,
        "recipient": head.recipient.name,
        "amount": _amount(head.with_vat, head.currency, language),
        "status": status_label(change.after, language=language),
        "reason": _reason(change, language),
    }
    link = f"{base_url}/invoices/{head.id}"
    keys = ("hello", "happened", *(("reason",) if change.reason_code else ()))
    said = [change.note.in_language(language)] if change.note is not None else []
    paragraphs = [*(texts[key].format(**values) for key in keys), *said, texts["todo"]]
    closing = texts["stop"]
    return Notice(
        subject=texts["subject"].format(**values),
        text="\n\n".join([*paragraphs, link, closing]) + "\n",
        html=_html(paragraphs, link, closing, language),
    )


def _amount(amount: Decimal, currency: str, language: str) -> str:
    return f"{amount_text(amount, language=language)}\u00a0{currency}"


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
