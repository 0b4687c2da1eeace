"""Tell a partner what became of a file that it dropped: first that it came, then its integration report.

Both are status flows of the interface `CSO`, with the digits of the file's own, and name its number.
Source: docs/reference/exchange.md#reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from choriste.application.exchange.ports import ExchangePorts
from choriste.application.exchange.send_file import send_file
from choriste.domain.deposits.flow import Channel, Document, Flow, FlowState, Outcome
from choriste.domain.exchange.names import CODE, FlowName, read_name, report_interface
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.shared.findings import Finding, Severity
from choriste.domain.shared.ids import FlowId
from choriste.formats.pivot import Fault, FlowReport, FlowStatus, write_flow_report
from choriste.i18n.catalogue import translate

FAULTS_A_DOCUMENT: Final = 20
"""The most faults of one document that a report lists; all of them are in the report of the platform."""

_ROOM: Final = "exchange"


def acknowledge_flow(ports: ExchangePorts, flow: Flow) -> bool:
    """Tell a partner that its file came, unless it was refused at once: then its report says so."""
    known = _partner_of(ports, flow)
    if known is None or flow.documents == 0:
        return False
    return _send(ports, *known, subject=f"ack#{flow.id}", flow=flow, documents=())


def report_flow(ports: ExchangePorts, flow_id: FlowId) -> bool:
    """Tell a partner what became of its file, once that is settled; say whether a report went out now."""
    flow = ports.flows.get(flow_id)
    known = _partner_of(ports, flow) if flow is not None and flow.state.is_final else None
    if flow is None or known is None:
        return False
    partner, name = known
    subject = f"report#{flow.id}"
    if (sent := ports.dispatches.latest(partner.code, subject)) is not None and sent.sent_at is not None:
        return False
    if flow.documents:  # a small file may be settled before whoever took it in has said so
        _send(ports, partner, name, subject=f"ack#{flow.id}", flow=flow, documents=())
    return _send(ports, partner, name, subject=subject, flow=flow, documents=ports.flows.documents(flow.id))


def _partner_of(ports: ExchangePorts, flow: Flow) -> tuple[Partner, FlowName] | None:
    """Return the partner that dropped a file, and the name of it; None for other files.

    A file with a name that says nothing has no number by which its sender would know a report of it.
    """
    if flow.channel is not Channel.S3 or CODE.fullmatch(flow.account) is None:
        return None
    partner = ports.accounts.partner(flow.account)
    if partner is None:
        return None
    name = read_name(flow.filename, code=partner.code)
    return (partner, name) if isinstance(name, FlowName) else None


def _send(  # noqa: PLR0913 - to whom, about which file, and what is in it
    ports: ExchangePorts,
    partner: Partner,
    name: FlowName,
    *,
    subject: str,
    flow: Flow,
    documents: tuple[Document, ...],
) -> bool:
    ack = ports.dispatches.latest(partner.code, f"ack#{flow.id}")
    return send_file(
        ports,
        partner,
        subject,
        interface=report_interface(name.interface),
        last=1,
        floor=ack.number if ack is not None else None,
        render=partial(_render, ports, name, flow, documents),
    )


def _render(
    ports: ExchangePorts, name: FlowName, flow: Flow, documents: tuple[Document, ...], dispatch: Dispatch
) -> bytes:
    report = _report(ports, name, flow, documents, dispatch)
    return write_flow_report(report, flow=dispatch.number, receiver=dispatch.partner)


def _report(
    ports: ExchangePorts, name: FlowName, flow: Flow, documents: tuple[Document, ...], dispatch: Dispatch
) -> FlowReport:
    status = FlowStatus.RECEIVED if dispatch.subject.startswith("ack#") else _status(flow)
    comment = translate(
        _ROOM,
        f"report.{status.value}",
        "fr",
        accepted=len(flow.accepted),
        refused=len(flow.refused),
        address=f"{ports.base_url}/flows/{flow.id}",
    )
    faults = tuple(_faults(flow, documents)) if status is not FlowStatus.RECEIVED else ()
    return FlowReport(flow=name.number, status=status, at=dispatch.begun_at, comment=comment, faults=faults)


def _status(flow: Flow) -> FlowStatus:
    if flow.documents == 0:
        return FlowStatus.NOT_RECEIVED
    return {
        FlowState.INTEGRATED: FlowStatus.INTEGRATED,
        FlowState.PARTLY_INTEGRATED: FlowStatus.PARTLY_INTEGRATED,
    }.get(flow.state, FlowStatus.REFUSED)


def _faults(flow: Flow, documents: tuple[Document, ...]) -> Iterator[Fault]:
    for finding in flow.all_findings:
        yield _fault("TECHNIQUE", finding, None)
    for document in documents:
        if document.outcome is Outcome.REFUSED:
            fatal = [each for each in document.findings if each.severity is Severity.FATAL]
            for finding in fatal[:FAULTS_A_DOCUMENT]:
                yield _fault("FONCTIONNELLE", finding, document.number or document.filename)


def _fault(nature: str, finding: Finding, place: str | None) -> Fault:
    return Fault(nature=nature, code=finding.rule, label=finding.message.fr, place=place)
