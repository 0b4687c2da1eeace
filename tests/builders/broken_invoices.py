"""Invoices of the sample data with one fault each, as their suppliers made them, and the reports on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from choriste.application.deposits.validate_file import Validation, validate_file
from choriste.cli.validate import text_report
from choriste.domain.shared.findings import Message

DAY = dt.date(2026, 11, 22)
FOLDER = "tests/unit/rules/findings/reports"
_BEFORE = Path(__file__).parents[2] / FOLDER / "before"


@dataclass(frozen=True, slots=True)
class BrokenInvoice:
    """A file's name, what its supplier did, the sample that it is made of, and what replaces what in it.

    `first` is the rule whose finding must come first: it is the one to mend.
    """

    name: str
    story: Message
    sample: str
    changes: tuple[tuple[str, str], ...]
    first: str
    cut_at: int | None = None

    def content(self) -> bytes:
        """Return the file's bytes."""
        text = files("choriste.local.samples").joinpath(self.sample).read_text(encoding="utf-8")
        for old, new in self.changes:
            assert old in text, (self.name, old)
            text = text.replace(old, new, 1)
        return text.encode()[: self.cut_at]

    def validated(self) -> Validation:
        """Return what validation says of it."""
        return validate_file(self.content(), filename=f"{self.name}.xml", on=DAY)

    def report(self, language: str) -> str:
        """Return the text report, as `choriste validate` prints it."""
        return "\n".join(text_report(f"{self.name}.xml", self.validated(), language)) + "\n"


BROKEN_INVOICES: tuple[BrokenInvoice, ...] = (
    BrokenInvoice(
        "wrong-total",
        Message(
            "Une remise a été ajoutée après coup, et le total hors TVA n'a pas suivi.",
            "An allowance was added late, and the total without VAT did not follow.",
        ),
        "invoice-cii.xml",
        (("<ram:TaxBasisTotalAmount>1515.00", "<ram:TaxBasisTotalAmount>1535.00"),),
        "BR-CO-13",
    ),
    BrokenInvoice(
        "vat-rate-and-category",
        Message(
            "Une ligne exonérée (catégorie E) a gardé son taux de 20 %, et la ventilation de TVA l'ignore.",
            "An exempt line (category E) kept its rate of 20 %, and the VAT breakdown does not know it.",
        ),
        "invoice-ubl.xml",
        (
            (
                "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>",
                "<cac:ClassifiedTaxCategory>\n        <cbc:ID>E</cbc:ID>",
            ),
        ),
        "BR-E-05",
    ),
    BrokenInvoice(
        "no-siren",
        Message(
            "L'identité légale du vendeur a été oubliée : ni SIREN, ni SIRET.",
            "The seller's legal identity was forgotten: neither SIREN nor SIRET.",
        ),
        "invoice-ubl.xml",
        (
            ('<cbc:CompanyID schemeID="0002">792541831</cbc:CompanyID>', ""),
            (
                '<cac:PartyIdentification>\n        <cbc:ID schemeID="0009">79254183100014</cbc:ID>\n'
                "      </cac:PartyIdentification>",
                "",
            ),
        ),
        "BR-FR-10_BT-30",
    ),
    BrokenInvoice(
        "impossible-date",
        Message(
            "La facture est datée du 31 novembre.",
            "The invoice is dated 31 November.",
        ),
        "invoice-ubl.xml",
        (("<cbc:IssueDate>2026-10-12", "<cbc:IssueDate>2026-11-31"),),
        "BR-FR-03_BT-2",
    ),
    BrokenInvoice(
        "missing-notes",
        Message(
            "Les mentions légales de retard de paiement ont été oubliées.",
            "The legal notes on late payment were forgotten.",
        ),
        "invoice-ubl.xml",
        (("#PMT#Indemnité", "Indemnité"), ("#PMD#Pénalités", "Pénalités"), ("#AAB#Pas", "Pas")),
        "BR-FR-05_BT-22-1",
    ),
    BrokenInvoice(
        "decimal-comma",
        Message(
            "Le logiciel écrit les montants avec une virgule, comme en français.",
            "The software writes amounts with a comma, as French does.",
        ),
        "invoice-cii.xml",
        (("<ram:GrandTotalAmount>1792.18", "<ram:GrandTotalAmount>1 792,18"),),
        "DATATYPE-DECIMAL",
    ),
    BrokenInvoice(
        "element-out-of-place",
        Message(
            "Le logiciel a écrit le numéro de commande dans un champ de son invention.",
            "The software wrote the order number in a field of its own.",
        ),
        "invoice-ubl.xml",
        (("<cbc:IssueDate>", "<cbc:OrderNumber>4711</cbc:OrderNumber>\n  <cbc:IssueDate>"),),
        "XSD-UNEXPECTED",
    ),
    BrokenInvoice(
        "unknown-unit",
        Message(
            "L'unité de la ligne est écrite en toutes lettres au lieu d'un code.",
            "The unit of the line is written in letters instead of a code.",
        ),
        "invoice-cii.xml",
        (('unitCode="HUR"', 'unitCode="HEURE"'),),
        "BR-CL-23",
    ),
    BrokenInvoice(
        "duplicate-scheme",
        Message(
            "Le vendeur donne deux SIRET, celui du siège et celui de l'agence.",
            "The seller gives two SIRET, that of the seat and that of the branch.",
        ),
        "invoice-cii.xml",
        (
            (
                '<ram:GlobalID schemeID="0009">83214569200014</ram:GlobalID>',
                '<ram:GlobalID schemeID="0009">83214569200014</ram:GlobalID>\n'
                '        <ram:GlobalID schemeID="0009">83214569200022</ram:GlobalID>',
            ),
        ),
        "BR-FR-CO-10_BT-29-2",
    ),
    BrokenInvoice(
        "wrong-profile",
        Message(
            "La facture annonce le profil MINIMUM, mais contient des lignes.",
            "The invoice announces the profile MINIMUM, but contains lines.",
        ),
        "invoice-cii.xml",
        (("<ram:ID>urn:cen.eu:en16931:2017</ram:ID>", "<ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID>"),),
        "PROFILE-LINES",
    ),
    BrokenInvoice(
        "cut-short",
        Message(
            "Le transfert du fichier s'est interrompu avant la fin.",
            "The transfer of the file stopped before its end.",
        ),
        "invoice-cii.xml",
        (),
        "XML-TRUNCATED",
        cut_at=5_000,
    ),
    BrokenInvoice(
        "grand-total-mistyped",
        Message(
            "Un 9 de trop a été tapé devant le total TTC ; le montant à payer est juste.",
            "A 9 too many was typed before the total with VAT; the amount due is right.",
        ),
        "invoice-cii.xml",
        (("<ram:GrandTotalAmount>1792.18", "<ram:GrandTotalAmount>91792.18"),),
        "BR-CO-15",
    ),
    BrokenInvoice(
        "line-mistyped",
        Message(
            "Deux chiffres du montant d'une ligne ont été intervertis.",
            "Two digits of a line's amount were swapped.",
        ),
        "invoice-cii.xml",
        (("<ram:LineTotalAmount>950.00", "<ram:LineTotalAmount>590.00"),),
        "BR-CO-10",
    ),
    BrokenInvoice(
        "two-totals-mistyped",
        Message(
            "Le total hors TVA est dix fois trop petit, et le montant à payer est celui d'un autre total.",
            "The total without VAT is ten times too small, and the amount due is that of another total.",
        ),
        "invoice-cii.xml",
        (
            ("<ram:TaxBasisTotalAmount>1515.00", "<ram:TaxBasisTotalAmount>151.50"),
            ("<ram:DuePayableAmount>1792.18", "<ram:DuePayableAmount>1520.00"),
        ),
        "BR-CO-13",
    ),
    BrokenInvoice(
        "no-profile",
        Message(
            "Le logiciel n'a pas écrit à quel profil la facture obéit.",
            "The software did not write which profile the invoice follows.",
        ),
        "invoice-cii.xml",
        (
            (
                "<ram:GuidelineSpecifiedDocumentContextParameter>\n"
                "      <ram:ID>urn:cen.eu:en16931:2017</ram:ID>\n"
                "    </ram:GuidelineSpecifiedDocumentContextParameter>",
                "",
            ),
        ),
        "BR-01",
    ),
    BrokenInvoice(
        "tax-without-currency",
        Message(
            "Le total de TVA n'indique pas sa devise.",
            "The total VAT amount does not tell its currency.",
        ),
        "invoice-cii.xml",
        (('<ram:TaxTotalAmount currencyID="EUR">', "<ram:TaxTotalAmount>"),),
        "BR-CO-15",
    ),
    BrokenInvoice(
        "unclosed-element",
        Message(
            "Un élément ouvert n'est jamais fermé.",
            "An element that was opened is never closed.",
        ),
        "invoice-cii.xml",
        (("</ram:SpecifiedTradeSettlementPaymentMeans>", ""),),
        "XML-SYNTAX",
    ),
)

_PAGE = """# Reports

What `choriste validate` says of broken invoices, in French and in English. Each file is an invoice of the
sample data with one fault; findings stand in the order in which to fix them, and what follows from one is
folded beneath it. The page is made from the code by `make docs`, a test compares it with what the code says
now. Where the report said something else before causes were sought, its text of that time stands below.
"""


def reports_page() -> str:
    """Return the page that shows the reports, as Markdown."""
    return "\n".join([_PAGE, *map(_section, BROKEN_INVOICES)])


def _before(invoice: BrokenInvoice, language: str) -> str:
    """Return what the report said before causes were found, where it said something else."""
    kept = _BEFORE / f"{invoice.name}.{language}.txt"
    if not kept.exists():
        return ""
    title = "Before" if language == "en" else "Avant"
    return f"\n{title}:\n\n```text\n{kept.read_text(encoding='utf-8')}```\n"


def _section(invoice: BrokenInvoice) -> str:
    told = [(invoice.story.fr, "fr"), (invoice.story.en, "en")]
    shown = "\n".join(
        f"{story}\n\n```text\n{invoice.report(language)}```\n{_before(invoice, language)}"
        for story, language in told
    )
    return f"## {invoice.name}\n\n{shown}"


REPORTS: dict[str, Callable[[], str]] = {
    "docs/reports.md": reports_page,
    **{
        f"{FOLDER}/{invoice.name}.{language}.txt": partial(invoice.report, language)
        for invoice in BROKEN_INVOICES
        for language in ("fr", "en")
    },
}
