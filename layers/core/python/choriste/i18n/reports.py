"""The integration report as text for people: what became of each document, what is wrong, how to fix it.

It is made from the public JSON form of a report, so that a client of the API can print the same text.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from choriste.i18n.catalogue import count, translate
from choriste.i18n.formats import moment_text, size_text
from choriste.i18n.shown import folded, shown_values
from choriste.i18n.typography import typeset

_WIDTH = 100
_INDENT = "   "
_INVOICE_LINE = re.compile(
    r"/(?:ram:IncludedSupplyChainTradeLineItem|cac:(?:Invoice|CreditNote)Line)(?:\[(\d+)\])?"
)
_ROOM = "report"
ADVICE = "CHO-W-"
"""What the ids of advice start with."""


def report_lines(report: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield the lines of a report in a language (`fr` or `en`)."""
    received = dt.datetime.fromisoformat(report["received_at"])
    yield _text("title", language, id=report["flow_id"])
    yield _text(
        "file",
        language,
        filename=report["filename"],
        size=size_text(report["size"], language=language),
        at=moment_text(received, language=language),
    )
    yield _text(f"state.{report['state']}", language)
    yield from findings_lines(report["findings"], language)
    for document in report["documents"]:
        yield ""
        yield _text(
            document["outcome"],
            language,
            n=document["position"],
            filename=document["filename"],
            number=document["number"] or "?",
            invoice=document["invoice_id"],
        )
        yield from findings_lines(document["findings"], language)


def findings_lines(findings: Iterable[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Yield the lines of findings: how many, then each with its sentence, what was found, what was expected.

    Where it is comes last, in the terms of the invoice, and of the file for those who make the software.
    """
    listed = folded(findings, key=lambda each: (each["rule"], each.get("consequence_of")))
    if listed:
        yield from _wrapped(_summary([finding for finding, _ in listed], language), _INDENT)
    for number, (finding, consequences) in enumerate(listed, start=1):
        yield ""
        severity = _text(f"severity.{_class(finding)}", language)
        sentence = typeset(finding["message"][language], language=language)
        yield from _wrapped(f"{number}. {severity} — {sentence}")
        yield from (f"{_INDENT * 2}{line}" for line in _details(finding, language))
        if consequences:
            yield from _wrapped(_INDENT + _following(consequences, language))


def _following(findings: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return in one sentence what follows from a finding: rules, each with its term."""
    named = (f"{each['rule']} ({each['term']})" if each["term"] else each["rule"] for each in findings)
    return count(_ROOM, "follows", len(findings), language, rules=", ".join(dict.fromkeys(named)))


def _wrapped(text: str, subsequent: str = _INDENT * 2) -> Iterator[str]:
    """Break a text into lines at plain spaces, which leaves French marks with their words."""
    return iter(
        textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=_INDENT,
            subsequent_indent=subsequent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _summary(findings: Sequence[Mapping[str, Any]], language: str) -> str:
    counts = Counter(map(_class, findings))
    counted = [
        count(_ROOM, f"count.{each}", number, language)
        for each in ("fatal", "warning", "advice")
        if (number := counts[each])
    ]
    order = f" {_text('order', language)}" if counts["fatal"] > 1 else ""
    accepted = f" {_text('accepted-by-rules', language)}" if counts["advice"] else ""
    return f"{', '.join(counted)}.{order}{accepted}"


def _class(finding: Mapping[str, Any]) -> str:
    """Return how a finding is called: by its severity, or `advice`, which no official rule gives."""
    return "advice" if finding["rule"].startswith(ADVICE) else str(finding["severity"])


def _details(finding: Mapping[str, Any], language: str) -> Iterator[str]:
    values, location = (
        shown_values(finding["found"], finding["expected"], language=language),
        finding["location"] or "",
    )
    technical = [_text("rule", language, rule=finding["rule"])]
    if values.found is not None:
        yield _text("found", language, value=values.found or _text("blank", language))
    if values.expected is not None:
        yield _text("expected", language, value=values.expected)
    if values.element is not None:
        technical.append(_text("add", language, element=values.element))
    if invoice_line := _INVOICE_LINE.search(location):
        yield _text("invoice-line", language, n=invoice_line[1] or 1)
    if finding["line"] is not None:
        technical.append(_text("line", language, n=finding["line"]))
    yield _text("technical", language, details=", ".join(technical))
    if location:
        yield f"{_INDENT}{location}"


def _text(code: str, language: str, **values: object) -> str:
    return translate(_ROOM, code, language, **values)
