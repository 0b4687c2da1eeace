"""The Factur-X part of an XMP packet (Factur-X 1.0.8, section 6.2.2, and ISO 19005-3, 6.6.2.3).

PDF/A wants every property outside its own schemas to be described in the packet itself, hence the
extension schema.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from choriste.documents.errors import AssemblyError

FACTURX_FILENAME = "factur-x.xml"

_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "Name of the embedded XML invoice file",
    "DocumentType": "Kind of the embedded business document",
    "Version": "Version of the XML schema used by the embedded file",
    "ConformanceLevel": "Profile of the XML invoice according to the Factur-X specification",
}
_BAG = "<pdfaExtension:schemas><rdf:Bag>"
_EXTENSION = ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
_SCHEMA = ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
_PROPERTY = ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"'


def with_facturx(packet: str, conformance: str) -> str:
    """Return the XMP packet with the Factur-X properties and their schema; raises AssemblyError."""
    if packet.count("</rdf:RDF>") != 1:
        raise AssemblyError("the XMP packet has no single rdf:RDF")
    schema = _extension_schema()
    if _BAG in packet:
        packet = packet.replace(_BAG, _BAG + schema, 1)
        described = ""
    else:
        opening = f'<rdf:Description rdf:about=""{_EXTENSION}{_SCHEMA}{_PROPERTY}>'
        described = f"{opening}{_BAG}{schema}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    return packet.replace("</rdf:RDF>", f"{described}{_facturx(conformance)}</rdf:RDF>")


def _facturx(conformance: str) -> str:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">'
        "<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>{FACTURX_FILENAME}</fx:DocumentFileName>"
        "<fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{escape(conformance)}</fx:ConformanceLevel>"
        "</rdf:Description>"
    )


def _extension_schema() -> str:
    properties = "".join(_property(name, meaning) for name, meaning in _PROPERTIES.items())
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li>"
    )


def _property(name: str, meaning: str) -> str:
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description>"
        "</rdf:li>"
    )
