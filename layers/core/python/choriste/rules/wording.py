"""From broken rules to findings: what is wrong, where, what was found and expected, and how to mend it.

The sentences are in `messages.tsv`, by rule id, by family of rules, or by kind of rule; the names of the
business terms come from `choriste.domain.terms`. Twins (two official ids for one requirement) give one
finding; causes come before consequences: values that cannot be read, what is missing, codes, sums, syntax.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from choriste.domain.findings import Finding, Message, Severity
from choriste.domain.terms import TERMS
from choriste.formats.names import Paths, line_of, prefixed
from choriste.rules.engine import Hit, Outcome
from choriste.rules.facts import words
from choriste.rules.tree import Node
from choriste.rules.values import MalformedError

MAX_PER_RULE: Final = 100
_LANGUAGES: Final = ("fr", "en")
_TWINS: Final = frozenset({"BR-CO-21", "BR-CO-22", "BR-CO-23", "BR-CO-24", "BR-O-12", "BR-O-14"})
_FR_TWIN: Final = re.compile(r"BR-FR-01_.*-2\Z")
_DATATYPES: Final = {
    "decimal": "DATATYPE-DECIMAL",
    "date-iso": "DATATYPE-DATE",
    "boolean": "DATATYPE-BOOLEAN",
    "single": "DATATYPE-SINGLE",
}
_LISTS: Final = {
    "01": "UNTDID 1001",
    "03": "ISO 4217",
    "04": "ISO 4217",
    "05": "ISO 4217",
    "06": "UNTDID 2005 / 2475",
    "07": "UNTDID 1153",
    "08": "UNTDID 4451",
    "10": "ISO 6523 ICD",
    "11": "ISO 6523 ICD",
    "13": "UNTDID 7143",
    "14": "ISO 3166-1 alpha-2",
    "15": "ISO 3166-1 alpha-2",
    "16": "UNTDID 4461",
    "17": "UNTDID 5305",
    "18": "UNTDID 5305",
    "19": "UNTDID 5189",
    "20": "UNTDID 7161",
    "21": "ISO 6523 ICD",
    "22": "VATEX",
    "23": "UN/ECE Rec 20 / 21",
    "24": "MIME",
    "25": "EAS",
    "26": "ISO 6523 ICD",
}
_CODED_TERMS: Final = {
    "BR-CL-01": "BT-3",
    "BR-CL-04": "BT-5",
    "BR-CL-05": "BT-6",
    "BR-CL-06": "BT-8",
    "BR-CL-07": "BT-18-1",
    "BR-CL-08": "BT-21",
    "BR-CL-13": "BT-158-1",
    "BR-CL-15": "BT-159",
    "BR-CL-16": "BT-81",
    "BR-CL-17": "BT-95",
    "BR-CL-21": "BT-157-1",
    "BR-CL-22": "BT-121",
    "BR-CL-23": "BT-130",
    "BR-CL-24": "BT-125-1",
    "BR-CL-26": "BT-71-1",
}
_CHOICES: Final = ("BR-33", "BR-38", "BR-42", "BR-44", "BR-CO-19", "BR-CO-20", "BR-CO-26", "-10")


@cache
def _sentences() -> Mapping[str, Message]:
    rows = (Path(__file__).parent / "messages.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {key: Message(fr=fr, en=en) for key, fr, en in (row.split("\t") for row in rows)}


@cache
def _sentence(rule: str, kind: str) -> Message:
    for key, message in _sentences().items():
        if ":" not in key and re.fullmatch(key, rule):
            return message
    return _sentences().get(f"kind:{kind}") or _sentences()["kind:code"]


@cache
def _term_name(term: str, language: str) -> str:
    return f"{term} ({TERMS[term].name.in_language(language)})" if term in TERMS else term


class _Values(dict[str, str]):
    """What fills a sentence; a place without value reads as a question mark."""

    def __missing__(self, _: str) -> str:
        return "?"


class Writer:
    """Writes the findings of one document."""

    def __init__(self) -> None:
        self._paths = Paths()

    def findings(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Return the findings of an outcome, without twins, ordered by cause and place."""
        ranked = sorted(self._ranked(outcome), key=lambda pair: pair[0])
        return tuple(finding for _, finding in ranked)

    def _ranked(self, outcome: Outcome) -> Iterator[tuple[tuple[int, int, str], Finding]]:
        for error in outcome.malformed:
            found = self._of_malformed(error)
            yield (0, found.line or 0, found.rule), found
        seen: set[tuple[str, str | None]] = set()
        count: Counter[str] = Counter()
        for hit in outcome.hits:
            if hit.rule.id in _TWINS or _FR_TWIN.match(hit.rule.id):
                continue
            count[hit.rule.id] += 1
            if count[hit.rule.id] > MAX_PER_RULE:
                continue
            finding = self._of_hit(hit)
            key = (finding.rule, finding.location)
            if key not in seen:
                seen.add(key)
                yield (_rank(hit), finding.line or 0, finding.rule), finding

    def _of_malformed(self, error: MalformedError) -> Finding:
        rule = _DATATYPES[error.expected]
        texts = {"found": error.node.text or "∅", "element": prefixed(error.node.element.tag)}
        message = _sentences()[rule]
        return Finding(
            rule=rule,
            severity=Severity.FATAL,
            message=Message(*(message.in_language(x).format_map(_Values(texts)) for x in _LANGUAGES)),
            location=self._paths.of(error.node.element),
            line=_line(error.node),
            found=error.node.text,
            expected=error.expected,
        )

    def _of_hit(self, hit: Hit) -> Finding:
        rule, node = hit.rule, hit.broken.node or hit.node
        expected = _expected(hit)
        found = _excerpt(hit.broken.found)
        sentence = _sentence(rule.id, _kind(hit))
        return Finding(
            rule=rule.id,
            severity=Severity.FATAL if rule.severity == "f" else Severity.WARNING,
            message=Message(*(_fill(sentence, hit, (found, expected), x) for x in _LANGUAGES)),
            term=_main_term(_terms_of(hit)),
            location=self._paths.of(node.element),
            line=_line(node),
            found=found,
            expected=expected,
        )


def _kind(hit: Hit) -> str:
    if hit.rule.kind == "forbid" and hit.broken.found is not None:
        return "attribute"
    return "any" if hit.rule.kind == "code" and hit.rule.id in _PRESENCE else hit.rule.kind


_PRESENCE: Final = frozenset(
    words("BR-04 BR-32 BR-37 BR-47 BR-48 BR-50 BR-54 BR-56 BR-57 BR-61 BR-CO-04 BR-CO-19 UBL-SR-53")
)


def _line(node: Node) -> int | None:
    return line_of(node.element)


def _excerpt(text: str | None) -> str | None:
    if text is None:
        return None
    flat = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return flat if len(flat) <= 80 else f"{flat[:79]}…"  # noqa: PLR2004 -- the width of a report's column


def _expected(hit: Hit) -> str | None:
    if hit.rule.kind != "list":
        return hit.broken.expected
    number = re.match(r"BR-CL-(\d\d)", str(hit.rule.facts[1]))
    return _LISTS[number[1]] if number else hit.broken.expected


def _terms_of(hit: Hit) -> tuple[str, ...]:
    rule = hit.rule
    if rule.id == "BR-CL-18":
        return ("BT-151",) if "Line" in "/".join(hit.node.state.path) else ("BT-118",)
    return rule.terms or ((_CODED_TERMS[rule.id],) if rule.id in _CODED_TERMS else ())


def _main_term(terms: tuple[str, ...]) -> str | None:
    return next((t for t in terms if t.startswith("BT")), terms[0] if terms else None)


def _fill(sentence: Message, hit: Hit, shown: tuple[str | None, str | None], language: str) -> str:
    rule, node = hit.rule, hit.broken.node or hit.node
    found, expected = shown
    words = dict(hit.broken.words or {})
    terms = _terms_of(hit)
    names = [_term_name(t, language) for t in terms]
    element = prefixed(node.element.tag)
    wanted = [_term_name(t, language) for t in terms if t.startswith("BT")] or names[-1:] or [element]
    choice = any(rule.id.endswith(end) for end in _CHOICES)
    groups = [_term_name(t, language) for t in terms if t.startswith("BG")]
    joined = _common("or", language).join(wanted) if choice else wanted[-1]
    inside = _common("inside", language).format(group=groups[0]) if groups and wanted != groups else ""
    meaning = _common(f"note:{words['subject']}", language) if "subject" in words else ""
    values = _Values(
        words,
        rule=rule.id,
        term=_term_name(_main_term(terms) or "", language) or element,
        terms=", ".join(names) or element,
        element=element,
        missing=joined,
        inside=inside,
        found=found if found is not None else _common("absent", language),
        expected=expected or "",
        meaning=meaning,
        values=f" : « {found} »" if found else "",
    )
    return sentence.in_language(language).format_map(values)


def _common(key: str, language: str) -> str:
    return _sentences()[key].in_language(language)


def _rank(hit: Hit) -> int:
    """Order by cause: what is missing, then codes and forms, then sums, then VAT, then mere syntax."""
    rule = hit.rule
    if rule.severity == "w":
        return 9
    if rule.id.startswith("BR-CO-1"):
        return 3
    if re.match(r"BR-(S|Z|E|AE|IC|G|O|AF|AG)-", rule.id):
        return 4
    if rule.kind in {"list", "format", "maxlen", "decimals"}:
        return 2
    return 1 if rule.id.startswith("BR-") else 5


def write(outcome: Outcome) -> tuple[Finding, ...]:
    """Return the findings of an outcome, ready to be shown."""
    return Writer().findings(outcome)
