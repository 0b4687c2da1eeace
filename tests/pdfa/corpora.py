"""Factur-X documents from every valid invoice of the shared corpora, validated with veraPDF.

Usage: `python -m tests.pdfa.corpora [--sample N] [--keep FOLDER] [--round-trip]`. Prints what failed, then
the figures; exits with 1 on any failure. With --round-trip the embedded invoices are only read back, which
needs no Java. The corpora are read in place.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
from facturx import get_xml_from_pdf

from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.documents.issue.context import DocumentContext
from choriste.domain.invoice.model import Invoice, Price
from choriste.formats.invoice.facturx import as_facturx_asks
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA
from tests.pdfa.verapdf import Outcome, missing, validate

CONTEXT = DocumentContext(
    technical_id="CHO-2026-00000042",
    deposited_at=dt.datetime(2026, 2, 3, 9, 15, tzinfo=dt.UTC),
    flow_id="FX-20260203-0007",
    engagement="1400123456",
    service_code="ACHATS",
)
_REFUSED = ("invalid", "rejet", "about", "error", "passes official")


@dataclass(frozen=True, slots=True)
class Sample:
    """One invoice of the corpora: its path there and its XML."""

    path: str
    xml: bytes


def valid_samples() -> Iterator[Sample]:
    """Yield every invoice that no official rule set refuses and that its source does not call wrong."""
    with (CORPORA / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            called_wrong = row["expected"].startswith(_REFUSED)
            if row["kind"] != "invoice" or row["en16931_fatal"] or called_wrong:
                continue
            xml = _xml(CORPORA / row["path"], row["syntax"])
            if xml is not None:
                yield Sample(row["path"], xml)


def _xml(path: Path, syntax: str) -> bytes | None:
    if syntax in ("CII", "UBL"):
        return path.read_bytes()
    if syntax != "FACTUR-X-PDF":
        return None
    _name, xml = get_xml_from_pdf(path.read_bytes(), check_xsd=False)
    return bytes(xml) if xml else None


def invoice_files() -> Iterator[str]:
    """Yield the path of every file of the corpora that should hold an invoice, right or wrong."""
    with (CORPORA / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            if row["kind"] == "invoice" and row["syntax"] in ("CII", "UBL", "FACTUR-X-PDF"):
                yield row["path"]


def facturx_of(sample: Sample, *, language: str = "fr") -> bytes:
    """Return the Factur-X of a sample, its original attached where it could not go in as it was."""
    return render_readable_copy_pdf(sample.xml, filename="original.xml", context=CONTEXT, language=language)


def main(arguments: list[str]) -> int:
    """Make the documents, validate them, print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="one file in N only")
    parser.add_argument("--keep", type=Path, help="keep the documents in this folder")
    parser.add_argument("--round-trip", action="store_true", help="without veraPDF")
    options = parser.parse_args(arguments)
    if not CORPORA.is_dir():
        sys.stdout.write(f"no corpora at {CORPORA}\n")
        return 1
    if not options.round_trip and (reason := missing()) is not None:
        sys.stdout.write(f"{reason}\n")
        return 1
    folder = options.keep or Path(tempfile.mkdtemp(prefix="choriste-pdfa-"))
    try:
        samples = list(valid_samples())[:: options.sample or 1]
        return _run(samples, folder, judged=not options.round_trip)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def _run(samples: list[Sample], folder: Path, *, judged: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Path, str] = {}
    samples_by_path = {sample.path: sample for sample in samples}
    for index, sample in enumerate(samples):
        file = folder / f"{index:04d}.pdf"
        file.write_bytes(facturx_of(sample, language="en" if index % 2 else "fr"))
        files[file] = sample.path
    changed = [path for file, path in files.items() if not _reads_back(file, samples_by_path[path])]
    for path in changed:
        sys.stdout.write(f"CHANGED {path}\n")
    outcomes = validate(list(files)) if judged else []
    failures = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failures:
        sys.stdout.write(f"FAIL {outcome.profile} {files[outcome.file]} {outcome.failing}\n")
    if judged:
        sys.stdout.write(_figures(samples, outcomes, failures) + "\n")
    same = len(samples) - len(changed)
    sys.stdout.write(f"{same} of {len(samples)} embedded invoices read back as the same model\n")
    return 1 if failures or changed else 0


def _reads_back(file: Path, sample: Sample) -> bool:
    """Whether the XML inside a document gives the model that its original gave."""
    with pikepdf.open(file) as pdf:
        embedded = pdf.attachments["factur-x.xml"].get_file().read_bytes()
    return comparable(read_xml(embedded).invoice) == comparable(read_xml(sample.xml).invoice)


def comparable(invoice: Invoice) -> Invoice:
    """Return an invoice without its identifier (BT-24), and without what its Factur-X has no place for.

    A price discount (BT-147) needs the gross price (BT-148) around it, which our writer then makes
    explicit; an attachment without content has neither MIME type nor file name.
    """
    return replace(
        as_facturx_asks(invoice),
        specification=None,
        lines=tuple(replace(line, price=_with_gross(line.price)) for line in invoice.lines),
        supporting_documents=tuple(
            document if document.content else replace(document, mime_type=None, filename=None)
            for document in invoice.supporting_documents
        ),
    )


def _with_gross(price: Price | None) -> Price | None:
    if price is None or price.net is None or price.discount is None or price.gross is not None:
        return price
    return replace(price, gross=price.net + price.discount)


def _figures(samples: list[Sample], outcomes: list[Outcome], failures: list[Outcome]) -> str:
    failed = len({failure.file for failure in failures})
    assertions = sum(outcome.assertions for outcome in outcomes)
    return f"{len(samples) - failed} of {len(samples)} documents pass 3a and ua1 ({assertions} assertions)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
