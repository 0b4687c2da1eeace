"""French invoices that break no rule, as bytes, and parsed with one thing changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from choriste.domain.shared.findings import Finding
from choriste.formats.detect import detect_xml
from choriste.rules import check

TODAY = dt.date(2026, 11, 22)
_SAMPLES = Path(__file__).resolve().parents[2] / "bench" / "samples"
Change = Callable[[etree._Element], None]


def a_french_invoice(syntax: str = "cii", *, lines: int = 2) -> bytes:
    """Return a valid invoice of so many lines of 100 euros at 20 %."""
    template = (_SAMPLES / f"french-{syntax}.xml").read_text(encoding="utf-8")
    head, _, rest = template.partition("<!-- line -->")
    line, _, tail = rest.partition("<!-- /line -->")
    net = 100 * lines
    text = head + "".join(line.replace("%N%", str(n)) for n in range(1, lines + 1)) + tail
    for key, value in (("NET", net), ("VAT", net // 5), ("GROSS", net + net // 5)):
        text = text.replace(f"%{key}%", f"{value}.00")
    return text.encode()


def findings_of(data: bytes, *, on: dt.date = TODAY) -> tuple[Finding, ...]:
    """Return the findings of a file."""
    root = etree.fromstring(data)
    return check(root, detected=detect_xml(root), on=on)


def findings_after(old: str, new: str, *, syntax: str = "cii") -> dict[str, Finding]:
    """Return the findings, by rule, of the valid invoice after replacing a text in it."""
    text = a_french_invoice(syntax).decode()
    assert old in text
    return {f.rule: f for f in reversed(findings_of(text.replace(old, new, 1).encode()))}
