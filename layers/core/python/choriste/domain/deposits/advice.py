"""The kinds of advice: warnings about what the official rules accept and a customer may not."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of advice; each is the rule of its findings, and can be switched off."""

    IBAN = "CHO-W-IBAN"
    SIREN = "CHO-W-SIREN"
    SIRET = "CHO-W-SIRET"
    VAT_NUMBER = "CHO-W-VAT-NUMBER"
    VAT_OF_ANOTHER = "CHO-W-VAT-SIREN"
    EMPTY_NOTE = "CHO-W-NOTE"
    LINE = "CHO-W-LINE"
    LATE = "CHO-W-LATE"
    LATE_PUBLIC = "CHO-W-LATE-PUBLIC"
    ACCOUNT = "CHO-W-ACCOUNT"
    ALIKE = "CHO-W-ALIKE"
    CLOSED = "CHO-W-SIRET-CLOSED"
    UNKNOWN = "CHO-W-SIRET-UNKNOWN"
    PAPER = "CHO-W-PAPER"
