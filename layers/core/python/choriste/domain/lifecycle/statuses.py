"""The statuses of an invoice: the official list of the Chorus Pro API, 57 values.

56 come from the Factures Swagger (`statutFacture`); `ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE` is seen
in clients only. What the platform knows about each stands in one row of `statuses.tsv`; what may follow it,
in `transitions.tsv`. To add a status: its name here, its row there, its texts in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from choriste.domain.lifecycle.roles import Role
from choriste.domain.shared.tables import read_table


class Status(StrEnum):
    """Where an invoice stands; the value is the code of the Chorus Pro API."""

    BROUILLON = "BROUILLON"
    A_VALIDER_1 = "A_VALIDER_1"
    ERREUR_FOURNISSEUR_SUR_VALIDEUR = "ERREUR_FOURNISSEUR_SUR_VALIDEUR"
    REFUSEE_1 = "REFUSEE_1"
    VALIDEE_1 = "VALIDEE_1"
    ABSENCE_VALIDATION_1_HORS_DELAI = "ABSENCE_VALIDATION_1_HORS_DELAI"
    A_VALIDER_2 = "A_VALIDER_2"
    ERREUR_COTRAITANT_SUR_VALIDEUR = "ERREUR_COTRAITANT_SUR_VALIDEUR"
    REFUSEE_2 = "REFUSEE_2"
    VALIDEE_2 = "VALIDEE_2"
    ABSENCE_VALIDATION_2_HORS_DELAI = "ABSENCE_VALIDATION_2_HORS_DELAI"
    DEPOSEE = "DEPOSEE"
    ERREUR_FOURNISSEUR_SUR_MOE = "ERREUR_FOURNISSEUR_SUR_MOE"
    EN_COURS_ACHEMINEMENT = "EN_COURS_ACHEMINEMENT"
    MISE_A_DISPOSITION = "MISE_A_DISPOSITION"
    A_RECYCLER = "A_RECYCLER"
    SUSPENDUE = "SUSPENDUE"
    REJETEE = "REJETEE"
    MANDATEE = "MANDATEE"
    MISE_EN_PAIEMENT = "MISE_EN_PAIEMENT"
    COMPTABILISEE = "COMPTABILISEE"
    MISE_A_DISPOSITION_COMPTABLE = "MISE_A_DISPOSITION_COMPTABLE"
    ABANDONNEE = "ABANDONNEE"
    SUPPRIMEE = "SUPPRIMEE"
    ASSOCIEE = "ASSOCIEE"
    EN_COURS_TRAITEMENT_PIVOT_S = "EN_COURS_TRAITEMENT_PIVOT_S"
    A_VALIDER_MOE = "A_VALIDER_MOE"
    REFUSEE_MOE = "REFUSEE_MOE"
    EN_ATTENTE_RECYCLAGE_FOURNISSEUR = "EN_ATTENTE_RECYCLAGE_FOURNISSEUR"
    ERREUR_MOE_SUR_FOURNISSEUR = "ERREUR_MOE_SUR_FOURNISSEUR"
    ERREUR_MOA_SUR_FOURNISSEUR = "ERREUR_MOA_SUR_FOURNISSEUR"
    INTERPRETEE_OCR = "INTERPRETEE_OCR"
    COMPLETEE = "COMPLETEE"
    ERREUR_FOURNISSEUR_SUR_MOA = "ERREUR_FOURNISSEUR_SUR_MOA"
    ERREUR_MOE_SUR_MOA = "ERREUR_MOE_SUR_MOA"
    ERREUR_DESTINATAIRE_PD = "ERREUR_DESTINATAIRE_PD"
    ERREUR_DESTINATAIRE_EA = "ERREUR_DESTINATAIRE_EA"
    SERVICE_FAIT = "SERVICE_FAIT"
    NON_CONFORME = "NON_CONFORME"
    A_ASSOCIER_MOE = "A_ASSOCIER_MOE"
    ERREUR_DE_MOE = "ERREUR_DE_MOE"
    MISE_A_DISPOSITION_MOE = "MISE_A_DISPOSITION_MOE"
    PRISE_EN_COMPTE_MOE = "PRISE_EN_COMPTE_MOE"
    A_ASSOCIER_MOA = "A_ASSOCIER_MOA"
    ERREUR_DE_MOA = "ERREUR_DE_MOA"
    REFUSEE_MOA = "REFUSEE_MOA"
    A_ASSOCIER_FOURNISSEUR = "A_ASSOCIER_FOURNISSEUR"
    REFUSEE_FOURNISSEUR = "REFUSEE_FOURNISSEUR"
    A_COMPLETER = "A_COMPLETER"
    TRANSMISE_MOA = "TRANSMISE_MOA"
    PRISE_EN_COMPTE_DESTINATAIRE = "PRISE_EN_COMPTE_DESTINATAIRE"
    REMPLACEE_PAR_A22 = "REMPLACEE_PAR_A22"
    DUPLIQUE_APRES_REFUS = "DUPLIQUE_APRES_REFUS"
    MISE_A_DISPOSITION_MOA = "MISE_A_DISPOSITION_MOA"
    PRISE_EN_COMPTE_MOA = "PRISE_EN_COMPTE_MOA"
    ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE = "ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE"
    TECHNIQUE_INCONNU = "TECHNIQUE_INCONNU"


class Phase(StrEnum):
    """The part of its life that an invoice is in."""

    DRAFT = "draft"
    """Not submitted: nobody but its depositor sees it."""
    TRANSIT = "transit"
    """The platform carries it on."""
    VALIDATION = "validation"
    """A validator decides before anybody else sees it."""
    WORKS = "works"
    """An actor of the works chain decides."""
    TREATMENT = "treatment"
    """The recipient treats it, or whoever it was made available to."""
    CORRECTION = "correction"
    """Somebody must correct or complete it."""
    REFUSED = "refused"
    """Ended against its issuer: a new invoice needs a new number."""
    ENDED = "ended"
    """Nobody owes anything any more."""
    DELETED = "deleted"
    """A draft that was given up; its number may be used again."""
    UNUSED = "unused"
    """An official status that no invoice here ever has."""


class Holder(StrEnum):
    """Who must act, where that depends on the frame."""

    DEPOSITOR = "DEPOSITOR"
    ADDRESSEE = "ADDRESSEE"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """One row of `statuses.tsv`.

    `actor` is who must act, None where nobody must. `rank` orders the recipient's treatment, from 1. `edi` is
    the code of the EDI status flows; `reform` and `reform_subcontracted` are the reform's codes for an
    ordinary invoice and for a subcontractor's, None where nothing is sent.
    """

    phase: Phase
    actor: Role | Holder | None
    rank: int | None
    edi: str | None
    reform: str | None
    reform_subcontracted: str | None


def _actor(word: str) -> Role | Holder | None:
    if not word:
        return None
    return Holder(word) if word in Holder.__members__ else Role(word)


def _row(line: dict[str, str]) -> StatusRow:
    return StatusRow(
        phase=Phase(line["phase"]),
        actor=_actor(line["actor"]),
        rank=int(line["rank"]) if line["rank"] else None,
        edi=line["edi"] or None,
        reform=line["reform"] or None,
        reform_subcontracted=line["reform_subcontracted"] or None,
    )


STATUSES = {Status(line["status"]): _row(line) for line in read_table(__package__, "statuses.tsv")}
"""The row of each status, in the order of the official list."""


def in_phase(*phases: Phase) -> frozenset[Status]:
    """Return the statuses of some phases."""
    return frozenset(status for status, row in STATUSES.items() if row.phase in phases)


DRAFTS = in_phase(Phase.DRAFT)
REFUSED = in_phase(Phase.REFUSED)
ENDED = in_phase(Phase.REFUSED, Phase.ENDED, Phase.DELETED)
"""Statuses after which nobody owes anything; `is_ended` adds what depends on the invoice."""
