"""Treating, reading and following invoices: who may do what, and what the others are told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.deposits.integrate_document import integrate_document
from choriste.application.invoices.access import actions_of, roles_of
from choriste.application.invoices.deliver_invoice import deliver_invoice
from choriste.application.invoices.read_invoices import (
    file_address,
    read_file,
    read_invoice,
)
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.application.notices.notify_users import CLAIMED, NoticeUnderWayError, notify_users
from choriste.application.notices.publish_changes import BATCH, publish_changes, publish_named
from choriste.application.operations.ports import DueItem
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.application.printouts.render_readable_copy import render_readable_copy
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Level
from choriste.domain.deposits.flow import Outcome
from choriste.domain.lifecycle import Reason, ReasonCode, Role, Status, TransitionRefusedError
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError, StaleVersionError
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.journey import Journey
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import (
    CLOSED_SIRET,
    Bench,
    a_bench,
    accountant,
    clerk_of,
    stranger,
    supplier,
)

WRONG_SERVICE = Reason(ReasonCode.SE_ERR, "Voir les écoles.")


@pytest.fixture
def bench() -> Bench:
    return a_bench()


@pytest.fixture
def head(bench: Bench) -> InvoiceHead:
    return the_invoice(bench.ports, deposited(bench.ports, a_cii()))


def _treat(bench: Bench, head: InvoiceHead, by: Principal, action: str, **asked: Any) -> InvoiceHead:
    return treat_invoice(bench.ports, by, head.id, Treatment(action=action, **asked))


def test_recipient_takes_an_invoice_to_its_payment(bench: Bench, head: InvoiceHead) -> None:
    for action in ("certify-service", "mandate", "send-to-accountant", "book", "pay"):
        paid = _treat(bench, head, accountant(), action)

    assert paid.status is Status.MISE_EN_PAIEMENT
    assert paid.version == head.version + 5


def test_supplier_may_not_treat_its_own_invoice(bench: Bench, head: InvoiceHead) -> None:
    with pytest.raises(TransitionRefusedError) as refusal:
        _treat(bench, head, supplier(), "pay")

    assert refusal.value.code == "transition-wrong-role"


def test_stranger_does_not_learn_that_the_invoice_exists(bench: Bench, head: InvoiceHead) -> None:
    with pytest.raises(NotFoundError):
        _treat(bench, head, stranger(), "pay")
    with pytest.raises(NotFoundError):
        read_invoice(bench.ports, stranger(), head.id)
    with pytest.raises(NotFoundError):
        read_invoice(bench.ports, accountant(), InvoiceId(1))


def test_clerk_treats_the_invoices_of_the_own_service_only(bench: Bench, head: InvoiceHead) -> None:
    treated = _treat(bench, head, clerk_of("SERVICE-TECHNIQUE"), "mandate")

    assert treated.status is Status.MANDATEE
    with pytest.raises(NotFoundError):
        _treat(bench, head, clerk_of("ECOLES"), "pay")


def test_operator_reads_and_has_only_the_operators_role(bench: Bench, head: InvoiceHead) -> None:
    operator = Principal(kind=PrincipalKind.OPERATOR, id="op", name="Exploitation")

    view = read_invoice(bench.ports, operator, head.id)

    assert view.head == head
    assert roles_of(operator, head) == (Role.OPERATOR,)
    with pytest.raises(TransitionRefusedError):
        _treat(bench, head, operator, "pay")


def test_reader_without_right_to_modify_is_told_which_right_is_missing(
    bench: Bench, head: InvoiceHead
) -> None:
    clerk = clerk_of("SERVICE-TECHNIQUE")
    reader = replace(clerk, rights=frozenset(replace(right, level=Level.CONSULT) for right in clerk.rights))

    assert actions_of(reader, head) == ()
    with pytest.raises(ForbiddenError):
        _treat(bench, head, reader, "pay")


def test_of_two_who_treat_at_once_the_second_is_told_the_new_state(bench: Bench, head: InvoiceHead) -> None:
    mandate = Treatment(action="mandate")
    treat_invoice(bench.ports, accountant(), head.id, mandate, expected_version=head.version)

    with pytest.raises(StaleVersionError) as refusal:
        treat_invoice(bench.ports, accountant(), head.id, mandate, expected_version=head.version)

    assert refusal.value.parameters == {
        "version": head.version + 1,
        "status": "MANDATEE",
        "read": head.version,
    }


def test_recycling_corrects_the_service_under_the_same_number(bench: Bench, head: InvoiceHead) -> None:
    sent_back = _treat(bench, head, accountant(), "send-back", reason=WRONG_SERVICE)

    recycled = _treat(bench, head, supplier(), "recycle", correction=Correction(service_code="ECOLES"))

    assert (sent_back.status, sent_back.reason_code) == (Status.A_RECYCLER, ReasonCode.SE_ERR)
    assert (recycled.status, recycled.service_code) == (Status.MISE_A_DISPOSITION, "ECOLES")
    assert (recycled.number, recycled.id) == (head.number, head.id)


@pytest.mark.parametrize(
    "correction",
    [
        Correction(service_code="NOWHERE"),
        Correction(recipient_siret="00000000000000"),
        Correction(recipient_siret=CLOSED_SIRET),
    ],
)
def test_recycling_to_where_nobody_receives_is_refused(
    bench: Bench, head: InvoiceHead, correction: Correction
) -> None:
    _treat(bench, head, accountant(), "send-back", reason=WRONG_SERVICE)

    with pytest.raises(BadRequestError):
        _treat(bench, head, supplier(), "recycle", correction=correction)


def test_correction_goes_with_recycling_only(bench: Bench, head: InvoiceHead) -> None:
    with pytest.raises(BadRequestError):
        _treat(bench, head, accountant(), "pay", correction=Correction(service_code="ECOLES"))


def test_rejection_needs_a_reason(bench: Bench, head: InvoiceHead) -> None:
    with pytest.raises(TransitionRefusedError) as refusal:
        _treat(bench, head, accountant(), "reject")

    assert refusal.value.code == "reason-missing"


def test_unsettled_flow_is_resumed_and_at_last_shown_to_the_operator(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii())
    document = bench.ports.flows.document(flow.id, 1)
    waiting = replace(flow, id=FlowId("CPP0011117000000000000008"), sha256="8" * 64)
    opened = bench.ports.flows.open(replace(waiting, documents=None, accepted=frozenset()))
    assert document is not None
    bench.ports.flows.add_documents(opened, [replace(document, flow_id=opened.id, outcome=Outcome.PENDING)])
    bench.clock.advance(hours=3)

    count = resume_overdue(bench.ports, at_once=False)

    after = bench.ports.flows.get(opened.id)
    assert count == 1
    assert bench.intake.started[-1][:2] == (opened.id, 1)
    assert after is not None
    assert after.blocked


def test_invoice_that_never_left_is_restarted_at_once(bench: Bench) -> None:
    flow = deposited(bench.ports, a_cii(number="STUCK"))
    head = the_invoice(bench.ports, flow)
    stuck = replace(head, status=Status.DEPOSEE, due_at=bench.clock.now() + dt.timedelta(minutes=10))
    bench.ports.invoices.save(Journey(head, stuck))

    resume_overdue(bench.ports, at_once=True)

    assert bench.intake.started[-1][:2] == (flow.id, 1)


def test_overdue_items_are_taken_up_to_the_last_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("choriste.application.operations.resume_overdue.BATCH", 2)
    waiting = {_unfinished_flow(bench, number) for number in range(5)}
    bench.clock.advance(hours=1)

    count = resume_overdue(bench.ports, at_once=False)

    assert count == len(waiting)
    assert {flow for flow, *_ in bench.intake.started} >= waiting


def test_item_that_fails_keeps_no_other_from_being_taken_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("choriste.application.operations.resume_overdue.BATCH", 2)
    waiting = {_unfinished_flow(bench, number) for number in range(5)}
    failing, start = min(waiting), bench.intake.start

    def start_others(flow_id: FlowId, position: int, *, attempt: int = 0) -> None:
        if flow_id == failing:
            raise TimeoutError
        start(flow_id, position, attempt=attempt)

    monkeypatch.setattr(bench.intake, "start", start_others)
    bench.clock.advance(hours=1)

    with pytest.raises(ExceptionGroup) as failure:
        resume_overdue(bench.ports, at_once=False)

    assert [type(error) for error in failure.value.exceptions] == [TimeoutError]
    assert {flow for flow, *_ in bench.intake.started} >= waiting - {failing}


def test_item_that_cannot_be_postponed_keeps_no_other_from_being_taken_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = {_unfinished_flow(bench, number) for number in range(3)}
    failing, postpone = min(waiting), bench.ports.due_items.postpone

    def postpone_others(item: DueItem, until: dt.datetime) -> bool:
        if item.id == failing:
            raise TimeoutError
        return postpone(item, until)

    monkeypatch.setattr(bench.ports.due_items, "postpone", postpone_others)
    bench.clock.advance(hours=1)

    with pytest.raises(ExceptionGroup) as failure:
        resume_overdue(bench.ports, at_once=False)

    assert [type(error) for error in failure.value.exceptions] == [TimeoutError]
    assert {flow for flow, *_ in bench.intake.started} >= waiting - {failing}


def _unfinished_flow(bench: Bench, number: int) -> FlowId:
    """A flow whose only document waits for its intake."""
    flow = deposited(bench.ports, a_cii(number=f"F-{number}"))
    document = bench.ports.flows.document(flow.id, 1)
    waiting = replace(flow, id=FlowId(f"CPP001111700000000000010{number}"), sha256=f"{number}" * 64)
    opened = bench.ports.flows.open(replace(waiting, documents=None, accepted=frozenset()))
    assert document is not None
    bench.ports.flows.add_documents(opened, [replace(document, flow_id=opened.id, outcome=Outcome.PENDING)])
    return opened.id


def test_item_that_is_gone_or_moved_on_is_passed_over(bench: Bench, head: InvoiceHead) -> None:
    due = replace(head, due_at=bench.clock.now() + dt.timedelta(hours=1), version=head.version + 1)
    bench.ports.invoices.save(Journey(head, due))

    resume_overdue(bench.ports, at_once=True)

    assert bench.ports.invoices.get(head.id) == due


def test_delivery_repeated_changes_nothing(bench: Bench, head: InvoiceHead) -> None:
    again = deliver_invoice(bench.ports, head.id, readable_copy=head.files[1])

    assert again == head
    with pytest.raises(NotFoundError):
        deliver_invoice(bench.ports, InvoiceId(1), readable_copy=head.files[1])


def test_duplicate_is_a_factur_x_named_as_the_portal_names_it(bench: Bench, head: InvoiceHead) -> None:
    file = render_readable_copy(bench.ports, head.id)

    attached, content = read_file(bench.ports, accountant(), head.id, file.name)
    assert file.name == f"PJP00XFAC{head.id}.pdf"
    assert attached.key == file.key
    assert content.startswith(b"%PDF-")
    assert file.sha256 == render_readable_copy(bench.ports, head.id).sha256
    with pytest.raises(NotFoundError):
        render_readable_copy(bench.ports, InvoiceId(1))


def test_files_are_for_the_parties_only(bench: Bench, head: InvoiceHead) -> None:
    _, address = file_address(bench.ports, supplier(), head.id, "invoice.xml")

    assert "invoice.xml" in address
    with pytest.raises(NotFoundError):
        file_address(bench.ports, supplier(), head.id, "other.xml")
    with pytest.raises(NotFoundError):
        read_file(bench.ports, stranger(), head.id, "invoice.xml")


def test_outbox_is_published_once_without_personal_data(bench: Bench, head: InvoiceHead) -> None:
    first, second = publish_changes(bench.ports, by="run"), publish_changes(bench.ports, by="run")

    assert (first, second) == (3, 0)
    assert bench.bus.events[0] == {
        "schema": 1,
        "id": f"{head.id}-0001",
        "invoice_id": head.id,
        "version": 1,
        "at": "2026-11-23T09:00:00+00:00",
        "transition": "submit",
        "before": None,
        "after": "DEPOSEE",
        "reason_code": None,
    }


def test_outbox_larger_than_a_batch_is_published_whole(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("choriste.application.notices.publish_changes.BATCH", 2)
    deposited(bench.ports, a_cii())

    assert publish_changes(bench.ports, by="run") == 3
    assert BATCH == 100


def test_named_changes_are_published_once(bench: Bench, head: InvoiceHead) -> None:
    last = bench.ports.invoices.history(head.id)[-1].id

    assert publish_named(bench.ports, [last]) == 1
    assert publish_named(bench.ports, [last]) == 0
    assert publish_changes(bench.ports, by="run") == 2


def test_notice_goes_to_each_side_once_in_its_language(bench: Bench, head: InvoiceHead) -> None:
    sent = notify_users(bench.ports, head.id, 3, by="m-1")
    again = notify_users(bench.ports, head.id, 3, by="m-1")

    subjects = {mail.to: mail.subject for mail in bench.mailer.sent}
    assert (sent, again) == (2, 0)
    assert subjects["comptable@valbrume.example"].startswith("Facture F2026-0042\xa0: ")
    assert subjects["facturation@cimes.example"].startswith("Invoice F2026-0042: ")
    assert f"https://choriste.example/invoices/{head.id}" in bench.mailer.sent[0].text


def test_notice_tells_the_reason(bench: Bench, head: InvoiceHead) -> None:
    sent_back = _treat(bench, head, accountant(), "send-back", reason=WRONG_SERVICE)

    notify_users(bench.ports, head.id, sent_back.version, by="m-1")

    assert "Voir les écoles." in bench.mailer.sent[0].html


def test_notice_that_failed_is_sent_at_the_next_try(
    bench: Bench, head: InvoiceHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(bench.mailer, "send", refuse)
        with pytest.raises(ExceptionGroup, match="notices"):
            notify_users(bench.ports, head.id, 3, by="m-1")

    assert notify_users(bench.ports, head.id, 3, by="m-1") == 2


def test_notice_reaches_the_others_when_one_address_fails(
    bench: Bench, head: InvoiceHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = bench.mailer.send

    def refuse_first(*, to: str, **message: str) -> None:
        if to.startswith("comptable@"):
            raise ConnectionError(to)
        send(to=to, **message)

    with monkeypatch.context() as broken:
        broken.setattr(bench.mailer, "send", refuse_first)
        with pytest.raises(ExceptionGroup, match="notices"):
            notify_users(bench.ports, head.id, 3, by="m-1")

    assert [mail.to for mail in bench.mailer.sent] == ["facturation@cimes.example"]
    assert notify_users(bench.ports, head.id, 3, by="m-1") == 1


def test_notice_that_another_message_is_sending_is_left_to_it_until_its_claim_is_over(
    bench: Bench, head: InvoiceHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_the_process(**_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(bench.mailer, "send", end_the_process)
        with pytest.raises(KeyboardInterrupt):
            notify_users(bench.ports, head.id, 3, by="m-1")

    with pytest.raises(ExceptionGroup) as refusal:
        notify_users(bench.ports, head.id, 3, by="m-2")
    sent_meanwhile = len(bench.mailer.sent)
    bench.clock.advance(seconds=CLAIMED.total_seconds())
    notify_users(bench.ports, head.id, 3, by="m-2")

    assert [type(failure) for failure in refusal.value.exceptions] == [NoticeUnderWayError]
    assert (sent_meanwhile, len(bench.mailer.sent)) == (1, 2)


def test_notice_of_nothing_is_not_sent(bench: Bench, head: InvoiceHead) -> None:
    assert notify_users(bench.ports, head.id, 99, by="m-1") == 0
    assert notify_users(bench.ports, InvoiceId(1), 1, by="m-1") == 0


def test_unknown_document_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        integrate_document(bench.ports, FlowId("none"), 1)
