"""Printouts on request: who may have which, and what they say of a life that was played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.printouts.render_printout import render_printout
from choriste.application.printouts.request_printout import (
    Printout,
    printout_address,
    printout_content,
    request_flow_printout,
    request_invoice_printout,
)
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Language
from choriste.domain.deposits.flow import Flow
from choriste.domain.lifecycle import Frame, Reason, ReasonCode, free_reason
from choriste.domain.printouts.printout import PrintoutKind, PrintoutRequest, printouts_of
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead
from choriste.runtime.ports import PlatformPorts
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import PARTNER_LOGIN, Bench, a_bench, accountant, clerk_of, stranger, supplier
from tests.builders.readable import squeezed, text_of
from tests.builders.stage import CITY, COCONTRACTOR, CONTRACTOR, MOE, SUBCONTRACTOR, Stage, a_sample, a_stage
from tests.fakes.printouts import MemoryPrintouts

FRENCH, ENGLISH = Language.FRENCH, Language.ENGLISH
OPERATOR = Principal(kind=PrincipalKind.OPERATOR, id="op", name="Exploitant")
OTHERS = [stranger(), clerk_of("ECOLES")]


@pytest.fixture
def bench() -> Bench:
    return a_bench()


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _with(bench: Bench, printouts: MemoryPrintouts) -> PlatformPorts:
    return replace(bench.ports, printouts=printouts)


def _ordered(
    bench: Bench, who: Principal, kind: PrintoutKind, *, printouts: MemoryPrintouts | None = None
) -> tuple[InvoiceHead, Printout]:
    head = the_invoice(bench.ports, deposited(bench.ports, a_cii()))
    made = request_invoice_printout(
        _with(bench, printouts or MemoryPrintouts(bench.ports.files)),
        who,
        invoice_id=head.id,
        kind=kind,
        language=FRENCH,
    )
    return head, made


def _text(stage: Stage, number: str, kind: PrintoutKind, language: Language = FRENCH) -> str:
    order = PrintoutRequest(kind=kind, language=language, invoice_id=stage.invoices[number])
    render_printout(stage.ports, order)
    return text_of(stage.ports.files.get(Bucket.DOCUMENTS, order.key))


def _subcontracted(stage: Stage, number: str, frame: Frame, **parties: str) -> None:
    seller = {"siret": stage.sirets[SUBCONTRACTOR], "name": SUBCONTRACTOR}
    stage.deposit(a_sample(number, seller=seller), by=SUBCONTRACTOR, frame=frame, **parties)


# --- who may have a printout --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", [supplier(), accountant(), clerk_of("SERVICE-TECHNIQUE"), OPERATOR], ids=lambda who: who.id
)
@pytest.mark.parametrize("kind", [PrintoutKind.FOLLOW_UP, PrintoutKind.DEPOSIT_CERTIFICATE])
def test_printout_of_an_invoice_is_for_everybody_who_may_see_it(
    bench: Bench, who: Principal, kind: PrintoutKind
) -> None:
    printouts = MemoryPrintouts(bench.ports.files, content=b"%PDF-1.7 made")

    head, made = _ordered(bench, who, kind, printouts=printouts)

    assert printouts.orders == [PrintoutRequest(kind=kind, language=FRENCH, invoice_id=head.id)]
    assert printout_content(bench.ports, made) == b"%PDF-1.7 made"
    assert made.size == len(b"%PDF-1.7 made")


@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.id)
@pytest.mark.parametrize("kind", PrintoutKind)
def test_printout_of_an_invoice_does_not_exist_for_anybody_else(
    bench: Bench, who: Principal, kind: PrintoutKind
) -> None:
    printouts = MemoryPrintouts(bench.ports.files)

    with pytest.raises(NotFoundError) as caught:
        _ordered(bench, who, kind, printouts=printouts)

    assert caught.value.parameters["kind"] == "invoice"
    assert printouts.orders == []


@pytest.mark.parametrize("kind", [PrintoutKind.INTEGRATION_REPORT, PrintoutKind.DEPOSIT_CERTIFICATE])
@pytest.mark.parametrize("who", [supplier(), OPERATOR], ids=lambda who: who.id)
def test_printout_of_a_flow_is_for_its_depositor(bench: Bench, who: Principal, kind: PrintoutKind) -> None:
    flow, printouts = deposited(bench.ports, a_cii()), MemoryPrintouts(bench.ports.files)

    made = request_flow_printout(_with(bench, printouts), who, flow_id=flow.id, kind=kind, language=ENGLISH)

    assert printouts.orders == [PrintoutRequest(kind=kind, language=ENGLISH, flow_id=flow.id)]
    assert made.filename in printout_address(bench.ports, made)


@pytest.mark.parametrize("who", [accountant(), *OTHERS], ids=lambda who: who.id)
def test_printout_of_a_flow_does_not_exist_for_its_recipients(bench: Bench, who: Principal) -> None:
    flow, printouts = deposited(bench.ports, a_cii()), MemoryPrintouts(bench.ports.files)

    with pytest.raises(NotFoundError):
        request_flow_printout(
            _with(bench, printouts),
            who,
            flow_id=flow.id,
            kind=PrintoutKind.INTEGRATION_REPORT,
            language=FRENCH,
        )

    assert printouts.orders == []


def test_printout_that_an_invoice_or_flow_does_not_have_is_not_found(bench: Bench) -> None:
    flow, printouts = deposited(bench.ports, a_cii()), MemoryPrintouts(bench.ports.files)

    with pytest.raises(NotFoundError):
        _ordered(bench, supplier(), PrintoutKind.WORKS_DOCUMENT, printouts=printouts)
    with pytest.raises(NotFoundError):
        request_flow_printout(
            _with(bench, printouts), supplier(), flow_id=flow.id, kind=PrintoutKind.FOLLOW_UP, language=FRENCH
        )

    assert printouts.orders == []


@pytest.mark.parametrize("frame", [Frame.A1, Frame.A4, Frame.A9, Frame.A10, Frame.A12, Frame.A13, Frame.A15])
def test_printouts_of_an_invoice_follow_from_its_frame(stage: Stage, frame: Frame) -> None:
    stage.deposit(a_sample("F-1"))
    head = stage.head("F-1")

    kinds = printouts_of(replace(head, frame=frame))

    own = set(kinds) - {PrintoutKind.FOLLOW_UP, PrintoutKind.DEPOSIT_CERTIFICATE}
    expected = {
        Frame.A4: {PrintoutKind.WORKS_DOCUMENT},
        Frame.A13: {PrintoutKind.WORKS_DOCUMENT},
        Frame.A15: {PrintoutKind.WORKS_DOCUMENT},
        Frame.A9: {PrintoutKind.SUBCONTRACTOR_REQUEST},
        Frame.A10: {PrintoutKind.SUBCONTRACTOR_REQUEST},
    }
    assert own == expected.get(frame, set())


def _unread(bench: Bench) -> Flow:
    """Return a flow whose file was refused for its size."""
    key, tons = f"partners/{PARTNER_LOGIN}/huge.xml", 30 * 1024**3
    bench.ports.files.put(Bucket.INBOX, key, b"x", mime_type="")
    with pytest.MonkeyPatch.context() as heavy:
        heavy.setattr(bench.ports.files, "size", lambda _shelf, _key: tons)
        receipt = receive_inbox_object(bench.ports, key, delivery="v1")
    assert receipt is not None
    return receipt.flow


def test_file_that_was_refused_unread_has_a_report_and_no_certificate(bench: Bench) -> None:
    flow, printouts = _unread(bench), MemoryPrintouts(bench.ports.files)
    order = PrintoutRequest(kind=PrintoutKind.INTEGRATION_REPORT, language=FRENCH, flow_id=flow.id)
    certificate = PrintoutKind.DEPOSIT_CERTIFICATE

    render_printout(bench.ports, order)
    told = squeezed(text_of(bench.ports.files.get(Bucket.DOCUMENTS, order.key)))

    assert "FILE-TOO-LARGE" in told
    assert "SHA-256" not in told
    with pytest.raises(NotFoundError):
        request_flow_printout(
            _with(bench, printouts), supplier(), flow_id=flow.id, kind=certificate, language=FRENCH
        )
    with pytest.raises(NotFoundError):
        render_printout(bench.ports, replace(order, kind=certificate))


def test_order_survives_its_journey_to_the_function() -> None:
    order = PrintoutRequest(kind=PrintoutKind.INTEGRATION_REPORT, language=ENGLISH, flow_id=FlowId("CPP1"))

    assert PrintoutRequest.from_json(order.as_json()) == order


# --- what a printout says -----------------------------------------------------------------------------------


def test_follow_up_slip_tells_the_whole_history_with_its_reasons(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"))
    stage.act("F-1", CITY, "suspend", reason=Reason(ReasonCode.AUTRE, "Le bon de livraison manque."))

    french, english = (_text(stage, "F-1", PrintoutKind.FOLLOW_UP, language) for language in Language)

    for said in ("Déposée", "Mise à disposition du destinataire", "Suspendue", "Le bon de livraison manque."):
        assert squeezed(said) in french
    assert squeezed("Follow-up slip") in english
    assert squeezed("Suspended") in english


def test_follow_up_slip_names_the_contractor_that_kept_silent(stage: Stage) -> None:
    _subcontracted(stage, "A9", Frame.A9, validator=stage.sirets[CONTRACTOR])
    stage.wait(15.1)

    said = _text(stage, "A9", PrintoutKind.FOLLOW_UP)

    name = stage.head("A9").validator_1
    assert name is not None
    assert squeezed(f"Validation tacite : {name.name} (SIRET {name.identifier})") in said
    assert squeezed("sans réponse de " + name.name) in said


def test_deposit_certificate_proves_the_original_file(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"), filename="f-1.xml")

    said = _text(stage, "F-1", PrintoutKind.DEPOSIT_CERTIFICATE)

    (original,) = (file for file in stage.head("F-1").files if file.name == "f-1.xml")
    for shown in ("Facture F-1", "f-1.xml", original.sha256, str(stage.head("F-1").id)):
        assert squeezed(shown) in said


def test_subcontractor_request_follows_the_contractors_answer(stage: Stage) -> None:
    _subcontracted(stage, "A10", Frame.A10, validator=stage.sirets[CONTRACTOR], moe=stage.sirets[MOE])

    awaited = _text(stage, "A10", PrintoutKind.SUBCONTRACTOR_REQUEST)
    stage.act("A10", CONTRACTOR, "validate")
    accepted = _text(stage, "A10", PrintoutKind.SUBCONTRACTOR_REQUEST)

    assert squeezed("En attente de l’accord de") in awaited
    assert squeezed("Acceptée par") in accepted


def test_subcontractor_request_behind_a_cocontractor_waits_for_both(stage: Stage) -> None:
    both = {"validator": stage.sirets[COCONTRACTOR], "validator2": stage.sirets[CONTRACTOR]}
    _subcontracted(stage, "A9", Frame.A9, **both)
    stage.act("A9", COCONTRACTOR, "validate")

    awaited = _text(stage, "A9", PrintoutKind.SUBCONTRACTOR_REQUEST)
    stage.act("A9", CONTRACTOR, "refuse-validation", reason=free_reason("Travaux non faits."))
    refused = _text(stage, "A9", PrintoutKind.SUBCONTRACTOR_REQUEST)

    lead = stage.head("A9").validator_2
    assert lead is not None
    assert squeezed(f"En attente de l’accord de {lead.name}") in awaited
    assert squeezed(f"Refusée par {lead.name}") in refused
    assert squeezed("Travaux non faits.") in refused


def test_works_document_shows_its_rows_and_totals(stage: Stage) -> None:
    stage.deposit(a_sample("A4"), by=CONTRACTOR, frame=Frame.A4, moe=stage.sirets[MOE])

    said = _text(stage, "A4", PrintoutKind.WORKS_DOCUMENT)

    head = stage.head("A4")
    assert head.moe is not None
    for shown in ("Projet de décompte mensuel du titulaire", head.moe.name, "Net à payer"):
        assert squeezed(shown) in said


def test_integration_report_explains_what_was_refused(stage: Stage) -> None:
    flow = stage.deposit(a_sample("F-1").replace(b"<ram:ID>F-1</ram:ID>", b"<ram:ID></ram:ID>"))
    order = PrintoutRequest(kind=PrintoutKind.INTEGRATION_REPORT, language=FRENCH, flow_id=flow.id)

    render_printout(stage.ports, order)

    said = text_of(stage.ports.files.get(Bucket.DOCUMENTS, order.key))
    (document,) = stage.ports.flows.documents(flow.id)
    assert document.findings
    assert squeezed("Refusée.") in said
    for finding in document.findings:
        assert squeezed(finding.message.fr) in said


def test_printouts_of_what_is_unknown_are_not_made(stage: Stage) -> None:
    for order in (
        PrintoutRequest(kind=PrintoutKind.FOLLOW_UP, language=FRENCH, flow_id=FlowId("CPP1")),
        PrintoutRequest(kind=PrintoutKind.FOLLOW_UP, language=FRENCH),
    ):
        with pytest.raises(NotFoundError):
            render_printout(stage.ports, order)
