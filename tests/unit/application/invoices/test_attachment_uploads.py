"""An attachment that comes by upload: offered to who may attach, attached on arrival, its fate told."""

from __future__ import annotations

import pytest

from choriste.application.invoices.attach_file import MAX_ATTACHMENT_BYTES
from choriste.application.invoices.upload_attachment import (
    attachment_of_upload,
    offer_attachment_upload,
    receive_attachment,
)
from choriste.application.shared.ports import Bucket
from choriste.domain.lifecycle import Reason, ReasonCode, Status
from choriste.domain.shared.errors import BadRequestError, ForbiddenError, NotFoundError, TooLargeError
from choriste.domain.tracking.head import FileKind
from tests.builders.stage import CITY, CONTRACTOR, SUBCONTRACTOR, Stage, a_sample, a_stage

MISSING = Reason(ReasonCode.JUSTIF_ABS, "Joindre le bon de livraison.")


@pytest.fixture
def stage() -> Stage:
    stage = a_stage()
    stage.deposit(a_sample("F-1"))
    stage.act("F-1", CITY, "suspend", reason=MISSING)
    return stage


def _offer(stage: Stage, by: str = CONTRACTOR, *, filename: str = "plan.pdf", size: int = 9_000_000) -> str:
    return offer_attachment_upload(
        stage.ports,
        stage.principals[by],
        stage.invoices["F-1"],
        filename=filename,
        size=size,
        category="PLAN",
    ).key


def _arrive(stage: Stage, key: str, content: bytes = b"%PDF-1.7 plan") -> None:
    stage.ports.files.put(Bucket.INBOX, key, content, mime_type="application/pdf")


def test_uploaded_file_is_attached_once_when_it_arrives(stage: Stage) -> None:
    key, who = _offer(stage), stage.principals[CONTRACTOR]
    before = attachment_of_upload(stage.ports, who, key)
    _arrive(stage, key)

    receive_attachment(stage.ports, key)
    receive_attachment(stage.ports, key)

    head = stage.head("F-1")
    file = head.file(FileKind.ATTACHMENT)
    assert (before.arrived, attachment_of_upload(stage.ports, who, key).code) == (False, None)
    assert file is not None
    assert (file.name, file.category, len(head.files)) == ("plan.pdf", "PLAN", 3)
    assert stage.act("F-1", CONTRACTOR, "complete").status is Status.COMPLETEE


def test_file_that_comes_too_late_is_refused_and_the_reason_told(stage: Stage) -> None:
    key = _offer(stage)
    stage.act("F-1", CITY, "resume")
    _arrive(stage, key)

    receive_attachment(stage.ports, key)

    found = attachment_of_upload(stage.ports, stage.principals[CONTRACTOR], key)
    assert (found.arrived, found.code, found.parameters["field"]) == (True, "bad-request", "act")
    assert stage.head("F-1").file(FileKind.ATTACHMENT) is None


def test_file_larger_than_offered_is_refused_unread(stage: Stage) -> None:
    key = _offer(stage)
    _arrive(stage, key, bytes(MAX_ATTACHMENT_BYTES + 1))

    found = receive_attachment(stage.ports, key)

    assert found is not None
    assert (found.code, found.parameters["limit"]) == ("too-large", MAX_ATTACHMENT_BYTES)


@pytest.mark.parametrize(
    ("by", "filename", "size", "error"),
    [
        (CONTRACTOR, "run.exe", 1, BadRequestError),
        (CONTRACTOR, "plan.pdf", MAX_ATTACHMENT_BYTES + 1, TooLargeError),
        (CITY, "plan.pdf", 1, ForbiddenError),
        (SUBCONTRACTOR, "plan.pdf", 1, NotFoundError),
    ],
)
def test_address_is_given_to_who_may_attach_now(
    stage: Stage, by: str, filename: str, size: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _offer(stage, by, filename=filename, size=size)


def test_address_is_refused_where_nothing_may_be_attached(stage: Stage) -> None:
    stage.act("F-1", CITY, "resume")

    with pytest.raises(BadRequestError):
        _offer(stage)


def test_fate_of_an_upload_is_told_to_nobody_else(stage: Stage) -> None:
    key = _offer(stage)

    for other in (CITY, SUBCONTRACTOR):
        with pytest.raises(NotFoundError):
            attachment_of_upload(stage.ports, stage.principals[other], key)


@pytest.mark.parametrize("key", ["attachments/x", "attachments/nobody/1/u/a.pdf", "attachments/m-2001/z/u/a"])
def test_object_that_nobody_was_offered_is_left_alone(stage: Stage, key: str) -> None:
    _arrive(stage, key)

    assert receive_attachment(stage.ports, key) is None
