"""Invoices by eight hands that know nothing of each other: each its own page, words and program.

Six are HTML pages that WeasyPrint sets, one is the monospaced print of an old program (fpdf2), one is drawn
in two columns (reportlab). Firms are invented, identifiers and sums are sound. The hands of `BUILD` were
looked at while the reader was made; those of `HELD` only when it was finished.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from random import Random
from typing import Final

from fpdf import FPDF
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from choriste.domain.invoice.identifiers import french_vat_number
from tests.generators.pdf.case import Case, amount
from tests.generators.pdf.facts import iban, siren, siret

_CENT: Final = Decimal("0.01")
_MONTHS: Final = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
Truth = dict[str, str | None]


@dataclass
class Deal:
    """What an invoice says, drawn from a seed."""

    seed: int
    rates: tuple[str, ...] = ("20",)

    def __post_init__(self) -> None:
        """Draw the parties, the dates and the lines."""
        self.random = random = Random(self.seed)  # noqa: S311 - repeatable, not secret
        self.siren = siren(random)
        self.siret = siret(random, self.siren)
        self.vat = french_vat_number(self.siren)
        self.buyer_siret = siret(random, siren(random, "21"))
        self.iban = iban(random, "FR")
        self.issued = dt.date(2026, 1, 5) + dt.timedelta(days=random.randrange(300))
        self.due = self.issued + dt.timedelta(days=random.choice((15, 30, 45)))
        self.serial = random.randrange(100, 9000)
        self.engagement = f"45{random.randrange(10**8):08d}"
        self.lines = [
            (
                name,
                random.randrange(1, 9),
                Decimal(random.randrange(300, 90_000)) / 100,
                random.choice(self.rates),
            )
            for name in random.sample(_GOODS, random.randrange(2, 6))
        ]

    @cached_property
    def breakdown(self) -> list[tuple[str, Decimal, Decimal]]:
        """Rate, base and tax, the highest rate first."""
        rows = []
        for rate in sorted({line[3] for line in self.lines}, key=Decimal, reverse=True):
            base = sum((count * price for _, count, price, each in self.lines if each == rate), Decimal(0))
            rows.append((rate, base, (base * Decimal(rate) / 100).quantize(_CENT, ROUND_HALF_UP)))
        return rows

    @property
    def net(self) -> Decimal:
        """The total without VAT."""
        return sum((row[1] for row in self.breakdown), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The VAT."""
        return sum((row[2] for row in self.breakdown), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """The total with VAT."""
        return self.net + self.tax

    def truth(self, **more: str | None) -> Truth:
        """Return what every hand prints, and what this one does beyond or otherwise."""
        common: Truth = {
            "supplier_siret": self.siret,
            "issue_date": self.issued.isoformat(),
            "currency": "EUR",
            "total_without_vat": amount(self.net),
            "total_vat": amount(self.tax),
            "total_with_vat": amount(self.gross),
            "vat_breakdown": ";".join(
                f"{rate}:{amount(base)}:{amount(tax)}" for rate, base, tax in self.breakdown
            ),
            "ibans": "",
        }
        return {**dict.fromkeys(_UNSAID), **common, **more}


_UNSAID: Final = (
    "buyer_siret", "buyer_vat", "purchase_order", "engagement", "service_code", "contract",
    "corrected_invoice", "due_date", "exemption_reason",
)  # fmt: skip
"""What a hand does not say unless it is given."""

_GOODS: Final = (
    "Pose de carrelage", "Peinture plafond", "Fourniture joints", "Dépannage chaudière", "Location benne",
    "Nettoyage locaux", "Gants nitrile boîte 100", "Compresses stériles", "Plateaux repas", "Café d'accueil",
    "Abonnement fibre", "Forfait mobile 50 Go", "Étude acoustique", "Transport scolaire", "Ramettes A4",
)  # fmt: skip


def french(value: Decimal, *, group: str = " ") -> str:
    """Return an amount in French notation."""
    whole, cents = f"{value:,.2f}".split(".")
    return f"{whole.replace(',', group)},{cents}"


def spaced(digits: str, *sizes: int) -> str:
    """Return digits in groups."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return " ".join(part for part in [*parts, digits[at:]] if part)


def in_words(day: dt.date) -> str:
    """Return a date as a letter writes it."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def _html(body: str, style: str) -> bytes:
    import weasyprint  # noqa: PLC0415 - half a second of start

    for noisy in ("weasyprint", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    return bytes(
        weasyprint.HTML(string=f"<html><style>{style}</style><body>{body}</body></html>").write_pdf()
    )


def _rows(cells: list[list[str]], tag: str = "td") -> str:
    return "".join("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>" for row in cells)


def craftsman(seed: int) -> Case:
    """A craftsman's letter: everything on the left, references in a sentence, totals under the table."""
    deal = Deal(seed, ("10",))
    number, order = f"{deal.issued:%Y/%m}-{deal.serial % 1000:03d}", f"BC-{deal.serial}"
    deposit = (deal.gross * Decimal("0.3")).quantize(_CENT)
    items = [["Désignation", "Qté", "P.U. H.T.", "Montant H.T."]] + [
        [name, str(count), french(price), french(count * price)] for name, count, price, _ in deal.lines
    ]
    body = f"""<p><b>SARL TOITURES MARCHAND</b><br>8 chemin des Carriers - 38500 VOIRON<br>
      Tél 04 76 00 00 00 - RCS Grenoble {spaced(deal.siren, 3, 3)} - SIRET {spaced(deal.siret, 3, 3, 3)}
      - APE 4391B<br>TVA intra. {deal.vat}</p><p>Mairie de Valbrume<br>Service Technique
      <br>69123 VALBRUME<br>
      Siret {spaced(deal.buyer_siret, 3, 3, 3)}</p><h3>FACTURE N° {number}</h3>
      <p>Voiron, le {in_words(deal.issued)}</p>
      <p>Objet : travaux de l'école. Votre bon de commande n° {order}, code service TECHNIQUE, engagement
      {deal.engagement}</p><table>{_rows(items)}<tr><td>Total H.T.<td>{french(deal.net)} €<tr>
      <td>T.V.A. 10 %
      <td>{french(deal.tax)} €<tr><td>TOTAL T.T.C.<td>{french(deal.gross)} €<tr><td>Acompte versé
      <td>- {french(deposit)} €<tr><td>Reste à payer<td>{french(deal.gross - deposit)} €</table>
      <p>Règlement à 30 jours par virement : IBAN {spaced(deal.iban, 4, 4, 4, 4, 4, 4)}</p>"""
    style = "body{font:11pt 'Liberation Serif'} td{padding-right:20pt}"
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, purchase_order=order,
        service_code="TECHNIQUE", engagement=deal.engagement, amount_due=amount(deal.gross - deposit),
        ibans=deal.iban,
    )  # fmt: skip
    return Case("craftsman", f"craftsman-{seed}", _html(body, style), truth)


def telephone(seed: int) -> Case:
    """A telephone company's bill of two pages: the sum in large type, direct debit, the law at the foot."""
    deal = Deal(seed)
    number = f"{deal.issued:%y%m%d}{deal.serial:05d}"
    last = deal.issued - dt.timedelta(days=5)
    body = f"""<div class=l>TéléNord SA<br>Service clients entreprises<br>CS 20002<br>59000 Lille cedex
      </div>
      <div class=r>Votre n° client : 00{deal.serial}77123<br><b>Votre facture du {deal.issued:%d/%m/%Y}
      n° {spaced(number, 2, 2, 2)}</b><br>Montant prélevé le {deal.due:%d/%m/%Y}</div>
      <div class=c>Titulaire : COMMUNE DE VALBRUME ({
        deal.buyer_siret
    })<br>1 place de la Mairie<br>69123 VALBRUME</div>
      <p class=big>{french(deal.gross)} € TTC</p><p>à payer avant le {in_words(deal.due)}</p>
      <table><tr><td>Abonnements et services (du 01/{last:%m} au {last:%d/%m/%Y})<td>{french(deal.net)} € HT
      <tr><td>Total HT<td>{french(deal.net)} €<tr><td>TVA (20,00 %) sur {french(deal.net)}<td>{
        french(deal.tax)
    } €
      <tr><td>Montant total à payer TTC<td>{french(deal.gross)} €</table>
      <p>Prélèvement sur le compte FR14 **** **** **** **** 0123.</p>
      <div style="break-before:page"><h4>Détail de vos consommations</h4><table>{
        _rows([[f"0{at}.12.34.56.78", "Appels", f"{at},120"] for at in range(1, 30)])
    }</table></div>
      <div class=f>TéléNord SA au capital de 2 000 000 € - siège 1 av. Foch Lille - RCS Lille {
        spaced(deal.siren, 3, 3)
    }
      - SIRET {spaced(deal.siret, 3, 3, 3)} - TVA {deal.vat[:4]} {deal.siren}</div>"""
    style = """@page{margin:50pt 40pt 60pt; @bottom-center{content:element(f)}}
      .f{position:running(f);font-size:6.5pt} body{font:9.5pt 'DejaVu Sans'} .l{float:left;width:45%}
      .r{float:right;width:50%} .c{clear:both;margin:40pt 0 0 55%}
      .big{font-size:26pt;margin:20pt 0 0} table{width:100%} td+td{text-align:right}"""
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, due_date=deal.due.isoformat(),
        amount_due=amount(deal.gross),
    )  # fmt: skip
    return Case("telephone", f"telephone-{seed}", _html(body, style), truth)


def hospital_supplier(seed: int) -> Case:
    """A hospital's supplier: short labels over values in a ruled band, rates by code, totals in one row."""
    deal = Deal(seed, ("20", "5.5"))
    number, order = f"FC{deal.issued:%y%m}-{deal.serial}", f"{deal.issued:%Y}PH{deal.serial:05d}"
    codes = {rate: str(at) for at, (rate, _, _) in enumerate(deal.breakdown, start=1)}
    band = [["Date", "N° document", "Réf. client", "Échéance"],
            [f"{deal.issued:%d.%m.%y}", number, "HOPVAL", f"{deal.due:%d.%m.%y}"]]  # fmt: skip
    items = [["Référence", "Désignation", "Qté", "P.U.", "Montant H.T.", "T"]] + [
        [f"A{at}7", name, str(count), f"{price:.3f}".replace(".", ","), french(count * price), codes[rate]]
        for at, (name, count, price, rate) in enumerate(deal.lines)
    ]
    taxes = [["Code", "Base H.T.", "Taux", "Montant T.V.A."]] + [
        [codes[rate], french(base), french(Decimal(rate)), french(tax)] for rate, base, tax in deal.breakdown
    ]
    sums = [["Total H.T.", "Port H.T.", "Net H.T.", "Total T.V.A.", "Total T.T.C.", "Acompte", "NET A PAYER"],
            [french(deal.net), "0,00", french(deal.net), french(deal.tax), french(deal.gross), "0,00",
             f"{french(deal.gross)} EUR"]]  # fmt: skip
    body = f"""<div class=l><b>NORDIS MEDICAL SA</b><br>ZI de la Plaine - 59810 LESQUIN</div>
      <div class=r><h2>FACTURE</h2>
      <table border=1>{_rows(band)}</table></div><div class=c>CENTRE HOSPITALIER DE VALMONT<br>PHARMACIE
      <br>8 avenue des
      Tilleuls<br>26160 VALMONT</div><p>Votre SIRET : {deal.buyer_siret}<br>Votre commande : {order} du
      {deal.issued - dt.timedelta(days=20):%d/%m/%Y}<br>BL n° BL{deal.serial}-4 du {deal.issued:%d/%m/%Y}
      </p>
      <table class=w>{_rows(items)}</table><table>{_rows(taxes)}</table>
      <table class=w border=1>{_rows(sums)}</table>
      <p>Règlement par virement : {spaced(deal.iban, 4, 4, 4, 4, 4, 4)}</p>
      <div class=f>SA au capital de 450 000 Euros -
      RCS Lille B {spaced(deal.siren, 3, 3)} - Siret {deal.siret} - NAF 4646Z - N° TVA {deal.vat}</div>"""
    style = """@page{margin:40pt} body{font:8pt 'Liberation Sans Narrow'} .l{float:left} .r{float:right}
      .c{clear:both;margin:20pt 0 20pt 60%} .w{width:100%;margin:8pt 0} .f{margin-top:40pt;text-align:center}
      td{padding:2pt 10pt 2pt 2pt}"""
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, due_date=deal.due.isoformat(),
        purchase_order=order, amount_due=amount(deal.gross), ibans=deal.iban,
    )  # fmt: skip
    return Case("hospital-supplier", f"hospital-supplier-{seed}", _html(body, style), truth)


def sole_trader(seed: int) -> Case:
    """A sole trader without VAT: a few lines, whole euros, the note of art. 293 B."""
    deal = Deal(seed, ("0",))
    lines = [(name, count, Decimal(int(price) + 5)) for name, count, price, _ in deal.lines]
    total = sum((count * price for _, count, price in lines), Decimal(0))
    number = f"{deal.issued:%Y}-{deal.serial % 200:03d}"
    items = [["Prestation", "Quantité", "Prix", "Total"]] + [
        [name, str(count), f"{price:.0f} €", f"{count * price:.0f} €"] for name, count, price in lines
    ]
    body = f"""<p>Lucie Vernet<br>Graphiste indépendante<br>3 impasse des Lavandes, 34000 Montpellier<br>
      SIRET {deal.siret}</p><p class=t>Facture {number}</p><p>Montpellier, le {deal.issued:%d/%m/%Y}</p>
      <p>À l'attention de : Commune de Valbrume, 1 place de la Mairie, 69123 Valbrume</p>
      <table>{_rows(items)}
      <tr><td><td><td>TOTAL<td>{total:.0f} €</table><p>TVA non applicable, article 293 B du CGI</p>
      <p>À régler avant le {deal.due:%d/%m/%Y}. IBAN : {deal.iban}</p>"""
    style = "body{font:12pt 'Liberation Sans'} .t{font-size:22pt} td{padding:3pt 25pt 3pt 0}"
    truth: Truth = {
        "supplier_siret": deal.siret, "number": number, "issue_date": deal.issued.isoformat(),
        "due_date": deal.due.isoformat(), "currency": "EUR", "total_without_vat": amount(total),
        "total_vat": "0.00", "total_with_vat": amount(total), "ibans": deal.iban,
    }  # fmt: skip
    return Case("sole-trader", f"sole-trader-{seed}", _html(body, style), truth)


def foreign(seed: int) -> Case:
    """A British supplier: labels at the right, sums with the currency before, no VAT on exports."""
    deal = Deal(seed, ("0",))
    number, order = f"HPI-{deal.serial}", f"PO{deal.issued:%y}-{deal.serial}"
    account = iban(deal.random, "GB")
    total = deal.net
    facts = [["Invoice No:", number], ["Invoice Date:", f"{deal.issued:%d %b %Y}"],
             ["Due Date:", f"{deal.due:%d %b %Y}"],
             ["Your PO:", order], ["Account:", "MONTCL01"]]  # fmt: skip
    items = [["Description", "Qty", "Unit Price", "VAT", "Amount"]] + [
        [name, str(count), f"{price:,.2f}", "0%", f"{count * price:,.2f}"]
        for name, count, price, _ in deal.lines
    ]
    sums = [
        ["Total Net", f"GBP {total:,.2f}"],
        ["VAT @ 0% (export)", "GBP 0.00"],
        ["Total GBP", f"GBP {total:,.2f}"],
    ]
    body = f"""<h1>INVOICE</h1><table class=r>{_rows(facts)}</table><p><b>Mercury Instruments Ltd</b>
      <br>Unit 7, Mercury Park
      <br>Leeds LS10 1AB<br>United Kingdom</p><p>Bill To<br>Centre hospitalier de Valmont
      <br>26160 Valmont<br>France</p>
      <table class=w>{_rows(items)}</table><table class=r>{_rows(sums)}</table>
      <p>Bank: Northshire Bank plc Sort code
      20-00-00<br>IBAN: {spaced(account, 4, 4, 4, 4, 4)} SWIFT: NWBKGB22</p>"""
    style = "body{font:10pt 'DejaVu Sans'} .r{float:right} .w{width:100%;clear:both} td+td{text-align:right}"
    truth: Truth = {
        "number": number, "issue_date": deal.issued.isoformat(), "due_date": deal.due.isoformat(),
        "currency": "GBP",
        "purchase_order": order, "total_without_vat": amount(total), "total_vat": "0.00",
        "total_with_vat": amount(total), "ibans": account, "supplier_siret": None, "supplier_siren": None,
    }  # fmt: skip
    return Case("foreign", f"foreign-{seed}", _html(body, style), truth)


def caterer(seed: int) -> Case:
    """A caterer: facts run together on one line, a table of rates with its total, a net to pay."""
    deal = Deal(seed, ("5.5", "10", "20"))
    number = f"F{deal.issued:%Y%m%d}-{deal.serial}"
    taxes = [["Taux", "Base HT", "TVA", "TTC"]] + [
        [
            f"{rate.replace('.', ',')}%",
            french(base, group="."),
            french(tax, group="."),
            french(base + tax, group="."),
        ]
        for rate, base, tax in deal.breakdown
    ]
    taxes.append(["Total", *(french(each, group=".") for each in (deal.net, deal.tax, deal.gross))])
    body = f"""<p>Traiteur des Monts SAS SIREN {spaced(deal.siren, 3, 3)} RCS Lyon - SIRET {deal.siret}
      - N° TVA {deal.vat}</p>
      <p>Facture {number}</p><p>Date d'émission {deal.issued:%d/%m/%y} - échéance {deal.due:%d/%m/%y}</p>
      <p>Facturé à : CH de la Brevonne, SIRET {deal.buyer_siret}</p><p>Buffet du {deal.issued:%d/%m/%y}</p>
      <table>{_rows(taxes)}</table><p>Net à payer : {french(deal.gross, group=".")} EUR</p>"""
    style = "body{font:11pt 'Liberation Sans'} td{padding:2pt 14pt 2pt 0}"
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, due_date=deal.due.isoformat(),
        amount_due=amount(deal.gross),
    )  # fmt: skip
    return Case("caterer", f"caterer-{seed}", _html(body, style), truth)


def old_program(seed: int) -> Case:
    """The monospaced print of an old program: columns by blanks, capitals, labels cut short."""
    deal = Deal(seed, ("20", "10"))
    number, order = f"{deal.issued:%y}{deal.serial:06d}", f"CDE{deal.serial}"
    page = FPDF(format="A4", unit="pt")
    page.set_font("Courier", size=9)
    page.add_page()
    lines = [
        f"{'QUINCAILLERIE DU RHONE SA':<45}FACTURE No {number}",
        f"{'ZI SUD 69190 ST FONS':<45}DATE     : {deal.issued:%d/%m/%Y}",
        f"{'SIRET ' + deal.siret:<45}ECHEANCE : {deal.due:%d/%m/%Y}",
        f"{'TVA ' + deal.vat:<45}V/COMMANDE : {order}", "", f"{'':<45}COMMUNE DE VALBRUME", f"{'':<45}MAIRIE",
        f"{'':<45}69123 VALBRUME", f"{'':<45}SIRET {deal.buyer_siret}", "",
        f"{'DESIGNATION':<32}{'QTE':>6}{'P.U. HT':>12}{'TVA':>8}{'MONTANT HT':>16}", "-" * 76,
        *(f"{name.upper()[:30].encode('ascii', 'replace').decode():<32}{count:>6}{french(price):>12}{rate:>8}"
          f"{french(count * price):>16}" for name, count, price, rate in deal.lines),
        "-" * 76,
        *(f"{'':<38}TVA {rate:>5} % SUR {french(base):>12} {french(tax):>12}"
          for rate, base, tax in deal.breakdown),
        "", f"{'':<44}TOTAL HT  {french(deal.net):>18}", f"{'':<44}TOTAL TVA {french(deal.tax):>18}",
        f"{'':<44}TOTAL TTC {french(deal.gross):>18}", f"{'':<44}A PAYER EUR {french(deal.gross):>16}", "",
        f"REGLEMENT PAR VIREMENT IBAN {spaced(deal.iban, 4, 4, 4, 4, 4, 4)}",
    ]  # fmt: skip
    for line in lines:
        page.cell(0, 12, line, new_x="LMARGIN", new_y="NEXT")
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, due_date=deal.due.isoformat(),
        purchase_order=order, amount_due=amount(deal.gross), ibans=deal.iban,
    )  # fmt: skip
    return Case("old-program", f"old-program-{seed}", bytes(page.output()), truth)


def two_columns(seed: int) -> Case:
    """A modern page in two columns: a large title, small grey labels over values, the sums in a band."""
    deal = Deal(seed)
    number = f"INV-{deal.issued:%Y}-{deal.serial}"
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)

    def write(x: float, top: float, text: str, size: float = 9) -> None:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, A4[1] - top, text)

    write(330, 70, "Facture", 30)
    for at, (label, fact) in enumerate(
        (("Numéro", number), ("Date d'émission", in_words(deal.issued)),
         ("Date d'échéance", in_words(deal.due)), ("N° d'engagement", deal.engagement))
    ):  # fmt: skip
        write(330, 100 + 30 * at, label, 7)
        write(330, 111 + 30 * at, fact, 10)
    for at, line in enumerate(
        ("STUDIO CARMIN SAS", "14 quai Rambaud", "69002 Lyon", f"SIRET {deal.siret}", f"TVA {deal.vat}")
    ):
        write(40, 70 + 13 * at, line)
    for at, line in enumerate(
        ("Facturé à", "Métropole de Valbrume", "20 rue du Lac", "69003 Lyon", f"SIRET {deal.buyer_siret}")
    ):
        write(40, 170 + 13 * at, line)
    top = 270.0
    for row in [("Description", "Quantité", "Prix unitaire HT", "Montant HT")] + [
        (name, str(count), f"{french(price)} €", f"{french(count * price)} €")
        for name, count, price, _ in deal.lines
    ]:
        for x, cell in zip((40, 270, 350, 470), row, strict=True):
            write(x, top, cell)
        top += 18
    for x, name, value in (
        (40, "Total HT", deal.net), (170, "TVA 20 %", deal.tax), (300, "Total TTC", deal.gross),
        (430, "Net à payer", deal.gross),
    ):  # fmt: skip
        write(x, top + 30, name, 8)
        write(x, top + 46, f"{french(value)} €", 12)
    write(40, top + 90, f"IBAN {spaced(deal.iban, 4, 4, 4, 4, 4, 4)}   BIC CEPAFRPP")
    canvas.save()
    truth = deal.truth(
        supplier_vat=deal.vat, buyer_siret=deal.buyer_siret, number=number, due_date=deal.due.isoformat(),
        engagement=deal.engagement, amount_due=amount(deal.gross), ibans=deal.iban,
    )  # fmt: skip
    return Case("two-columns", f"two-columns-{seed}", target.getvalue(), truth)


Hand = Callable[[int], Case]
BUILD: Final[tuple[Hand, ...]] = (craftsman, telephone, hospital_supplier)
HELD: Final[tuple[Hand, ...]] = (sole_trader, foreign, caterer, old_program, two_columns)
SEEDS: Final = range(12)


def cases(hands: tuple[Hand, ...] = BUILD) -> Iterator[Case]:
    """Yield the documents of some hands."""
    for hand in hands:
        for seed in SEEDS:
            yield hand(seed)
