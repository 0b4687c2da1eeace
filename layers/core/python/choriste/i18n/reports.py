"""The integration report as text for people: what became of each document, what is wrong, how to mend it.

It is made from the public JSON form of a report, so that a client of the API can print the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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


def report_lines(report: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield the lines of a report in a language (`fr` or `en`)."""
    words = _words(language)
    yield words["title"].format(id=report["flow_id"])
    yield words["file"].format(
        filename=report["filename"], size=report["size"], at=report["received_at"][:16]
    )
    yield words["state"].format(state=report["state"])
    yield from findings_lines(report["findings"], language)
    for document in report["documents"]:
        yield ""
        yield words[document["outcome"]].format(
            n=document["position"],
            filename=document["filename"],
            number=document["number"] or "?",
            invoice=document["invoice_id"],
        )
        yield from findings_lines(document["findings"], language)


def findings_lines(findings: Iterable[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Yield the lines of findings: sentence first, then where, what was found and what was expected."""
    words = _words(language)
    for finding in findings:
        kind = words[finding["severity"]]
        yield f"   {kind} [{finding['rule']}] {finding['message'][language]}"
        if finding["location"] is not None:
            line = f" ({words['line']} {finding['line']})" if finding["line"] is not None else ""
            yield f"      {words['place']}: {finding['location']}{line}"
        if finding["found"] is not None:
            yield f"      {words['found']}: {finding['found']}"
        if finding["expected"] is not None:
            yield f"      {words['expected']}: {finding['expected']}"


def _words(language: str) -> dict[str, str]:
    return _WORDS["en" if language == "en" else "fr"]
