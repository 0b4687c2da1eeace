"""The billing frames (*cadres de facturation*): who deposits, to whom it goes, what comes of it.

Codes: Chorus Pro API, `codeCadreFacturation`. Who deposits: text of CPPFacturePivot V2_02. The pivot calls
A19 and A20 deposits of the project manager and A24 and A25 deposits of the contracting authority, against
the API's names: both may deposit A24 and A25, and A19 and A20 follow the API. Where each works document
goes next follows CCAG-Travaux 12; the exact followers of each frame are deduced from the frames' names and
the roles of the pivot's text, for no public source states them. All of it stands in `frames.tsv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from choriste.domain.lifecycle.roles import Role
from choriste.domain.shared.tables import read_table


class Frame(StrEnum):
    """A billing frame; the value is the code of the Chorus Pro API, `short` the code of the pivot."""

    A1 = "A1_FACTURE_FOURNISSEUR"
    A2 = "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE"
    A3 = "A3_MEMOIRE_JUSTICE"
    A4 = "A4_PROJET_DECOMPTE_MENSUEL_FOURNISSEUR"
    A5 = "A5_ETAT_ACOMPTE_FOURNISSEUR"
    A6 = "A6_ETAT_ACOMPTE_VALIDE_FOURNISSEUR"
    A7 = "A7_PROJET_DECOMPTE_FINAL_FOURNISSEUR"
    A8 = "A8_DECOMPTE_GENERAL_DEFINITIF_FOURNISSEUR"
    A9 = "A9_FACTURE_SOUSTRAITANT"
    A10 = "A10_PROJET_DECOMPTE_MENSUEL_SOUSTRAITANT"
    A11 = "A11_PROJET_DECOMPTE_FINAL_SOUSTRAITANT"
    A12 = "A12_FACTURE_COTRAITANT"
    A13 = "A13_PROJET_DECOMPTE_MENSUEL_COTRAITANT"
    A14 = "A14_PROJET_DECOMPTE_FINAL_COTRAITANT"
    A15 = "A15_ETAT_ACOMPTE_MOE"
    A16 = "A16_ETAT_ACOMPTE_VALIDE_MOE"
    A17 = "A17_PROJET_DECOMPTE_GENERAL_MOE"
    A18 = "A18_DECOMPTE_GENERAL_MOE"
    A19 = "A19_ETAT_ACOMPTE_VALIDE_MOA"
    A20 = "A20_DECOMPTE_GENERAL_MOA"
    A21 = "A21_DEMANDE_REMBOURSEMENT_TIC"
    A22 = "A22_PROJET_DECOMPTE_GENERAL_FOURNISSEUR_PROCEDURE_TACITE"
    A23 = "A23_DECOMPTE_GENERAL_DEFINITIF_TACITE_FOURNISSEUR"
    A24 = "A24_DECOMPTE_GENERAL_DEFINITIF_TACITE_MOE"
    A25 = "A25_DECOMPTE_GENERAL_DEFINITIF_MOE_PROCEDURE_TACITE"
    SANS_CADRE = "SANS_CADRE_DE_FACTURATION"

    @property
    def short(self) -> str:
        """The code as the pivot flow writes it: `A1` … `A25`; `SANS_CADRE` has none and keeps its name."""
        return self.name

    @property
    def is_works(self) -> bool:
        """Whether the piece belongs to a billing file and is handled under *Factures de travaux*."""
        return FRAMES[self].route in _WORKS_ROUTES

    @property
    def is_payable(self) -> bool:
        """Whether the recipient's finance service treats it up to its payment."""
        return self in PAYABLE

    @property
    def needs_validator_1(self) -> bool:
        """Whether the contractor (or the lead contractor) must validate it before anybody else sees it."""
        return FRAMES[self].validators > 0

    @property
    def may_have_validator_2(self) -> bool:
        """Whether a second level may exist: the subcontractor of a co-contractor (A9, A10, A11)."""
        return FRAMES[self].validators > 1

    @property
    def depositors(self) -> frozenset[Role]:
        """The roles that may deposit it and that answer for it afterwards."""
        return FRAMES[self].depositors

    @property
    def addressee(self) -> Role:
        """The role that a document is made available to; the recipient for anything but works."""
        return _ADDRESSEES.get(FRAMES[self].route, Role.RECIPIENT)

    @property
    def followers(self) -> frozenset[Frame]:
        """The frames that may answer it in its billing file; empty outside works and at a circuit's end."""
        return FRAMES[self].followers


def parse_frame(code: str) -> Frame:
    """Return the frame of an official code, of its short form (`A9`), or of an empty string (no frame).

    Raises ValueError for anything else.
    """
    if not code:
        return Frame.SANS_CADRE
    return Frame[code] if code in Frame.__members__ else Frame(code)


class Route(StrEnum):
    """To whom a frame goes after its deposit, and through whose hands."""

    SIMPLE = "simple"
    """From the supplier straight to the recipient. An absent frame counts as A1 (deduced)."""
    PAID = "paid"
    """Paid by purchase card: nothing to approve (docs/reference/b2g-lifecycle.md#already-paid)."""
    VALIDATED_SERVICES = "validated_services"
    """Invoices of subcontractors and co-contractors outside works, to the recipient after validation."""
    VALIDATED_WORKS = "validated_works"
    """Works documents of subcontractors and co-contractors, to the project manager after validation."""
    MOE = "moe"
    """The project manager answers with a document of its own."""
    MOA = "moa"
    """The contracting authority answers with a document of its own."""
    CONTRACTOR = "contractor"
    """General accounts, notified to the contractor who signs them by depositing A8."""
    PAYER = "payer"
    """Works documents that land among the payer's received invoices."""


_WORKS_ROUTES = frozenset({Route.VALIDATED_WORKS, Route.MOE, Route.MOA, Route.CONTRACTOR, Route.PAYER})
_ADDRESSEES = {
    Route.VALIDATED_WORKS: Role.MOE,
    Route.MOE: Role.MOE,
    Route.MOA: Role.MOA,
    Route.CONTRACTOR: Role.SUPPLIER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """One row of `frames.tsv`; `validators` is how many levels of validation it may go through (0 to 2)."""

    route: Route
    depositors: frozenset[Role]
    validators: int
    followers: frozenset[Frame]


def _load() -> dict[Frame, FrameRow]:
    """Read the table; an unknown word in it raises KeyError or ValueError at import."""
    return {
        Frame[row["frame"]]: FrameRow(
            route=Route(row["route"]),
            depositors=frozenset(Role(word) for word in row["depositors"].split()),
            validators=int(row["validators"]),
            followers=frozenset(Frame[word] for word in row["followers"].split()),
        )
        for row in read_table(__package__, "frames.tsv")
    }


FRAMES = _load()
"""The row of each frame."""


def _on(*routes: Route) -> frozenset[Frame]:
    return frozenset(frame for frame, row in FRAMES.items() if row.route in routes)


SIMPLE = _on(Route.SIMPLE)
VALIDATED_WORKS = _on(Route.VALIDATED_WORKS)
VALIDATED = _on(Route.VALIDATED_SERVICES, Route.VALIDATED_WORKS)
WORKS = _on(*_WORKS_ROUTES)
PAYABLE = _on(Route.SIMPLE, Route.VALIDATED_SERVICES, Route.PAYER)
TO_MOE = _on(Route.VALIDATED_WORKS, Route.MOE)
TO_MOA = _on(Route.MOA)
TO_CONTRACTOR = _on(Route.CONTRACTOR)
TO_PAYER = _on(Route.PAYER)

FRAME_GROUPS: dict[str, frozenset[Frame]] = {
    "all": frozenset(Frame),
    "simple": SIMPLE,
    "paid": _on(Route.PAID),
    "validated": VALIDATED,
    "validated_services": _on(Route.VALIDATED_SERVICES),
    "validated_works": VALIDATED_WORKS,
    "unvalidated": frozenset(Frame) - _on(Route.PAID) - VALIDATED,
    "to_moe": TO_MOE,
    "to_moa": TO_MOA,
    "to_contractor": TO_CONTRACTOR,
    "to_payer": TO_PAYER,
    "payable": PAYABLE,
    "works": WORKS,
}
"""The names that the frames column of the transition table uses."""
