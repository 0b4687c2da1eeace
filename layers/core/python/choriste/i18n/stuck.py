"""Why something stands still, for the operator: what happened, and what resuming it does."""

from __future__ import annotations

from types import MappingProxyType

from choriste.domain.operations.standstill import StuckCause
from choriste.domain.shared.findings import Message

_REASONS = MappingProxyType(
    {
        StuckCause.FLOW_UNFINISHED: Message(
            fr="Le fichier est reçu, mais toutes ses factures n’ont pas été contrôlées en dix minutes. "
            "Reprendre relance le contrôle de celles qui manquent.",
            en="The file was received, but not all of its invoices were checked within ten minutes. "
            "Resuming starts the checks of the missing ones again.",
        ),
        StuckCause.FLOW_BLOCKED: Message(
            fr="Le fichier résiste aux reprises automatiques depuis plus de deux heures : lisez d’abord les "
            "journaux de la machine de prise en charge, puis reprenez.",
            en="The file has withstood automatic resuming for more than two hours: read the logs of the "
            "intake machine first, then resume.",
        ),
        StuckCause.INTAKE_UNFINISHED: Message(
            fr="La facture est enregistrée, mais son duplicata ou son acheminement n’a pas abouti. Reprendre "
            "recommence ces deux étapes ; rien n’est créé deux fois.",
            en="The invoice is registered, but its duplicate or its routing was not finished. Resuming does "
            "these two steps again; nothing is created twice.",
        ),
        StuckCause.PLATFORM_LATE: Message(
            fr="C’est à la plateforme d’agir et elle ne l’a pas fait. Reprendre écrit l’étape suivante.",
            en="The platform itself is to act, and did not. Resuming writes the next step.",
        ),
        StuckCause.DEADLINE_UNAPPLIED: Message(
            fr="Un délai légal est passé sans réponse et sa conséquence n’a pas été écrite. Reprendre "
            "l’applique, au nom de l’horloge.",
            en="A legal deadline passed without an answer, and what follows was not written. Resuming "
            "applies it, in the name of the clock.",
        ),
    }
)


def stuck_reason(cause: StuckCause) -> Message:
    """Return why an item stands still, in both languages."""
    return _REASONS[cause]
