"""Tell partners what became of an invoice: its statuses to both sides, the invoice itself to its recipient.

The change that is announced says only where to look: each file tells all that a partner was not told yet, in
order. So an event that comes late, twice or in another order loses nothing and repeats nothing.
Source: docs/reference/exchange.md#what-is-sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from choriste.application.exchange.partner_rights import principal_of_partner
from choriste.application.exchange.ports import ExchangePorts
from choriste.application.exchange.report_flow import report_flow
from choriste.application.exchange.send_file import send_file
from choriste.application.invoices.access import may_see
from choriste.application.invoices.download_invoices import Download, DownloadForm, pivot_of
from choriste.domain.exchange.names import Interface
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.exchange.selection import deliveries_of, statuses_for
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.formats.pivot import write_statuses


def tell_partners(ports: ExchangePorts, invoice_id: InvoiceId, version: int) -> int:
    """Send what the partners of an invoice's parties were not told yet, and return how many files went out.

    Raises the failures as one group once everybody else was told.
    """
    found = ports.invoices.with_change(invoice_id, version)
    if found is None or found[1].is_act:
        return 0
    head = found[0]
    sent, failures = 0, []
    history: tuple[StatusChange, ...] | None = None
    for partner in _concerned(ports, head):
        history = ports.invoices.history(invoice_id) if history is None else history
        for tell in (_report, _deliver, _tell_statuses):
            try:
                sent += tell(ports, partner, head, history)
            except Exception as error:  # noqa: BLE001 - one outbox must not keep the news from the others
                failures.append(error)
    if failures:
        raise ExceptionGroup("files that could not be sent", failures)
    return sent


def _concerned(ports: ExchangePorts, head: InvoiceHead) -> Iterator[Partner]:
    """Yield the open partners of the supplier, the depositor and the recipient who may see the invoice."""
    parties = {head.supplier.structure, head.depositor, head.recipient.structure}
    for structure in sorted(each for each in parties if each is not None):
        for partner in ports.partners.of_structure(StructureId(structure)):
            if partner.active and may_see(principal_of_partner(ports, partner), head):
                yield partner


def _report(
    ports: ExchangePorts, partner: Partner, head: InvoiceHead, history: tuple[StatusChange, ...]
) -> bool:
    """Send the report on the flow that brought the invoice, if the intake could not."""
    del history  # the flow says it all
    return partner.code == head.account and report_flow(ports, head.flow_id)


def _deliver(
    ports: ExchangePorts, partner: Partner, head: InvoiceHead, history: tuple[StatusChange, ...]
) -> bool:
    deliveries = deliveries_of(history)
    if not (partner.pivots and deliveries and head.recipient.structure == partner.structure):
        return False
    return send_file(
        ports,
        partner,
        f"pivot#{head.id}",
        interface=Interface.PIVOT,
        last=deliveries[-1].version,
        render=partial(_pivot, ports, partner, head),
    )


def _pivot(ports: ExchangePorts, partner: Partner, head: InvoiceHead, dispatch: Dispatch) -> bytes:
    wanted = Download(form=DownloadForm.PIVOT, receiver=partner.code)
    return pivot_of(
        ports,
        principal_of_partner(ports, partner),
        [head],
        wanted,
        flow=dispatch.number,
        at=dispatch.begun_at,
    )


def _tell_statuses(
    ports: ExchangePorts, partner: Partner, head: InvoiceHead, history: tuple[StatusChange, ...]
) -> bool:
    told = statuses_for(partner, head, history)
    if not (partner.statuses and told):
        return False
    return send_file(
        ports,
        partner,
        f"statuses#{head.id}",
        interface=Interface.LIFECYCLE,
        last=told[-1].version,
        render=partial(_statuses, head, told),
    )


def _statuses(head: InvoiceHead, told: tuple[StatusChange, ...], dispatch: Dispatch) -> bytes:
    changes = [change for change in told if dispatch.first <= change.version <= dispatch.last]
    return write_statuses(
        head, changes, flow=dispatch.number, receiver=dispatch.partner, at=dispatch.begun_at
    )
