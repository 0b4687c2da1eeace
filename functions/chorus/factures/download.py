"""`telecharger/groupe` and `telecharger/pieceJointe`: invoices as a pivot flow, or as PDFs."""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import Final

from choriste.application.invoices.download_invoices import Download, DownloadForm, download_invoices
from choriste.domain.shared.ids import InvoiceId
from functions.chorus.operation import Call, Operation
from functions.chorus.reading import Field, each, flag, group, number, one_of, required
from functions.chorus.returns import Return

MAX_ANSWER_BYTES: Final = 4_300_000
"""What an answer of a function carries once it is in base64: 6 MB (AWS Lambda quotas)."""


class Format(StrEnum):
    """`format` of a download; the official text says XML, PDF or ZIP, clients send PIVOT and PDF."""

    PIVOT = "PIVOT"
    XML = "XML"
    PDF = "PDF"
    ZIP = "ZIP"


class AttachmentObject(StrEnum):
    """`objetPieceJointe`: what a file belongs to; others than payment requests hold none here."""

    DEMAND = "DEMANDE_PAIEMENT"


def _download(call: Call) -> str:
    form = DownloadForm.PIVOT if call["format"] in {Format.PIVOT, Format.XML} else DownloadForm.PDF
    wanted = Download(form=form, attachments=call["attachments"] is not False, limit=MAX_ANSWER_BYTES)
    invoices = [InvoiceId(row["invoice"]) for row in call["invoices"]]
    return base64.b64encode(download_invoices(call.ports, call.principal, invoices, wanted)).decode()


def _asks(within: str = "") -> dict[str, Field]:
    return {
        "format": required(f"{within}format", one_of(Format)),
        "attachments": Field(f"{within}avecPiecesJointesComplementaires", flag),
        "invoices": required(
            f"{within}listeFacture", each(group({"invoice": required("idFacture", number)}))
        ),
    }


DOWNLOADS: Final = (
    Operation(
        path="factures/v1/telecharger/groupe",
        name="telechargerGroupeFacture",
        act=_download,
        asks=_asks(),
        tells={"fichierResultat": lambda packed: packed},
        renames={Return.FILE_TOO_LARGE: Return.DOWNLOAD_TOO_LARGE},
    ),
    Operation(
        path="transverses/v1/telecharger/pieceJointe",
        name="telechargerPieceJointe",
        act=_download,
        asks={
            "object": required("objetPieceJointe", one_of(AttachmentObject)),
            **_asks("demandePaiement."),
        },
        tells={"pieceJointe": lambda packed: packed},
        renames={Return.FILE_TOO_LARGE: Return.DOWNLOAD_TOO_LARGE},
    ),
)
