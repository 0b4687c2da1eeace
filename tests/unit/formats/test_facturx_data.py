from __future__ import annotations

from dataclasses import replace

import pytest

from choriste.domain.invoice.model import Identifier
from choriste.domain.invoice.reading import Syntax
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.facturx import converted_data, facturx_data, with_guideline
from choriste.formats.read import read_xml
from tests.builders.invoices import a_cii, a_ubl, an_invoice

CORE = "urn:cen.eu:en16931:2017"
PEPPOL = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
EXTENDED = f"{CORE}#conformant#urn:factur-x.eu:1p0:extended"


@pytest.mark.parametrize(
    ("written", "inside"),
    [
        (PEPPOL, CORE),
        (f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", CORE),
        (f"{CORE}#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3", CORE),
        (f"{CORE}#compliant#urn:fdc:nen.nl:nlcius:v1.0", CORE),
        (f"{CORE}#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1", CORE),
        (f"{CORE}#compliant#urn.cpro.gouv.fr:1p0:en16931-ctc-fr", CORE),
        (f"{CORE}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", EXTENDED),
        (f"{CORE}#conformant#urn:zugferd.de:2p0:extended", EXTENDED),
        (EXTENDED, EXTENDED),
        (CORE, CORE),
        ("urn:factur-x.eu:1p0:basicwl", "urn:factur-x.eu:1p0:basicwl"),
    ],
)
@pytest.mark.parametrize("write", [a_cii, a_ubl])
def test_facturx_declares_a_profile_of_its_own(write: type, written: str, inside: str) -> None:
    reading = read_xml(write(specification=written))

    assert read_xml(facturx_data(reading)).invoice.specification == inside


def test_data_that_facturx_knows_stay_the_same_bytes() -> None:
    cii = a_cii(specification=EXTENDED)

    assert facturx_data(read_xml(cii)) == cii


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_only_the_identifier_changes_in_data_of_any_encoding(encoding: str) -> None:
    text = a_cii(specification=PEPPOL).decode().replace("UTF-8", encoding).replace("utf-8", encoding)
    cii = text.encode(encoding)

    changed = facturx_data(read_xml(cii))

    assert changed.decode(encoding) == text.replace(PEPPOL, CORE)


def test_the_identifier_is_found_between_comments_and_attributes() -> None:
    odd = f'<!-- <ram:ID>no</ram:ID> --><ram:ID\n schemeID="a>b"><![CDATA[{PEPPOL}]]> <!-- > --></ram:ID>'
    cii = a_cii(specification=PEPPOL).replace(f"<ram:ID>{PEPPOL}</ram:ID>".encode(), odd.encode())

    changed = with_guideline(cii, CORE)

    assert changed is not None
    assert read_xml(changed).invoice.specification == CORE
    assert changed.startswith(cii[: cii.index(b"<!-- <ram:ID>")])
    assert changed.endswith(cii[cii.index(b"</ram:ID>", cii.index(b"<![CDATA[")) :])


def test_data_without_an_identifier_are_written_anew() -> None:
    cii = write_cii(an_invoice()).replace(f"<ram:ID>{CORE}</ram:ID>".encode(), b"")

    assert with_guideline(cii, CORE) is None
    assert read_xml(facturx_data(read_xml(cii))).invoice.specification == CORE


def test_converted_data_meet_what_facturx_asks_beyond_its_neighbours() -> None:
    exempt = replace(an_invoice().vat_breakdown[0], exemption_code="vatex-eu-132-1g")
    invoice = an_invoice(vat_currency="EUR", vat_breakdown=(exempt,))
    reading = replace(read_xml(a_ubl()), invoice=invoice, syntax=Syntax.UBL_INVOICE)

    made = read_xml(converted_data(reading)).invoice

    assert made.vat_currency is None
    assert made.vat_breakdown[0].exemption_code == "VATEX-EU-132-1G"


def test_a_vat_number_without_a_country_is_a_local_one() -> None:
    seller = an_invoice().seller
    assert seller is not None
    local = replace(seller, vat_number="123456", legal_registration=Identifier("832145692", "0002"))
    reading = replace(read_xml(a_ubl()), invoice=an_invoice(seller=local))

    made = read_xml(converted_data(reading)).invoice.seller

    assert made is not None
    assert (made.vat_number, made.tax_registration) == (None, "123456")
