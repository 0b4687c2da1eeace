from __future__ import annotations

import pytest

from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import Cius, Profile, cius_of, detect_xml, profile_of
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.names import NAMESPACES
from choriste.formats.xml.parsing import parse_xml
from tests.builders.invoices import a_cii, a_ubl

_EN = "urn:cen.eu:en16931:2017"

_SPECIFICATIONS: list[tuple[str | None, Profile, Cius | None]] = [
    (_EN, Profile.EN16931, None),
    ("urn:factur-x.eu:1p0:minimum", Profile.MINIMUM, None),
    ("urn:zugferd.de:2p0:minimum", Profile.MINIMUM, None),
    ("urn:factur-x.eu:1p0:basicwl", Profile.BASIC_WL, None),
    (f"{_EN}#compliant#urn:factur-x.eu:1p0:basic", Profile.BASIC, None),
    (f"{_EN}:compliant:factur-x.eu:1p0:basic", Profile.BASIC, None),
    (f"{_EN}#conformant#urn:factur-x.eu:1p0:extended", Profile.EXTENDED, None),
    (f" {_EN}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr\n", Profile.EXTENDED_CTC_FR, None),
    (f"{_EN}#compliant#urn.cpro.gouv.fr:1p0:en16931-ctc-fr", Profile.EN16931, Cius.CTC_FR),
    (f"{_EN}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", Profile.EN16931, Cius.XRECHNUNG),
    (f"{_EN}#compliant#urn:xoev-de:kosit:standard:xrechnung_1.2", Profile.EN16931, Cius.XRECHNUNG),
    (f"{_EN}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", Profile.EN16931, Cius.PEPPOL_BIS_3),
    (f"{_EN}#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1", Profile.EN16931, Cius.CIUS_RO),
    (f"{_EN}#compliant#urn:fdc:nen.nl:nlcius:v1.0", Profile.EN16931, Cius.NLCIUS),
    (f"{_EN}#compliant#urn:example:other", Profile.EN16931, Cius.OTHER),
    (f"{_EN}#conformant#urn:example:extension", Profile.EN16931, None),
    ("A1", Profile.PLAIN, None),
    ("", Profile.PLAIN, None),
    (None, Profile.PLAIN, None),
]


@pytest.mark.parametrize(("specification", "profile", "cius"), _SPECIFICATIONS)
def test_specification_tells_profile_and_cius(
    specification: str | None, profile: Profile, cius: Cius | None
) -> None:
    assert profile_of(specification) is profile
    assert cius_of(specification) is cius


def test_detect_tells_the_syntax_by_the_root() -> None:
    assert detect_xml(parse_xml(a_cii())).syntax is Syntax.CII
    assert detect_xml(parse_xml(a_ubl())).syntax is Syntax.UBL_INVOICE
    assert detect_xml(parse_xml(a_ubl(type_code="381"))).syntax is Syntax.UBL_CREDIT_NOTE


def test_detect_reports_the_specification_as_written() -> None:
    detected = detect_xml(parse_xml(a_cii()))

    assert detected.specification == _EN
    assert detected.profile is Profile.EN16931
    assert detected.cius is None


def test_detect_accepts_an_invoice_that_names_no_specification() -> None:
    detected = detect_xml(parse_xml(f'<Invoice xmlns="{NAMESPACES["inv"]}"/>'.encode()))

    assert detected.profile is Profile.PLAIN
    assert detected.specification is None


_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_OTHERS = {
    "FORMAT-SBDH": (
        "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader StandardBusinessDocument"
    ),
    "FORMAT-ORDER-X": (
        "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:128 SCRDMCCBDACIOMessageStructure"
    ),
    "FORMAT-CDAR": (
        "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
        " CrossDomainAcknowledgementAndResponse"
    ),
    "FORMAT-ZUGFERD-1": "urn:ferd:CrossIndustryDocument:invoice:1p0 CrossIndustryDocument",
    "FORMAT-CII-VERSION": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:13 CrossIndustryInvoice",
    "FORMAT-UBL-OTHER": f"{_UBL}:Order-2 Order",
    "FORMAT-NAMESPACE": "urn:example Invoice",
    "FORMAT-FATTURAPA": "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2 FatturaElettronica",
    "FORMAT-FACTURAE": "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae Facturae",
    "FORMAT-PIVOT": " CPPFacturePivot",
    "FORMAT-HTML": "http://www.w3.org/1999/xhtml html",
    "FORMAT-UNKNOWN": " rss",
}


@pytest.mark.parametrize(("code", "root"), _OTHERS.items(), ids=_OTHERS)
def test_detect_tells_what_is_no_invoice_by_name(code: str, root: str) -> None:
    namespace, _, local = root.partition(" ")

    with pytest.raises(UnreadableError) as caught:
        detect_xml(parse_xml(f'<{local} xmlns="{namespace}"/>'.encode()))

    assert caught.value.code == code
    assert caught.value.finding.line == 1
