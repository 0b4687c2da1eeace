"""Files to and from partners: reports, statuses both ways, pivots, replays, order, and failed writes."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from choriste.application.deposits.open_flow import resume_flow
from choriste.application.exchange.partners import PartnerSettings, register_partner
from choriste.application.exchange.tell_partners import tell_partners
from choriste.application.invoices.treat_invoice import Treatment, treat_invoice
from choriste.application.parties.decide_mandate import accept_mandate
from choriste.application.parties.give_mandate import give_mandate
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import FlowState
from choriste.domain.lifecycle import Status
from choriste.domain.lifecycle.reasons import free_reason
from choriste.domain.parties.structure import StructureId
from choriste.domain.tracking.head import InvoiceHead
from tests.builders.exchange import (
    SUPPLIER_CODE,
    TOWN_CODE,
    Exchange,
    check_schema,
    name,
    number,
    statuses_in,
)
from tests.builders.identity import a_company, a_manager
from tests.builders.invoices import BUYER_SIRET, SELLER_SIRET, a_cii
from tests.builders.ports import SUPPLIER, accountant, supplier
from tests.fakes.flows import MemoryFlows

CII = "FSO1106A"
HOLDER = StructureId("3001")


def _status(head: InvoiceHead, code: str, comment: str = "") -> bytes:
    said = f"<Commentaire>{comment}</Commentaire>" if comment else ""
    return (
        "<CPPStatut><CPPFactureStatuts><CPPFactureStatutUnitaire>"
        f"<Fournisseur><Identifiant>{SELLER_SIRET}</Identifiant></Fournisseur>"
        f"<Debiteur><Identifiant>{BUYER_SIRET}</Identifiant></Debiteur>"
        f"<DonneesStatut><IdStatut>{code}</IdStatut>{said}<IdFacture>{head.number}</IdFacture>"
        f"<DateFacture>{head.issue_date}</DateFacture><IdMandatDP>M-7</IdMandatDP></DonneesStatut>"
        "</CPPFactureStatutUnitaire></CPPFactureStatuts></CPPStatut>"
    ).encode()


def _an_invoice(exchange: Exchange, number_: str = "F-1", sequence: int = 1) -> InvoiceHead:
    receipt = exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, CII, sequence), a_cii(number=number_))
    return _head(exchange, receipt.flow.id)


def _head(exchange: Exchange, flow: Any) -> InvoiceHead:
    document = exchange.bench.ports.flows.document(flow, 1)
    assert document is not None
    head = exchange.bench.ports.invoices.get(document.invoice_id)
    assert head is not None
    return head


def _told(exchange: Exchange, code: str) -> list[tuple[str, list[str]]]:
    """Return the interface and the statuses of each file that a partner got, in order; all fit the schema."""
    found = exchange.fetched(code)
    for content in found.values():
        check_schema(content)
    return [(file[:8], statuses_in(content)) for file, content in found.items()]


def test_invoice_goes_round_both_partners_in_official_files() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)

    exchange.hear()

    assert _told(exchange, SUPPLIER_CODE) == [
        ("CSO1106A", ["90"]),
        ("CSO1106A", ["92"]),
        ("FEN1201A", ["01", "02", "03"]),
    ]
    assert [file[:8] for file in exchange.fetched(TOWN_CODE)] == ["FEN0036A"]
    pivot = etree.fromstring(next(iter(exchange.fetched(TOWN_CODE).values())))
    check_schema(etree.tostring(pivot))
    assert pivot.findtext(".//IdCPRO") == str(head.id)
    assert [str(each.text)[:9] for each in pivot.iter("NomPJ")][1] == "PJP00XFAC"
    assert pivot.findtext(".//Recepteur/Id") == TOWN_CODE


def test_report_names_the_number_of_the_flow_and_every_fault() -> None:
    exchange = Exchange()

    exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, CII, 9), a_cii(number="F-9")[:-40])

    report = etree.fromstring(list(exchange.fetched(SUPPLIER_CODE).values())[-1])
    assert report.findtext(".//IdFlux") == number(SUPPLIER_CODE, CII, 9)
    assert report.findtext(".//IdStatut") == "94"
    assert report.findtext(".//CodeErreur") == "XML-TRUNCATED"


def test_suspension_and_completion_travel_both_ways_by_file() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    exchange.hear()

    exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), _status(head, "06", "Il manque le bon"))
    exchange.hear()
    exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, "FEN1201A", 2), _status(head, "12", "Le voici"))
    exchange.hear()

    after = exchange.bench.ports.invoices.get(head.id)
    assert after is not None
    assert (after.status, after.accounting_reference) == (Status.COMPLETEE, "M-7")
    assert [row for row in _told(exchange, SUPPLIER_CODE) if row[0] != "CSO1106A"] == [
        ("FEN1201A", ["01", "02", "03"]),
        ("FEN1201A", ["06"]),
        ("CSO1201A", ["90"]),
        ("CSO1201A", ["92"]),
    ]
    town = _told(exchange, TOWN_CODE)
    assert town[0][0] == "FEN0036A"
    assert ("CSO1201A", ["92"]) in town
    assert ("FEN1201A", ["12"]) in town
    again = list(exchange.fetched(TOWN_CODE).values())
    assert any(etree.fromstring(each).findtext(".//Renvoi") == "Complétée" for each in again)


def test_acts_on_the_portal_reach_the_systems_too() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    exchange.hear()
    ports = exchange.bench.ports

    treat_invoice(ports, accountant(), head.id, Treatment(action="suspend", reason=free_reason("Le bon")))
    treat_invoice(ports, supplier(), head.id, Treatment(action="complete", reason=free_reason("Le voici")))
    exchange.hear()

    assert _told(exchange, SUPPLIER_CODE)[-1] == ("FEN1201A", ["06", "12"])
    assert ("FEN1201A", ["12"]) in _told(exchange, TOWN_CODE)


def test_replayed_files_and_events_make_no_doubles() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    suspend = _status(head, "06", "Le bon")
    exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), suspend)
    exchange.hear()
    treat_invoice(
        exchange.bench.ports, supplier(), head.id, Treatment(action="complete", reason=free_reason("x"))
    )
    exchange.hear()
    before = {code: list(exchange.fetched(code)) for code in (SUPPLIER_CODE, TOWN_CODE)}

    exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), suspend, delivery="v2")
    exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, CII, 1), a_cii(number="F-1"), delivery="v2")
    for change in exchange.bench.ports.invoices.history(head.id):
        tell_partners(exchange.bench.ports, head.id, change.version)

    after = exchange.bench.ports.invoices.get(head.id)
    assert after is not None
    assert after.status is Status.COMPLETEE
    assert {code: list(exchange.fetched(code)) for code in (SUPPLIER_CODE, TOWN_CODE)} == before


@pytest.mark.parametrize(
    ("filename", "rule"),
    [
        ("facture.xml", "EDI-NAME"),
        (name(TOWN_CODE, CII, 1), "EDI-OTHER-CODE"),
        (name(SUPPLIER_CODE, "FSO1102A", 1), "EDI-INTERFACE-WITHDRAWN"),
        (name(SUPPLIER_CODE, "FSO1113A", 1), "EDI-INTERFACE-UNKNOWN"),
        (f"{CII}_{SUPPLIER_CODE}_{number(SUPPLIER_CODE, 'FSO1117A', 1)}", "EDI-NUMBER"),
    ],
)
def test_file_whose_name_does_not_fit_its_folder_is_refused_unread(filename: str, rule: str) -> None:
    exchange = Exchange()

    flow = exchange.drop(SUPPLIER_CODE, filename, a_cii()).flow

    assert (flow.state, flow.findings[0].rule) == (FlowState.REFUSED, rule)


def test_huge_file_of_statuses_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange()
    files = type(exchange.bench.ports.files)
    monkeypatch.setattr(files, "size", lambda *_: 10 * 1024 * 1024 + 1)
    monkeypatch.setattr(files, "get", lambda *_: pytest.fail("read"))

    flow = exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), b"<CPPStatut/>").flow

    assert [finding.rule for finding in flow.findings] == ["FILE-TOO-LARGE"]


def test_holder_of_a_mandate_exchanges_files_about_the_invoices_of_its_giver() -> None:
    exchange, form = Exchange(), {"holder": "73282932000074", "deposit": "on", "answer": "on"}
    ports, now = exchange.bench.ports, exchange.bench.clock.now()
    give, take = (
        replace(Principal.of_user(a_manager(each, f"m-{each}@example.fr")), factor_at=now)
        for each in (SUPPLIER, HOLDER)
    )
    ports.directory.add_structure(a_company(HOLDER, siret="73282932000074", name="Cabinet"))
    register_partner(ports, take, HOLDER, PartnerSettings(name="Cabinet"), code="CAB001")
    accept_mandate(ports, take, HOLDER, give_mandate(ports, give, SUPPLIER, form).id)

    receipt = exchange.drop("CAB001", name("CAB001", CII, 1), a_cii(number="F-1"))
    head = _head(exchange, receipt.flow.id)
    exchange.hear()
    treat_invoice(ports, accountant(), head.id, Treatment(action="suspend", reason=free_reason("Le bon")))
    exchange.hear()
    exchange.drop("CAB001", name("CAB001", "FEN1201A", 2), _status(head, "12", "Le voici"))

    after = ports.invoices.get(head.id)
    assert after is not None
    assert after.status is Status.COMPLETEE
    assert ("FEN1201A", ["06"]) in _told(exchange, "CAB001")


def test_number_stands_for_one_file() -> None:
    exchange = Exchange()
    _an_invoice(exchange, sequence=5)

    flow = exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, CII, 5), a_cii(number="F-2"), delivery="v2").flow

    assert flow.findings[0].rule == "EDI-NUMBER-USED"


def test_statuses_that_cannot_be_applied_are_told_one_by_one() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    exchange.hear()
    cases = [
        ("99", "", "EDI-STATUS-UNKNOWN"),
        ("06", "", "reason-missing"),
        ("12", "x", "EDI-STATUS-NOT-NOW"),
    ]

    for sequence, (code, comment, rule) in enumerate(cases, start=1):
        content = _status(head, code, comment)
        flow = exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", sequence), content).flow
        document = exchange.bench.ports.flows.document(flow.id, 1)
        assert document is not None
        assert document.findings[0].rule == rule

    stranger = exchange.drop(SUPPLIER_CODE, name(SUPPLIER_CODE, "FEN1200A", 7), b"<CPPFacturePivot/>").flow
    assert stranger.findings[0].rule == "FORMAT-NO-STATUSES"


def test_late_status_changes_nothing_and_is_no_error() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), _status(head, "08"))

    late = exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 2), _status(head, "07"))

    after = exchange.bench.ports.invoices.get(head.id)
    assert after is not None
    assert after.status is Status.MANDATEE
    assert late.flow.state is FlowState.INTEGRATED


def test_failed_write_is_made_up_under_the_same_name_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    ports = exchange.bench.ports
    real, down = ports.files.put, True

    def put(bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        if bucket is Bucket.OUTBOX and down:
            raise OSError
        real(bucket, key, content, mime_type=mime_type)

    monkeypatch.setattr(ports.files, "put", put)
    with pytest.raises(ExceptionGroup):
        exchange.hear()
    begun = {row.filename for row in ports.dispatches.sent_to(TOWN_CODE, after=None, limit=9).rows}
    down = False
    treat_invoice(ports, accountant(), head.id, Treatment(action="suspend", reason=free_reason("Le bon")))
    exchange.hear()

    assert set(exchange.fetched(TOWN_CODE)) == begun
    assert [row[1] for row in _told(exchange, SUPPLIER_CODE)][2:] == [["01", "02", "03"], ["06"]]


def test_flow_of_many_invoices_has_one_report_and_a_pivot_for_each() -> None:
    exchange, packed = Exchange(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for n in range(12):
            content = a_cii(number=f"L-{n}")
            member = tarfile.TarInfo(f"L-{n}.xml")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

    exchange.drop(SUPPLIER_CODE, f"{name(SUPPLIER_CODE, CII, 1)}.tar.gz", packed.getvalue())
    exchange.hear()

    reports = [row for row in _told(exchange, SUPPLIER_CODE) if row[0] == "CSO1106A"]
    assert reports == [("CSO1106A", ["90"]), ("CSO1106A", ["92"])]
    assert len(exchange.fetched(TOWN_CODE)) == 12


def test_sweeper_leaves_a_flow_of_statuses_to_its_event() -> None:
    exchange = Exchange()
    head = _an_invoice(exchange)
    flow = exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), _status(head, "06", "Le bon")).flow
    interrupted = replace(flow, documents=None, accepted=frozenset(), refused=frozenset())
    flows = exchange.bench.ports.flows
    assert isinstance(flows, MemoryFlows)
    flows._flows[flow.id] = interrupted

    assert resume_flow(exchange.bench.ports, flow.id, attempt=1) == interrupted

    exchange.drop(TOWN_CODE, name(TOWN_CODE, "FEN1201A", 1), _status(head, "06", "Le bon"), delivery="v2")
    after = flows.get(flow.id)
    assert after is not None
    assert after.state is FlowState.INTEGRATED
