"""`consulterCR` and `consulterCRDetaille`: what became of a deposited file; and the health check."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from choriste.application.deposits.read_report import IntegrationReport, read_report
from choriste.application.printouts.request_printout import printout_content, request_flow_printout
from choriste.domain.access.user import Language
from choriste.domain.deposits.flow import Document, Flow, Outcome
from choriste.domain.exchange.names import CODE, FlowName, read_name
from choriste.domain.parties.structure import StructureId
from choriste.domain.printouts.printout import PrintoutKind
from choriste.domain.shared.findings import Finding, Severity
from choriste.domain.shared.ids import FlowId
from choriste.runtime.observability import logger
from functions.chorus.codes import INTERFACES, FlowSyntax, state_code
from functions.chorus.operation import Call, Operation, Rows, moment_text
from functions.chorus.reading import Field, day, one_of, required, text

_APPLICATION: Final = "CPP001"
_ASKS: Final = {
    "flow": required("numeroFluxDepot", text(50)),
    "syntax": Field("syntaxeFlux", one_of(FlowSyntax)),
    "deposited": Field("dateDepot", day),
}


@dataclass(frozen=True, slots=True)
class _Report:
    call: Call
    found: IntegrationReport

    @property
    def flow(self) -> Flow:
        return self.found.flow

    @property
    def interface(self) -> str | None:
        """The EDI interface: as the name of a partner's file says, else what a document turned out to be."""
        if self.partner is not None:
            return self.partner.interface
        return next((INTERFACES[d.syntax] for d in self.found.documents if d.syntax in INTERFACES), None)

    @property
    def partner(self) -> FlowName | None:
        """What the name of a file says that a partner dropped."""
        if CODE.fullmatch(self.flow.account) is None:
            return None
        name = read_name(self.flow.filename, code=self.flow.account)
        return name if isinstance(name, FlowName) else None

    @property
    def application(self) -> str:
        """The application code of the partner, the platform's own for what came another way."""
        return self.flow.account if self.partner is not None else _APPLICATION

    @property
    def depositor(self) -> str | None:
        structure = self.call.ports.directory.structure(StructureId(self.flow.depositor))
        return structure.name if structure is not None else None

    @property
    def pdf(self) -> str | None:
        """The integration report to print, once it is complete; left out where it cannot be made now.

        What became of the file is known without it, and is what a client asks for again and again.
        """
        if not self.flow.state.is_final:
            return None
        try:
            return self._printed()
        except Exception:  # noqa: BLE001 - whatever fails in making it, the answer stands without it
            logger.exception("integration report not printed", extra={"flow_id": self.flow.id})
            return None

    def _printed(self) -> str:
        made = request_flow_printout(
            self.call.ports,
            self.call.principal,
            flow_id=self.flow.id,
            kind=PrintoutKind.INTEGRATION_REPORT,
            language=Language(self.call.language),
        )
        return base64.b64encode(printout_content(self.call.ports, made)).decode()

    @property
    def refused(self) -> Iterator[_Refusal]:
        """Each fault of each document that was refused."""
        for document in self.found.documents:
            if document.outcome is Outcome.REFUSED:
                for finding in document.findings:
                    if finding.severity is Severity.FATAL:
                        yield _Refusal(self, document, finding)

    @property
    def technical(self) -> Iterator[_Fault]:
        """What is wrong with the file as a whole."""
        return (_Fault(each, self.call.language) for each in self.flow.all_findings)


@dataclass(frozen=True, slots=True)
class _Fault:
    finding: Finding
    language: str

    @property
    def sentence(self) -> str:
        return self.finding.message.in_language(self.language)


@dataclass(frozen=True, slots=True)
class _Refusal:
    report: _Report
    document: Document
    finding: Finding

    @property
    def sentence(self) -> str:
        """The broken rule and what to do about it."""
        return f"{self.finding.rule} : {self.finding.message.in_language(self.report.call.language)}"


def _read(call: Call) -> _Report:
    return _Report(call, read_report(call.ports, call.principal, FlowId(call["flow"])))


REPORTS: Final = (
    Operation(
        path="transverses/v1/consulterCR",
        name="consulterCompteRendu",
        act=_read,
        asks=_ASKS,
        tells={
            "numeroFluxDepot": lambda report: report.flow.id,
            "etatCourantFlux": lambda report: state_code(report.flow),
            "dateDepotFlux": lambda report: moment_text(report.flow.received_at),
            "dateHeureEtatCourantFlux": lambda report: moment_text(
                report.flow.state_at or report.flow.received_at
            ),
            "fichierCR": lambda report: report.pdf,
            "nomFichierFlux": lambda report: report.flow.filename,
            "codeAppliPartenaire": lambda report: report.application,
            "codeInterfaceFlux": lambda report: report.interface,
            "designationPartenaire": lambda report: report.depositor,
        },
    ),
    Operation(
        path="transverses/v1/consulterCRDetaille",
        name="consulterCompteRenduDetaille",
        act=_read,
        asks=_ASKS,
        tells={
            "numeroFluxDepot": lambda report: report.flow.id,
            "etatCourantDepotFlux": lambda report: state_code(report.flow),
            "dateDepotFlux": lambda report: moment_text(report.flow.received_at),
            "dateHeureEtatCourantFlux": lambda report: moment_text(
                report.flow.state_at or report.flow.received_at
            ),
            "nomFichier": lambda report: report.flow.filename,
            "codeInterfaceDepotFlux": lambda report: report.interface,
            "listeErreurDP": Rows(
                lambda report: report.refused,
                {
                    "numeroDP": lambda refusal: refusal.document.number,
                    "libelleErreurDP": lambda refusal: refusal.sentence,
                },
            ),
            "listeErreurTechnique": Rows(
                lambda report: report.technical,
                {
                    "codeErreur": lambda fault: fault.finding.rule,
                    "libelleErreur": lambda fault: fault.sentence,
                    "natureErreur": lambda fault: fault.finding.severity.name,
                },
            ),
        },
    ),
    Operation(
        path="transverses/v1/health-check",
        name="healthCheck",
        method="GET",
        act=lambda call: call,
        tells={"body": lambda _: "OK", "statusCode": lambda _: "OK", "statusCodeValue": lambda _: 200},
        bare=True,
    ),
)
