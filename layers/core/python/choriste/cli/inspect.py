"""`choriste inspect`: what a file is and what can be read from it, as JSON."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from choriste.cli.files import NamedFiles, Progress
from choriste.documents.read.inspection import FileKind, Inspection, inspect_path
from choriste.documents.read.prefill import Prefill
from choriste.documents.read.prefill.explain import explained, sentences
from choriste.documents.read.prefill.from_file import prefill_file
from choriste.documents.read.recognition.engine import is_installed
from choriste.documents.read.recognition.here import HereRecogniser
from choriste.documents.read.recognition.pictures import is_readable_picture
from choriste.domain.invoice.model import Invoice, Party, Totals
from choriste.domain.invoice.reading import Reading
from choriste.domain.shared.findings import Severity, worded
from choriste.formats.errors import UnreadableError
from choriste.formats.read import read_xml
from choriste.i18n.catalogue import translate

_PATIENCE = 120.0
"""Seconds for the pages of a scan: nobody waits behind a command as one waits for a page."""

_EPILOG = """\
Of one file, the JSON is indented; of several, each has one JSON document on a line of its own.

exit codes:
  0    every file could be read
  1    a file is refused as it stands: `findings` says why
  2    a file is not there or cannot be opened; the others are described all the same

Examples:
  choriste inspect invoice.pdf
  choriste inspect invoices/ > invoices.ndjson
  choriste inspect --explain invoice.pdf
  choriste inspect --explain --format text --language fr invoice.pdf"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="any file, or folders of them")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="also say, for each field read from the pages, which values were weighed and why one was taken",
    )
    parser.add_argument(
        "--format",
        choices=("json", "text"),
        default="json",
        help="how to print; text is the explanation alone, for people (default: json)",
    )
    parser.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of the text (default: fr)"
    )
    parser.epilog = _EPILOG
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one JSON object per file; 1 when a file is refused, 2 when one could not be used."""
    files = NamedFiles(options.files, "en")
    progress = Progress(len(files), "inspect")
    indent = 2 if len(options.files) == len(files) == 1 else None
    all_read = True
    for count, file in enumerate(files, start=1):
        try:
            described = _describe(file, explain=options.explain)
            text = _text_of(file, options.language) if options.format == "text" else None
        except OSError as error:
            files.unread(file, error)
            continue
        print(text or json.dumps(described, ensure_ascii=False, indent=indent), flush=True)
        all_read = all_read and not described["refused"]
        progress.at(count)
    return files.exit_code(fine=all_read)


def _text_of(file: Path, language: str) -> str:
    """Return why each field was read as it was, in lines for people."""
    inspection = inspect_path(file)
    if inspection.refusal is not None and inspection.kind is not FileKind.IMAGE:
        return f"{file}\n{getattr(inspection.refusal.message, language)}"
    if inspection.kind is FileKind.IMAGE and not is_readable_picture(file.read_bytes()):
        return f"{file}\n{getattr(inspection.findings[0].message, language)}"
    if inspection.pdf is None and inspection.kind is not FileKind.IMAGE:
        return f"{file}\n{translate('documents.prefill', 'explain-no-pages', language)}"
    try:
        read = _pages(file.read_bytes())
    except UnreadableError as error:
        return f"{file}\n{getattr(error.finding.message, language)}"
    told = [getattr(finding.message, language) for finding in read.findings]
    return "\n".join((str(file), *told, *(sentences(read, language) if not read.illegible else ())))


def _pages(content: bytes) -> Prefill:
    """Return what the pages say; where only recognition could read them, that it is not installed."""
    engine = HereRecogniser(seconds=_PATIENCE) if is_installed() else None
    read = prefill_file(content, recogniser=engine)
    if read.illegible and engine is None:
        missing = worded("documents.prefill", "PREFILL-NO-RECOGNITION", severity=Severity.WARNING)
        return replace(read, findings=(*read.findings, missing))
    return read


def _describe(file: Path, *, explain: bool) -> dict[str, object]:
    inspection = inspect_path(file)
    if inspection.kind is FileKind.XML and inspection.refusal is None:
        return {"file": str(file), **_read(inspection, file.read_bytes())}
    return {"file": str(file), **inspection.as_json(), **_prefilled(file, inspection, explain=explain)}


def _read(inspection: Inspection, xml: bytes) -> dict[str, object]:
    """Return what an XML file is, with the data of the invoice, or refused with why there is none."""
    try:
        reading = read_xml(xml)
    except UnreadableError as error:
        findings = (*inspection.findings, error.finding)
        return replace(inspection, findings=findings).as_json()
    return {**inspection.as_json(), "document": _document(reading)}


def _document(reading: Reading) -> dict[str, object]:
    """Return the syntax, the profile, and what the invoice says; what it does not say is left out."""
    invoice = reading.invoice
    return {
        "syntax": reading.syntax.value,
        "profile": reading.profile,
        **_said(
            number=invoice.number,
            type_code=invoice.type_code,
            issue_date=invoice.issue_date,
            due_date=invoice.due_date,
            currency=invoice.currency,
            seller=_party(invoice.seller),
            buyer=_party(invoice.buyer),
            lines=len(invoice.lines),
            totals=_totals(invoice),
        ),
    }


def _party(party: Party | None) -> dict[str, object]:
    if party is None:
        return {}
    registration = party.legal_registration
    return _said(
        name=party.name,
        legal_registration=registration.value if registration else None,
        vat_number=party.vat_number,
    )


def _totals(invoice: Invoice) -> dict[str, object]:
    """Return the totals as exact decimals in text."""
    totals = invoice.totals or Totals()
    return _said(without_vat=totals.without_vat, vat=totals.vat, with_vat=totals.with_vat, due=totals.due)


def _said(**fields: object) -> dict[str, object]:
    """Return the fields that have a value, in a form that JSON knows: dates and amounts as text."""
    return {
        name: value if isinstance(value, (int, dict)) else str(value)
        for name, value in fields.items()
        if value is not None and value != {}
    }


def _prefilled(file: Path, inspection: Inspection, *, explain: bool) -> dict[str, object]:
    """Return the fields read from a picture, or a PDF that holds no invoice data, or why there are none."""
    readable = inspection.pdf is not None and inspection.invoice is None and inspection.refusal is None
    if not readable and inspection.kind is not FileKind.IMAGE:
        return {}
    content = file.read_bytes()
    if not readable and not is_readable_picture(content):
        return {}
    try:
        read = _pages(content)
    except UnreadableError as error:
        return {"prefill": Prefill(findings=(error.finding,)).as_json()}
    explanation = {"explanation": explained(read)} if explain else {}
    return {"prefill": {**read.as_json(), **explanation}}
