"""Every status in the two other languages it travels in: EDI status flows and the B2B reform.

EDI: CPPStatutPivot V1_19, `IdStatut` (01 to 12 are named there); 13 to 18 and 32 are numbers of the
State's mapping to the reform (reform.md 3), 37 of one reading of annex V4.20. Reform: *Chorus Pro v1.1*
mapping (reform.md 3). Works documents stay on the legacy channels and have no reform code.
"""

from __future__ import annotations

from choriste.domain.lifecycle.frames import WORKS, Frame
from choriste.domain.lifecycle.reasons import ReasonCode
from choriste.domain.lifecycle.statuses import Status

EDI_CODES: dict[Status, str] = {
    Status.DEPOSEE: "01",
    Status.EN_COURS_ACHEMINEMENT: "02",
    Status.MISE_A_DISPOSITION: "03",
    Status.A_RECYCLER: "04",
    Status.REJETEE: "05",
    Status.SUSPENDUE: "06",
    Status.SERVICE_FAIT: "07",
    Status.MANDATEE: "08",
    Status.MISE_A_DISPOSITION_COMPTABLE: "09",
    Status.COMPTABILISEE: "10",
    Status.MISE_EN_PAIEMENT: "11",
    Status.COMPLETEE: "12",
    Status.VALIDEE_1: "13",
    Status.REFUSEE_1: "14",
    Status.REFUSEE_2: "17",
    Status.VALIDEE_2: "18",
    Status.NON_CONFORME: "37",
}
"""What we write. Statuses that are absent travel in no status flow."""

_EDI_ALSO_READ = {"32": Status.COMPLETEE}
_STATUS_OF_EDI = {code: status for status, code in EDI_CODES.items()} | _EDI_ALSO_READ


def edi_code(status: Status) -> str | None:
    """Return the two-digit EDI code of a status, or None where the official list names none."""
    return EDI_CODES.get(status)


def status_of_edi(code: str) -> Status | None:
    """Return the status of an EDI code (`1`, `01` …), or None for an unnamed one."""
    return _STATUS_OF_EDI.get(code.strip().zfill(2))


REFORM_CODES: dict[Status, str] = {
    Status.DEPOSEE: "202",
    Status.MISE_A_DISPOSITION: "203",
    Status.A_RECYCLER: "210",
    Status.REJETEE: "210",
    Status.SUSPENDUE: "208",
    Status.COMPLETEE: "209",
    Status.SERVICE_FAIT: "204",
    Status.MANDATEE: "204",
    Status.MISE_A_DISPOSITION_COMPTABLE: "204",
    Status.COMPTABILISEE: "204",
    Status.MISE_EN_PAIEMENT: "211",
    Status.VALIDEE_1: "214",
    Status.ABSENCE_VALIDATION_1_HORS_DELAI: "214",
    Status.REFUSEE_1: "210",
    Status.NON_CONFORME: "213",
}
"""What a buyer's platform sends for an ordinary or a co-contractor's invoice (*A12*: 214, 210)."""

_SUBCONTRACTOR_CODES: dict[Status, str] = {
    Status.VALIDEE_1: "205",
    Status.VALIDEE_2: "205",
    Status.ABSENCE_VALIDATION_1_HORS_DELAI: "205",
    Status.ABSENCE_VALIDATION_2_HORS_DELAI: "205",
    Status.REFUSEE_1: "206",
    Status.REFUSEE_2: "206",
}
"""What *A9* sends instead. A tacit validation is sent as a validation (deduced)."""

EMITTER_CODE = "200"
"""The reform's code of DEPOSEE when this platform is the sender's: then 202 is the other platform's."""


def reform_code(status: Status, *, frame: Frame) -> str | None:
    """Return the reform's code of a status for a frame, or None where no lifecycle message is due."""
    if frame in WORKS:
        return None
    if frame is Frame.A9 and status in _SUBCONTRACTOR_CODES:
        return _SUBCONTRACTOR_CODES[status]
    return REFORM_CODES.get(status)


def statuses_of_reform(code: str, *, frame: Frame) -> tuple[Status, ...]:
    """Return the statuses that a reform code may stand for, the likeliest first.

    227 (change of account to pay) is shown to a public buyer as a completion (reform.md 3).
    """
    if code == "227":
        return (Status.COMPLETEE,)
    if code == EMITTER_CODE:
        return (Status.DEPOSEE,)
    found = (status for status in _REFORM_PREFERENCE if reform_code(status, frame=frame) == code)
    return tuple(found)


_REFORM_PREFERENCE = (
    Status.REJETEE,
    *(status for status in Status if status is not Status.REJETEE),
)

_REFORM_REASONS: dict[ReasonCode, str] = {
    ReasonCode.AUT_MOTIF_ERR_VALIDEUR: "DEST_ERR",
    ReasonCode.CREANCIER_ERR: "DEST_ERR",
    ReasonCode.ERR_VALIDEUR: "DEST_ERR",
    ReasonCode.SE_ERR: "DEST_ERR",
    ReasonCode.RETRAIT_MAN_SERV: "AUTRE",
    ReasonCode.SUPPR_MASSE: "AUTRE",
    ReasonCode.ERREUR_DONNEE_EJ: "CMD_ERR",
    ReasonCode.EJ_ERR: "CMD_ERR",
    ReasonCode.CMD_EJ_ERR: "CMD_ERR",
    ReasonCode.HONORER_LA_COMMANDE: "LIVR_INCOMP",
    ReasonCode.MARCHE_TERM: "CONTRAT_TERM",
    ReasonCode.MONTANT_ERR: "MONTANTTOTAL_ERR",
}


def _codes(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


REFORM_REASONS: dict[str, frozenset[str]] = {
    "210": _codes(
        "TX_TVA_ERR MONTANTTOTAL_ERR CALCUL_ERR NON_CONFORME DOUBLON DEST_ERR TRANSAC_INC EMMET_INC",
        "CONTRAT_TERM DOUBLE_FACT CMD_ERR ADR_ERR REF_CT_ABSENT",
        "RETRAIT_MAN_SERV ST_CT_NON_DECLAR SUPPR_COMP_AVOIR TRANSF_PMNT_REGIE CONTACT_ACHTR AUTRE",
        "COORD_BANC_ERR LIVR_INCOMP ROUTAGE_ERR CODE_ROUTAGE_ERR FACT_NON_CONFORME",
    ),
    "208": _codes("JUSTIF_ABS COORD_BANC_ERR CMD_ERR SIRET_ERR CODE_ROUTAGE_ERR REF_CT_ABSENT REF_ERR"),
    "206": _codes(
        "AUTRE CMD_ERR SIRET_ERR CODE_ROUTAGE_ERR REF_CT_ABSENT REF_ERR PU_ERR REM_ERR QTE_ERR ART_ERR",
        "MODPAI_ERR QUALITE_ERR LIVR_INCOMP",
    ),
}
"""The reasons that each status takes (MDT-113, reform.md 2.3), FACT_NON_CONFORME accepted beside them."""

_S6_REASONS = frozenset({"DEST_ERR", "ROUTAGE_ERR", "CODE_ROUTAGE_ERR"})
_FALLBACKS = {"210": "AUTRE", "208": "JUSTIF_ABS", "206": "AUTRE"}


def reform_reason(reason: ReasonCode, *, status: str, frame: Frame) -> str | None:
    """Return the reform's code of a reason under a reform status, or None where none is sent.

    A co-contractor's refused invoice (S6) takes three reasons only (G7.39). A reason that the status
    does not take falls back on the one that says least; the text always travels beside it.
    """
    if status not in REFORM_REASONS:
        return None
    code = _REFORM_REASONS.get(reason, reason.value)
    if status == "210" and frame is Frame.A12:
        return code if code in _S6_REASONS else "DEST_ERR"
    return code if code in REFORM_REASONS[status] else _FALLBACKS[status]


def reasons_of_reform(code: str) -> tuple[ReasonCode, ...]:
    """Return the reasons that a reform code may stand for: the one of the same name first."""
    same = tuple(reason for reason in ReasonCode if reason.value == code)
    mapped = tuple(reason for reason, reform in _REFORM_REASONS.items() if reform == code)
    return same + mapped
