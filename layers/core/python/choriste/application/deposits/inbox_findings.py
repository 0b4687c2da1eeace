"""What a file dropped in the inbox is refused for before anybody reads it, with how to fix it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from choriste.domain.shared.findings import Finding, Message, worded
from choriste.i18n.formats import moment_text


def oversize(size: int, limit: int, *, is_archive: bool) -> Finding:
    """Return the refusal of a file of so many bytes, over the limit of its kind."""
    found, most = _grouped(size), _grouped(limit)
    return worded(
        "deposits",
        "FILE-TOO-LARGE",
        code="FILE-TOO-LARGE.archive" if is_archive else "FILE-TOO-LARGE.file",
        found=f"{found} B",
        expected=f"≤ {most} B",
        values={"size": found, "limit": most},
    )


def account_ended(account: str, *, expired_at: dt.datetime | None) -> Finding:
    """Return the refusal of a file whose account has expired, or was closed if `expired_at` is None."""
    return worded(
        "deposits",
        "DEPOSIT-ACCOUNT-ENDED",
        code="DEPOSIT-ACCOUNT-ENDED.closed" if expired_at is None else "DEPOSIT-ACCOUNT-ENDED.expired",
        found=account,
        values={"account": account, "day": "" if expired_at is None else f"{expired_at:%Y-%m-%d}"},
    )


def not_entitled(structure: str) -> Finding:
    """Return the refusal of a file whose account may not issue for the structure."""
    return worded("deposits", "DEPOSIT-NOT-ENTITLED", found=structure)


def repeated(first: str, filename: str, received_at: dt.datetime) -> Finding:
    """Return the refusal of a file whose bytes were dropped before, as another flow."""
    return worded(
        "deposits",
        "DEPOSIT-REPEATED",
        found=first,
        values={
            "filename": filename,
            "at": Message(*(moment_text(received_at, language=x) for x in ("fr", "en"))),
        },
    )


def several_structures(structures: Sequence[str]) -> Finding:
    """Return the refusal of a file whose account belongs to several structures."""
    return worded("deposits", "DEPOSIT-STRUCTURE-UNNAMED", found=", ".join(structures), expected="1")


def _grouped(number: int) -> str:
    """Return a number with its digits in groups of three, apart by no-break spaces."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
