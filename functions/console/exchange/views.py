"""What the pages of the file exchange show: a partner with its state, a file with what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from choriste.domain.exchange.partner import Dispatch, Partner
from functions.console.web.rendering import text
from functions.console.web.views import Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """A partner in the list, with its state."""

    partner: Partner
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file that was sent or waits to be: what it tells, `about` which invoice or flow, at which `place`."""

    file: Dispatch
    kind: str
    about: str
    place: str
    badge: Badge


def partner_row(partner: Partner, *, language: str) -> PartnerRow:
    """Return a partner as the list shows it."""
    state, tone = ("open", "good") if partner.active else ("closed", "quiet")
    return PartnerRow(partner=partner, badge=Badge(text(f"partners.{state}", language=language), tone))


def file_row(file: Dispatch, *, language: str) -> FileRow:
    """Return a sent file as the list shows it."""
    kind, _, about = file.subject.partition("#")
    state, tone = ("sent", "good") if file.sent_at is not None else ("waiting", "attention")
    folder = "flows" if kind in {"ack", "report"} else "invoices"
    return FileRow(
        file=file,
        kind=text(f"partners.file.{kind}", language=language),
        about=about,
        place=f"/{folder}/{about}",
        badge=Badge(text(f"partners.{state}", language=language), tone),
    )
