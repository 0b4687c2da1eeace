"""The billing frames (*cadres de facturation*): who deposits, to whom it goes, what comes of it.

Codes: Chorus Pro API, `codeCadreFacturation`. Who deposits: text of CPPFacturePivot V2_02. The pivot calls
A19 and A20 deposits of the project manager and A24 and A25 deposits of the contracting authority, against
the API's names: both may deposit A24 and A25, and A19 and A20 follow the API. Where each works document
goes next is deduced from the CCAG-Travaux and the handbook (A7): see `works.py`.
"""

from __future__ import annotations

from enum import StrEnum

from choriste.domain.lifecycle.roles import Role


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
        return self in WORKS

    @property
    def is_payable(self) -> bool:
        """Whether the recipient's finance service treats it up to its payment."""
        return self in PAYABLE

    @property
    def needs_validator_1(self) -> bool:
        """Whether the contractor (or the lead contractor) must validate it before anybody else sees it."""
        return self in VALIDATED

    @property
    def may_have_validator_2(self) -> bool:
        """Whether a second level may exist: the subcontractor of a co-contractor (A9, A10, A11)."""
        return self in {Frame.A9, Frame.A10, Frame.A11}

    @property
    def depositors(self) -> frozenset[Role]:
        """The roles that may deposit it and that answer for it afterwards."""
        return frozenset(role for role, frames in DEPOSITED_BY.items() if self in frames)


def frame_of(code: str) -> Frame:
    """Return the frame of an official code, of its short form (`A9`), or of an empty string (no frame).

    Raises ValueError for anything else.
    """
    if not code:
        return Frame.SANS_CADRE
    return Frame[code] if code in Frame.__members__ else Frame(code)


SIMPLE = frozenset({Frame.A1, Frame.A3, Frame.A21, Frame.SANS_CADRE})
"""From the supplier straight to the recipient. An absent frame counts as A1 (handbook A8, deduced)."""

PAID = frozenset({Frame.A2})
"""Paid by purchase card: nothing to approve (domain.md B4)."""

VALIDATED_SERVICES = frozenset({Frame.A9, Frame.A12})
"""Invoices of subcontractors and co-contractors outside works, to the recipient after validation."""

VALIDATED_WORKS = frozenset({Frame.A10, Frame.A11, Frame.A13, Frame.A14})
"""Works documents of subcontractors and co-contractors, to the project manager after validation."""

VALIDATED = VALIDATED_SERVICES | VALIDATED_WORKS

TO_MOE = VALIDATED_WORKS | {Frame.A4, Frame.A7}
"""Works documents that the project manager answers with a document of its own."""

TO_MOA = frozenset({Frame.A5, Frame.A15, Frame.A17, Frame.A22})
"""Works documents that the contracting authority answers with a document of its own."""

TO_CONTRACTOR = frozenset({Frame.A18, Frame.A20})
"""General accounts, notified to the contractor who signs them by depositing A8."""

TO_PAYER = frozenset({Frame.A6, Frame.A8, Frame.A16, Frame.A19, Frame.A23, Frame.A24, Frame.A25})
"""Works documents that land among the payer's received invoices."""

WORKS = TO_MOE | TO_MOA | TO_CONTRACTOR | TO_PAYER
PAYABLE = SIMPLE | VALIDATED_SERVICES | TO_PAYER

DEPOSITED_BY: dict[Role, frozenset[Frame]] = {
    Role.MOE: frozenset({Frame.A15, Frame.A16, Frame.A17, Frame.A18, Frame.A24, Frame.A25}),
    Role.MOA: frozenset({Frame.A19, Frame.A20, Frame.A24, Frame.A25}),
    Role.SUPPLIER: frozenset(Frame)
    - {Frame.A15, Frame.A16, Frame.A17, Frame.A18, Frame.A19, Frame.A20, Frame.A24, Frame.A25},
}

FRAME_GROUPS: dict[str, frozenset[Frame]] = {
    "all": frozenset(Frame),
    "simple": SIMPLE,
    "paid": PAID,
    "validated": VALIDATED,
    "validated_services": VALIDATED_SERVICES,
    "validated_works": VALIDATED_WORKS,
    "unvalidated": frozenset(Frame) - PAID - VALIDATED,
    "to_moe": TO_MOE,
    "to_moa": TO_MOA,
    "to_contractor": TO_CONTRACTOR,
    "to_payer": TO_PAYER,
    "payable": PAYABLE,
    "works": WORKS,
}
"""The names that the frames column of the transition table uses."""
