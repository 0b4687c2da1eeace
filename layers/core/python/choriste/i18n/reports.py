"""The integration report as text for people: what became of each document, what is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from choriste.domain.findings import Finding, Severity
from choriste.domain.flow import Document, Flow, Outcome

_WORDS = {
    "fr": {
        "title": "Compte rendu d’intégration du flux {id}",
        "file": "Fichier {filename} ({size} octets), reçu le {at}",
        "state": "État : {state}",
        "accepted": "{n}. {filename} — facture {number} acceptée, identifiant technique {invoice}",
        "refused": "{n}. {filename} — refusée",
        "pending": "{n}. {filename} — en cours",
        "fatal": "À corriger",
        "warning": "Avertissement",
        "place": "Où",
        "line": "ligne",
        "found": "Trouvé",
        "expected": "Attendu",
    },
    "en": {
        "title": "Integration report of flow {id}",
        "file": "File {filename} ({size} bytes), received on {at}",
        "state": "State: {state}",
        "accepted": "{n}. {filename} — invoice {number} accepted, technical id {invoice}",
        "refused": "{n}. {filename} — refused",
        "pending": "{n}. {filename} — in progress",
        "fatal": "To mend",
        "warning": "Warning",
        "place": "Where",
        "line": "line",
        "found": "Found",
        "expected": "Expected",
    },
}


class Report(Protocol):
    """A flow and its documents."""

    @property
    def flow(self) -> Flow:
        """The flow."""
        ...

    @property
    def documents(self) -> tuple[Document, ...]:
        """Its documents, in order."""
        ...


def report_text(report: Report, language: str) -> str:
    """Return the report in a language (`fr` or `en`)."""
    words = _WORDS["en" if language == "en" else "fr"]
    flow = report.flow
    at = flow.received_at.strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        words["title"].format(id=flow.id),
        words["file"].format(filename=flow.filename, size=flow.size, at=at),
        words["state"].format(state=flow.state.value),
        *findings_lines(flow.findings, language),
    ]
    for document in report.documents:
        lines += ["", *_document_lines(document, words, language)]
    return "\n".join(lines) + "\n"


def findings_lines(findings: tuple[Finding, ...], language: str) -> Iterator[str]:
    """Yield the lines of findings: sentence first, then where, what was found and what was expected."""
    words = _WORDS["en" if language == "en" else "fr"]
    for finding in findings:
        kind = words["fatal"] if finding.severity is Severity.FATAL else words["warning"]
        yield f"   {kind} [{finding.rule}] {finding.message.in_language(language)}"
        if finding.location is not None:
            line = f" ({words['line']} {finding.line})" if finding.line is not None else ""
            yield f"      {words['place']}: {finding.location}{line}"
        if finding.found is not None:
            yield f"      {words['found']}: {finding.found}"
        if finding.expected is not None:
            yield f"      {words['expected']}: {finding.expected}"


def _document_lines(document: Document, words: dict[str, str], language: str) -> Iterator[str]:
    key = {Outcome.ACCEPTED: "accepted", Outcome.REFUSED: "refused"}.get(document.outcome, "pending")
    yield words[key].format(
        n=document.position,
        filename=document.filename,
        number=document.number or "?",
        invoice=document.invoice_id,
    )
    yield from findings_lines(document.findings, language)
