"""Findings folded under their cause: what must be mended stands first, what follows from it beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.rules.findings.causes.ledger import read_ledger
from choriste.rules.findings.causes.search import Search
from choriste.rules.findings.causes.sums import Sums, is_of_sums
from choriste.rules.findings.order import Fault, RuleFinding
from choriste.rules.findings.sentences import word
from choriste.rules.findings.subjects import term_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGES: Final = ("fr", "en")
_CODE_RULES: Final = ("BR-FR-15", "BR-FR-08_BT-151", "BR-FR-16")
_POSITIONS: Final = re.compile(r"\[\d+\]")


def fold(found: Sequence[RuleFinding], root: _Element, *, syntax: str, profile: str) -> tuple[Finding, ...]:
    """Return all findings, each consequence right behind its cause; `found` stand in the order of causes."""
    leads: dict[int, Finding] = {}
    causes = {
        **dict(_repeated_absences(found)),
        **dict(_repeated_codes(found)),
        **dict(_spoilt_comparisons(found)),
        **dict(_of_wrong_profile(found)),
    }
    if any(is_of_sums(t.requirement) for t in found):
        search = Search(read_ledger(root, syntax=syntax, profile=profile))
        sums = Sums(found, search)
        leads, following = sums.moved()
        corrected, consequences = sums.leads()
        leads.update(corrected)
        causes.update({**consequences, **following})
        causes.update(_uncomputed(found, causes))
    return tuple(_arranged(found, leads, causes))


def _arranged(
    found: Sequence[RuleFinding], leads: dict[int, Finding], causes: dict[int, int]
) -> Iterator[Finding]:
    beneath: dict[int, list[int]] = {}
    for number in sorted(causes):
        beneath.setdefault(causes[number], []).append(number)
    for number, each in enumerate(found):
        if number not in causes:
            lead = leads.get(number, each.finding)
            yield lead
            yield from (_following(found[n].finding, lead) for n in beneath.get(number, ()))


def _following(finding: Finding, cause: Finding) -> Finding:
    """Return a finding that says no more than what it follows from."""
    message = Message(*(_sentence(finding, cause, x) for x in _LANGUAGES))
    return replace(finding, message=message, expected=None, consequence_of=cause.rule)


def _sentence(finding: Finding, cause: Finding, language: str) -> str:
    return word("cause:follows", language).format(
        thing=term_name(finding.term or "", language),
        rule=finding.rule,
        cause=term_name(cause.term or "", language),
    )


def _repeated_absences(found: Sequence[RuleFinding]) -> Iterator[tuple[int, int]]:
    """Yield the findings that miss a term which one before them misses in the same place."""
    first: dict[tuple[str, str], int] = {}
    for number, each in enumerate(found):
        finding = each.finding
        is_absence = each.fault is Fault.MISSING or finding.rule == "XSD-MISSING"
        if not is_absence or finding.found or finding.severity is not Severity.FATAL:
            continue
        if (finding.term or "").startswith("BT"):
            place = "".join(_POSITIONS.findall(finding.location or ""))
            lead = first.setdefault((finding.term or "", place), number)
            if lead != number:
                yield number, lead


def _repeated_codes(found: Sequence[RuleFinding]) -> Iterator[tuple[int, int]]:
    """Yield the findings on a code that one before them refuses already."""
    first: dict[str | None, int] = {}
    for number, each in enumerate(found):
        if each.finding.location and each.finding.severity is Severity.FATAL and _is_code(each):
            lead = first.setdefault(each.finding.location, number)
            if lead != number and found[lead].finding.found == each.finding.found:
                yield number, lead


def _spoilt_comparisons(found: Sequence[RuleFinding]) -> Iterator[tuple[int, int]]:
    """Yield the comparisons of two dates of which one is refused already."""
    wrong = {t.finding.found: n for n, t in enumerate(found) if t.requirement.startswith("BR-FR-03_")}
    for number, each in enumerate(found):
        if each.requirement.startswith("BR-FR-CO-07"):
            dates = (each.finding.found, (each.finding.expected or "").removeprefix("≥ "))
            yield from ((number, wrong[date]) for date in dates if date in wrong)


def _of_wrong_profile(found: Sequence[RuleFinding]) -> Iterator[tuple[int, int]]:
    """Yield what a profile announced by mistake refuses."""
    lead = next((n for n, t in enumerate(found) if t.finding.rule == "PROFILE-LINES"), None)
    if lead is None:
        return
    for number, each in enumerate(found):
        if each.fault is Fault.FORBIDDEN or each.finding.rule == "XSD-UNEXPECTED":
            yield number, lead


def _is_code(found: RuleFinding) -> bool:
    return found.fault is Fault.CODE or found.requirement.startswith(_CODE_RULES)


def _uncomputed(found: Sequence[RuleFinding], causes: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the sums that cannot be computed because of a term whose absence has a finding of its own."""
    absent = {
        t.finding.term: n
        for n, t in reversed(list(enumerate(found)))
        if t.fault is Fault.MISSING and n not in causes
    }
    for number, each in enumerate(found):
        lacking = next((absent[term] for term in each.lacking if term in absent), None)
        if lacking is not None and number not in causes and lacking != number:
            yield number, lacking
