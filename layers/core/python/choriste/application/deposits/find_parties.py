"""Find the parties of a deposit: validators, project manager, contracting authority, preceding pieces.

What the depositor named is checked against the frame and the directory; what it left out comes from the
preceding piece, from who deposits, or from the recipient. Everything wrong is a finding of the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from choriste.application.access.policy import may_act_in_works
from choriste.application.access.principals import principal_of
from choriste.application.deposits.ports import DepositPorts
from choriste.application.invoices.access import may_see
from choriste.domain.deposits.flow import Submission
from choriste.domain.deposits.named_parties import (
    NAMED_ROLES,
    NamedParties,
    accepted_roles,
    needed_roles,
    parties_finding,
)
from choriste.domain.lifecycle import Frame, Role
from choriste.domain.parties.structure import Structure, StructureId, StructureIdentifier
from choriste.domain.sandbox.world import same_world
from choriste.domain.shared.findings import Finding
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, PartyReference
from choriste.domain.works.checks import WorksDocument, file_of, works_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundParties:
    """The parties found, the role of the depositor, and what is wrong with them."""

    role: Role = Role.SUPPLIER
    parties: Mapping[Role, PartyReference] = field(default_factory=dict)
    moe_service: str | None = None
    previous: tuple[InvoiceId, ...] = ()
    billing_file: InvoiceId | None = None
    adjusted: tuple[tuple[InvoiceId, Decimal], ...] = ()
    findings: tuple[Finding, ...] = ()

    def party(self, role: Role) -> PartyReference | None:
        """Return who holds a role."""
        return self.parties.get(role)

    @property
    def depositor(self) -> PartyReference | None:
        """The project manager or contracting authority that deposits, None when the supplier does."""
        return self.parties.get(self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The supplier and the recipient of the document, None where the directory has none."""

    frame: Frame
    supplier: Structure | None
    recipient: Structure | None

    def are_with(self, structure: str | None) -> bool:
        """Say whether a structure is in the supplier's world."""
        return self.supplier is None or same_world(self.supplier.id, structure)


def find_parties(ports: DepositPorts, submission: Submission, sides: Sides) -> FoundParties:
    """Return the parties of one document, with the findings against them."""
    named, pieces = submission.parties, _pieces(ports, submission, sides)
    structures = _named_structures(ports, submission, sides, pieces)
    role = _role(sides.frame, submission, structures)
    found = {role: _reference(s) for role, s in structures.items() if isinstance(s, Structure)}
    moe = structures.get(Role.MOE)
    inherited = pieces[0].moe_service if pieces else None
    findings = (
        *_role_findings(sides.frame, named, structures),
        *_service_findings(named.moe_service, moe if isinstance(moe, Structure) else None),
        *_entitlement_findings(ports, submission, role, found),
        *_works_findings(ports, named, _document(named, sides, role, found), pieces),
    )
    return FoundParties(
        role=role,
        parties=found,
        moe_service=named.moe_service or inherited,
        previous=tuple(piece.id for piece in pieces),
        billing_file=file_of(pieces[0]) if pieces else None,
        adjusted=named.adjusted,
        findings=findings,
    )


def named_siret(named: NamedParties, role: Role) -> str | None:
    """Return the SIRET that a depositor named for a role."""
    return {
        Role.VALIDATOR_1: named.validator,
        Role.VALIDATOR_2: named.validator2,
        Role.MOE: named.moe,
        Role.MOA: named.moa,
    }[role]


def party_with_siret(ports: DepositPorts, siret: str) -> Structure | None:
    """Return the structure with this SIRET, active or not."""
    return ports.directory.structure_by_identifier(StructureIdentifier.siret(siret))


def _pieces(ports: DepositPorts, submission: Submission, sides: Sides) -> tuple[InvoiceHead, ...]:
    """Return the preceding pieces that exist, in the same world, and that the depositing account may see."""
    if not submission.parties.previous:
        return ()
    principal = principal_of(ports.accounts, submission.account, at=submission.at)
    if principal is None:
        return ()
    heads = (ports.invoices.get(piece) for piece in submission.parties.previous)
    seen = (head for head in heads if head is not None and may_see(principal, head))
    return tuple(head for head in seen if sides.are_with(head.supplier.structure))


def _named_structures(
    ports: DepositPorts, submission: Submission, sides: Sides, pieces: tuple[InvoiceHead, ...]
) -> dict[Role, Structure | str | None]:
    """Return per role its structure, the SIRET that no structure has, or None when nobody is named."""
    found: dict[Role, Structure | str | None] = {}
    for role in NAMED_ROLES:
        siret = named_siret(submission.parties, role)
        if siret is not None:
            named = party_with_siret(ports, siret)
            found[role] = named if named is not None and sides.are_with(named.id) else siret
        elif role in accepted_roles(sides.frame):
            found[role] = _default(ports, submission, sides, pieces, role=role)
    return found


def _default(
    ports: DepositPorts, submission: Submission, sides: Sides, pieces: tuple[InvoiceHead, ...], *, role: Role
) -> Structure | None:
    """Return who holds a role that nobody was named for: as in the preceding piece, or as deposited."""
    earlier = {Role.MOE: pieces[0].moe, Role.MOA: pieces[0].moa}.get(role) if pieces else None
    if earlier is not None and earlier.structure is not None:
        return ports.directory.structure(StructureId(earlier.structure))
    if role is Role.MOE and sides.frame.depositors == {Role.MOE}:
        return ports.directory.structure(StructureId(submission.depositor))
    return sides.recipient if role is Role.MOA else None


def _role(frame: Frame, submission: Submission, structures: Mapping[Role, Structure | str | None]) -> Role:
    """Return in which role the document is deposited; two frames may come from either of two."""
    if len(frame.depositors) == 1:
        return next(iter(frame.depositors))
    moa = structures.get(Role.MOA)
    is_moa = isinstance(moa, Structure) and moa.id == submission.depositor
    return Role.MOA if is_moa else Role.MOE


def _role_findings(
    frame: Frame, named: NamedParties, structures: Mapping[Role, Structure | str | None]
) -> Iterator[Finding]:
    for role in NAMED_ROLES:
        structure = structures.get(role)
        if named_siret(named, role) is not None and role not in accepted_roles(frame):
            yield parties_finding(f"PARTY-{role}-NOT-FOR-FRAME")
        elif isinstance(structure, str):
            yield parties_finding(f"PARTY-{role}-UNKNOWN", found=structure)
        elif structure is None and role in needed_roles(frame):
            yield parties_finding(f"PARTY-{role}-MISSING")
        elif structure is not None and not structure.active:
            yield parties_finding(f"PARTY-{role}-INACTIVE", found=structure.identifier.value)
    if named.validator is not None and named.validator == named.validator2:
        yield parties_finding("PARTY-VALIDATORS-ALIKE", found=named.validator)


def _service_findings(code: str | None, moe: Structure | None) -> Iterator[Finding]:
    if code is None or moe is None:
        return
    service = moe.service(code)
    if service is None or not service.active:
        open_codes = ", ".join(s.code for s in moe.services if s.active)
        yield parties_finding("PARTY-MOE-SERVICE-UNKNOWN", found=code, expected=open_codes or "—")


def _entitlement_findings(
    ports: DepositPorts, submission: Submission, role: Role, found: Mapping[Role, PartyReference]
) -> Iterator[Finding]:
    """Check that the account may deposit for the project manager or the contracting authority."""
    party = found.get(role)
    if role is Role.SUPPLIER or party is None or party.structure is None:
        return
    principal = principal_of(ports.accounts, submission.account, at=submission.at)
    if principal is None or not may_act_in_works(principal, party.structure):
        yield parties_finding("PARTY-NOT-ENTITLED", expected=party.name)


def _works_findings(
    ports: DepositPorts, named: NamedParties, document: WorksDocument, pieces: tuple[InvoiceHead, ...]
) -> Iterator[Finding]:
    heads = (ports.invoices.get(piece) for piece, _ in named.adjusted)
    adjusted = [head for head in heads if head is not None]
    for fault in works_faults(document, pieces, adjusted):
        yield parties_finding(fault.code, found=fault.piece, expected=fault.expected)


def _document(
    named: NamedParties, sides: Sides, role: Role, found: Mapping[Role, PartyReference]
) -> WorksDocument:
    moe, moa = found.get(Role.MOE), found.get(Role.MOA)
    return WorksDocument(
        frame=sides.frame,
        role=role,
        supplier=sides.supplier.id if sides.supplier is not None else None,
        recipient=sides.recipient.id if sides.recipient is not None else None,
        moe=moe.structure if moe is not None else None,
        moa=moa.structure if moa is not None else None,
        previous=named.previous,
        adjusted=tuple(piece for piece, _ in named.adjusted),
    )


def _reference(structure: Structure) -> PartyReference:
    return PartyReference(identifier=structure.identifier.value, name=structure.name, structure=structure.id)
