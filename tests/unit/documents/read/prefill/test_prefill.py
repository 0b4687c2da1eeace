from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choriste.documents.read.inspection import TextPage, Word
from choriste.documents.read.prefill import Confidence, FieldName, Prefill, prefill
from choriste.documents.read.prefill.patterns import amounts_in, dates_in
from choriste.documents.read.prefill.wholes import read_code, read_reference

CERTAIN, PROBABLE = Confidence.CERTAIN, Confidence.PROBABLE


def a_page(*lines: str | tuple[str, ...], number: int = 1) -> TextPage:
    """Set lines of text on a page, each on its own, twelve points apart; a tuple is cells 150 points apart.

    An empty line leaves a gap that ends a block.
    """
    words = []
    for rank, line in enumerate(lines):
        for column, cell in enumerate(line if isinstance(line, tuple) else (line,)):
            x = 50.0 + 150 * column
            for word in cell.split():
                words.append(Word(word, x, 50 + 12.0 * rank, x + 5 * len(word), 61 + 12.0 * rank))
                x += 5 * len(word) + 3
    return TextPage(number, 595, 842, tuple(words))


def read(*lines: str | tuple[str, ...]) -> Prefill:
    return prefill([a_page(*lines)])


def field(result: Prefill, name: FieldName) -> tuple[str, Confidence] | None:
    found = result.fields.get(name)
    return (found.value, found.confidence) if found else None


def test_page_without_a_word_is_a_scan_and_says_so() -> None:
    result = prefill([TextPage(1, 595, 842, (), images=1)])

    assert result.scanned
    assert [finding.rule for finding in result.findings] == ["PREFILL-SCANNED"]
    assert result.fields == {}


def test_labelled_references_are_certain_with_their_place() -> None:
    result = read("Facture n° F2026-0042", ("Date de facture", "03/02/2026"), "Échéance : 5 mars 2026")

    assert field(result, FieldName.NUMBER) == ("F2026-0042", CERTAIN)
    assert field(result, FieldName.ISSUE_DATE) == ("2026-02-03", CERTAIN)
    assert field(result, FieldName.DUE_DATE) == ("2026-03-05", CERTAIN)
    box = result.fields[FieldName.NUMBER].box
    assert (box.page, box.top) == (1, 50)
    assert box.x0 == pytest.approx(50 + 7 * 5 + 3 + 2 * 5 + 3)


def test_labels_above_their_values_are_read() -> None:
    result = read(("Invoice number", "Due date", "PO number"), ("INV-7", "2026-04-01", "4500012"))

    assert field(result, FieldName.NUMBER) == ("INV-7", CERTAIN)
    assert field(result, FieldName.DUE_DATE) == ("2026-04-01", CERTAIN)
    assert field(result, FieldName.PURCHASE_ORDER) == ("4500012", CERTAIN)


def test_value_under_two_labels_run_together_is_doubtful() -> None:
    result = read(("Date limite de paiement Code du service", "N° client"), ("2026-11-24", "C1"))

    assert FieldName.SERVICE_CODE not in result.fields
    assert result.filled() == {}
    assert read("Date facture Échéance", "22/09/2026").filled() == {}


def test_two_invoice_numbers_leave_a_doubt() -> None:
    result = read("Facture n° F-1", "Facture n° F-2")

    assert field(result, FieldName.NUMBER) == ("F-1", PROBABLE)
    assert FieldName.NUMBER not in result.filled()


def test_number_of_another_invoice_in_a_sentence_is_not_taken() -> None:
    result = read("Rappel : la facture n° F-99 du 01/01/2026 reste impayée.", "", "Facture n° F-100")

    assert field(result, FieldName.NUMBER) == ("F-100", CERTAIN)


def test_number_of_the_credited_invoice_is_not_that_of_the_credit_note() -> None:
    result = read("Avoir n° A-7", "Sur facture n° F-99")

    assert field(result, FieldName.NUMBER) == ("A-7", CERTAIN)


def test_delivery_date_is_not_the_issue_date() -> None:
    result = read("Facture n° F-1", "Date de livraison : 01/02/2026", "Date : 03/02/2026")

    assert field(result, FieldName.ISSUE_DATE) == ("2026-02-03", CERTAIN)


def test_bare_date_far_from_the_number_is_doubtful() -> None:
    result = read("Facture n° F-1", *[""] * 10, "Date : 03/02/2026")

    assert field(result, FieldName.ISSUE_DATE) == ("2026-02-03", PROBABLE)


def test_date_that_only_months_first_explains_turns_the_others() -> None:
    result = read("Invoice date: 03/04/2026", "Paid 11/17/2026")

    assert field(result, FieldName.ISSUE_DATE) == ("2026-03-04", CERTAIN)


def test_date_in_a_sentence_about_an_order_is_not_the_issue_date() -> None:
    result = read("Rechnung gemäß Bestellung vom 01.03.2018.")

    assert FieldName.ISSUE_DATE not in result.fields


def test_factor_is_not_the_supplier() -> None:
    result = read("NOM : FACTOR", "SARL au capital de 1 €", "SIRET 73282932000074")

    assert FieldName.SUPPLIER_SIRET not in result.fields


def test_label_glued_to_digits_is_part_of_the_reference() -> None:
    assert field(read("N° de commande : PO445"), FieldName.PURCHASE_ORDER) == ("PO445", CERTAIN)


def test_date_whose_day_and_month_could_change_places_is_doubtful_in_english() -> None:
    assert field(read("Invoice date: 03/04/2026"), FieldName.ISSUE_DATE) == ("2026-04-03", PROBABLE)
    assert field(read("Invoice date: 03/04/2026", "Due date: 25/04/2026"), FieldName.ISSUE_DATE) == (
        "2026-04-03",
        CERTAIN,
    )


def test_due_date_before_the_issue_date_puts_both_in_doubt() -> None:
    result = read("Date de facture : 03/02/2026", "Échéance : 03/01/2026")

    assert result.filled() == {}


def test_public_references_are_told_apart() -> None:
    result = read("N° d'engagement : 1500123456", "Code service : SERV-01", "Bon de commande : BC 118")

    assert result.filled() == {
        FieldName.ENGAGEMENT: "1500123456",
        FieldName.SERVICE_CODE: "SERV-01",
        FieldName.PURCHASE_ORDER: "BC 118",
    }


def test_parties_are_told_apart_by_their_blocks() -> None:
    result = read(
        "Atelier Berthier", "SARL au capital de 10 000 €", "SIRET 732 829 320 00074",
        "TVA : FR 44 732 829 320",
        "", "Facturé à", "Commune de Blois", "SIRET : 21450234600015", "", "Suivi",
    )  # fmt: skip

    assert field(result, FieldName.SUPPLIER_SIRET) == ("73282932000074", CERTAIN)
    assert field(result, FieldName.SUPPLIER_VAT) == ("FR44732829320", CERTAIN)
    assert field(result, FieldName.BUYER_SIRET) == ("21450234600015", CERTAIN)


def test_depositors_own_siret_tells_the_supplier() -> None:
    lines = ("SIRET 73282932000074", "", "SIRET 30326504500011", "", "Suivi")

    unknown = read(*lines)
    known = prefill([a_page(*lines)], depositor="30326504500011")

    assert unknown.filled() == {}
    assert field(known, FieldName.SUPPLIER_SIRET) == ("30326504500011", CERTAIN)


def test_siret_with_a_wrong_key_is_not_read() -> None:
    assert field(read("SARL au capital de 1 €", "SIRET 73282932000075"), FieldName.SUPPLIER_SIRET) is None


def test_vat_number_on_another_siren_puts_both_in_doubt() -> None:
    result = read("SARL au capital de 1 €", "SIRET 73282932000074", "TVA FR 40 303 265 045")

    assert result.filled() == {}


def test_sirens_of_software_publishers_and_factors_are_ignored() -> None:
    result = read("Édité avec Factulog, éditeur : Factulog SAS, SIREN 732 829 320")

    assert FieldName.SUPPLIER_SIREN not in result.fields


def test_ibans_are_checked_and_an_account_to_debit_is_none() -> None:
    result = read(
        "IBAN FR14 2004 1010 0505 0001 3M02 606",
        "IBAN FR14 2004 1010 0505 0001 3M02 607",
        "Prélèvement sur votre compte DE89 3704 0044 0532 0130 00",
    )

    assert [found.value for found in result.ibans] == ["FR1420041010050500013M02606"]


def test_totals_are_certain_when_their_sums_hold() -> None:
    result = read(
        ("Taux", "Base HT", "Montant TVA"), ("20,00 %", "1 000,00", "200,00"), ("5,50 %", "100,00", "5,50"),
        "",
        ("Total HT", "1 100,00 €"), ("Total TVA", "205,50 €"), ("Total TTC", "1 305,50 €"),
    )  # fmt: skip

    filled = result.filled()
    assert filled[FieldName.TOTAL_WITHOUT_VAT] == "1100.00"
    assert filled[FieldName.TOTAL_VAT] == "205.50"
    assert filled[FieldName.TOTAL_WITH_VAT] == "1305.50"
    assert filled[FieldName.CURRENCY] == "EUR"
    rows = [(str(row.rate), str(row.base), str(row.tax), row.confidence) for row in result.vat_breakdown]
    assert rows == [("20.00", "1000.00", "200.00", CERTAIN), ("5.50", "100.00", "5.50", CERTAIN)]
    assert result.findings == ()


def test_totals_that_do_not_add_up_are_only_proposed_and_said() -> None:
    result = read(("Total HT", "1 100,00 €"), ("Total TVA", "205,50 €"), ("Total TTC", "1 305,51 €"))

    assert result.fields[FieldName.TOTAL_WITH_VAT].confidence is PROBABLE
    assert [finding.rule for finding in result.findings] == ["PREFILL-INCOHERENT"]


def test_deposit_leaves_the_total_and_gives_the_amount_due() -> None:
    result = read(
        ("Total HT", "100,00"), ("TVA 20 %", "20,00"), ("Total TTC", "120,00"), ("Acompte", "36,00"),
        ("Net à payer", "84,00"),
    )  # fmt: skip

    assert result.filled()[FieldName.TOTAL_WITH_VAT] == "120.00"
    assert result.filled()[FieldName.AMOUNT_DUE] == "84.00"


def test_item_row_that_looks_like_a_tax_row_is_not_the_breakdown() -> None:
    # 5 × 100.00 at 20 % makes 500.00: its price happens to be the tax of its amount.
    result = read(
        ("100,00", "20 %", "500,00"), ("10,00", "20 %", "10,00"), "",
        ("Total HT", "510,00"), ("TVA 20 %", "102,00"), ("Total TTC", "612,00"),
    )  # fmt: skip

    assert [(str(row.rate), str(row.base), str(row.tax)) for row in result.vat_breakdown] == [
        ("20", "510.00", "102.00")
    ]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("Conditions de règlement : 30 jours fin de mois.", "30 jours fin de mois"),
        (("Modalités de paiement", "Virement à 45 jours"), "Virement à 45 jours"),
        (("Conditions de paiement", "12/12/2026"), None),
        ("Merci de rappeler les conditions de paiement", None),
    ],
)
def test_payment_terms_are_read_in_words(line: str | tuple[str, ...], terms: str | None) -> None:
    found = field(read("Facture n° F-1", line), FieldName.PAYMENT_TERMS)

    assert found == ((terms, Confidence.CERTAIN) if terms else None)


def test_exempt_invoice_has_no_vat_and_says_why() -> None:
    result = read(
        ("Total HT", "500,00 €"), "TVA non applicable, art. 293 B du CGI", ("Total TTC", "500,00 €")
    )

    assert result.filled()[FieldName.TOTAL_WITH_VAT] == "500.00"
    assert result.filled()[FieldName.TOTAL_VAT] == "0.00"
    assert result.filled()[FieldName.EXEMPTION] == "TVA non applicable, art. 293 B du CGI"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 234,56 €", ["1234.56"]),
        ("1.234,56", ["1234.56"]),
        ("£1,234.56", ["1234.56"]),
        ("1'234.56 CHF", ["1234.56"]),
        ("-12,00", ["-12.00"]),
        ("12,00-", ["-12.00"]),
        ("(12.00)", ["-12.00"]),
        ("20,00 %", []),
        ("12.03.26", []),
        ("1,234,56", []),
        ("10,00 20,00", ["10.00", "20.00"]),
    ],
)
def test_amounts_are_read_in_every_writing(text: str, values: list[str]) -> None:
    assert [str(amount.value) for amount in amounts_in(text)] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 février 2026", "2026-02-03"),
        ("1er mars 2026", "2026-03-01"),
        ("February 3, 2026", "2026-02-03"),
        ("3. März 2026", "2026-03-03"),
        ("03.02.26", "2026-02-03"),
        ("2026-02-03", "2026-02-03"),
        ("31/02/2026", None),
        ("3 brumaire 2026", None),
        ("1.2.3.4", None),
    ],
)
def test_dates_are_read_in_every_writing(text: str, value: str | None) -> None:
    assert next((read.value.isoformat() for read in dates_in(text)), None) == value


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("F-12 du 3 mars", "F-12", 4),
        ("2026 11 045", "202611045", 11),
        ("10 123 456 789", "10123456789", 14),
        ("2026 - 045", "2026-045", 10),
        ("45 / 2026", "45/2026", 9),
        ("FA 2026 0012", "FA 2026 0012", 12),
        ("2026-11 045", "2026-11 045", 11),
        ("118 03/11/2026", "118", 3),
        ("F-12 1 200,00", "F-12", 4),
    ],
)
def test_references_are_read_whole(text: str, value: str, end: int) -> None:
    read = read_reference(text)

    assert read is not None
    assert (read.value, read.end) == (value, end)


def test_references_are_neither_dates_nor_amounts_nor_words() -> None:
    assert [read_reference(text) for text in ("12/03/2026", "12,00", "client", "")] == [None] * 4
    assert read_code("Direction des achats") is None
    code = read_code("SERV01")
    assert code is not None
    assert code.value == "SERV01"


def test_prefill_as_json_is_plain_json() -> None:
    answer = read(
        "Facture n° F-1", ("Total HT", "1,00"), ("TVA 20 %", "0,20"), ("Total TTC", "1,20")
    ).as_json()

    assert json.loads(json.dumps(answer)) == answer


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_prefill_takes_any_text(lines: list[str]) -> None:
    result = read(*lines)

    assert set(result.filled()) <= set(FieldName)
