"""Acts beside the transitions: who may do them, when, and what remains of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from choriste.application.invoices.access import acts_open_to
from choriste.application.invoices.act_on_invoice import (
    acknowledge_invoice,
    assign_invoice,
    comment_invoice,
    record_reference,
)
from choriste.application.invoices.attach_file import MAX_ATTACHMENT_BYTES, attach_file
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.read_invoices import read_file
from choriste.application.invoices.search_invoices import search_invoices
from choriste.application.notices.notify_users import notify_users
from choriste.application.operations.resume_stuck import list_stuck, resume_stuck
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import Habilitation, Space
from choriste.domain.lifecycle import (
    Frame,
    Reason,
    ReasonCode,
    Status,
    TransitionRefusedError,
    free_reason,
)
from choriste.domain.operations.standstill import StuckCause
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import (
    BadRequestError,
    ComplementMissingError,
    ForbiddenError,
    NotFoundError,
    TooLargeError,
)
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import FileKind, broken_link
from choriste.domain.tracking.journey import Journey
from tests.builders.stage import CITY, CONTRACTOR, SUBCONTRACTOR, Stage, a_sample, a_stage

OPERATOR = Principal(kind=PrincipalKind.OPERATOR, id="op", name="Exploitation")
MISSING = Reason(ReasonCode.JUSTIF_ABS, "Joindre le bon de livraison.")


@pytest.fixture
def stage() -> Stage:
    stage = a_stage()
    stage.deposit(a_sample("F-1"))
    return stage


def _who(stage: Stage, structure: str) -> Principal:
    return stage.principals[structure]


def _numbers(stage: Stage, **narrowed: Any) -> list[str]:
    page = search_invoices(
        stage.ports,
        _who(stage, CITY),
        structure=CITY,
        side=Side.RECEIVED,
        criteria=Criteria(**narrowed),
    )
    return [head.number for head in page.rows]


def test_comment_is_read_by_all_parties_and_changes_no_status(stage: Stage) -> None:
    before = stage.head("F-1")

    after = comment_invoice(stage.ports, _who(stage, CONTRACTOR), before.id, " Où en est-elle ? ")

    last = stage.ports.invoices.history(before.id)[-1]
    assert (last.transition, last.text, last.is_act) == ("comment", "Où en est-elle ?", True)
    assert (after.status, after.due_at, after.version) == (before.status, before.due_at, before.version + 1)
    assert broken_link(stage.ports.invoices.audit_chain(before.id)) is None


def test_comment_sends_no_notice_of_a_status(stage: Stage) -> None:
    head = comment_invoice(stage.ports, _who(stage, CONTRACTOR), stage.invoices["F-1"], "Bonjour")

    assert notify_users(stage.ports, head.id, head.version, by="m-1") == 0


@pytest.mark.parametrize("text", ["  ", "x" * 2001])
def test_comment_without_words_or_with_too_many_is_refused(stage: Stage, text: str) -> None:
    with pytest.raises(BadRequestError):
        comment_invoice(stage.ports, _who(stage, CITY), stage.invoices["F-1"], text)


def test_stranger_may_not_comment(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        comment_invoice(stage.ports, _who(stage, SUBCONTRACTOR), stage.invoices["F-1"], "Bonjour")


def test_assignment_is_shown_and_filtered(stage: Stage) -> None:
    stage.deposit(a_sample("F-2"))

    head = assign_invoice(stage.ports, _who(stage, CITY), stage.invoices["F-1"], f"m-{CITY}")

    assert head.assignee is not None
    assert head.assignee.name == f"Manager {CITY}"
    assert _numbers(stage, assignee=f"m-{CITY}") == ["F-1"]
    assert assign_invoice(stage.ports, _who(stage, CITY), head.id, None).assignee is None


@pytest.mark.parametrize("account", ["nobody", f"m-{SUBCONTRACTOR}", f"m-{CONTRACTOR}"])
def test_assignment_goes_to_a_colleague_only(stage: Stage, account: str) -> None:
    with pytest.raises(BadRequestError):
        assign_invoice(stage.ports, _who(stage, CITY), stage.invoices["F-1"], account)


def test_accounting_reference_is_the_recipients_and_searched(stage: Stage) -> None:
    head = record_reference(stage.ports, _who(stage, CITY), stage.invoices["F-1"], "MDT-2026-0042")

    assert head.accounting_reference == "MDT-2026-0042"
    assert _numbers(stage, accounting_reference="mdt-2026") == ["F-1"]
    assert _numbers(stage, accounting_reference="other") == []
    with pytest.raises(ForbiddenError):
        record_reference(stage.ports, _who(stage, CONTRACTOR), head.id, "X")


def test_rejection_is_acknowledged_once_by_the_supplier(stage: Stage) -> None:
    stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))
    invoice, supplier = stage.invoices["F-1"], _who(stage, CONTRACTOR)

    first = acknowledge_invoice(stage.ports, supplier, invoice, "acknowledge-rejection")
    again = acknowledge_invoice(stage.ports, supplier, invoice, "acknowledge-rejection")

    assert (first.version, first.status) == (again.version, Status.REJETEE)
    assert "acknowledge-rejection" in acts_open_to(supplier, first)
    with pytest.raises(BadRequestError):
        acknowledge_invoice(stage.ports, supplier, invoice, "acknowledge-suspension")
    with pytest.raises(BadRequestError):
        acknowledge_invoice(stage.ports, supplier, invoice, "comment")
    with pytest.raises(ForbiddenError):
        acknowledge_invoice(stage.ports, _who(stage, CITY), invoice, "close-rejection")


def test_missing_document_is_attached_while_the_invoice_is_suspended(stage: Stage) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)

    head = attach_file(
        stage.ports,
        _who(stage, CONTRACTOR),
        stage.invoices["F-1"],
        filename="bon de livraison.pdf",
        content=b"%PDF-1.7 signed",
        category="BON_LIVRAISON",
    )

    file, content = read_file(stage.ports, _who(stage, CITY), head.id, "bon de livraison.pdf")
    assert (file.kind, file.category, file.mime_type) == (
        FileKind.ATTACHMENT,
        "BON_LIVRAISON",
        "application/pdf",
    )
    assert content == b"%PDF-1.7 signed"
    assert stage.act("F-1", CONTRACTOR, "complete").status is Status.COMPLETEE


@pytest.mark.parametrize("reason", [None, free_reason("  ")])
def test_completion_that_brings_nothing_is_refused(stage: Stage, reason: Reason | None) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    attach_file(stage.ports, _who(stage, CONTRACTOR), stage.invoices["F-1"], filename="a.pdf", content=b"x")
    stage.act("F-1", CONTRACTOR, "complete")
    stage.act("F-1", CITY, "resume")
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    comment_invoice(stage.ports, _who(stage, CONTRACTOR), stage.invoices["F-1"], "Quel bon ?")

    with pytest.raises(ComplementMissingError):
        stage.act("F-1", CONTRACTOR, "complete", reason=reason)

    assert stage.status("F-1") is Status.SUSPENDUE


def test_completion_with_a_remark_is_enough(stage: Stage) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)

    head = stage.act("F-1", CONTRACTOR, "complete", reason=free_reason("Le bon est au dos."))

    assert (head.status, head.reason_text) == (Status.COMPLETEE, "Le bon est au dos.")


def test_completion_by_somebody_else_is_refused_for_the_role(stage: Stage) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)

    with pytest.raises(TransitionRefusedError):
        stage.act("F-1", CITY, "complete")


def test_same_file_again_is_attached_once(stage: Stage) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    supplier, invoice = _who(stage, CONTRACTOR), stage.invoices["F-1"]

    first = attach_file(stage.ports, supplier, invoice, filename="bon.pdf", content=b"x")
    again = attach_file(stage.ports, supplier, invoice, filename="bon.pdf", content=b"x")

    assert again == first


def test_two_files_of_one_name_attached_at_once_leave_the_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    supplier, invoice = _who(stage, CONTRACTOR), stage.invoices["F-1"]
    put = stage.ports.files.put

    def met(*where: Any, **kept: Any) -> None:
        monkeypatch.setattr(stage.ports.files, "put", put)
        attach_file(stage.ports, supplier, invoice, filename="bon.pdf", content=b"first")
        put(*where, **kept)

    monkeypatch.setattr(stage.ports.files, "put", met)
    with pytest.raises(BadRequestError):
        attach_file(stage.ports, supplier, invoice, filename="bon.pdf", content=b"second")

    assert read_file(stage.ports, supplier, invoice, "bon.pdf")[1] == b"first"


def test_file_of_somebody_who_may_not_attach_it_never_reaches_the_archive(stage: Stage) -> None:
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    supplier, invoice = _who(stage, CONTRACTOR), stage.invoices["F-1"]
    may_look = Habilitation(structure=StructureId(CONTRACTOR), space=Space.ISSUE)
    reader = replace(supplier, managed=frozenset(), rights=frozenset({may_look}))

    with pytest.raises(ForbiddenError):
        attach_file(stage.ports, reader, invoice, filename="bon.pdf", content=b"x")

    key = f"attachments/{invoice}/{hashlib.sha256(b'x').hexdigest()[:16]}/bon.pdf"
    with pytest.raises(NotFoundError):
        stage.ports.files.get(Bucket.ARCHIVE, key)
    attach_file(stage.ports, supplier, invoice, filename="bon.pdf", content=b"x")
    assert stage.ports.files.get(Bucket.ARCHIVE, key) == b"x"


def test_attachment_outside_its_limits_is_refused(stage: Stage) -> None:
    supplier, invoice = _who(stage, CONTRACTOR), stage.invoices["F-1"]
    with pytest.raises(BadRequestError):
        attach_file(stage.ports, supplier, invoice, filename="late.pdf", content=b"x")
    stage.act("F-1", CITY, "suspend", reason=MISSING)

    with pytest.raises(TooLargeError):
        attach_file(
            stage.ports, supplier, invoice, filename="big.pdf", content=bytes(MAX_ATTACHMENT_BYTES + 1)
        )
    with pytest.raises(BadRequestError):
        attach_file(stage.ports, supplier, invoice, filename="run.exe", content=b"MZ")
    with pytest.raises(BadRequestError):
        attach_file(stage.ports, supplier, invoice, filename="invoice.xml", content=b"another")
    full = stage.head("F-1")
    heavy = replace(full.files[0], name="heavy.zip", size=120 * 1024 * 1024)
    stage.ports.invoices.save(Journey(full, replace(full.with_file(heavy), version=full.version + 1)))
    with pytest.raises(TooLargeError):
        attach_file(stage.ports, supplier, invoice, filename="last.pdf", content=b"x")


def test_operator_sees_what_stands_still_and_resumes_it(stage: Stage) -> None:
    head = stage.head("F-1")
    stuck = replace(head, status=Status.DEPOSEE, due_at=stage.bench.clock.now(), version=head.version + 1)
    stage.ports.invoices.save(Journey(head, stuck))
    stage.bench.clock.advance(minutes=11)

    (item,) = list_stuck(stage.ports, OPERATOR)
    resume_stuck(stage.ports, OPERATOR, kind=item.kind, item_id=item.id)
    resume_stuck(stage.ports, OPERATOR, kind=item.kind, item_id=item.id)

    assert (item.number, item.state, item.cause) == ("F-1", "DEPOSEE", StuckCause.INTAKE_UNFINISHED)
    assert [started[0] for started in stage.bench.intake.started[-1:]] == [head.flow_id]
    assert len({s for s in stage.bench.intake.started if s[2] != 0}) == 1


def test_late_deadline_is_resumed_by_the_operator(stage: Stage) -> None:
    stage.deposit(a_sample("V-1"), frame=Frame.A9, validator=stage.sirets["1002"])
    stage.bench.clock.advance(days=16)

    (item,) = list_stuck(stage.ports, OPERATOR)
    left = resume_stuck(stage.ports, OPERATOR, kind=item.kind, item_id=item.id)

    assert item.since + dt.timedelta(days=1) <= stage.bench.clock.now()
    assert item.cause is StuckCause.DEADLINE_UNAPPLIED
    assert left is None
    assert stage.status("V-1") is Status.MISE_A_DISPOSITION


def test_nobody_else_resumes(stage: Stage) -> None:
    with pytest.raises(ForbiddenError):
        list_stuck(stage.ports, _who(stage, CITY))
    with pytest.raises(BadRequestError):
        resume_stuck(stage.ports, OPERATOR, kind="table", item_id="1")
    assert resume_stuck(stage.ports, OPERATOR, kind="invoice", item_id="1") is None
    assert resume_stuck(stage.ports, OPERATOR, kind="flow", item_id="1") is None
    assert list_stuck(stage.ports, OPERATOR) == ()
    assert InvoiceId(1) not in stage.invoices.values()
