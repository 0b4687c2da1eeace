"""Official statuses that no invoice here ever has, each with the reason; a test keeps the list exact."""

from __future__ import annotations

from choriste.domain.lifecycle.statuses import Status
from choriste.domain.shared.findings import Message

UNREACHED: dict[Status, Message] = {
    Status.EN_COURS_TRAITEMENT_PIVOT_S: Message(
        fr="État technique du portail national pendant qu’il fabrique le flux pivot ; ici le pivot est "
        "fabriqué sans que la facture change de statut.",
        en="A technical state of the national portal while it builds the pivot flow; here the pivot is "
        "built without a status change.",
    ),
    Status.A_VALIDER_MOE: Message(
        fr="Aucune source publique ne dit quand il sert ; le même moment est MISE_A_DISPOSITION_MOE.",
        en="No public source says when it is used; the same moment is MISE_A_DISPOSITION_MOE.",
    ),
    Status.ERREUR_DE_MOE: Message(
        fr="Doublon supposé de ERREUR_FOURNISSEUR_SUR_MOE, qui dit aussi qui s’est trompé.",
        en="Presumed double of ERREUR_FOURNISSEUR_SUR_MOE, which also says who was mistaken.",
    ),
    Status.ERREUR_DE_MOA: Message(
        fr="Doublon supposé de ERREUR_FOURNISSEUR_SUR_MOA et ERREUR_MOE_SUR_MOA, qui disent aussi qui "
        "s’est trompé.",
        en="Presumed double of ERREUR_FOURNISSEUR_SUR_MOA and ERREUR_MOE_SUR_MOA, which also say who was "
        "mistaken.",
    ),
    Status.ERREUR_DESTINATAIRE_PD: Message(
        fr="Sens non public ; un mauvais service financier est traité par A_RECYCLER ou REJETEE.",
        en="Meaning not public; a wrong finance service is handled by A_RECYCLER or REJETEE.",
    ),
    Status.ERREUR_DESTINATAIRE_EA: Message(
        fr="Sens non public ; un mauvais service financier est traité par A_RECYCLER ou REJETEE.",
        en="Meaning not public; a wrong finance service is handled by A_RECYCLER or REJETEE.",
    ),
    Status.NON_CONFORME: Message(
        fr="Une facture non conforme n’est pas intégrée : le compte rendu d’intégration du dépôt le dit "
        "aussitôt. Le code sert aux seuls flux (EDI 37, réforme 213).",
        en="An invoice that breaks the rules is not integrated: the deposit's integration report says so "
        "at once. The code serves flows only (EDI 37, reform 213).",
    ),
    Status.TECHNIQUE_INCONNU: Message(
        fr="Valeur de repli du portail national pour un statut qu’il ne connaît pas.",
        en="The national portal's fallback for a status that it does not know.",
    ),
}
