"""PDFs for tests: made by pikepdf object by object, or by fpdf2 where text matters, and signed by pyHanko."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

CONTENT = b"BT /F1 12 Tf 72 700 Td (Facture F-1) Tj ET"


def a_pdf(*, pages: int = 1) -> Pdf:
    """Return an open PDF with the given number of A4 pages that show a line of Helvetica."""
    pdf = Pdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        page.obj.Contents = Stream(pdf, CONTENT)
    return pdf


def saved(pdf: Pdf, **options: Any) -> bytes:
    """Return the bytes of an open PDF."""
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def plain_pdf() -> bytes:
    """Return the bytes of a one-page PDF."""
    return saved(a_pdf())


def attach(
    pdf: Pdf, name: str, content: bytes, *, relationship: str = "Data", mime_type: str = "text/xml"
) -> pikepdf.Object:
    """Attach a file through the names tree and /AF; return its file specification."""
    stream = Stream(pdf, content)
    stream.Type = Name.EmbeddedFile
    stream.Subtype = Name("/" + mime_type)
    specification = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=name,
            UF=name,
            AFRelationship=Name("/" + relationship),
            EF=Dictionary(F=stream, UF=stream),
        )
    )
    files = pdf.Root.get("/Names", Dictionary()).get("/EmbeddedFiles", Dictionary(Names=Array()))
    files.Names.append(name)
    files.Names.append(specification)
    pdf.Root.Names = Dictionary(EmbeddedFiles=files)
    pdf.Root.AF = Array([*pdf.Root.get("/AF", Array()), specification])
    return specification


def set_xmp(pdf: Pdf, properties: str) -> None:
    """Give the PDF a packet with these elements inside one rdf:Description."""
    packet = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="">{properties}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    pdf.Root.Metadata = Stream(pdf, packet.encode())
    pdf.Root.Metadata.Type = Name.Metadata
    pdf.Root.Metadata.Subtype = Name.XML


def facturx_xmp(level: str = "EN 16931", *, filename: str = "factur-x.xml") -> str:
    """Return the XMP properties that announce a Factur-X."""
    return (
        '<fx:DocumentType xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">INVOICE'
        "</fx:DocumentType>"
        '<fx:DocumentFileName xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">'
        f"{filename}</fx:DocumentFileName>"
        '<fx:Version xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">1.0</fx:Version>'
        f'<fx:ConformanceLevel xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">{level}'
        "</fx:ConformanceLevel>"
    )


def a_cii(guideline: str = "urn:cen.eu:en16931:2017") -> bytes:
    """Return the beginning of a CII that names its guideline; the inspection looks no further."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rsm:CrossIndustryInvoice'
        ' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
        ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">'
        "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>"
        f"<ram:ID>{guideline}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>"
        "</rsm:ExchangedDocumentContext></rsm:CrossIndustryInvoice>"
    ).encode()


def a_facturx(
    guideline: str = "urn:cen.eu:en16931:2017",
    *,
    level: str = "EN 16931",
    name: str = "factur-x.xml",
    relationship: str = "Alternative",
) -> bytes:
    """Return a PDF that holds a CII and announces it in its XMP."""
    pdf = a_pdf()
    attach(pdf, name, a_cii(guideline), relationship=relationship)
    set_xmp(pdf, facturx_xmp(level, filename=name))
    return saved(pdf)


@cache
def a_signer() -> signers.SimpleSigner:
    """Return a signer with a certificate of its own, made once a process."""
    return _signer_with(ec.generate_private_key(ec.SECP256R1()))


@cache
def a_timestamper() -> signers.SimpleSigner:
    """Return the key and certificate of a timestamping authority, made once a process: an RSA one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _signer_with(key, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]))


def _signer_with(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, purpose: x509.ExtendedKeyUsage | None = None
) -> signers.SimpleSigner:
    from asn1crypto import keys  # noqa: PLC0415 - only some documents need it
    from asn1crypto import x509 as asn1  # noqa: PLC0415 - only some documents need it

    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Jeanne Test"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4660)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2028, 1, 1, tzinfo=dt.UTC))
    )
    if purpose is not None:
        builder = builder.add_extension(purpose, critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


def sign(data: bytes, *, field: str = "Signature1") -> bytes:
    """Return the PDF signed (PAdES-B-B) with a certificate made for the occasion."""
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415 - only some documents need it

    metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return bytes(signers.sign_pdf(writer, metadata, signer=a_signer()).getvalue())
