"""The integration report (*compte rendu d'intégration*): what was made of a deposited file, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from choriste.documents.issue.pages.pairs import Pair, labelled, pairs
from choriste.documents.issue.pages.sheet import Block, Sheet, Tone, banner, facts, set_sheet
from choriste.documents.issue.wording import Wording, wording
from choriste.domain.shared.findings import Finding, Severity, Verdict
from choriste.i18n.shown import folded, shown_values

MAX_FINDINGS = 1000
"""Findings that are printed of one file; the others are counted, and stand in the console and the API."""

_TONES = {Verdict.VALID: Tone.GOOD, Verdict.INVALID: Tone.BAD, Verdict.UNREADABLE: Tone.BAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDocument:
    """One invoice of a deposited file, or the file itself where no invoice could be read from it.

    `verdict` is None while it is not known.
    """

    name: str
    verdict: Verdict | None
    number: str | None = None
    supplier: str | None = None
    recipient: str | None = None
    technical_id: str | None = None
    format: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationReport:
    """The report of one flow. Sizes are bytes, times aware UTC; `digest` is a SHA-256 in hexadecimal.

    `findings` are about the file as a whole.
    """

    flow_id: str
    filename: str
    received_at: dt.datetime
    made_at: dt.datetime
    documents: tuple[ReportedDocument, ...]
    findings: tuple[Finding, ...] = ()
    depositor: str | None = None
    channel: str | None = None
    size: int | None = None
    digest: str | None = None


def make_integration_report(report: IntegrationReport, *, language: str = "fr") -> bytes:
    """Return the report as PDF/A-3a and PDF/UA-1; raises RenderError."""
    words = wording(language)
    sheet = Sheet(
        title=words["report"],
        subtitle=report.filename,
        highlights=_highlights(report, words),
        blocks=(
            _file(report, words),
            _findings(report.findings, words),
            *_documents(report.documents, words),
        ),
        reference=f"{words['tracking.flow']} {report.flow_id}",
        closing=words.filled("report.closing", moment=words.moment(report.made_at)),
    )
    return set_sheet(sheet, words, dated=report.made_at)


def _highlights(report: IntegrationReport, words: Wording) -> list[Pair]:
    verdicts = [document.verdict for document in report.documents]
    accepted, pending = verdicts.count(Verdict.VALID), verdicts.count(None)
    counts = [("documents", len(verdicts)), ("accepted", accepted)]
    counts += [("refused", len(verdicts) - accepted - pending)]
    counts += [("pending", pending)] if pending else []
    return [[words[f"report.{name}"], words.number(Decimal(count))] for name, count in counts]


def _file(report: IntegrationReport, words: Wording) -> Block | None:
    values = (
        ("flow", report.flow_id),
        ("received", words.moment(report.received_at)),
        ("depositor", report.depositor),
        ("channel", words.of("channel", report.channel)),
        ("size", words.size(report.size)),
        ("digest", report.digest),
    )
    return facts(words["report.file"], labelled(words, "report", values))


def _documents(documents: Iterable[ReportedDocument], words: Wording) -> Iterable[Block | None]:
    left = MAX_FINDINGS
    for document in documents:
        subject = words["report.document" if document.number else "report.name"]
        yield facts(f"{subject} {document.number or document.name}", _identity(document, words))
        yield banner(_verdict(document, words), _tone(document))
        yield _findings(document.findings[:left], words)
        unprinted = len(document.findings[left:])
        if unprinted:
            yield banner(words.counted("report.unprinted", unprinted), Tone.WARNING)
        left = max(0, left - len(document.findings))


def _identity(document: ReportedDocument, words: Wording) -> list[Pair]:
    values = (
        ("name", document.name),
        ("format", document.format),
        ("supplier", document.supplier),
        ("recipient", document.recipient),
        ("technical_id", document.technical_id),
    )
    return labelled(words, "report", values)


def _verdict(document: ReportedDocument, words: Wording) -> str:
    sentence = words[f"report.verdict.{document.verdict.value if document.verdict else 'pending'}"]
    to_act_on = [finding for finding, _ in _folded(document.findings)]
    fatal = sum(finding.severity is Severity.FATAL for finding in to_act_on)
    warnings = len(to_act_on) - fatal
    counts = [words.counted("report.fatal", fatal)] if fatal else []
    counts += [words.counted("report.warning", warnings)] if warnings else []
    return f"{sentence} {', '.join(counts)}." if counts else sentence


def _tone(document: ReportedDocument) -> Tone:
    if document.verdict is None or (document.verdict is Verdict.VALID and document.findings):
        return Tone.WARNING
    return _TONES[document.verdict]


def _findings(findings: tuple[Finding, ...], words: Wording) -> Block | None:
    return (
        {"kind": "findings", "items": [_finding(*each, words) for each in _folded(findings)]}
        if findings
        else None
    )


def _folded(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    return folded(findings, key=lambda each: (each.rule, each.consequence_of))


def _finding(finding: Finding, following: list[Finding], words: Wording) -> Block:
    line = str(finding.line) if finding.line is not None else None
    values = shown_values(finding.found, finding.expected, language=words.language)
    shown = pairs(
        (words["finding.found"], values.found),
        (words["finding.expected"], values.expected or values.element),
        (words["finding.term"], finding.term),
        (words["finding.line"], line),
        (words["finding.location"], finding.location),
        (words["finding.follows"], ", ".join(each.rule for each in following) or None),
    )
    return {
        "rule": finding.rule,
        "severity": words[f"severity.{finding.severity.value}"],
        "fatal": finding.severity is Severity.FATAL,
        "message": finding.message.in_language(words.language),
        "pairs": shown,
    }
