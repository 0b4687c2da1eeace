"""From facts to a sheet: one of many layouts, with the noise that real documents carry.

Every field that is printed is noted in `Sheet.printed` under its name, in canonical form: digits without
spaces, ISO dates, amounts with two decimals and a point, VAT rows as `rate:base:tax` with `-` for a base
that is not printed; `a|b` where either value is right.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from tests.generators.pdf.facts import CENT, Facts, Rate, iban, siren, siret
from tests.generators.pdf.sheet import Block, Columns, Grid, Lines, Pairs, Sheet
from tests.generators.pdf.styles import Style
from tests.generators.pdf.wordings import WORDS


def draw_sheet(random: Random, facts: Facts, *, plain_spaces: bool = False, unseen: bool = False) -> Sheet:
    """Lay the facts out; `unseen` draws the labels that the reader was never given."""
    style = Style(random, facts, plain_spaces=plain_spaces, unseen=unseen)
    sheet = Sheet(
        blocks=[],
        footer=[],
        font=random.choice(("sans", "serif", "sans", "narrow")),
        size=random.choice((8.5, 9.0, 9.5, 10.0, 11.0)),
        language=facts.language,
        gap=random.choice((8.0, 12.0, 18.0)),
        margin=random.choice((36.0, 48.0, 60.0)),
    )
    supplier = _supplier_lines(style, facts, sheet, in_footer=random.random() < 0.55)
    buyer = _buyer_lines(style, facts, sheet)
    references = _references(style, facts, sheet)
    sheet.blocks += _header(style, facts, sheet, (supplier, buyer, references))
    sheet.blocks += _reminders(style, facts)
    sheet.blocks.append(_items(style, facts))
    sheet.blocks += _totals(style, facts, sheet)
    sheet.blocks += _payment(style, facts, sheet)
    _note_currency(style, facts, sheet)
    return sheet


# --- parties -------------------------------------------------------------------------------------------


def _supplier_lines(style: Style, facts: Facts, sheet: Sheet, *, in_footer: bool) -> list[str]:
    company, random = facts.supplier, style.random
    phone = f"Tél. 0{random.randrange(1, 6)} {random.randrange(10, 99)} 45 12 {random.randrange(10, 99)}"
    lines = [company.name, company.street, company.city, phone]
    legal = _legal_lines(style, facts, sheet)
    if not in_footer:
        return lines + legal
    sheet.footer += [" - ".join(legal)] if random.random() < 0.6 else legal
    if random.random() < 0.1:
        sheet.footer.append(f"Édité avec Factulog, éditeur : Factulog SAS, SIREN {siren(random, '8')}")
    return lines


def _legal_lines(style: Style, facts: Facts, sheet: Sheet) -> list[str]:
    company, random = facts.supplier, style.random
    legal: list[str] = []
    if company.siret and random.random() < 0.85:
        legal.append(style.pair(style.words["siret"], style.siret(company.siret)))
        sheet.printed["supplier_siret"] = company.siret
        if random.random() < 0.05:
            second = siret(random, company.siren)
            legal.append(style.pair(f"Établissement {style.words['siret']}", style.siret(second)))
            sheet.printed["supplier_siret"] += f"|{second}"
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
    return legal


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


# --- references ----------------------------------------------------------------------------------------


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
    extra = _extra_references(style, facts, sheet)
    random.shuffle(extra)
    return pairs + extra


def _extra_references(style: Style, facts: Facts, sheet: Sheet) -> list[tuple[str, str]]:
    random, words = style.random, style.words
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
        sheet.printed["corrected_invoice"] = facts.origin
    if "buyer_vat" not in sheet.printed and facts.language == "fr" and random.random() < 0.06:
        extra.append(("N° TVA client", style.vat_id(facts.buyer.vat)))
        sheet.printed["buyer_vat"] = facts.buyer.vat
    if facts.language == "fr" and random.random() < 0.12:
        label, value = random.choice(
            (("N° de marché", "2023-M-0147"), ("Devis n°", "D-2024-88"), ("Affaire", "A24017"))
        )
        extra.append((label, value))
        if label == "N° de marché":
            sheet.printed["contract"] = value
    return extra


def _header(
    style: Style, facts: Facts, sheet: Sheet, parts: tuple[list[str], list[str], list[tuple[str, str]]]
) -> list[Block]:
    random = style.random
    supplier, buyer, references = parts
    title, references = _title(style, facts, references)
    heading = style.words["buyer"]
    headings = [random.choice((heading, f"{heading} :", heading.upper()))] if random.random() < 0.9 else []
    client = Lines([*headings, *buyer])
    own = Lines(supplier, bold=random.random() < 0.5)
    if random.random() < 0.25:
        own = Lines([style.words["supplier"], *supplier])
    place: list[Block] = []
    if random.random() < 0.12 and facts.language == "fr":
        city = facts.supplier.city.split()[-1]
        references = [pair for pair in references if pair[0] != style.words["issued"]]
        place = [Lines([f"{city}, le {style.day(facts.issued)}"], align="right")]
    styles = ("inline", "aligned", "aligned", "row") if len(references) < 6 else ("inline", "aligned")
    table = Pairs(references, random.choice(styles))
    if random.random() < 0.08:
        place.append(_delivery_block(style, facts, sheet))
    return _arrange(random, (own, client, title, table), place)


def _title(
    style: Style, facts: Facts, references: list[tuple[str, str]]
) -> tuple[Lines, list[tuple[str, str]]]:
    random = style.random
    text = style.words["credit" if facts.credit else "invoice"]
    if random.random() < 0.04:
        text = " ".join(text.upper())
    elif random.random() < 0.15:
        number = {"fr": "n°", "en": "no.", "de": "Nr."}[facts.language]
        text = random.choice((f"{text} {number} {facts.number}", f"{text} {facts.number}"))
        if random.random() < 0.5:
            link = {"fr": "du", "en": "dated", "de": "vom"}[facts.language]
            text += f" {link} {style.day(facts.issued)}"
            references = references[1:] if random.random() < 0.5 else references
            references = [pair for pair in references if pair[0] != style.words["issued"]]
    return Lines([text], size=random.choice((1.4, 1.8, 2.2)), bold=True), references


def _arrange(random: Random, parts: tuple[Lines, Lines, Lines, Pairs], place: list[Block]) -> list[Block]:  # noqa: PLR0911 - one return for each shape
    own, client, title, table = parts
    shape = random.randrange(6)
    if shape == 0:
        return [Columns([[own], [client]], [0.55, 0.45]), *place, title, table]
    if shape == 1 and table.style != "row":
        return [title, Columns([[own], [table]], [0.5, 0.5]), *place, client]
    if shape == 1:
        return [title, own, *place, client, table]
    if shape == 2:
        return [Columns([[own], [title]], [0.6, 0.4]), table, *place, client]
    if shape == 3:
        client.align = random.choice(("left", "right"))
        return [own, *place, client, title, table]
    if shape == 4 and table.style != "row":
        return [Columns([[own, table], [client]], [0.5, 0.5]), *place, title]
    return [title, *place, table, Columns([[client], [own]], [0.5, 0.5])]


def _delivery_block(style: Style, facts: Facts, sheet: Sheet) -> Lines:
    del sheet
    heading = {"fr": "Adresse de livraison", "en": "Deliver to", "de": "Lieferadresse"}[facts.language]
    other = siret(style.random, facts.buyer.siren)
    return Lines(
        [heading, f"{facts.buyer.name} - Annexe", "3 rue du Stade", style.pair("SIRET", style.siret(other))]
    )


def _reminders(style: Style, facts: Facts) -> list[Block]:
    random, old = style.random, style.day(facts.issued - dt.timedelta(days=90))
    blocks: list[Block] = []
    if facts.language == "fr" and random.random() < 0.06:
        blocks.append(Lines([f"Rappel : la facture n° {facts.origin} du {old} reste impayée."]))
    if facts.language == "fr" and random.random() < 0.08:
        start = facts.issued.replace(day=1)
        blocks.append(Lines([f"Période du {style.day(start)} au {style.day(facts.issued)}"]))
    return blocks


# --- lines and totals ----------------------------------------------------------------------------------


def _items(style: Style, facts: Facts) -> Block:
    random = style.random
    rows = []
    for at, (label, quantity, price, rate, total) in enumerate(facts.lines):
        if at % 9 == 0 and random.random() < 0.05:
            rows.append([f"BL n° {random.randrange(10**6)} du {style.day(facts.delivered)}", "", "", "", ""])
        count = f"{quantity:f}" if random.random() < 0.5 else style.number(quantity)
        rows.append([label, count, style.number(price), style.rate(rate), style.number(total * style.sign)])
        if random.random() < 0.01:
            rows.append(["Sous-total lot", "", "", "", style.number(total * style.sign)])
    names = list(WORDS[facts.language]["columns"])
    return Grid(rows, [0.42, 0.1, 0.16, 0.12, 0.2], "lrrrr", header=names, ruled=random.random() < 0.6)


def _totals(style: Style, facts: Facts, sheet: Sheet) -> list[Block]:
    random, words, sign = style.random, style.words, style.sign
    rows: list[list[str]] = [[words["net"], style.amount(facts.net * sign)]]
    if facts.language == "fr" and random.random() < 0.07:
        before = (facts.net * sign / Decimal("0.95")).quantize(CENT, ROUND_HALF_UP)
        rows = [
            ["Total brut HT", style.amount(before)],
            ["Remise 5 %", style.amount(facts.net * sign - before)],
            *rows,
        ]
    sheet.printed["total_without_vat"] = f"{facts.net * sign:.2f}"
    table: list[Block] = []
    if facts.exempt:
        rows.append([WORDS[facts.language]["exempt"][0], ""])
        sheet.printed["exemption_reason"] = WORDS[facts.language]["exempt"][0]
    elif len(facts.rates) > 1 or random.random() < 0.4:
        table, extra = _vat_rows(style, facts, sheet)
        rows += extra
    else:
        row = facts.rates[0]
        rows.append([f"{words['vat']} {style.rate(row.rate)}", style.amount(row.tax * sign)])
        sheet.printed["vat_breakdown"] = _row(row, sign, with_base=True)  # the base of one rate is the total
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
    rows += _last_totals(style, facts, sheet)
    return _totals_box(style, rows, table)


def _last_totals(style: Style, facts: Facts, sheet: Sheet) -> list[list[str]]:
    random, words = style.random, style.words
    total = f"{facts.gross * style.sign:.2f}"
    sheet.printed["total_with_vat"] = total
    if facts.prepaid and not facts.credit:
        left = facts.gross - facts.prepaid
        sheet.printed["amount_due"] = f"{left:.2f}"
        return [
            [words["gross"], style.amount(facts.gross)],
            [words["prepaid"], style.amount(random.choice((facts.prepaid, -facts.prepaid)))],
            [words["payable"], style.amount(left)],
        ]
    if random.random() < 0.1:
        sheet.printed["amount_due"] = total
        return [[words["payable"], style.amount(facts.gross * style.sign)]]
    return [[words["gross"], style.amount(facts.gross * style.sign)]]


def _totals_box(style: Style, rows: list[list[str]], table: list[Block]) -> list[Block]:
    random = style.random
    if not table and len(rows) in {3, 4} and all(row[1] for row in rows) and random.random() < 0.12:
        header, values = [row[0] for row in rows], [row[1] for row in rows]
        return [Grid([values], [1 / len(rows)] * len(rows), "r" * len(rows), header=header)]
    if random.random() < 0.12:
        rows = [*rows[1:], rows[0]]
    if style.dots:
        return [*table, Lines([style.pair(label, value) for label, value in rows])]
    box = Grid(rows, [0.6, 0.4], "lr", ruled=random.random() < 0.5)
    if table and random.random() < 0.5:
        return [Columns([table, [box]], [0.55, 0.45])]
    return [*table, Columns([[], [box]], [0.5, 0.5])]


def _vat_rows(style: Style, facts: Facts, sheet: Sheet) -> tuple[list[Block], list[list[str]]]:
    random, words, sign = style.random, style.words, style.sign
    shape = random.choice(("table", "table", "lines", "lines-with-base"))
    with_base = shape != "lines" or len(facts.rates) == 1
    sheet.printed["vat_breakdown"] = ";".join(_row(row, sign, with_base=with_base) for row in facts.rates)
    total = [[words["vat"], style.amount(facts.vat * sign)]]
    if shape == "table":
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
        return [_vat_table(style, facts)], total
    link = {"fr": "sur", "en": "on", "de": "auf"}[facts.language]
    lines = []
    for row in facts.rates:
        base = f" {link} {style.number(row.base * sign)}" if with_base else ""
        lines.append([f"{words['vat']} {style.rate(row.rate)}{base}", style.amount(row.tax * sign)])
    if len(facts.rates) == 1 or random.random() < 0.4:
        sheet.printed["total_vat"] = f"{facts.vat * sign:.2f}"
        return [], lines if len(facts.rates) == 1 else lines + total
    return [], lines


def _vat_table(style: Style, facts: Facts) -> Grid:
    random, words, sign = style.random, style.words, style.sign
    header = [words["rate"], words["base"], words["tax"], words["gross"]]
    order = random.choice(((0, 1, 2), (1, 0, 2), (0, 1, 2, 3)))
    rows = []
    for row in facts.rates:
        amounts = [style.number(value * sign) for value in (row.base, row.tax, row.base + row.tax)]
        cells = [style.rate(row.rate), *amounts]
        rows.append([cells[at] for at in order])
    if random.random() < 0.2:
        sums = ["Total", *(style.number(value * sign) for value in (facts.net, facts.vat, facts.gross))]
        rows.append([sums[at] for at in order])
    widths = [0.9 / len(order)] * len(order)
    return Grid(
        rows, widths, "r" * len(order), header=[header[at] for at in order], ruled=random.random() < 0.5
    )


def _payment(style: Style, facts: Facts, sheet: Sheet) -> list[Block]:
    random = style.random
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
        factor = style.siret(siren(random, "5"))
        blocks.append(Lines([f"Créance cédée à Affactor SA, RCS Paris {factor}"], size=0.8))
    return blocks


def _note_currency(style: Style, facts: Facts, sheet: Sheet) -> None:
    if style.money == "none" and facts.language != "en" and style.random.random() < 0.5:
        sentence = {"fr": "Montants exprimés en euros", "de": "Alle Beträge in EUR"}[facts.language]
        sheet.blocks.append(Lines([sentence], size=0.8))
        sheet.printed["currency"] = facts.currency
    elif style.money != "none":
        sheet.printed["currency"] = facts.currency


def _row(row: Rate, sign: int, *, with_base: bool) -> str:
    base = f"{row.base * sign:.2f}" if with_base else "-"
    return f"{row.rate.normalize():f}:{base}:{row.tax * sign:.2f}"
