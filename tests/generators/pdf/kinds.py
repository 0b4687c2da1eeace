"""One plain invoice, and what suppliers do with one fact of it: each a case with the right values.

Drawn with reportlab's canvas, string by string: no layout of the generator beside it. The firms are
invented. A truth of None means that the page does not tell the field: nothing may be certain for it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.generators.pdf.case import Case

SIRET, VAT = "52811477000019", "FR60528114770"
BUYER_SIRET = "21690123100011"
IBAN = "FR7630006000011234567890189"
_LEFT, _MIDDLE, _RIGHT = 40.0, 330.0, 540.0
Rows = Sequence[tuple[str, str]]

TRUTH: Final[Mapping[str, str | None]] = {
    "supplier_siret": SIRET,
    "supplier_vat": VAT,
    "number": "F-2026-118",
    "issue_date": "2026-11-03",
    "currency": "EUR",
    "total_without_vat": "1000.00",
    "total_vat": "200.00",
    "total_with_vat": "1200.00",
    "ibans": "",
}

SUPPLIER: Final = (
    "ATELIER ROUSSEL SARL",
    "5 rue des Forges",
    "69120 VALBRUNE",
    f"SIRET : {SIRET}",
    f"TVA : {VAT}",
)
BUYER: Final = ("Commune de Valbrune", "1 place de l'Hôtel de Ville", "69690 VALBRUNE")
TABLE: Final[Sequence[Sequence[str]]] = (
    ("Désignation", "Qté", "PU HT", "Total HT"),
    ("Reliure de registres", "10", "100,00", "1 000,00"),
)
TOTALS: Final[Rows] = (("Total HT", "1 000,00 €"), ("TVA 20 %", "200,00 €"), ("Total TTC", "1 200,00 €"))


@dataclass(frozen=True)
class Sheet:
    """What stands where on the page."""

    supplier: Sequence[str] = SUPPLIER
    buyer: Sequence[str] = BUYER
    title: Sequence[str] = ("Facture n° F-2026-118", "Date : 03/11/2026")
    table: Sequence[Sequence[str]] = TABLE
    totals: Rows = TOTALS
    below: Sequence[str] = ()
    footer: Sequence[str] = ()
    columns: Sequence[float] = field(default=(_LEFT, 330.0, 400.0, 480.0))


def draw(sheet: Sheet) -> bytes:
    """Return the PDF of a sheet."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    canvas.setFont("Helvetica", 9)
    for x, lines, top in ((_LEFT, sheet.supplier, 60.0), (_MIDDLE, sheet.buyer, 130.0)):
        _lines(canvas, x, top, lines)
    _lines(canvas, _LEFT, 210.0, sheet.title)
    top = 230.0 + 14 * len(sheet.title)
    for row in sheet.table:
        for x, cell in zip(sheet.columns, row, strict=False):
            canvas.drawString(x, A4[1] - top, cell)
        top += 14
    for label, amount in sheet.totals:
        top += 14
        canvas.drawString(_MIDDLE, A4[1] - top, label)
        canvas.drawRightString(_RIGHT, A4[1] - top, amount)
    _lines(canvas, _LEFT, top + 40, sheet.below)
    canvas.setFont("Helvetica", 7)
    for at, line in enumerate(sheet.footer):
        canvas.drawCentredString(A4[0] / 2, 40 - 9 * at, line)
    canvas.save()
    return target.getvalue()


def _lines(canvas: Canvas, x: float, top: float, lines: Sequence[str]) -> None:
    for at, line in enumerate(lines):
        canvas.drawString(x, A4[1] - top - 13 * at, line)


def cases() -> Iterator[Case]:
    """Yield every kind, in order."""
    base = Sheet()
    for at, (sheet, truth) in enumerate(
        [
            *_numbers(base),
            *_dates(base),
            *_references(base),
            *_parties(base),
            *_accounts(base),
            *_amounts(base),
        ]
    ):
        yield Case("kinds", f"kind-{at:03d}", draw(sheet), {**TRUTH, **truth})


Varied = Iterator[tuple[Sheet, Mapping[str, str | None]]]


def _numbers(base: Sheet) -> Varied:
    date = "Date : 03/11/2026"
    for line, number in (
        ("Facture n° FA 2026 0012", "FA 2026 0012|FA20260012"),
        ("Facture n° 45 / 2026", "45/2026|45 / 2026"),
        ("FACTURE N°2026/118", "2026/118"),
        ("Facture : F-2026-118", "F-2026-118"),
        ("Facture de solde n° FS-26-9", "FS-26-9"),
        ("Facture de situation n° 3-2026", "3-2026"),
        ("Facture N. 2026118", "2026118"),
        ("FACTURE # 118", "118"),
        ("Votre facture n° 10 123 456 789", "10123456789|10 123 456 789"),
        ("Réf. facture : 26/118-A", "26/118-A"),
        ("Facture no 2026-118-B", "2026-118-B"),
        ("Note d'honoraires n° 2026/1188", "2026/1188"),
        ("N° de pièce : VE-26-0118", "VE-26-0118"),
        ("FACTURE 2026 – 118", "2026-118|2026 - 118"),
        ("Facture n° FAC_2026_00118", "FAC_2026_00118"),
        ("Facture n° 2026.11.0045", "2026.11.0045"),
        ("Invoice no. INV-118", "INV-118"),
        ("Facture rectificative n° FR-7", "FR-7"),
    ):
        yield replace(base, title=(line, date)), {"number": number}
    credit = {"number": "AV-31", "type_code": "381", "corrected_invoice": "FA-42"}
    for lines in (
        ("AVOIR AV-31", date, "Facture n° FA-42 du 03/09/2026"),
        ("Avoir n° AV-31", date, "Annule la facture FA-42"),
        ("AVOIR N° AV-31", date, "sur facture n° FA-42 du 03/09/2026"),
        ("NOTE DE CRÉDIT N° AV-31", date, "Facture d'origine : FA-42"),
        ("Facture d'avoir n° AV-31", date, "En référence à la facture n° FA-42"),
    ):
        yield replace(base, title=lines), credit
    quoted = ("Rappel : la facture n° F-2026-101 du 03/09/2026 reste impayée, 350,00 €",)
    yield replace(base, title=("Facture F-2026-118", date), below=quoted), {}
    deposit = ("Acompte facturé : facture n° FA-2026-12 du 02/09/2026",)
    yield replace(base, title=("Facture n° F-2026-118", date), below=deposit), {}


def _dates(base: Sheet) -> Varied:
    number = "Facture n° F-2026-118"
    for line, date in (
        ("Valbrune, le lundi 3 novembre 2026", "2026-11-03"),
        ("Le 3 novembre 2026", "2026-11-03"),
        ("Date de facturation : 3 nov. 2026", "2026-11-03"),
        ("Émise le 03.11.2026", "2026-11-03"),
        ("Date : 3/11/26", "2026-11-03"),
        ("Date de la facture 03-11-2026", "2026-11-03"),
        ("Date d'établissement : 2026-11-03", "2026-11-03"),
        ("Facture en date du 3 novembre 2026", "2026-11-03"),
        ("Fait à Valbrune, le 03/11/2026", "2026-11-03"),
        ("VALBRUNE LE 3 NOVEMBRE 2026", "2026-11-03"),
        ("Date facture : 03 novembre 2026", "2026-11-03"),
        ("Date (JJ/MM/AAAA) : 03/11/2026", "2026-11-03"),
        ("Éditée le 03/11/2026", "2026-11-03"),
    ):
        yield replace(base, title=(number, line)), {"issue_date": date}
    for line in (
        "Période de facturation : du 01/10/2026 au 31/10/2026",
        "Prestations du 1er octobre au 31 octobre 2026",
        "Période du 01/10 au 31/10/2026",
        "Facture pour la période 01/10/2026 - 31/10/2026",
    ):
        yield replace(base, title=(number, line)), {"issue_date": None}
        yield replace(base, title=(number, line, "Date : 03/11/2026")), {}
    both = (number, "Date : 03/11/2026")
    for line, due in (
        ("À régler au plus tard le 03/12/2026", "2026-12-03"),
        ("Paiement à 30 jours, soit le 03/12/2026", "2026-12-03"),
        ("Échéance au 3 décembre 2026", "2026-12-03"),
        ("Date limite de règlement : 03/12/26", "2026-12-03"),
        ("Payable avant le 03/12/2026", "2026-12-03"),
        ("Sera prélevé le 03/12/2026 sur votre compte", "2026-12-03"),
        ("Escompte de 1 % pour paiement avant le 10/11/2026 ; échéance : 03/12/2026", "2026-12-03"),
        ("Règlement : virement 30 jours fin de mois - Ech. 31/12/2026", "2026-12-31"),
    ):
        yield replace(base, title=(*both, line)), {"due_date": due}
    yield (
        replace(base, title=both, below=("Échéances : 600,00 € le 03/12/2026", "600,00 € le 03/01/2027")),
        {"due_date": None},
    )


def _references(base: Sheet) -> Varied:
    for line, truth in (
        ("Votre bon de commande n° 4500 118 771", {"purchase_order": "4500118771|4500 118 771"}),
        ("Commande n° BC-26-77 du 12/10/2026", {"purchase_order": "BC-26-77"}),
        ("N° EJ : 1300456789", {"engagement": "1300456789"}),
        ("EJ 1300456789", {"engagement": "1300456789"}),
        ("Engagement juridique n° 1300456789", {"engagement": "1300456789"}),
        ("N° d'engagement 2026-00871", {"engagement": "2026-00871"}),
        (
            "Code service : ACHATS - N° engagement : E26-871",
            {"service_code": "ACHATS", "engagement": "E26-871"},
        ),
        ("Code service exécutant : D0069", {"service_code": "D0069"}),
        ("Marché n° 2026-M-014, engagement E26-871", {"contract": "2026-M-014", "engagement": "E26-871"}),
        ("N° de marché : 26 014", {"contract": "26014|26 014"}),
        ("Bon de commande : BC26/00871", {"purchase_order": "BC26/00871"}),
        ("V/Réf. commande : 26-00871", {"purchase_order": "26-00871"}),
        ("Contrat n° CT-4471", {"contract": "CT-4471"}),
        (
            "Selon votre commande n° 871 et le marché n° 2026-14",
            {"purchase_order": "871", "contract": "2026-14"},
        ),
        ("N° bon de commande : 871", {"purchase_order": "871"}),
        ("SIRET dest. : 21690123100011", {"buyer_siret": BUYER_SIRET}),
        ("SIRET client : 216 901 231 00011", {"buyer_siret": BUYER_SIRET}),
        ("Votre n° SIRET : 21690123100011", {"buyer_siret": BUYER_SIRET}),
        ("Rappeler le n° de commande dans toute correspondance", {"purchase_order": None}),
    ):
        yield replace(base, below=(line,)), truth


def _parties(base: Sheet) -> Varied:
    bare = ("ATELIER ROUSSEL", "5 rue des Forges", "69120 VALBRUNE")
    nobody: dict[str, str | None] = {"supplier_siret": None, "supplier_siren": None, "supplier_vat": None}
    for line in (
        "Assurance responsabilité civile : Alliance du Rhône - SIREN 332 999 770",
        "Logiciel Factulog, édité par Factulog SAS - SIRET 33299977000016",
        "Filiale du groupe Rhodia - RCS Lyon 332 999 770",
        "Médiateur : CM2C, 14 rue Saint-Jean - SIRET 33299977000016",
        "Garantie financière : Compagnie Générale SA, RCS Lyon 332 999 770",
        "Hébergeur : Nuage SAS - SIREN 332999770",
        "Créance cédée à la Banque du Sud, SIRET 33299977000016",
    ):
        yield replace(base, supplier=bare, footer=(line,)), nobody
        yield replace(base, footer=(line,)), {}
    legal = f"ATELIER ROUSSEL SARL au capital de 8 000 € - RCS Lyon 528 114 770 - SIRET {SIRET} - TVA {VAT}"
    yield replace(base, supplier=bare, footer=(legal,)), {}
    window = (*BUYER, f"SIRET {BUYER_SIRET}")
    rcs = (*bare, "RCS Lyon 528 114 770")
    yield (
        replace(base, supplier=rcs, buyer=window),
        {
            "supplier_siret": None,
            "supplier_siren": "528114770",
            "supplier_vat": None,
            "buyer_siret": BUYER_SIRET,
        },
    )
    yield replace(base, buyer=window), {"buyer_siret": BUYER_SIRET}
    yield replace(base, supplier=(*bare, "Siren 528 114 770 Nic 00019", f"N° TVA {VAT}")), {}
    yield replace(base, supplier=(*bare, "SIRET 528 114 770 00019", "N° TVA FR 60 528 114 770")), {}
    yield (
        replace(base, supplier=(*bare, "528 114 770 R.C.S. Lyon", f"TVA {VAT}")),
        {
            "supplier_siret": None,
            "supplier_siren": "528114770",
        },
    )


def _accounts(base: Sheet) -> Varied:
    for lines, account in (
        ((f"IBAN : {IBAN}",), IBAN),
        (("Virement : FR76 3000 6000 0112 3456 7890 189 - BIC AGRIFRPP",), IBAN),
        (("IBAN FR76 3000 6000 0112 3456", "7890 189"), IBAN),
        (("Banque 30006 Guichet 00001 Compte 12345678901 Clé 89",), IBAN),
        (("Domiciliation : Banque du Sud", "RIB 30006 00001 12345678901 89"), IBAN),
        (("Prélèvement automatique", "IBAN débité : FR76 1027 8060 0100 0201 2340 144"), ""),
        (("Compte à débiter : FR7610278060010002012340144",), ""),
        (("Nous prélèverons votre compte FR76 1027 8060 0100 0201 2340 144 le 20/11/2026",), ""),
        (("Règlement par virement à notre compte FR7630006000011234567890189",), IBAN),
    ):
        yield replace(base, below=lines), {"ibans": account}


def _amounts(base: Sheet) -> Varied:
    yield (
        replace(
            base, totals=(("Total HT", "1.000,00 €"), ("TVA (20,00%)", "200,00 €"), ("TTC", "1.200,00 €"))
        ),
        {},
    )
    yield (
        replace(
            base, totals=(("TOTAL H.T.", "1 000 €"), ("T.V.A. 20 %", "200 €"), ("TOTAL T.T.C.", "1 200 €"))
        ),
        {},
    )
    due = {"amount_due": "1200.00"}
    for label in (
        "Net à payer",
        "Total à payer",
        "À régler",
        "Montant à régler",
        "Solde à payer",
        "Restant dû",
    ):
        yield replace(base, totals=(*TOTALS, (label, "1 200,00 €"))), due
    part = (("Acompte versé le 02/10/2026", "-400,00 €"), ("Reste à payer", "800,00 €"))
    yield replace(base, totals=(*TOTALS, *part)), {"amount_due": "800.00"}
    yield replace(base, totals=(("Total TTC", "1 200,00 €"), ("dont TVA 20 %", "200,00 €"))), {}
    exempt = ("TVA non applicable, art. 293 B du CGI",)
    none = {"supplier_vat": None, "total_vat": "0.00", "total_with_vat": "1000.00"}
    trader = replace(
        base, supplier=("Jean Roussel EI", *SUPPLIER[1:4]), totals=(("Total", "1 000,00 €"),), below=exempt
    )
    yield trader, none
    yield replace(trader, totals=(("TOTAL À PAYER", "1 000 €"),)), none
    yield replace(trader, totals=(("Montant HT", "1 000,00 €"), ("Net à payer", "1 000,00 €"))), none
    head = ("Taux", "Base HT", "TVA", "TTC")
    table = (head, ("20", "1 000,00", "200,00", "1 200,00"))
    yield replace(base, table=table, totals=(("Net à payer TTC", "1 200,00 €"),)), due
    months = (
        ("Prestation", "HT", "TVA", "TTC"),
        ("Octobre", "400,00", "80,00", "480,00"),
        ("Novembre", "600,00", "120,00", "720,00"),
        ("Total", "1 000,00", "200,00", "1 200,00"),
    )
    yield replace(base, table=months, totals=(), below=("Montants en euros",)), {}
    swiss = (("Total HT", "CHF 1'000.00"), ("TVA 8.1 %", "CHF 81.00"), ("Total TTC", "CHF 1'081.00"))
    chf = {"currency": "CHF", "total_vat": "81.00", "total_with_vat": "1081.00"}
    yield replace(base, totals=swiss, below=("Règlement en euros possible sur demande.",)), chf
    dollars = (("Total HT", "1 000,00 $"), ("TVA 20 %", "200,00 $"), ("Total TTC", "1 200,00 $"))
    yield replace(base, totals=dollars), {"currency": None}
    old = (("Solde précédent", "350,00 €"), ("Total à payer", "1 550,00 €"))
    yield replace(base, totals=(*TOTALS, *old)), {"amount_due": "1550.00"}
    lots = (("Sous-total lot 1 HT", "400,00 €"), ("Sous-total lot 2 HT", "600,00 €"), *TOTALS)
    yield replace(base, totals=lots), {}
