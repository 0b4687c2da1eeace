"""Arithmetic findings under their cause: the amount to correct, or those between which nothing decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from choriste.domain.shared.findings import Finding, Message
from choriste.formats.xml.names import Paths, line_of
from choriste.i18n.formats import number_text
from choriste.rules.engine.values import show
from choriste.rules.findings.causes.formulas import formula_of
from choriste.rules.findings.causes.ledger import ZERO, Key, Ledger
from choriste.rules.findings.causes.moves import Move
from choriste.rules.findings.causes.search import Correction, Explanation, Search
from choriste.rules.findings.order import RuleFinding
from choriste.rules.findings.sentences import category_of, vat_number, word
from choriste.rules.findings.spelling import amount_words, spelled
from choriste.rules.findings.subjects import term_name

_LANGUAGES: Final = ("fr", "en")
_SHOWN: Final = 3
_CATEGORY_TERMS: Final = frozenset({"BT-151", "BT-152", "BT-95", "BT-96", "BT-102", "BT-103"})
_SUMS: Final = frozenset(f"BR-CO-{n}" for n in range(10, 17))


class Sums:
    """What the amounts of an invoice say of its arithmetic findings."""

    def __init__(self, found: Sequence[RuleFinding], search: Search) -> None:
        self._found = found
        self._search = search
        self._paths = Paths()
        self._equations = {n: e for n, t in enumerate(found) if (e := self._equation(t)) is not None}

    def moved(self) -> tuple[dict[int, Finding], dict[int, int]]:
        """Return the findings that tell of lines under a wrong VAT category or rate, and what follows."""
        leads: dict[int, Finding] = {}
        following: dict[int, int] = {}
        for move in self._search.moves:
            places = [self._paths.of(counted.element) for counted in move.counted]
            about = [n for n, t in enumerate(self._found) if self._is_about(t, move, places)]
            if about:
                lead, *others = sorted(
                    about, key=lambda n: self._found[n].finding.term not in _CATEGORY_TERMS
                )
                leads[lead] = self._of_move(lead, move)
                following.update(dict.fromkeys(others, lead))
        return leads, following

    def _is_about(self, found: RuleFinding, move: Move, places: Sequence[str]) -> bool:
        """Say whether a finding is about lines that moved: their category or rate, a base, or its absence."""
        location, requirement = found.finding.location or "", found.requirement
        if found.finding.term in _CATEGORY_TERMS:
            return any(location.startswith(f"{place}/") for place in places)
        if vat_number(requirement) == "01":
            return category_of(requirement) in {move.right[0], *(c.key[0] for c in move.counted if c.key)}
        bases = [self._search.equations[n].place for n in move.equations]
        at = [self._paths.of(place) for place in bases if place is not None]
        return _rule_of(requirement) == "VAT-08" and any(location.startswith(place) for place in at)

    def _of_move(self, number: int, move: Move) -> Finding:
        finding, counted = self._found[number].finding, move.counted[0]
        if finding.term in _CATEGORY_TERMS:
            more = (word("cause:belongs", x).format(right=self._vat(move.right, x)) for x in _LANGUAGES)
            said = (finding.message.fr, finding.message.en)
            return replace(finding, message=Message(*map(" ".join, zip(said, more, strict=True))))
        message = Message(*(self._move_sentence(move, x) for x in _LANGUAGES))
        return replace(
            finding,
            message=message,
            term="BT-151" if counted in self._search.ledger.lines else "BT-95",
            location=self._paths.of(counted.element),
            line=line_of(counted.element),
            found=self._vat(counted.key, "en") if counted.key else None,
            expected=self._vat(move.right, "en"),
        )

    def _move_sentence(self, move: Move, language: str) -> str:
        counted = move.counted[0]
        term = self._search.ledger.amounts[counted.amount].term
        return word("cause:move", language).format(
            thing=term_name(term, language) + where(counted.amount, self._search.ledger, language),
            written=self._vat(counted.key, language) if counted.key else "",
            right=self._vat(move.right, language),
        )

    def _vat(self, key: Key, language: str) -> str:
        share = next((s for s in self._search.ledger.shares if s.key == key), None)
        rate = key[1] if share is None else share.rate
        if rate is None:
            return key[0]
        return word("cause:vat", language).format(category=key[0], rate=number_text(rate, language=language))

    def leads(self) -> tuple[dict[int, Finding], dict[int, int]]:
        """Return the findings that name the amounts to correct, and which follows from which, by position."""
        explanations = self._search.explanations() if self._equations else ()
        if not explanations:
            return {}, {}
        sure = [c for c in explanations[0].corrections if all(c in e.corrections for e in explanations[1:])]
        owners = self._owners(sure)
        leads = {n: self._lead(n, sure, owners, explanations[0]) for n in dict.fromkeys(owners.values())}
        doubted = [tuple(c for c in e.corrections if c not in sure) for e in explanations]
        if len(explanations) > 1:
            self._add_doubt(doubted, leads, owners)
        return leads, dict(self._consequences(leads, owners))

    def _equation(self, found: RuleFinding) -> int | None:
        """Return the failing equation that a finding is about."""
        rule = _rule_of(found.requirement)
        location = found.finding.location or ""
        for number in self._search.failing if rule else ():
            equation = self._search.equations[number]
            place = equation.place
            if equation.rule == rule and (place is None or location.startswith(self._paths.of(place))):
                return number
        return None

    def _owners(self, corrections: Sequence[Correction]) -> dict[int, int]:
        """Return which finding tells which correction: the amount's own, else one that tells none yet."""
        owners: dict[int, int] = {}
        about = {
            c.amount: [n for n, e in self._equations.items() if c.amount in self._parts(e)]
            for c in corrections
        }
        for correction in corrections:
            place = self._location(correction)
            own = [n for n in about[correction.amount] if self._found[n].finding.location == place]
            if own:
                owners[correction.amount] = own[0]
        for amount, numbers in sorted(about.items(), key=lambda item: len(item[1])):
            if numbers and amount not in owners:
                free = [n for n in numbers if n not in owners.values()]
                owners[amount] = (free or numbers)[0]
        return owners

    def _parts(self, equation: int) -> Mapping[int, Decimal]:
        return self._search.equations[equation].parts

    def _lead(
        self,
        number: int,
        corrections: Sequence[Correction],
        owners: Mapping[int, int],
        explanation: Explanation,
    ) -> Finding:
        """Return a finding as it tells its correction, and those that have no other finding to tell them."""
        first, *others = [c for c in corrections if owners.get(c.amount) == number]
        finding = self._of_correction(number, first, explanation)
        for other in others:
            more = Message(*(word("cause:also", x).format(change=self._change(other, x)) for x in _LANGUAGES))
            said = Message(f"{finding.message.fr} {more.fr}", f"{finding.message.en} {more.en}")
            finding = replace(finding, message=said)
        return finding

    def _location(self, correction: Correction) -> str | None:
        element = self._search.ledger.amounts[correction.amount].element
        return None if element is None else self._paths.of(element)

    def _of_correction(self, number: int, correction: Correction, explanation: Explanation) -> Finding:
        finding = self._found[number].finding
        element = self._search.ledger.amounts[correction.amount].element
        formula = formula_of(correction, explanation, self._search)
        message = Message(*(self._sentence(correction, formula, x) for x in _LANGUAGES))
        written, right = correction.written, show(correction.right)
        is_own = finding.location == self._location(correction) and (finding.expected or "").endswith(right)
        return replace(
            finding,
            message=message,
            term=correction.term,
            location=finding.location if element is None else self._paths.of(element),
            line=finding.line if element is None else line_of(element),
            found=None if written is None else show(written),
            expected=finding.expected if is_own else " = ".join(filter(None, (formula, right))),
        )

    def _sentence(self, correction: Correction, formula: str, language: str) -> str:
        key = "cause:absent" if correction.written is None else "cause:wrong"
        slip = word(f"slip:{correction.slip}", language) if correction.slip is not None else ""
        return word(key, language).format(
            thing=self._called(correction, language),
            written=amount_words(correction.written, language),
            right=amount_words(correction.right, language),
            formula=word("cause:formula", language).format(text=spelled(formula, language))
            if formula
            else "",
            slip=slip,
        )

    def _called(self, correction: Correction, language: str) -> str:
        return term_name(correction.term, language) + where(correction.amount, self._search.ledger, language)

    def _add_doubt(
        self, doubted: list[tuple[Correction, ...]], leads: dict[int, Finding], owners: dict[int, int]
    ) -> None:
        """Tell of several corrections that the invoice does not choose between."""
        amounts = {c.amount for each in doubted for c in each}
        number = next(
            (n for n, e in self._equations.items() if n not in leads and amounts & self._parts(e).keys()),
            None,
        )
        if number is not None:
            message = Message(*(self._choice(doubted, x) for x in _LANGUAGES))
            leads[number] = replace(self._found[number].finding, message=message, expected=None)
            owners.update(dict.fromkeys(amounts, number))

    def _choice(self, doubted: list[tuple[Correction, ...]], language: str) -> str:
        joined = word("and", language)
        several = list(
            dict.fromkeys(joined.join(self._change(c, language) for c in each) for each in doubted)
        )
        more = word("cause:more", language) if len(several) > _SHOWN else ""
        return word("cause:either", language).format(
            choices=word("cause:or", language).join(several[:_SHOWN]) + more
        )

    def _change(self, correction: Correction, language: str) -> str:
        key = "cause:add" if correction.written is None else "cause:change"
        return word(key, language).format(
            thing=self._called(correction, language),
            written=amount_words(correction.written, language),
            right=amount_words(correction.right, language),
        )

    def _consequences(
        self, leads: Mapping[int, Finding], owners: Mapping[int, int]
    ) -> Iterator[tuple[int, int]]:
        for number, equation in self._equations.items():
            if number not in leads and leads:
                parts = self._parts(equation)
                near = (owner for amount, owner in owners.items() if amount in parts)
                yield number, next(near, next(iter(leads)))


def _rule_of(requirement: str) -> str | None:
    """Return the equation that a requirement asks for."""
    if requirement in _SUMS:
        return requirement
    number = "09" if requirement == "BR-CO-17" else vat_number(requirement)
    return f"VAT-{number}" if number in {"08", "09"} else None


def is_of_sums(requirement: str) -> bool:
    """Say whether a requirement is one of the sums."""
    return _rule_of(requirement) is not None


def where(position: int, ledger: Ledger, language: str) -> str:
    """Return where an amount of several stands: the line by number, the rate of a line of the breakdown."""
    lines = [line.amount for line in ledger.lines]
    if position in lines and len(lines) > 1:
        return word("cause:line", language).format(n=lines.index(position) + 1)
    share = next((s for s in ledger.shares if position in {s.base, s.tax}), None)
    if share is None or len(ledger.shares) == 1:
        return ""
    rate = number_text(share.rate or ZERO, language=language)
    return word("cause:share", language).format(category=share.key[0], rate=rate)
