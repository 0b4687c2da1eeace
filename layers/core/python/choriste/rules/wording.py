"""From broken rules to findings: what is wrong, where, what was found and expected, and how to mend it.

The sentences are in `messages.tsv` (`choriste.rules.sentences`), what they speak of is told by
`choriste.rules.subjects`, and `choriste.rules.causes` puts them in the order in which to mend them. Two
official ids for one requirement give one finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.formats.binding.term_paths import own_term_at
from choriste.formats.xml.names import Paths, line_of, prefixed
from choriste.rules.causes import Fault, Told, in_order
from choriste.rules.codes_shown import list_name
from choriste.rules.engine import Outcome
from choriste.rules.facts import words
from choriste.rules.judging import Hit
from choriste.rules.sentences import canonical, key_of, sentences, word
from choriste.rules.subjects import Subject, subject_of, term_name
from choriste.rules.values import MalformedError

MAX_PER_RULE: Final = 100
_WIDTH: Final = 80
_BLANK: Final = "␣"
_LANGUAGES: Final = ("fr", "en")
_TWINS: Final = {
    "BR-CO-21": "BR-33",
    "BR-CO-22": "BR-38",
    "BR-CO-23": "BR-42",
    "BR-CO-24": "BR-44",
    "BR-O-12": "BR-O-11",
    "BR-O-14": "BR-O-13",
}
_FR_TWIN: Final = re.compile(r"BR-FR-01(_.*)-2\Z")
DATATYPES: Final = {  # of a value that its type refuses: our rule, and what was expected
    "decimal": ("DATATYPE-DECIMAL", "decimal"),
    "date-iso": ("DATATYPE-DATE", "date"),
    "boolean": ("DATATYPE-BOOLEAN", "true, false"),
    "single": ("DATATYPE-SINGLE", "≤ 1"),
}
_PRESENCE: Final = frozenset(
    words(
        "BR-04 BR-22 BR-23 BR-24 BR-26 BR-32 BR-37 BR-47 BR-48 BR-50 BR-52 BR-56 BR-57 BR-61 BR-CO-04 "
        "BR-CO-19 BR-CO-20 UBL-SR-53"
    )
)
_EITHER: Final = frozenset({"BR-CO-19", "BR-CO-20"})
_MISSING: Final = frozenset({"any", "nonblank", "notempty", "any-attribute"})
_CODES: Final = frozenset({"list", "list-attribute", "format", "maxlen", "decimals"})
_ABSENT: Final = {
    **dict.fromkeys((f"BR-CO-1{n}" for n in range(7)), "total-missing"),
    **dict.fromkeys(("BR-CO-17", "BR-S-09", "BR-AF-09", "BR-AG-09"), "tax-missing"),
    "BR-VAT-08": "base-missing",
}
_CATEGORIES: Final = {"AF": "L", "AG": "M", "IC": "K"}
_SUM: Final = re.compile(r"Σ(?: (BT-\d+))?(?: \((\d+)\))?")
_SAME: Final = re.compile(r"(-?[\d.]+) = \1\Z")
_TERM: Final = re.compile(r"(?<!\()\bB[TG]-\d+\b(?!\))")
_NAMED: Final = re.compile(r"\{(B[TG]-[\d-]+)\}")


class _Places(dict[str, str]):
    """What fills the places of a sentence in a language; a place called by a term's id takes its name."""

    def __init__(self, language: str, filled: Mapping[str, str]) -> None:
        super().__init__(filled)
        self._language = language

    def __missing__(self, term: str) -> str:
        return term_name(term, self._language)


class Writer:
    """Writes the findings of one document."""

    def __init__(self) -> None:
        self._paths = Paths()

    def told(self, outcome: Outcome) -> Iterator[Told]:
        """Yield what an outcome says, in document order, at most 100 times of a rule."""
        for error in outcome.malformed:
            yield Told(self._of_malformed(error), Fault.UNREADABLE, DATATYPES[error.expected][0])
        count: Counter[str] = Counter()
        broken = {hit.rule.id for hit in outcome.hits}
        for hit in outcome.hits:
            count[hit.rule.id] += 1
            if count[hit.rule.id] <= MAX_PER_RULE and _twin_of(hit.rule.id) not in broken:
                yield self._of_hit(hit)

    def _of_malformed(self, error: MalformedError) -> Finding:
        rule, expected = DATATYPES[error.expected]
        location = self._paths.of(error.node.element)
        term = own_term_at(re.sub(r"\[\d+\]", "", location))
        subject = Subject((term,) if term else (), prefixed(error.node.element.tag))
        found = _excerpt(error.node.text)
        return Finding(
            rule=rule,
            severity=Severity.FATAL,
            message=_message(rule, lambda x: {"thing": subject.called(x), "shown": _shown(found, x)}),
            term=term,
            location=location,
            line=line_of(error.node.element),
            found=found,
            expected=expected,
        )

    def _of_hit(self, hit: Hit) -> Told:
        node = hit.broken.node or hit.node
        location = self._paths.of(node.element)
        subject = subject_of(hit, location)
        kind = _kind(hit, subject)
        found, expected = _excerpt(_found(hit)), _expected(hit, subject, kind)
        key = _key(hit, kind, found)
        named = _NAMED.match(sentences()[key].fr)
        finding = Finding(
            rule=hit.rule.id,
            severity=Severity.FATAL if hit.rule.severity == "f" else Severity.WARNING,
            message=_message(key, lambda x: _places(hit, subject, (found, expected), x)),
            term=named[1] if named else subject.main,
            location=location,
            line=line_of(node.element),
            found=found,
            expected=expected,
        )
        return Told(finding, _fault(kind), canonical(hit.rule.id, hit.rule.meant))


def _twin_of(rule: str) -> str | None:
    """Return the id under which the same requirement is told, where a rule has one."""
    french = _FR_TWIN.match(rule)
    return f"BR-FR-02{french[1]}" if french else _TWINS.get(rule)


def _kind(hit: Hit, subject: Subject) -> str:
    rule = hit.rule
    if rule.kind in {"code", "own"} and canonical(rule.id, rule.meant) in _PRESENCE:
        return "any"
    if rule.kind in {"exact", "count", "max"}:
        return "any" if hit.broken.found == "0" else "max"
    if rule.kind == "forbid":
        if subject.attribute is not None and hit.broken.found is not None:
            return "attribute"
        return "forbid" if rule.severity == "f" else "unread"
    return f"{rule.kind}-attribute" if rule.kind in {"any", "list"} and subject.attribute else rule.kind


def _fault(kind: str) -> Fault:
    if kind in _MISSING:
        return Fault.MISSING
    if kind in {"forbid", "unread", "attribute", "max"}:
        return Fault.FORBIDDEN
    return Fault.CODE if kind in _CODES else Fault.OTHER


def _key(hit: Hit, kind: str, found: str | None) -> str:
    key = key_of(hit.rule.id, hit.rule.meant, kind)
    if key == "BR-VAT-01" and (hit.broken.words or {}).get("count") == "0":
        return "unlisted"
    return key if found is not None else _ABSENT.get(key, key)


def _found(hit: Hit) -> str | None:
    """Return what the check found, else the value of the element that it points at."""
    if hit.broken.found == "0" and hit.rule.kind in {"exact", "count"}:
        return None
    node, found = hit.broken.node, hit.broken.found
    if found is not None and node is not None and len(node.element):
        return found.strip()  # the blanks are those between the elements of a group
    if found is not None or node is None:
        return found
    return None if len(node.element) else node.text


def _expected(hit: Hit, subject: Subject, kind: str) -> str | None:
    rule = hit.rule
    if rule.kind == "list":
        return list_name(str(rule.facts[1]))
    if kind == "any" and rule.kind not in {"code", "own"}:
        return subject.element
    return hit.broken.expected.replace("<=", "≤").replace(">=", "≥") if hit.broken.expected else None


def _places(
    hit: Hit, subject: Subject, shown: tuple[str | None, str | None], language: str
) -> dict[str, str]:
    """Return what fills the places of a sentence in a language."""
    rule, (found, expected) = hit.rule, shown
    given = dict(hit.broken.words or {})
    spelled = _spelled(expected or "", language)
    family = canonical(rule.id, rule.meant).split("-")[1]
    form = f"format:{rule.facts[0]}" if rule.kind == "format" else ""
    return {
        "category": _CATEGORIES.get(family, family),
        "count": found or "0",
        "subject": "",
        **given,
        "rule": rule.id,
        "thing": subject.called(language),
        "things": _choice(hit, subject, language),
        "attribute": subject.attribute or "",
        "found": found if found is not None else word("none", language),
        "shown": _shown(found, language),
        "expected": spelled,
        "date": _date(found or ""),
        "since": _date((expected or "").removeprefix("≥ ")),
        "sum": word("sum", language).format(expected=spelled) if expected else "",
        "form": word(form, language) if form in sentences() else spelled,
        "list": _named(f"list:{expected}", language) or spelled,
        "rate": _named(f"rate:{expected or 'none'}", language) or spelled,
        "meaning": _named(f"note:{given.get('subject')}", language),
    }


def _named(key: str, language: str) -> str:
    return word(key, language) if key in sentences() else ""


def _choice(hit: Hit, subject: Subject, language: str) -> str:
    """Return the name of what is missing; of the terms that may each fill the gap, all."""
    rule = hit.rule
    wanted = [t for t in rule.terms if t.startswith("BT")]
    several = rule.kind == "any" and isinstance(rule.facts[0], list) and len(rule.facts[0]) > 1
    if (several or canonical(rule.id, rule.meant) in _EITHER) and len(wanted) > 1:
        return word("or", language).join(term_name(t, language) for t in wanted)
    return subject.called(language)


def _shown(found: str | None, language: str) -> str:
    if found is None:
        return word("none", language)
    value = found.strip(_BLANK)
    around = word("around", language) if value and value != found else ""
    return word("quoted", language).format(found=value) + around if value else word("blank", language)


def _excerpt(text: str | None) -> str | None:
    """Return a value on one line, of 80 characters at most; blanks around it are made visible."""
    if text is None:
        return None
    flat = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    before, after = (_BLANK if flat and c.isspace() else "" for c in (text[:1], text[-1:]))
    return before + (flat if len(flat) <= _WIDTH else f"{flat[: _WIDTH - 1]}…") + after


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text


def _spelled(expected: str, language: str) -> str:
    """Spell out an arithmetic text: sums and terms by their names."""

    def sum_of(match: re.Match[str]) -> str:
        count = f"{match[2]} " if match[2] and match[2] not in {"0", "1"} else ""
        return word(f"sum:{match[1] or 'all'}", language).format(n=count)

    for sign in ("≤", "≥"):
        expected = expected.replace(f"{sign} ", word(sign, language))
    expected = _SAME.sub(r"= \1", _SUM.sub(sum_of, expected))
    return _TERM.sub(lambda m: term_name(m[0], language), expected)


def _message(key: str, places: Callable[[str], Mapping[str, str]]) -> Message:
    return Message(*(word(key, x).format_map(_Places(x, places(x))) for x in _LANGUAGES))


def write(outcome: Outcome, *, beside: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Return the findings of an outcome and those of the schema, ready to be shown, causes first."""
    return in_order(Writer().told(outcome), beside=beside)
