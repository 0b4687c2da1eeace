"""What the page of an invoice shows that the invoice itself does not say: its life on this platform."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A seller's logo: PNG, JPEG or SVG bytes, and the text that replaces it for who cannot see it."""

    content: bytes
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContext:
    """Where an invoice stands on the platform, as plain values; all may be absent.

    `deposited_at` is aware UTC and also dates the document, so that the same input gives the same bytes.
    `frame` is the billing frame as people read it (`A1 — Dépôt par un fournisseur…`), in the page's
    language. `original_digest` is the SHA-256 of the deposited file, in hexadecimal.
    """

    technical_id: str | None = None
    deposited_at: dt.datetime | None = None
    flow_id: str | None = None
    channel: str | None = None
    frame: str | None = None
    service_code: str | None = None
    service_name: str | None = None
    engagement: str | None = None
    original_filename: str | None = None
    original_digest: str | None = None
    logo: Logo | None = None
