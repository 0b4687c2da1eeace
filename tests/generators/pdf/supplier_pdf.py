"""One supplier-like PDF for each seed, with what it prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.generators.pdf.facts import Facts, draw_facts
from tests.generators.pdf.layouts import draw_sheet
from tests.generators.pdf.producers import PRODUCERS, as_scan


@dataclass(frozen=True)
class SupplierPdf:
    """A generated document.

    `printed` maps the fields that stand on it to their canonical values, nothing for a scan; `implied` maps
    those that could be deduced without being printed, so that deducing them rightly is no fault.
    """

    seed: int
    producer: str
    language: str
    scanned: bool
    data: bytes
    printed: Mapping[str, str]
    implied: Mapping[str, str]


def supplier_pdf(seed: int, *, unseen: bool = False) -> SupplierPdf:
    """Draw the document of a seed; the same seed gives the same text on the same layout."""
    random = Random(seed)  # noqa: S311 - the draw must be repeatable, not secret
    facts = draw_facts(random)
    producer = random.choice(sorted(PRODUCERS))
    sheet = draw_sheet(random, facts, plain_spaces=producer in {"reportlab", "fpdf2"}, unseen=unseen)
    if producer == "fpdf2" and sheet.font == "sans":
        sheet.font = "serif"  # fpdf2's core fonts have no euro sign
    data = PRODUCERS[producer](sheet)
    scanned = random.random() < 0.03
    return SupplierPdf(
        seed=seed,
        producer=producer,
        language=facts.language,
        scanned=scanned,
        data=as_scan(data) if scanned else data,
        printed={} if scanned else sheet.printed,
        implied={} if scanned else implied(facts, sheet.printed),
    )


def implied(facts: Facts, printed: Mapping[str, str]) -> dict[str, str]:
    """Return what a careful reader may deduce: the SIREN from elsewhere, the tax from the two totals."""
    sign = "-" if printed.get("total_with_vat", "").startswith("-") else ""
    return {
        "supplier_siren": facts.supplier.siren,
        "type_code": "381" if facts.credit else "380",
        "currency": facts.currency,
        "total_vat": f"{sign}{facts.vat:.2f}",
        "amount_due": printed.get("total_with_vat", ""),
    }
