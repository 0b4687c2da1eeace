"""The integration report as text for people: what became of each document, what is wrong, how to mend it.

It is made from the public JSON form of a report, so that a client of the API can print the same text.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_WIDTH = 100
_HOLD = "\u2060"
_MARKS = re.compile(r"« | [»:;?!]")
_INDENT = "   "
_TECHNICAL = re.compile(r"(?:… )?(?:(?:rsm|ram|udt|qdt|inv|cn|cac|cbc|ext):\w+(?:, )?)+\Z")
_FORMS = (
    ("decimals", re.compile(r"≤ (?:19|4)\.(\d)")),
    ("digits", re.compile(r"(\d+) × 0-9\Z")),
    ("decimal", re.compile(r"decimal\Z")),
    ("date", re.compile(r"date\Z|20AA-?MM-?JJ / ")),
    ("≤", re.compile(r"≤ (.+)\Z")),
    ("since", re.compile(r"≥ (\d{4}-?\d\d-?\d\d)\Z")),
    ("≥", re.compile(r"≥ (.+)\Z")),
)
_INVOICE_LINE = re.compile(
    r"/(?:ram:IncludedSupplyChainTradeLineItem|cac:(?:Invoice|CreditNote)Line)(?:\[(\d+)\])?"
)
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
        "fatal.one": "1 point à corriger",
        "fatal.many": "{n} points à corriger",
        "warning.one": "1 avertissement",
        "warning.many": "{n} avertissements",
        "order": "Commencez par le premier : les suivants peuvent en découler.",
        "found": "Trouvé : {value}",
        "expected": "Attendu : {value}",
        "blank": "(vide)",
        "invoice line": "Où : ligne de facture {n}",
        "rule": "règle {rule}",
        "add": "élément attendu {element}",
        "line": "ligne {n} du fichier",
        "decimals": "{n} décimales au plus",
        "digits": "{n} chiffres",
        "≤": "{n} au plus",
        "≥": "{n} ou plus",
        "since": "le {n} ou après",
        "decimal": "un nombre",
        "date": "une date qui existe",
        "technical": "Pour l’éditeur de votre logiciel : {details}",
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
        "fatal.one": "1 point to mend",
        "fatal.many": "{n} points to mend",
        "warning.one": "1 warning",
        "warning.many": "{n} warnings",
        "order": "Start with the first: the others may follow from it.",
        "found": "Found: {value}",
        "expected": "Expected: {value}",
        "blank": "(empty)",
        "invoice line": "Where: invoice line {n}",
        "rule": "rule {rule}",
        "add": "expected element {element}",
        "line": "line {n} of the file",
        "decimals": "{n} decimals at most",
        "digits": "{n} digits",
        "≤": "{n} at most",
        "≥": "{n} or more",
        "since": "{n} or later",
        "decimal": "a number",
        "date": "a date that exists",
        "technical": "For the vendor of your software: {details}",
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
    """Yield the lines of findings: how many, then each with its sentence, what was found, what was expected.

    Where it is comes last, in the terms of the invoice, and of the file for those who make the software.
    """
    words, listed = _words(language), list(findings)
    if listed:
        yield _INDENT + _summary(listed, words)
    for number, finding in enumerate(listed, start=1):
        yield ""
        head = f"{number}. {words[finding['severity']]} — {finding['message'][language]}"
        yield from _wrapped(head)
        yield from (f"{_INDENT * 2}{line}" for line in _details(finding, words))


def _wrapped(text: str) -> Iterator[str]:
    """Break a text into lines, never between a French mark and the word that it belongs to."""
    held = _MARKS.sub(lambda match: match[0].replace(" ", _HOLD), text)
    lines = textwrap.wrap(
        held,
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return (line.replace(_HOLD, " ") for line in lines)


def _summary(findings: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    counts = Counter(finding["severity"] for finding in findings)
    told = [
        words[f"{severity}.one"] if count == 1 else words[f"{severity}.many"].format(n=count)
        for severity in ("fatal", "warning")
        if (count := counts[severity])
    ]
    order = f" {words['order']}" if counts["fatal"] > 1 else ""
    return f"{', '.join(told)}.{order}"


def _details(finding: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    found, expected, location = finding["found"], finding["expected"], finding["location"] or ""
    technical = [words["rule"].format(rule=finding["rule"])]
    if found is not None:
        yield words["found"].format(value=found or words["blank"])
    if expected is not None and _TECHNICAL.match(expected):
        technical.append(words["add"].format(element=expected))
    elif expected is not None:
        yield words["expected"].format(value=_readable(expected, words))
    if invoice_line := _INVOICE_LINE.search(location):
        yield words["invoice line"].format(n=invoice_line[1] or 1)
    if finding["line"] is not None:
        technical.append(words["line"].format(n=finding["line"]))
    yield words["technical"].format(details=", ".join(technical))
    if location:
        yield f"{_INDENT}{location}"


def _readable(expected: str, words: Mapping[str, str]) -> str:
    """Return what was expected as people say it: of a computation the result, of a form its name."""
    for key, form in _FORMS:
        if match := form.match(expected):
            return words[key].format(n=match[1]) if match.groups() else words[key]
    return expected.rpartition(" = ")[2]


def _words(language: str) -> dict[str, str]:
    return _WORDS["en" if language == "en" else "fr"]
