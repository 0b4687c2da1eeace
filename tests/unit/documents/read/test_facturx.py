from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choriste.documents.read.inspection import Family, FileKind, extract_invoice_xml, inspect
from choriste.documents.read.inspection.embedded import profile_of
from choriste.documents.read.inspection.look import as_json, from_json, look_here
from choriste.documents.read.inspection.magic import kind_by_magic
from choriste.domain.invoice.reading import Syntax
from choriste.formats.errors import UnreadableError
from tests.builders.pdfs import a_cii, a_facturx, a_pdf, attach, facturx_xmp, plain_pdf, saved, set_xmp, sign


def test_facturx_gives_its_xml_profile_and_version() -> None:
    invoice = extract_invoice_xml(a_facturx())

    assert invoice is not None
    assert (invoice.family, invoice.profile, invoice.claimed_version) == (Family.FACTURX, "EN 16931", "1.0")
    assert (invoice.filename, invoice.mime_type, invoice.relationship) == (
        "factur-x.xml",
        "text/xml",
        "Alternative",
    )
    assert invoice.xml == a_cii()


def test_plain_pdf_holds_no_invoice() -> None:
    assert extract_invoice_xml(plain_pdf()) is None
    assert inspect(plain_pdf(), filename="a.pdf").syntax is Syntax.PDF


@pytest.mark.parametrize(
    ("guideline", "profile"),
    [
        ("urn:factur-x.eu:1p0:minimum", "MINIMUM"),
        ("urn:factur-x.eu:1p0:basicwl", "BASIC WL"),
        ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", "BASIC"),
        ("urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:basic", "BASIC"),
        ("urn:cen.eu:en16931:2017", "EN 16931"),
        ("urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended", "EXTENDED"),
        ("urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", "EXTENDED-CTC-FR"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "XRECHNUNG"),
        ("urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic", "BASIC"),
        ("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort", "COMFORT"),
        ("urn:factur-x.eu:2p0:ultimate", None),
        ("urn:anything:basic", None),
        (None, None),
    ],
)
def test_profile_is_named_by_the_guideline(guideline: str | None, profile: str | None) -> None:
    assert profile_of(guideline) == profile


def test_name_that_is_not_standard_is_refused_with_the_name_to_give() -> None:
    with pytest.raises(UnreadableError) as caught:
        extract_invoice_xml(a_facturx(name="facture.xml"))

    assert caught.value.finding.rule == "PDF-XML-NAME"
    assert (caught.value.finding.found, caught.value.finding.expected) == ("facture.xml", "factur-x.xml")


def test_profile_that_differs_from_the_metadata_is_told() -> None:
    inspection = inspect(a_facturx("urn:factur-x.eu:1p0:minimum", level="EXTENDED"), filename="a.pdf")

    codes = {finding.rule: (finding.found, finding.expected) for finding in inspection.findings}
    assert codes["PDF-PROFILE-DIFFERS"] == ("EXTENDED", "MINIMUM")
    assert codes["PDF-RELATIONSHIP"] == ("Alternative", "Data")


def test_announced_invoice_that_is_absent_is_refused() -> None:
    pdf = a_pdf()
    set_xmp(pdf, facturx_xmp())

    inspection = inspect(saved(pdf), filename="a.pdf")

    assert inspection.kind is FileKind.PDF
    assert inspection.refusal is not None
    assert inspection.refusal.rule == "PDF-XML-MISSING"


def test_claim_of_pdfa_without_embedded_fonts_or_intent_is_refuted() -> None:
    pdf = a_pdf()
    set_xmp(pdf, '<p:part xmlns:p="http://www.aiim.org/pdfa/ns/id/">3</p:part>'
                 '<p:conformance xmlns:p="http://www.aiim.org/pdfa/ns/id/">A</p:conformance>')  # fmt: skip

    inspection = inspect(saved(pdf), filename="a.pdf")

    assert inspection.pdf is not None
    assert inspection.pdf.pdfa is not None
    assert inspection.pdf.pdfa.level == "3A"
    assert {"no-output-intent", "untagged", "font-not-embedded:Helvetica"} <= {*inspection.pdf.pdfa.reasons}
    assert inspection.refusal is None


def test_attachments_are_listed_with_type_size_and_relationship() -> None:
    pdf = a_pdf()
    attach(pdf, "devis.pdf", b"12345", relationship="Supplement", mime_type="application/pdf")

    inspection = inspect(saved(pdf), filename="a.pdf")

    assert inspection.pdf is not None
    (attached,) = inspection.pdf.attachments
    assert (attached.name, attached.mime_type, attached.relationship) == (
        "devis.pdf",
        "application/pdf",
        "Supplement",
    )


def test_inspection_as_json_is_plain_json_in_both_languages() -> None:
    answer = inspect(sign(a_facturx(level="BASIC")), filename="facture.pdf").as_json()

    assert json.loads(json.dumps(answer)) == answer
    assert answer["kind"] == "factur-x"
    findings = answer["findings"]
    assert isinstance(findings, list)
    assert all(finding["message"]["fr"] != finding["message"]["en"] for finding in findings)


def test_look_survives_its_way_through_json() -> None:
    look = look_here(sign(a_facturx()))

    assert from_json(json.loads(json.dumps(as_json(look)))) == look


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_inspection_takes_any_bytes(data: bytes) -> None:
    inspection = inspect(b"%PDF-1.7\n" + data + b"\nstartxref\n0\n%%EOF", filename="a.pdf")

    assert inspection.kind in FileKind
    assert kind_by_magic(data) in FileKind
