"""A data directory that an older release wrote: the present one starts on it and reads what it holds."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import FlowState
from choriste.domain.lifecycle import Status
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import FileKind, broken_link
from choriste.local.moto_patches.activity import queue_depths
from choriste.local.platform.journal import FILE_NAME
from choriste.local.platform.mailbox import mails
from choriste.local.platform.process import Platform
from choriste.runtime.ports import platform_ports

FORMAT_1 = Path(__file__).parents[2] / "contract" / "records" / "data_1"
INVOICE = InvoiceId(2181065361453335)
ACCEPTED, REFUSED = FlowId("CPP0011117218106535828889"), FlowId("CPP0011117218106500423988")


def test_platform_goes_on_with_a_data_directory_of_format_1(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FORMAT_1, tmp_path / "data"))

    with Platform(folder, port=0, aws_port=0) as platform:
        platform.drain()
        ports = platform_ports()
        head, history = ports.invoices.get(INVOICE), ports.invoices.history(INVOICE)
        states = [flow.state for flow in map(ports.flows.get, (ACCEPTED, REFUSED)) if flow is not None]
        chain = ports.invoices.audit_chain(INVOICE)
        user = ports.accounts.user("u-1001")
        assert head is not None
        contents = [ports.files.size(_bucket(file.kind), file.key) for file in head.files]
        depths, subjects = queue_depths(), [mail.subject for mail in mails()]
        days_ahead = platform.clock.offset.days

    assert (head.status, head.with_vat, head.version) == (
        Status.MISE_A_DISPOSITION,
        Decimal("1792.18"),
        3,
    )
    assert [change.after for change in history][-1] is head.status
    assert states == [FlowState.INTEGRATED, FlowState.REFUSED]
    assert (len(chain), broken_link(chain)) == (3, None)
    assert user is not None
    assert contents == [15543, 80840]
    assert len(subjects) == 4
    assert days_ahead == 1
    assert depths["choriste-inbox"].ready == depths["choriste-notification"].ready == 0
    assert (folder / FILE_NAME).read_bytes().splitlines()[0].endswith(b' {"format":2}')


def _bucket(kind: FileKind) -> Bucket:
    return Bucket.ARCHIVE if kind is FileKind.ORIGINAL else Bucket.DOCUMENTS
