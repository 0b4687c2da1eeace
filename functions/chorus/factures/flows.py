"""`deposer/flux`: a file comes in. What becomes of it, `consulterCR` tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.domain.deposits.flow import Channel, Flow
from functions.chorus.accounts import structure_of
from functions.chorus.codes import LIVE_SYNTAXES, FlowSyntax
from functions.chorus.operation import Call, Operation, date_text
from functions.chorus.reading import Field, file_of, flag, one_of, required, text
from functions.chorus.returns import ChorusRefusal, Return

MAX_FLOW_BYTES: Final = 10 * 1024 * 1024
NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class _Deposited:
    flow: Flow
    syntax: FlowSyntax


def _deposit(call: Call) -> _Deposited:
    syntax: FlowSyntax = call["syntax"]
    if syntax not in LIVE_SYNTAXES:
        raise ChorusRefusal(Return.SYNTAX_WITHDRAWN, found=syntax.value, expected=", ".join(LIVE_SYNTAXES))
    receipt = receive_deposit(
        call.ports,
        call.principal,
        structure=structure_of(call, field="cpro-account"),
        filename=call["filename"],
        content=call["content"],
        channel=Channel.CHORUS,
    )
    return _Deposited(receipt.flow, syntax)


FLOWS: Final = (
    Operation(
        path="factures/v1/deposer/flux",
        name="deposerFluxFacture",
        act=_deposit,
        asks={
            "content": required("fichierFlux", file_of(MAX_FLOW_BYTES, over=Return.FLOW_TOO_LARGE)),
            "filename": required("nomFichier", text(NAME_LIMIT)),
            "syntax": required("syntaxeFlux", one_of(FlowSyntax)),
            # the signature stays in the archived original, whatever the request says of it
            "signed": Field("avecSignature", flag),
        },
        tells={
            "numeroFluxDepot": lambda done: done.flow.id,
            "dateDepot": lambda done: date_text(done.flow.received_at),
            "syntaxeFlux": lambda done: done.syntax,
        },
        done=Return.TAKEN,
    ),
)
