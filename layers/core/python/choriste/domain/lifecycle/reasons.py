"""Why an invoice is refused, sent back or suspended: a coded list, a text, and the rules of both.

Codes: DGFiP list of refusal reasons, and the Chorus Pro codes that its mapping to the reform names
(docs/reference/reform-codes.md#reasons). Texts are at most 300 characters and mandatory with every refusal,
sending back and suspension (docs/reference/b2g-lifecycle.md#refuse-or-recycle; Chorus Pro swagger,
`traiter/recue`, `motif`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from choriste.domain.lifecycle.frames import VALIDATED, Frame

REASON_TEXT_LIMIT = 300
"""Longest reason text, in characters (docs/reference/b2g-lifecycle.md#refuse-or-recycle)."""


class ReasonCode(StrEnum):
    """A coded reason; labels in both languages are in the catalogue."""

    AUTRE = "AUTRE"
    AUT_MOTIF_ERR_VALIDEUR = "AUT_MOTIF_ERR_VALIDEUR"
    CALCUL_ERR = "CALCUL_ERR"
    CMD_EJ_ERR = "CMD_EJ_ERR"
    CONTACT_ACHTR = "CONTACT_ACHTR"
    CONTRAT_TERM = "CONTRAT_TERM"
    COORD_BANC_ERR = "COORD_BANC_ERR"
    CREANCIER_ERR = "CREANCIER_ERR"
    DEST_ERR = "DEST_ERR"
    DOUBLE_FACT = "DOUBLE_FACT"
    DOUBLON = "DOUBLON"
    EJ_ERR = "EJ_ERR"
    ERREUR_DONNEE_EJ = "ERREUR_DONNEE_EJ"
    ERR_VALIDEUR = "ERR_VALIDEUR"
    FACT_NON_CONFORME = "FACT_NON_CONFORME"
    HONORER_LA_COMMANDE = "HONORER_LA_COMMANDE"
    JUSTIF_ABS = "JUSTIF_ABS"
    LIVR_INCOMP = "LIVR_INCOMP"
    MARCHE_TERM = "MARCHE_TERM"
    MONTANT_ERR = "MONTANT_ERR"
    REF_CT_ABSENT = "REF_CT_ABSENT"
    RETRAIT_MAN_SERV = "RETRAIT_MAN_SERV"
    ROUTAGE_ERR = "ROUTAGE_ERR"
    SE_ERR = "SE_ERR"
    ST_CT_NON_DECLAR = "ST_CT_NON_DECLAR"
    SUPPR_COMP_AVOIR = "SUPPR_COMP_AVOIR"
    SUPPR_MASSE = "SUPPR_MASSE"
    TRANSAC_INC = "TRANSAC_INC"
    TRANSF_PMNT_REGIE = "TRANSF_PMNT_REGIE"
    TX_TVA_ERR = "TX_TVA_ERR"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody acts: a code, and a text in that person's words (may be empty where a rule allows it)."""

    code: ReasonCode
    text: str = ""


def free_reason(text: str) -> Reason:
    """Return the reason of a client that sends only a text, as the Chorus Pro API does (`motif`)."""
    return Reason(code=ReasonCode.AUTRE, text=text)


class Need(StrEnum):
    """How much of a reason a transition asks for."""

    NOTHING = "nothing"
    REMARK = "remark"
    CODE = "code"
    CODE_AND_TEXT = "code-and-text"


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """Which reasons a transition takes.

    `blocked` are codes that users know from elsewhere and that get an explanation instead of a plain
    refusal: an amount error in works is corrected in the next document, never refused (A7, 2025-02-19).
    """

    name: str
    need: Need
    codes: frozenset[ReasonCode] = frozenset()
    blocked: frozenset[ReasonCode] = frozenset()

    @property
    def is_mandatory(self) -> bool:
        """Whether the transition is refused without a reason."""
        return self.need in {Need.CODE, Need.CODE_AND_TEXT}

    def codes_for(self, frame: Frame) -> frozenset[ReasonCode]:
        """Return the reasons that fit a frame: undeclared subcontractors concern validated frames only."""
        return self.codes if frame in VALIDATED else self.codes - _VALIDATED_ONLY


CORRECTING = frozenset({ReasonCode.SE_ERR, ReasonCode.EJ_ERR})
"""The State's two rejection reasons after which the supplier corrects as after a recycling (B2)."""

MISSING_DOCUMENTS = ReasonCode.JUSTIF_ABS
"""A rejection for this reason is a suspension: the supplier completes (DGFiP list of reasons)."""

_VALIDATED_ONLY = frozenset({ReasonCode.ST_CT_NON_DECLAR})
_ONLY_VALIDATORS = frozenset({ReasonCode.ERR_VALIDEUR, ReasonCode.AUT_MOTIF_ERR_VALIDEUR})
_GENERAL = frozenset(ReasonCode) - _ONLY_VALIDATORS
_AMOUNTS = frozenset({ReasonCode.MONTANT_ERR})

_RULES = (
    ReasonRule("nothing", Need.NOTHING),
    ReasonRule("remark", Need.REMARK, frozenset({ReasonCode.AUTRE})),
    ReasonRule("reject", Need.CODE_AND_TEXT, _GENERAL - {MISSING_DOCUMENTS}),
    ReasonRule(
        "correct",
        Need.CODE_AND_TEXT,
        CORRECTING
        | {
            ReasonCode.AUTRE,
            ReasonCode.CMD_EJ_ERR,
            ReasonCode.DEST_ERR,
            ReasonCode.ERREUR_DONNEE_EJ,
            ReasonCode.ROUTAGE_ERR,
        },
    ),
    ReasonRule(
        "suspend",
        Need.CODE_AND_TEXT,
        frozenset(
            {
                ReasonCode.AUTRE,
                ReasonCode.CMD_EJ_ERR,
                ReasonCode.COORD_BANC_ERR,
                ReasonCode.JUSTIF_ABS,
                ReasonCode.LIVR_INCOMP,
                ReasonCode.REF_CT_ABSENT,
            }
        ),
    ),
    ReasonRule("refuse-validation", Need.CODE_AND_TEXT, frozenset(ReasonCode) - {ReasonCode.ERR_VALIDEUR}),
    ReasonRule("wrong-validator", Need.CODE, frozenset({ReasonCode.ERR_VALIDEUR})),
    ReasonRule("refuse-works", Need.CODE_AND_TEXT, _GENERAL - _AMOUNTS, blocked=_AMOUNTS),
    ReasonRule("wrong-party", Need.CODE, frozenset({ReasonCode.DEST_ERR})),
)
REASON_RULES = {rule.name: rule for rule in _RULES}
"""Every rule by the name that the transition table uses."""


class ReasonFault(StrEnum):
    """What is wrong with a reason; the value is the stable code of the refusal."""

    MISSING = "reason-missing"
    TEXT_MISSING = "reason-text-missing"
    TOO_LONG = "reason-text-too-long"
    NOT_ALLOWED = "reason-not-allowed"
    AMOUNT_BLOCKED = "reason-amount-blocked"


def fault_of(rule: ReasonRule, reason: Reason | None, *, frame: Frame) -> ReasonFault | None:
    """Return the first thing that a rule holds against a reason for a frame, or None."""
    if reason is None:
        return ReasonFault.MISSING if rule.is_mandatory else None
    if len(reason.text) > REASON_TEXT_LIMIT:
        return ReasonFault.TOO_LONG
    if reason.code in rule.blocked:
        return ReasonFault.AMOUNT_BLOCKED
    if reason.code not in rule.codes_for(frame):
        return ReasonFault.NOT_ALLOWED
    if rule.need is Need.CODE_AND_TEXT and not reason.text.strip():
        return ReasonFault.TEXT_MISSING
    return None
