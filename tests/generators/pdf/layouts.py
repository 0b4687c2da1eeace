"""From facts to a sheet: one of many layouts, with the noise that real documents carry.

Every field that is printed is noted in `Sheet.printed` under its name, in canonical form: digits without
spaces, ISO dates, amounts with two decimals and a point, VAT rows as `rate:base:tax` with `-` for a base
that is not printed.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.generators.pdf.facts import Facts, Rate, iban, siren
from tests.generators.pdf.sheet import Block, Columns, Grid, Lines, Pairs, Sheet
from tests.generators.pdf.wordings import MONTHS, WORDS

_SYMBOLS = {"EUR": "€", "GBP": "£"}


class Style:
    """How one supplier writes: numbers, dates, labels."""

    def __init__(self, random: Random, facts: Facts, *, plain_spaces: bool) -> None:
        """Draw the habits; `plain_spaces` where the producer's font lacks the thin no-break space."""
        self.random = random
        self.language = facts.language
        self.words = {key: random.choice(choices) for key, choices in WORDS[facts.language].items()}
        spaces = [" ", "\u00a0", "."] if plain_spaces else [" ", "\u00a0", "\u202f", "\u2009", "."]
        self.thousands = {"fr": random.choice([*spaces[:-1], ""]), "en": ",", "de": "."}[facts.language]
        self.decimal = "." if facts.language == "en" else ","
        self.separator = random.choice((" : ", ": ", " ", "\u00a0: "))
        self.date = random.choice(("%d/%m/%Y", "%d.%m.%Y", "long", "%d-%m-%Y", "%Y-%m-%d"))
        if facts.language == "de":
            self.date = random.choice(("%d.%m.%Y", "long", "%d.%m.%Y"))
        if facts.language == "en":
            self.date = random.choice(("long", "%Y-%m-%d", "%d/%m/%Y", "us-long"))
        self.money = (
            random.choice(("after", "after", "code", "none"))
            if facts.language != "en"
            else random.choice(("before", "code", "none"))
        )
        self.symbol = _SYMBOLS[facts.currency]
        self.code = facts.currency
        self.grouped = random.random() < 0.5
        self.sign = -1 if facts.credit and random.random() < 0.5 else 1

    def number(self, value: Decimal) -> str:
        """Write a number with two decimals."""
        whole, cents = f"{abs(value):.2f}".split(".")
        groups = f"{int(whole):,}".replace(",", self.thousands)
        return ("-" if value < 0 else "") + groups + self.decimal + cents

    def amount(self, value: Decimal) -> str:
        """Write an amount, with its currency where this supplier writes one."""
        text = self.number(value)
        forms = {
            "after": f"{text} {self.symbol}",
            "before": f"{self.symbol}{text}",
            "code": f"{text} {self.code}",
        }
        return forms.get(self.money, text)

    def day(self, value: dt.date) -> str:
        """Write a date."""
        if self.date in {"long", "us-long"}:
            month = MONTHS[self.language][value.month - 1]
            if self.date == "us-long":
                return f"{month} {value.day}, {value.year}"
            return (
                f"{value.day}. {month} {value.year}"
                if self.language == "de"
                else f"{value.day} {month} {value.year}"
            )
        return f"{value:{self.date}}"

    def rate(self, value: Decimal) -> str:
        """Write a VAT rate."""
        text = self.random.choice((f"{value:.2f}", f"{value:.1f}", f"{value.normalize():f}"))
        return text.replace(".", self.decimal) + self.random.choice((" %", "%", "\u00a0%"))

    def siret(self, value: str) -> str:
        """Write a SIRET or a SIREN, grouped or not."""
        if not self.grouped:
            return value
        return " ".join(part for part in (value[:3], value[3:6], value[6:9], value[9:]) if part)

    def vat_id(self, value: str) -> str:
        """Write a VAT number, grouped or not."""
        if self.grouped and value.startswith("FR"):
            return f"FR {value[2:4]} {value[4:7]} {value[7:10]} {value[10:]}"
        return value

    def iban(self, value: str) -> str:
        """Write an IBAN in groups of four or in one piece."""
        return (
            " ".join(value[at : at + 4] for at in range(0, len(value), 4))
            if self.random.random() < 0.8
            else value
        )

    def pair(self, label: str, value: str) -> str:
        """Write a label and its value on one line."""
        return f"{label.removesuffix(':').strip()}{self.separator}{value}"


def draw_sheet(random: Random, facts: Facts, *, plain_spaces: bool = False) -> Sheet:
    """Lay the facts out."""
    style = Style(random, facts, plain_spaces=plain_spaces)
    sheet = Sheet(
        blocks=[],
        footer=[],
        font=random.choice(("sans", "serif", "sans", "narrow")),
        size=random.choice((8.5, 9.0, 9.5, 10.0, 11.0)),
        language=facts.language,
        gap=random.choice((8.0, 12.0, 18.0)),
        margin=random.choice((36.0, 48.0, 60.0)),
    )
    in_footer = random.random() < 0.55
    supplier, buyer = (
        _supplier_lines(style, facts, sheet, in_footer=in_footer),
        _buyer_lines(style, facts, sheet),
    )
    references = _references(style, facts, sheet)
    sheet.blocks += _header(random, style, facts, supplier, buyer, references)
    sheet.blocks.append(_items(random, style, facts))
    sheet.blocks += _totals(random, style, facts, sheet)
    sheet.blocks += _payment(random, style, facts, sheet)
    _note_currency(style, facts, sheet)
    return sheet


def _supplier_lines(style: Style, facts: Facts, sheet: Sheet, *, in_footer: bool) -> list[str]:
    company, random = facts.supplier, style.random
    lines = [
        company.name,
        company.street,
        company.city,
        f"Tél. 0{random.randrange(1, 6)} {random.randrange(10, 99)} 45 12 {random.randrange(10, 99)}",
    ]
    legal: list[str] = []
    if company.siret and random.random() < 0.85:
        legal.append(style.pair(style.words["siret"], style.siret(company.siret)))
        sheet.printed["supplier_siret"] = company.siret
    elif company.siren:
        legal.append(style.pair(style.words["siren"], style.siret(company.siren)))
        sheet.printed["supplier_siren"] = company.siren
    if company.vat and not facts.exempt and random.random() < 0.9:
        legal.append(style.pair(style.words["vat-id"], style.vat_id(company.vat)))
        sheet.printed["supplier_vat"] = company.vat
    if facts.language == "fr":
        capital = f"SARL au capital de {style.number(Decimal(random.choice((1000, 7500, 10000, 150000))))} €"
        legal.insert(random.randrange(len(legal) + 1), capital)
        legal.append(random.choice(("APE 6201Z", "Code NAF 4321A", "APE : 2512Z")))
        if company.siren and random.random() < 0.4:
            legal.insert(1, f"RCS {company.city.split()[-1]} {style.siret(company.siren)}")
    if in_footer:
        sheet.footer += [" - ".join(legal)] if random.random() < 0.6 else legal
        if random.random() < 0.1:
            sheet.footer.append(f"Édité avec Factulog, éditeur : Factulog SAS, SIREN {siren(random, '8')}")
        return lines
    return lines + legal


def _buyer_lines(style: Style, facts: Facts, sheet: Sheet) -> list[str]:
    company, random = facts.buyer, style.random
    lines = [company.name, company.street, company.city]
    if random.random() < 0.7:
        lines.append(style.pair(style.words["siret"], style.siret(company.siret)))
        sheet.printed["buyer_siret"] = company.siret
    if random.random() < 0.3:
        lines.append(style.pair(style.words["vat-id"], style.vat_id(company.vat)))
        sheet.printed["buyer_vat"] = company.vat
    return lines


def _references(style: Style, facts: Facts, sheet: Sheet) -> list[tuple[str, str]]:
    random, words = style.random, style.words
    label = words["number-credit" if facts.credit else "number"]
    if random.random() < 0.15:
        label = words["number-short"]
    pairs = [(label, facts.number), (words["issued"], style.day(facts.issued))]
    sheet.printed |= {"number": facts.number, "issue_date": facts.issued.isoformat()}
    if random.random() < 0.7:
        pairs.append((words["due"], style.day(facts.due)))
        sheet.printed["due_date"] = facts.due.isoformat()
    extra: list[tuple[str, str]] = []
    for key, value, name, chance in (
        ("order", facts.order, "purchase_order", 0.5),
        ("engagement", facts.engagement, "engagement", 0.4),
        ("service", facts.service, "service_code", 0.35),
    ):
        if random.random() < chance:
            extra.append((words[key], value))
            sheet.printed[name] = value
    if random.random() < 0.5:
        extra.append((words["customer"], facts.customer))
    if random.random() < 0.35:
        extra.append((words["delivered"], style.day(facts.delivered)))
    if facts.credit and random.random() < 0.7:
        extra.append((words["origin"], facts.origin))
    random.shuffle(extra)
    return pairs + extra


def _header(
    random: Random,
    style: Style,
    facts: Facts,
    supplier: list[str],
    buyer: list[str],
    references: list[tuple[str, str]],
) -> list[Block]:
    title = Lines(
        [style.words["credit" if facts.credit else "invoice"]], size=random.choice((1.4, 1.8, 2.2)), bold=True
    )
    heading = style.words["buyer"]
    client = Lines([random.choice((heading, f"{heading} :", heading.upper())), *buyer])
    own = Lines(supplier, bold=random.random() < 0.5)
    if random.random() < 0.25:
        own = Lines([style.words["supplier"], *supplier])
    if random.random() < 0.12 and facts.language == "fr":
        city = facts.supplier.city.split()[-1]
        references = [pair for pair in references if pair[0] != style.words["issued"]]
        place: list[Block] = [Lines([f"{city}, le {style.day(facts.issued)}"], align="right")]
    else:
        place = []
    table = Pairs(
        references,
        random.choice(
            ("inline", "aligned", "aligned", "row") if len(references) < 6 else ("inline", "aligned")
        ),
    )
    shape = random.randrange(5)
    if shape == 0:
        return [Columns([[own], [client]], [0.55, 0.45]), *place, title, table]
    if shape == 1:
        return (
            [title, Columns([[own], [table]], [0.5, 0.5]), *place, client]
            if table.style != "row"
            else [title, own, *place, client, table]
        )
    if shape == 2:
        return [Columns([[own], [title]], [0.6, 0.4]), table, *place, client]
    if shape == 3:
        client.align = random.choice(("left", "right"))
        return [own, *place, client, title, table]
    return [title, *place, table, Columns([[client], [own]], [0.5, 0.5])]


def _items(random: Random, style: Style, facts: Facts) -> Block:
    names = list(WORDS[facts.language]["columns"])
    rows = [
        [
            label,
            f"{quantity:f}" if random.random() < 0.5 else style.number(quantity),
            style.number(price),
            style.rate(rate),
            style.number(total * style.sign),
        ]
        for label, quantity, price, rate, total in facts.lines
    ]
    return Grid(rows, [0.42, 0.1, 0.16, 0.12, 0.2], "lrrrr", header=names, ruled=random.random() < 0.6)


def _totals(random: Random, style: Style, facts: Facts, sheet: Sheet) -> list[Block]:
    words, sign = style.words, style.sign
    rows: list[list[str]] = [[words["net"], style.amount(facts.net * sign)]]
    sheet.printed["total_without_vat"] = f"{facts.net * sign:.2f}"
    table: list[Block] = []
    if facts.exempt:
        rows.append([WORDS[facts.language]["exempt"][0], ""])
    elif len(facts.rates) > 1 or random.random() < 0.4:
        table, extra = _vat_rows(random, style, facts, sheet)
        rows += extra
    else:
        row = facts.rates[0]
        rows.append([f"{words['vat']} {style.rate(row.rate)}", style.amount(row.tax * sign)])
        sheet.printed["vat_breakdown"] = _row(row, sign, with_base=False)
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
    rows.append([words["gross"], style.amount(facts.gross * sign)])
    sheet.printed["total_with_vat"] = f"{facts.gross * sign:.2f}"
    if facts.prepaid and not facts.credit:
        rows.append([words["prepaid"], style.amount(random.choice((facts.prepaid, -facts.prepaid)))])
        rows.append([words["payable"], style.amount(facts.gross - facts.prepaid)])
        sheet.printed["amount_due"] = f"{facts.gross - facts.prepaid:.2f}"
    if random.random() < 0.12:
        rows = [*rows[1:], rows[0]]
    box = Grid(rows, [0.6, 0.4], "lr", ruled=random.random() < 0.5)
    if table and random.random() < 0.5:
        return [Columns([table, [box]], [0.55, 0.45])]
    return [*table, Columns([[], [box]], [0.5, 0.5])]


def _vat_rows(
    random: Random, style: Style, facts: Facts, sheet: Sheet
) -> tuple[list[Block], list[list[str]]]:
    words, sign = style.words, style.sign
    shape = random.choice(("table", "table", "lines", "lines-with-base"))
    with_base = shape != "lines"
    sheet.printed["vat_breakdown"] = ";".join(_row(row, sign, with_base=with_base) for row in facts.rates)
    total = [[words["vat"], style.amount(facts.vat * sign)]]
    if shape == "table":
        header = [words["rate"], words["base"], words["tax"]]
        order = random.choice(((0, 1, 2), (1, 0, 2)))
        rows = [
            [cells[at] for at in order]
            for row in facts.rates
            for cells in [[style.rate(row.rate), style.number(row.base * sign), style.number(row.tax * sign)]]
        ]
        grid = Grid(
            rows, [0.3, 0.35, 0.35], "rrr", header=[header[at] for at in order], ruled=random.random() < 0.5
        )
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
        return [grid], total
    link = {"fr": "sur", "en": "on", "de": "auf"}[facts.language]
    lines = [
        [
            f"{words['vat']} {style.rate(row.rate)}"
            + (f" {link} {style.number(row.base * sign)}" if with_base else ""),
            style.amount(row.tax * sign),
        ]
        for row in facts.rates
    ]
    if len(facts.rates) == 1 or random.random() < 0.4:
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
        return [], lines if len(facts.rates) == 1 else lines + total
    return [], lines


def _payment(random: Random, style: Style, facts: Facts, sheet: Sheet) -> list[Block]:
    blocks: list[Block] = []
    if random.random() < 0.75:
        rows = [style.pair(style.words["iban"], style.iban(value)) for value in facts.supplier.ibans]
        if random.random() < 0.6:
            rows.append(f"BIC : {facts.supplier.bic}")
        if random.random() < 0.08 and facts.language == "fr":
            rows.append(f"Prélèvement sur votre compte {style.iban(iban(random, 'FR'))}")
        blocks.append(Lines(rows))
        sheet.printed["ibans"] = ",".join(facts.supplier.ibans)
    if random.random() < 0.7:
        blocks.append(Lines([random.choice(WORDS[facts.language]["late"])], size=0.8))
    if random.random() < 0.05:
        blocks.append(
            Lines([f"Créance cédée à Affactor SA, RCS Paris {style.siret(siren(random, '5'))}"], size=0.8)
        )
    return blocks


def _note_currency(style: Style, facts: Facts, sheet: Sheet) -> None:
    if style.money == "none" and facts.language != "en" and style.random.random() < 0.5:
        sheet.blocks.append(
            Lines(
                [{"fr": "Montants exprimés en euros", "de": "Alle Beträge in EUR"}[facts.language]], size=0.8
            )
        )
        sheet.printed["currency"] = facts.currency
    elif style.money != "none":
        sheet.printed["currency"] = facts.currency


def _row(row: Rate, sign: int, *, with_base: bool) -> str:
    base = f"{row.base * sign:.2f}" if with_base else "-"
    return f"{row.rate.normalize():f}:{base}:{row.tax * sign:.2f}"
