"""Who sells and who buys: every sign of every identifier together, one company at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from choriste.documents.read.prefill.blocks import Role, role_of
from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.identifiers import Identified, Kind, identifiers_in
from choriste.documents.read.prefill.judgement import Verdict, doubted, judge
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import FieldName, Found

PUBLIC_BODIES: Final = ("1", "2")
"""First digits of the SIRENs of the State and of local authorities (INSEE): they buy, as a rule."""

_SIGNS: Final[dict[Role, float]] = {
    Role.BUYER: -4,
    Role.WINDOW: -2,
    Role.NAMED_SUPPLIER: 4,
    Role.SUPPLIER: 3,
    Role.SUPPLIER_LIKELY: 1,
    Role.UNKNOWN: 0,
    Role.NEITHER: 0,
}
"""What each sign says: more than nothing for a supplier, less for a buyer."""

_PUBLIC, _OWN = 2.5, 12.0
_CLEAR: Final = 3.0
"""From here on the sum of signs is clear."""


@dataclass
class Company:
    """A company of the document: its identifiers, each with the role that its place gives it."""

    number: str
    seen: list[tuple[Identified, Role]] = field(default_factory=list)
    is_depositor: bool = False

    @property
    def leaning(self) -> float:
        """The sum of its signs: above nothing a supplier, below a buyer; each kind of sign counts once."""
        roles = {role for _, role in self.seen}
        if self._is_public and not self.is_depositor and Role.NAMED_SUPPLIER not in roles:
            return sum(_SIGNS[role] for role in roles - {Role.SUPPLIER_LIKELY}) - _PUBLIC
        return sum(_SIGNS[role] for role in roles) + (_OWN if self.is_depositor else 0.0)

    @property
    def is_foreign_to_both(self) -> bool:
        """Whether every place names it as neither of the parties."""
        return not self.is_depositor and all(role is Role.NEITHER for _, role in self.seen)

    @property
    def _is_public(self) -> bool:
        return self.number.isdigit() and self.number.startswith(PUBLIC_BODIES)

    @property
    def kinds(self) -> set[Kind]:
        """Which identifiers it has; two of them prove one another, as a VAT number holds the SIREN."""
        return {each.kind for each, _ in self.seen}


def read_parties(page: Page, depositor: str | None = None) -> dict[FieldName, Verdict]:
    """Judge SIRETs (or the supplier's SIREN) and VAT numbers of both parties.

    `depositor` is the SIRET of who deposits the document, the supplier as a rule; None where unknown.
    """
    companies = _companies(page, depositor)
    parties = [each for each in companies if not each.is_foreign_to_both]
    supplier = max(
        (each for each in parties if each.leaning > 0), key=lambda each: each.leaning, default=None
    )
    if supplier is None and parties:
        supplier = next((each for each in parties if each.leaning == 0), None)
    buyer = min((each for each in parties if each.leaning < 0), key=lambda each: each.leaning, default=None)
    verdicts = {
        FieldName.SUPPLIER_SIRET: _verdict(companies, supplier, buyer, Kind.SIRET),
        FieldName.SUPPLIER_VAT: _verdict(companies, supplier, buyer, Kind.VAT),
        FieldName.BUYER_SIRET: _verdict(companies, buyer, supplier, Kind.SIRET),
        FieldName.BUYER_VAT: _verdict(companies, buyer, supplier, Kind.VAT),
    }
    if verdicts[FieldName.SUPPLIER_SIRET].found is None:
        verdicts[FieldName.SUPPLIER_SIREN] = _verdict(companies, supplier, buyer, Kind.SIREN)
    return verdicts


def _companies(page: Page, depositor: str | None) -> list[Company]:
    companies: dict[str, Company] = {}
    for identified in identifiers_in(page):
        company = companies.setdefault(identified.company, Company(identified.company))
        company.seen.append((identified, role_of(page, identified)))
        company.is_depositor = depositor is not None and identified.company == depositor[:9]
    return list(companies.values())


def _verdict(
    companies: Sequence[Company], chosen: Company | None, other: Company | None, kind: Kind
) -> Verdict:
    """Judge one identifier of a party; those of the other companies were weighed and passed over."""
    found = []
    for company in companies:
        for identified, role in company.seen:
            if identified.kind is not kind:
                continue
            sighting = _found(identified, company, role)
            if company is not chosen or (role is Role.NEITHER and not company.is_depositor):
                sighting = doubted(sighting, Doubt.OTHER_COMPANY)
            elif not _is_clear(company, other, companies):
                sighting = doubted(sighting, Doubt.UNCLEAR_PARTY)
            found.append(sighting)
    return judge(found)


def _found(identified: Identified, company: Company, role: Role) -> Found:
    evidence = set() if identified.flawed else {Evidence.CHECKSUM}
    if identified.labelled:
        evidence.add(Evidence.NAMED)
    if role not in {Role.NEITHER, Role.UNKNOWN}:
        evidence.add(Evidence.BLOCK)
    if len(company.kinds) > 1:
        evidence.add(Evidence.SAME_COMPANY)
    if company.is_depositor:
        evidence.add(Evidence.DEPOSITOR)
    box = identified.segment.box(identified.start, identified.end)
    doubts = frozenset({Doubt.CHECK_FAILED}) if identified.flawed else frozenset()
    return Found(identified.value, box, frozenset(evidence), doubts, identified.segment.text)


def _is_clear(company: Company, other: Company | None, companies: Iterable[Company]) -> bool:
    """Return whether the signs of a party are clear: loud, and no other company has the same."""
    leaning = company.leaning
    rivals = [
        each
        for each in companies
        if each is not company
        and each is not other
        and not each.is_foreign_to_both
        and each.leaning * leaning >= 0
    ]
    if any(abs(each.leaning) > abs(leaning) - 1 for each in rivals):
        return False
    settled = 1.0 if other is not None and abs(other.leaning) >= _PUBLIC else 0.0
    return abs(leaning) + settled >= _CLEAR
