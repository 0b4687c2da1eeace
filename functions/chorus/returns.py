"""What an answer says of itself: `codeRetour` and `libelle`, with the HTTP status that goes with them.

One table. The rows marked `known` are those that public clients and the operator's own descriptions show;
the others are ours, in the same form, with numbers from 29000 on that no known answer has
(docs/reference/chorus-errors.md). A client finds a business refusal in an answer 200, where PISTE has it too,
because most clients raise on any other status before they read the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Final

from choriste.domain.shared.errors import ChoristeError
from choriste.i18n.catalogue import translate

ROOM: Final = "chorus"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `label` opens the `libelle`, `text` is its code in the catalogue, if it has one."""

    code: int
    label: str
    text: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    known: bool = False


class Return(Enum):
    """Everything that an answer can say; `Return.X.value` is its row."""

    DONE = Row(0, "TRA_MSG_00.000", known=True)
    TAKEN = Row(0, "GCU_MSG_01_000", known=True)
    NO_RESULT = Row(20000, "TRA_MSG_00.015", known=True)
    NO_WORKS_RESULT = Row(20007, "GFT_MSG_01.075", known=True)
    UNKNOWN_INVOICE = Row(20000, "GDP_MSG_11.008", "unknown-invoice", known=True)
    NOT_ENTITLED = Row(20001, "GDP_MSG_11.005", "not-entitled", known=True)
    FLOW_TOO_LARGE = Row(20001, "GDP_MSG_11.022", "flow-too-large", known=True)
    UNKNOWN_FLOW = Row(20001, "POQ_MSG_01.003", "unknown-flow", known=True)
    NOT_SUSPENDED = Row(20002, "GDP_MSG_11.033", "not-suspended", known=True)
    WRONG_STATUS = Row(20002, "CHO_MSG_01.002", "wrong-status", known=True)
    FILE_TOO_LARGE = Row(20003, "CHO_MSG_01.003", "file-too-large", known=True)
    STATE_FORBIDS = Row(29001, "GDP_MSG_11.001", "state-forbids", known=True)
    MISSING = Row(29002, "CHO_MSG_02.002", "missing", HTTPStatus.BAD_REQUEST)
    UNREADABLE = Row(29003, "CHO_MSG_02.003", "unreadable", HTTPStatus.BAD_REQUEST)
    NOT_LISTED = Row(29004, "CHO_MSG_02.004", "not-listed", HTTPStatus.BAD_REQUEST)
    TOO_LONG = Row(29005, "CHO_MSG_02.005", "too-long", HTTPStatus.BAD_REQUEST)
    NOT_JSON = Row(29006, "CHO_MSG_02.006", "not-json", HTTPStatus.BAD_REQUEST)
    SYNTAX_WITHDRAWN = Row(29007, "CHO_MSG_02.007", "syntax-withdrawn")
    UNKNOWN_STRUCTURE = Row(29010, "CHO_MSG_03.010", "unknown-structure")
    UNKNOWN_SERVICE = Row(29011, "CHO_MSG_03.011", "unknown-service")
    UNKNOWN_FILE = Row(29012, "CHO_MSG_03.012", "unknown-file")
    SEVERAL_STRUCTURES = Row(29013, "CHO_MSG_03.013", "several-structures")
    REFUSED = Row(29020, "CHO_MSG_04.020", "refused")
    NOT_ACCEPTED = Row(29021, "CHO_MSG_04.021", "not-accepted")
    TOTALS_DIFFER = Row(29022, "CHO_MSG_04.022", "totals-differ")
    CHANGED_MEANWHILE = Row(29023, "CHO_MSG_04.023", "changed-meanwhile")
    COMPLEMENT_MISSING = Row(29024, "CHO_MSG_04.024", "complement-missing")
    FORCED = Row(29030, "CHO_MSG_05.030", "forced")
    UNAUTHENTICATED = Row(29401, "CHO_MSG_09.401", "unauthenticated", HTTPStatus.UNAUTHORIZED)
    NO_OPERATION = Row(29404, "CHO_MSG_09.404", "no-operation", HTTPStatus.NOT_FOUND)
    WRONG_METHOD = Row(29405, "CHO_MSG_09.405", "wrong-method", HTTPStatus.METHOD_NOT_ALLOWED)
    DOWNLOAD_TOO_LARGE = Row(
        29413, "CHO_MSG_09.413", "download-too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
    PDF_TOO_LARGE = Row(29414, "CHO_MSG_09.414", "file-too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    WRONG_TYPE = Row(29415, "CHO_MSG_09.415", "wrong-type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    BUSY = Row(29503, "CHO_MSG_09.503", "busy", HTTPStatus.SERVICE_UNAVAILABLE)
    INCIDENT = Row(29500, "CHO_MSG_09.500", "incident", HTTPStatus.INTERNAL_SERVER_ERROR)


@dataclass(frozen=True, slots=True)
class Said:
    """A return with the values that fill its text."""

    what: Return
    values: Mapping[str, object] = field(default_factory=dict)

    def as_json(self, language: str) -> dict[str, object]:
        """Return `codeRetour` and `libelle`, in a language (`fr` or `en`)."""
        row = self.what.value
        if row.text is None:
            return {"codeRetour": row.code, "libelle": row.label}
        text = translate(ROOM, row.text, language, **self.values)
        return {"codeRetour": row.code, "libelle": f"{row.label} {text}"}


class ChorusRefusal(Exception):  # noqa: N818 - what the client is told, not what went wrong here
    """A request that is refused with one of the returns."""

    def __init__(self, what: Return, /, **values: object) -> None:
        super().__init__(what)
        self.said = Said(what, values)


BY_ERROR: Final[Mapping[str, Return]] = {
    "unauthenticated": Return.UNAUTHENTICATED,
    "forbidden": Return.NOT_ENTITLED,
    "stale-version": Return.CHANGED_MEANWHILE,
    "stale-record": Return.CHANGED_MEANWHILE,
    "busy": Return.BUSY,
    "too-large": Return.FILE_TOO_LARGE,
    "complement-missing": Return.COMPLEMENT_MISSING,
    "draft-closed": Return.STATE_FORBIDS,
}
"""The return of each error of the platform that has one of its own, by code; others are `NOT_ACCEPTED`."""

BY_KIND: Final[Mapping[str, Return]] = {
    "invoice": Return.UNKNOWN_INVOICE,
    "flow": Return.UNKNOWN_FLOW,
    "structure": Return.UNKNOWN_STRUCTURE,
}
"""The return for what does not exist, or what the caller may not know of, by its kind."""


def return_of(error: ChoristeError) -> Return:
    """Return what an error of the platform is called here."""
    if error.code == "not-found":
        return BY_KIND.get(str(error.parameters.get("kind")), Return.UNKNOWN_FILE)
    if error.code.startswith("transition-"):
        return Return.WRONG_STATUS
    return BY_ERROR.get(error.code, Return.NOT_ACCEPTED)
