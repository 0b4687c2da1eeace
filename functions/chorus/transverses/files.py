"""Files that are sent before the invoice they belong to."""

from __future__ import annotations

from typing import Final

from choriste.application.invoices.attach_file import MAX_ATTACHMENT_BYTES
from choriste.application.invoices.keep_piece import forget_piece, keep_piece
from functions.chorus.operation import Call, Operation
from functions.chorus.reading import Field, file_of, number, required, text
from functions.chorus.returns import Return


def _add(call: Call) -> int:
    return keep_piece(call.ports, call.principal, filename=_filename(call), content=call["content"])


def _filename(call: Call) -> str:
    """Return the name with its extension, which some clients send apart."""
    name, extension = str(call["name"]), str(call["extension"] or "").lstrip(".")
    has_one = "." in name and len(name.rpartition(".")[2]) <= 5  # noqa: PLR2004 - the longest is XHTML
    return name if has_one or not extension else f"{name}.{extension}"


def _remove(call: Call) -> int:
    forget_piece(call.ports, call.principal, call["piece"])
    return int(call["piece"])


FILES: Final = (
    Operation(
        path="transverses/v1/ajouter/fichier",
        name="ajouterPieceJointe",
        act=_add,
        asks={
            "content": required(
                "pieceJointeFichier", file_of(MAX_ATTACHMENT_BYTES, over=Return.FILE_TOO_LARGE)
            ),
            "name": required("pieceJointeNom", text(200)),
            "extension": Field("pieceJointeExtension", text(10)),
            "mime_type": Field("pieceJointeTypeMime", text(255)),
        },
        tells={"pieceJointeId": lambda piece: piece},
    ),
    Operation(
        path="transverses/v1/detacherPieceJointe",
        name="detacherPieceJointe",
        act=_remove,
        asks={"piece": required("pieceJointeId", number)},
        tells={"pieceJointeId": lambda piece: piece},
    ),
)
