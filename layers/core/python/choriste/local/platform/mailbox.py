"""The mails that SES accepted, read from its backend, and the page that shows them.

A mail's text comes from invoices and users: all of it is escaped, none is rendered as HTML, no script runs.
"""

from __future__ import annotations

import email
import email.policy
import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Final

from choriste.local.moto_patches.mail import restore_sent, sent_messages
from choriste.local.platform.shapes import Json, MotoObject

PAGE_HEADERS: Final = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as sent; `text` is its plain text, or its HTML source where it has no plain text."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str


def mails() -> tuple[Mail, ...]:
    """The mails sent, newest first."""
    return tuple(mail_of(message) for message in reversed(sent_messages()))


def restore_mail(mail: Mail) -> None:
    """Put a mail of an earlier run back in the mailbox, after those that are there."""
    restore_sent(
        identifier=mail.id,
        sender=mail.sender,
        recipients=mail.recipients,
        subject=mail.subject,
        text=mail.text,
    )


def mailbox_document() -> Json:
    """The mailbox as JSON: `{"mails": [{id, sender, recipients, subject, text}]}`, newest first."""
    return {"mails": [asdict(mail) for mail in mails()]}


def mailbox_page() -> str:
    """The mailbox as an HTML page in French and English."""
    articles = "".join(_article(mail) for mail in mails())
    empty = "<p>Aucun message pour l’instant. <span lang='en'>No message yet.</span></p>"
    return (
        "<!doctype html><html lang='fr'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<title>Boîte aux lettres locale</title><style>"
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "article{border:1px solid #767676;border-radius:.3rem;padding:0 1rem;margin:1rem 0}"
        "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}dt{font-weight:600}dd{margin:0}"
        "</style></head><body><main>"
        "<h1>Boîte aux lettres locale <small lang='en'>(local mailbox)</small></h1>"
        f"{articles or empty}</main></body></html>"
    )


def _article(mail: Mail) -> str:
    return (
        f"<article><h2>{html.escape(mail.subject)}</h2><dl>"
        f"<dt>De</dt><dd>{html.escape(mail.sender)}</dd>"
        f"<dt>À</dt><dd>{html.escape(', '.join(mail.recipients))}</dd></dl>"
        f"<pre>{html.escape(_readable(mail.text))}</pre></article>"
    )


def _readable(text: str) -> str:
    """Return the words of a mail; of HTML source a paragraph a line, without its tags."""
    if not text.lstrip().lower().startswith(("<!doctype html", "<html")):
        return text
    words = _Words()
    words.feed(text)
    words.close()
    return "".join(words.found).strip()


class _Words(HTMLParser):
    """The words of an HTML document, with an empty line after each paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.found.append("\n\n")


def mail_of(message: MotoObject) -> Mail:
    """A message of moto's as the mail that it is."""
    if hasattr(message, "raw_data"):
        return _raw_mail(message)
    return Mail(
        id=message.id,
        sender=message.source,
        recipients=_recipients(message.destinations),
        subject=getattr(message, "subject", "") or getattr(message, "template", ""),
        text=_text(getattr(message, "body", "")),
    )


def _raw_mail(message: MotoObject) -> Mail:
    parsed = email.message_from_string(message.raw_data, policy=email.policy.default)
    body = parsed.get_body(("plain", "html")) if isinstance(parsed, EmailMessage) else None
    return Mail(
        id=message.id,
        sender=str(message.source or parsed["From"] or ""),
        recipients=_recipients(message.destinations),
        subject=str(parsed["Subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
    )


def _recipients(destinations: Json) -> tuple[str, ...]:
    if isinstance(destinations, dict):
        return tuple(address for part in destinations.values() for address in _addresses(part))
    return tuple(_addresses(destinations))


def _addresses(part: Json) -> Sequence[str]:
    return [str(address) for address in part or ()]


def _text(body: Json) -> str:
    if isinstance(body, dict):
        part = body.get("Text") or body.get("Html") or {}
        return str(part.get("Data", "")) if isinstance(part, dict) else str(part)
    return str(body)
