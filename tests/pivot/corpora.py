"""Every valid invoice of the corpora through the intake, and its pivot against the official schema.

No corpus names structures that are registered here: whatever parties an invoice has, it is taken in as one
of the sample supplier's to the sample town hall. All else is the intake's own: rules, registration, delivery,
the download of the recipient's system.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

from lxml import etree

from choriste.application.deposits import integrate_document as intake
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.invoices.download_invoices import Download, DownloadForm, download_invoices
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Channel, Outcome, Submission
from choriste.domain.invoice.model import Invoice
from choriste.domain.shared.findings import Severity
from choriste.domain.tracking.head import FileKind, InvoiceHead
from choriste.formats.errors import UnreadableError
from tests.builders.corpora import CORPORA
from tests.builders.exchange import PIVOT_SCHEMA
from tests.builders.intake import run_intake
from tests.builders.invoices import an_invoice
from tests.builders.ports import SUPPLIER, Bench, a_bench, accountant, supplier

_SYNTAXES = frozenset({"CII", "UBL", "FACTUR-X-PDF"})
_SUFFIXES = {"FACTUR-X-PDF": ".pdf"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one file: refused by the intake, or a pivot with what the schema says against it."""

    path: str
    accepted: bool
    refused_for: str = ""
    faults: tuple[str, ...] = ()


def files(*, each: int | None = None) -> Iterator[tuple[str, str]]:
    """Yield path and syntax of the files, at most `each` of a folder."""
    taken: dict[Path, int] = {}
    with (CORPORA / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            folder = Path(row["path"]).parent
            if row["syntax"] not in _SYNTAXES or row["kind"] == "unit-fragment":
                continue
            taken[folder] = taken.get(folder, 0) + 1
            if each is None or taken[folder] <= each:
                yield row["path"], row["syntax"]


def tried(path: str, syntax: str) -> Tried:
    """Take one file through the intake, and its pivot against the schema."""
    bench = a_bench()
    content = (CORPORA / path).read_bytes()
    with _between_sample_parties():
        flow = receive_deposit(
            bench.ports,
            supplier(),
            structure=SUPPLIER,
            filename=f"invoice{_SUFFIXES.get(syntax, '.xml')}",
            content=content,
            channel=Channel.API,
        ).flow
        if not bench.ports.flows.documents(flow.id):
            return Tried(path, accepted=False, refused_for="the file")
        document = run_intake(bench.ports, flow.id, 1)
    head = bench.ports.invoices.get(document.invoice_id)
    if document.outcome is not Outcome.ACCEPTED or head is None:
        fatal = (each.rule for each in document.findings if each.severity is Severity.FATAL)
        return Tried(path, accepted=False, refused_for=next(fatal, ""))
    return Tried(path, accepted=True, faults=tuple(_faults(bench, head)))


def _faults(bench: Bench, head: InvoiceHead) -> Iterator[str]:
    """Yield what is wrong with the pivot that the recipient's system downloads."""
    copy = head.file(FileKind.READABLE_COPY)
    if copy is not None:
        bench.ports.files.put(Bucket.DOCUMENTS, copy.key, b"%PDF-1.7", mime_type=copy.mime_type)
    wanted = Download(form=DownloadForm.PIVOT, limit=2**31)
    try:
        pivot = etree.fromstring(download_invoices(bench.ports, accountant(), [head.id], wanted))
    except (UnreadableError, ValueError, etree.XMLSyntaxError) as error:
        yield f"{type(error).__name__}: {error}"
        return
    schema = _schema()
    try:
        schema.assertValid(pivot)
    except etree.DocumentInvalid as invalid:
        yield str(invalid)
    if pivot.findtext(".//IdCPRO") != str(head.id):
        yield "the technical id is missing"
    if not any("PJP00XFAC" in str(each.text) for each in pivot.iter("NomPJ")):
        yield "the Factur-X is missing"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(PIVOT_SCHEMA)))


@contextmanager
def _between_sample_parties() -> Iterator[None]:
    """Have the intake find the sample supplier and the town hall in every invoice."""
    known, find = an_invoice(), intake._find_parties

    def found(ports: DepositPorts, submission: Submission, invoice: Invoice) -> object:
        routed = replace(
            invoice,
            seller=known.seller,
            buyer=known.buyer,
            buyer_reference=known.buyer_reference,
            purchase_order_reference=known.purchase_order_reference,
        )
        return find(ports, submission, routed)

    with patch.object(intake, "_find_parties", found):
        yield
