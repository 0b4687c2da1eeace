"""The codes that Chorus Pro clients write and read, beside ours: one table for each list.

Lists that a use case knows by the same words (statuses, frames, identifier kinds) are those of the domain.
Source: docs/reference/chorus-pro.md#codes, and the published descriptions of the API.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from choriste.domain.deposits.flow import Channel, Flow, FlowState
from choriste.domain.invoice.reading import Syntax


class FlowSyntax(StrEnum):
    """`syntaxeFlux`: how a deposited file is written."""

    E1_UBL = "IN_DP_E1_UBL_INVOICE"
    E1_CII = "IN_DP_E1_CII"
    E1_CII_16B = "IN_DP_E1_CII_16B"
    E1_PES = "IN_DP_E1_PES_FACTURE"
    E1_XCBL = "IN_DP_E1_XCBL"
    E2_UBL_MIN = "IN_DP_E2_UBL_INVOICE_MIN"
    E2_CII_MIN = "IN_DP_E2_CII_MIN"
    E2_CII_MIN_16B = "IN_DP_E2_CII_MIN_16B"
    E2_PES_MIN = "IN_DP_E2_PES_FACTURE_MIN"
    E2_CPP_MIN = "IN_DP_E2_CPP_FACTURE_MIN"
    E2_FACTURX = "IN_DP_E2_CII_FACTURX"
    PDF_UBL = "IN_DP_PDFARCHIVE_UBL_INVOICE_MUG"
    PDF_CII = "IN_DP_PDFARCHIVE_CII_MUG"
    E3_UBL = "IN_DP_E3_UBL_INVOICE"


LIVE_SYNTAXES: Final = (
    FlowSyntax.E1_UBL,
    FlowSyntax.E1_CII_16B,
    FlowSyntax.E2_UBL_MIN,
    FlowSyntax.E2_CII_MIN,
    FlowSyntax.E2_CII_MIN_16B,
    FlowSyntax.E2_CPP_MIN,
    FlowSyntax.E2_FACTURX,
)
"""The syntaxes that are open to deposits; the others were withdrawn, or were never public."""

FLOW_FORMATS: Final = ("IN_DP_E1_STRUCT", "IN_DP_E2_MIXTE", "IN_DP_E2_FACTURX")

INTERFACES: Final = {
    Syntax.UBL_INVOICE: "FSO1100A",
    Syntax.UBL_CREDIT_NOTE: "FSO1100A",
    Syntax.CII: "FSO1106A",
    Syntax.FACTURX: "FSO1117A",
}
"""`codeInterfaceFlux`: the EDI interface of what a file turned out to be."""

JUST_DEPOSITED: Final = "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
"""The state of a flow that nothing has looked at yet."""

DEPOSIT_MODES: Final = {
    Channel.API: "UPLOAD_API",
    Channel.UPLOAD: "UPLOAD_API",
    Channel.S3: "EDI",
    Channel.CONSOLE: "UPLOAD_PORTAIL",
    Channel.CHORUS: "UPLOAD_API",
    Channel.CHORUS_ENTRY: "SAISIE_API",
}
"""`modeDepot` of an invoice, by the channel that it came by."""


def state_code(flow: Flow) -> str:
    """Return the state of a flow as clients poll it.

    IN_RECU and IN_TRAITE_SE_CPP are never among them: a client takes these two for success, while the flow
    may still be refused.
    """
    return JUST_DEPOSITED if flow.state is FlowState.WAITING else flow.state.value
