"""What pages of several features show: states, findings, refusals and choices in the visitor's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from choriste.application.shared.problems import problem_text
from choriste.domain.lifecycle import (
    ENDED,
    REFUSED,
    Frame,
    Status,
    TransitionRefusedError,
)
from choriste.domain.lifecycle.labels import Kind, find_label, frame_label, status_label
from choriste.domain.lifecycle.statuses import Phase, in_phase
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import ChoristeError
from choriste.domain.shared.findings import Finding, Severity
from choriste.i18n.catalogue import fill
from choriste.i18n.shown import Values, folded, shown_values
from choriste.i18n.typography import typeset
from functions.console.web.rendering import text

_ATTENTION = in_phase(Phase.CORRECTION)


_PAID = frozenset({Status.MISE_EN_PAIEMENT, Status.COMPTABILISEE})


@dataclass(frozen=True, slots=True)
class Badge:
    """A state for people: its name, and a tone that says the same in colour."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding in the visitor's language, with those that follow from it."""

    finding: Finding
    message: str
    badge: Badge
    values: Values
    following: tuple[Finding, ...] = ()


def status_badge(status: Status, *, language: str) -> Badge:
    """Return a status with its tone."""
    return Badge(status_label(status, language=language), tone_of(status))


def refusal_text(error: ChoristeError, *, language: str) -> str:
    """Return why something was not done, with the names that people know in place of codes."""
    return typeset(_refusal(error, language=language), language=language)


def _refusal(error: ChoristeError, *, language: str) -> str:
    findings_of = error.parameters.get("findings")
    if isinstance(findings_of, list | tuple) and findings_of:
        return " ".join(each.message.in_language(language) for each in findings_of)
    values = {name: _named(value, language=language) for name, value in error.parameters.items()}
    if isinstance(error, TransitionRefusedError) and (error.allowed or error.code.startswith("reason-")):
        refusal = find_label(Kind.REFUSAL, error.code)
        if refusal is not None:
            return fill(refusal, defaultdict(str, values)).in_language(language)
    return problem_text(error.code, values).detail.in_language(language)


def severity_badge(severity: Severity, *, language: str) -> Badge:
    """Return a severity with its tone."""
    tone = "bad" if severity is Severity.FATAL else "attention"
    return Badge(text(f"severity.{severity}", language=language), tone)


def findings(found: Iterable[Finding], *, language: str) -> tuple[FindingRow, ...]:
    """Return findings, the fatal ones first, each above what follows from it."""
    rows = [
        FindingRow(
            finding=each,
            message=typeset(each.message.in_language(language), language=language),
            badge=severity_badge(each.severity, language=language),
            values=shown_values(each.found, each.expected, language=language),
            following=tuple(following),
        )
        for each, following in folded(found, key=lambda one: (one.rule, one.consequence_of))
    ]
    return tuple(sorted(rows, key=lambda row: row.finding.severity is not Severity.FATAL))


def frame_choices(chosen: str, *, language: str) -> tuple[Choice, ...]:
    """Return the billing frames in the order of their codes, to be named beside a file."""
    frames = (frame for frame in Frame if frame is not Frame.SANS_CADRE)
    return tuple(Choice(f.short, frame_label(f, language=language), f.short == chosen) for f in frames)


def structure_choices(structures: Iterable[Structure], *, chosen: str | None) -> tuple[Choice, ...]:
    """Return structures to choose from, by name."""
    ordered = sorted(structures, key=lambda structure: structure.name)
    return tuple(
        Choice(each.id, f"{each.name} ({each.identifier.value})", each.id == chosen) for each in ordered
    )


def tone_of(status: Status) -> str:
    """Return the tone of a status: `good`, `bad`, `attention`, `busy` or `quiet`."""
    if status in REFUSED:
        return "bad"
    if status in _ATTENTION:
        return "attention"
    if status in _PAID:
        return "good"
    return "quiet" if status in ENDED else "busy"


def _named(value: object, *, language: str) -> str:
    """Return the name of a code of the lifecycle, of several, or the value itself."""
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(_named(each, language=language) for each in value)
    for kind in (Kind.ACTION, Kind.ACT, Kind.STATUS, Kind.ROLE, Kind.REASON, Kind.FRAME, Kind.GUARD):
        known = find_label(kind, str(value))
        if known is not None:
            return known.in_language(language)
    return str(value)
