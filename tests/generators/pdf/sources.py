"""The sources of the measure: each a hand, or a public collection, that knows nothing of the others.

`BUILD` may be looked at while the reader is being made. `HELD` is opened once, when it is finished: nothing
was tuned on it. Sources of the corpora are empty where `CHORISTE_CORPORA` names no folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Final

from choriste.documents.read.inspection import inspect_path
from choriste.documents.read.prefill import FieldName
from choriste.domain.invoice.model import Invoice, Party
from choriste.formats.errors import UnreadableError
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA
from tests.generators.pdf import further_kinds, hands, kinds
from tests.generators.pdf.case import FIELDS, Case, amount
from tests.generators.pdf.supplier_pdf import supplier_pdf

HELD_OUT: Final = 1_000_000
"""Seeds of our own generator from here up are held."""

_PUBLIC_BUILD: Final = ("cas-limites", "fnfe-facturx-1.08", "zugferd-corpus/fx", "attestwire")
_PUBLIC_HELD: Final = ("mustang", "lunatech-fr", "zugferd-corpus/v2pdf")
_CONTRADICTED: Final = frozenset(
    {"CALC-001_facture", "CALC-003_facture", "validXRechnung", "fail_ZUGFeRD_2_fully_compliant_complete",
     "fail_ZUGFeRD_2.0_fully_compliant_complete"}
)  # fmt: skip
"""Files whose page and data contradict each other: what is right cannot be told."""

_FIELD_SCANS: Final = 25

Source = Callable[[], Iterable[Case]]


def field_cases(folder: str) -> Iterator[Case]:
    """Yield the cases of `field/`: what a person would type of pages made after public bug reports."""
    for file in sorted((CORPORA / "field" / folder).glob("*.json")):
        described = json.loads(file.read_text(encoding="utf-8"))
        right = described.get("right", described)
        if isinstance(right, dict):
            yield Case(f"field/{folder}", file.stem, file.with_suffix(".pdf").read_bytes(), _typed(right))


def _typed(right: Mapping[str, object]) -> dict[str, str | None]:
    truth: dict[str, str | None] = {
        name: str(value) for name, value in right.items() if name in set(FieldName)
    }
    accounts = right.get("ibans", [right["iban"]] if "iban" in right else [])
    truth["ibans"] = ",".join(accounts) if isinstance(accounts, list) else None
    rows = right.get("vat")
    if isinstance(rows, list):
        truth["vat_breakdown"] = ";".join(":".join(row) for row in rows)
    return truth


def generated(first: int, count: int, *, unseen: bool = False) -> Iterator[Case]:
    """Yield documents of our own generator; `unseen` with labels that the reader was never given."""
    for seed in range(first, first + count):
        document = supplier_pdf(seed, unseen=unseen)
        if not document.scanned:
            unsaid = [name for name in FIELDS if name not in document.implied]
            truth = {**dict.fromkeys(unsaid), **document.printed}
            yield Case("generator", f"generator-{seed}", document.data, truth)


def public(folders: Iterable[str]) -> Iterator[Case]:
    """Yield other people's hybrid invoices: the page is read, the data inside is the truth.

    A field is only asked for where the page has its value in some writing: data says more than a page.
    """
    for folder in folders:
        for path in sorted((CORPORA / folder).glob("*.pdf")):
            embedded = inspect_path(path).invoice
            if embedded is None or path.stem in _CONTRADICTED:
                continue
            try:
                invoice = read_xml(embedded.xml).invoice
            except UnreadableError:
                continue
            data = path.read_bytes()
            yield Case(f"public/{folder}", path.stem, data, dict(_printed(data, _facts(invoice))))


def _facts(invoice: Invoice) -> Iterator[tuple[str, str]]:
    totals = invoice.totals
    for name, value in (
        ("number", invoice.number),
        ("issue_date", invoice.issue_date),
        ("due_date", invoice.due_date),
        ("currency", invoice.currency),
        ("total_without_vat", totals.without_vat if totals else None),
        ("total_vat", totals.vat if totals else None),
        ("total_with_vat", totals.with_vat if totals else None),
        ("purchase_order", invoice.purchase_order_reference),
        ("supplier_vat", invoice.seller.vat_number if invoice.seller else None),
        ("buyer_vat", invoice.buyer.vat_number if invoice.buyer else None),
        ("supplier_siret", _siret(invoice.seller)),
        ("buyer_siret", _siret(invoice.buyer)),
    ):
        if value is not None:
            yield name, amount(value) if isinstance(value, Decimal) else str(value).replace(" ", "")


def _siret(party: Party | None) -> str | None:
    identifiers = party.identifiers if party else ()
    return next((each.value for each in identifiers if each.scheme == "0009"), None)


def _printed(data: bytes, facts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    from choriste.documents.read.inspection import extract_text  # noqa: PLC0415 - only for this source

    text = "".join(word.text for page in extract_text(data) for word in page.words)
    digits = "".join(filter(str.isalnum, text)).lower()
    for name, value in facts:
        if name == "currency":
            shown = value in text or (value == "EUR" and "€" in text)
        elif name.endswith("date"):
            year, month, day = value.split("-")
            shown = any(
                part in digits
                for part in (f"{day}{month}{year}", f"{year}{month}{day}", f"{day}{month}{year[2:]}")
            )
        else:
            shown = "".join(filter(str.isalnum, value)).lower() in digits
        if shown:
            yield name, f"{value}|-{value}" if name.startswith("total") else value


BUILD: Final[Mapping[str, Source]] = {
    "field/prefill": partial(field_cases, "prefill"),
    "field/pdf": partial(field_cases, "pdf"),
    "kinds": kinds.cases,
    "further kinds": further_kinds.cases,
    "hands": partial(hands.cases, hands.BUILD),
    "generator": partial(generated, 0, 150),
    "public": partial(public, _PUBLIC_BUILD),
}
HELD: Final[Mapping[str, Source]] = {
    "hands": partial(hands.cases, hands.HELD),
    "generator": partial(generated, HELD_OUT, 150),
    "public": partial(public, _PUBLIC_HELD),
}


def _scanned() -> Iterator[Case]:
    from tests.generators.pdf.scans import scans  # noqa: PLC0415 - it needs the optional libraries

    cases = (*public((*_PUBLIC_BUILD, *_PUBLIC_HELD)), *field_cases("prefill"))
    yield from scans((*cases, *islice(field_cases("pdf"), _FIELD_SCANS)))


SCANS: Final[Mapping[str, Source]] = {"scans": _scanned}
"""Other people's documents as scans and photographs, read by the optional layer."""
