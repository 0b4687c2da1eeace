"""From broken rules to findings: what is wrong, where, what was found and expected, and how to fix it.

The sentences are in `messages.tsv`; `about.tsv` says which term, rank and sentence a rule has where its
facts do not; `subjects` finds what a finding speaks of, and `order` puts findings in the order in which to
fix them. Two official ids for one requirement give one finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from choriste.domain.shared.findings import Finding, Message, Severity
from choriste.formats.binding.term_paths import own_term_at
from choriste.formats.xml.names import Paths, line_of, prefixed
from choriste.i18n.formats import written_numbers
from choriste.i18n.typography import typeset
from choriste.rules.engine.facts import RuleFact
from choriste.rules.engine.judge import Hit, Outcome
from choriste.rules.engine.values import MalformedError
from choriste.rules.findings.about import about, reported_as
from choriste.rules.findings.causes.fold import fold
from choriste.rules.findings.codes_shown import list_name
from choriste.rules.findings.order import Fault, RuleFinding, in_order
from choriste.rules.findings.sentences import category_of, key_of, requirement_of, sentences, word
from choriste.rules.findings.spelling import spelled
from choriste.rules.findings.subjects import Subject, subject_of, term_name
from choriste.rules.rulesets.selection import syntax_of

if TYPE_CHECKING:
    from lxml import etree

    from choriste.rules.rulesets.selection import Detected

MAX_PER_RULE: Final = 100
_WIDTH: Final = 80
_BLANK: Final = "␣"
_LANGUAGES: Final = ("fr", "en")
DATATYPES: Final = {  # of a value that its type refuses: our rule, and what was expected
    "decimal": ("DATATYPE-DECIMAL", "decimal"),
    "date-iso": ("DATATYPE-DATE", "date"),
    "boolean": ("DATATYPE-BOOLEAN", "true, false"),
    "single": ("DATATYPE-SINGLE", "≤ 1"),
}
_MISSING: Final = frozenset({"any", "nonblank", "notempty", "any-attribute"})
_CODES: Final = frozenset({"list", "list-attribute", "format", "maxlen", "decimals"})
_NAMED: Final = re.compile(r"\{(B[TG]-[\d-]+)\}")


class _Terms(dict[str, str]):
    """What fills the places of a sentence in a language; a place called by a term's id takes its name."""

    def __init__(self, language: str, filled: Mapping[str, str]) -> None:
        super().__init__(filled)
        self.language = language

    def __missing__(self, name: str) -> str:
        return term_name(name, self.language)


class _Places(_Terms):
    """The places of a sentence on a broken rule; each is filled where the sentence has it."""

    def __init__(
        self, hit: Hit, subject: Subject, shown: tuple[str | None, str | None], language: str
    ) -> None:
        super().__init__(language, hit.broken.words or {})
        self.rule = hit.rule.fact
        self.subject = subject
        self.found, self.expected = shown

    def __missing__(self, name: str) -> str:
        fill = _PLACES.get(name)
        return fill(self) if fill else super().__missing__(name)

    def word(self, key: str) -> str:
        """Return a word of the language, `""` where there is none."""
        return word(key, self.language) if key in sentences() else ""

    @property
    def spelled(self) -> str:
        """What was expected, in words."""
        return spelled(self.expected or "", self.language)

    @property
    def category(self) -> str:
        """The VAT category that the rule is of."""
        return category_of(requirement_of(self.rule))


_PLACES: Final[Mapping[str, Callable[[_Places], str]]] = {
    "category": lambda p: p.category,
    "count": lambda p: p.found or "0",
    "subject": lambda _: "",
    "rule": lambda p: p.rule.name,
    "thing": lambda p: p.subject.called(p.language),
    "things": lambda p: _choice(p.rule, p.subject, p.language),
    "attribute": lambda p: p.subject.attribute or "",
    "found": lambda p: p.word("none") if p.found is None else written_numbers(p.found, language=p.language),
    "lacking": lambda p: word("and", p.language).join(
        term_name(t, p.language) for t in p.get("operands", "").split()
    ),
    "shown": lambda p: _shown(p.found, p.language),
    "expected": lambda p: p.spelled,
    "date": lambda p: _date(p.found or ""),
    "since": lambda p: _date((p.expected or "").removeprefix("≥ ")),
    "sum": lambda p: p.word("sum").format(expected=p.spelled) if p.expected else "",
    "form": lambda p: p.word(f"format:{p.rule.parameters.get('form')}") or p.spelled,
    "list": lambda p: p.word(f"list:{p.expected}") or p.spelled,
    "rate": lambda p: p.word(f"rate:{p.expected or 'none'}") or p.spelled,
    "meaning": lambda p: p.word(f"note:{p.get('subject')}"),
}


class Writer:
    """Writes the findings of one document."""

    def __init__(self) -> None:
        self._paths = Paths()

    def findings(self, outcome: Outcome) -> Iterator[RuleFinding]:
        """Yield the findings of an outcome, in document order, at most 100 times of a rule."""
        for error in outcome.malformed:
            yield RuleFinding(self._of_malformed(error), Fault.UNREADABLE, DATATYPES[error.expected][0])
        count: Counter[str] = Counter()
        broken = {hit.rule.id for hit in outcome.hits}
        for hit in outcome.hits:
            count[hit.rule.id] += 1
            if count[hit.rule.id] <= MAX_PER_RULE and reported_as(hit.rule.id) not in broken:
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
            message=_message(
                rule, lambda x: _Terms(x, {"thing": subject.called(x), "shown": _shown(found, x)})
            ),
            term=term,
            location=location,
            line=line_of(error.node.element),
            found=found,
            expected=expected,
        )

    def _of_hit(self, hit: Hit) -> RuleFinding:
        node = hit.broken.node or hit.node
        location = self._paths.of(node.element)
        subject = subject_of(hit, location)
        kind = _kind(hit, subject)
        found, expected = _excerpt(_found(hit)), _expected(hit, subject, kind)
        key = _key(hit, kind, found)
        named = _NAMED.match(sentences()[key].fr)
        finding = Finding(
            rule=hit.rule.id,
            severity=Severity(hit.rule.fact.severity),
            message=_message(key, lambda x: _Places(hit, subject, (found, expected), x)),
            term=named[1] if named else subject.main,
            location=location,
            line=line_of(node.element),
            found=found,
            expected=expected,
        )
        lacking = tuple((hit.broken.words or {}).get("operands", "").split())
        return RuleFinding(finding, _fault(kind), requirement_of(hit.rule.fact), lacking)


def _kind(hit: Hit, subject: Subject) -> str:
    rule = hit.rule.fact
    if rule.is_coded and about(requirement_of(rule)).asks:
        return "any"
    if rule.kind in {"exact", "count", "max"}:
        return "any" if hit.broken.found == "0" else "max"
    if rule.kind == "forbid":
        if subject.attribute is not None and hit.broken.found is not None:
            return "attribute"
        return "forbid" if rule.severity == "fatal" else "unread"
    return f"{rule.kind}-attribute" if rule.kind in {"any", "list"} and subject.attribute else rule.kind


def _fault(kind: str) -> Fault:
    if kind in _MISSING:
        return Fault.MISSING
    if kind in {"forbid", "unread", "attribute", "max"}:
        return Fault.FORBIDDEN
    return Fault.CODE if kind in _CODES else Fault.OTHER


def _key(hit: Hit, kind: str, found: str | None) -> str:
    fact = hit.rule.fact
    case = (hit.broken.words or {}).get("case")
    if case is not None:
        return case
    key = key_of(fact.name, fact.same_as, kind)
    if key == "BR-VAT-01" and (hit.broken.words or {}).get("count") == "0":
        return "unlisted"
    if found is not None:
        return key
    return about(requirement_of(fact)).if_absent or key


def _found(hit: Hit) -> str | None:
    """Return what the check found, else the value of the element that it points at."""
    if hit.broken.found == "0" and hit.rule.fact.kind in {"exact", "count"}:
        return None
    node, found = hit.broken.node, hit.broken.found
    if found is not None and node is not None and len(node.element):
        return found.strip()  # the blanks are those between the elements of a group
    if found is not None or node is None:
        return found
    return None if len(node.element) else node.text


def _expected(hit: Hit, subject: Subject, kind: str) -> str | None:
    rule = hit.rule.fact
    if rule.kind == "list":
        return list_name(str(rule.parameters["codes"]))
    if kind == "any" and not rule.is_coded:
        return subject.element
    return hit.broken.expected.replace("<=", "≤").replace(">=", "≥") if hit.broken.expected else None


def _choice(rule: RuleFact, subject: Subject, language: str) -> str:
    """Return the name of what is missing; of the terms that may each fill the gap, all."""
    wanted = [t for t in rule.terms if t.startswith("BT")]
    several = rule.kind == "any" and len(rule.parameters["paths"]) > 1
    if (several or about(requirement_of(rule)).asks == "either") and len(wanted) > 1:
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
    flat = " ".join(text.split())
    if not flat.isprintable():
        flat = "".join(c if c.isprintable() else " " for c in flat)
    before, after = (_BLANK if flat and c.isspace() else "" for c in (text[:1], text[-1:]))
    return before + (flat if len(flat) <= _WIDTH else f"{flat[: _WIDTH - 1]}…") + after


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text


def _message(key: str, places: Callable[[str], Mapping[str, str]]) -> Message:
    return Message(*(word(key, x).format_map(places(x)) for x in _LANGUAGES))


def write(
    outcome: Outcome, root: etree._Element, *, detected: Detected, schema: Sequence[Finding] = ()
) -> tuple[Finding, ...]:
    """Return the findings of an outcome and those of the schema, ready to be shown, causes first."""
    found = in_order(Writer().findings(outcome), schema=schema)
    folded = fold(found, root, syntax=syntax_of(detected), profile=str(detected.profile))
    return tuple(_typeset(finding) for finding in folded)


def _typeset(finding: Finding) -> Finding:
    """Return a finding whose French is set with its no-break spaces, as every reader of it shall see it."""
    french = typeset(finding.message.fr, language="fr")
    return replace(finding, message=Message(french, finding.message.en))
