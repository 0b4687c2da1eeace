"""The XMP packet of a PDF: what it claims of PDF/A and of an embedded invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pikepdf
from lxml import etree

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.model import Family
from choriste.documents.read.inspection.objects import UNREADABLE, ExpansionError, entry, stream_bytes

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDFA: Final = "{http://www.aiim.org/pdfa/ns/id/}"
_FAMILIES: Final[dict[str, Family]] = {
    "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}": Family.FACTURX,
    "{urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#}": Family.ZUGFERD_2,
    "{urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#}": Family.ZUGFERD_1,
    "{urn:factur-x:pdfa:CrossIndustryDocument:1p0#}": Family.ORDERX,
}


@dataclass(frozen=True, slots=True)
class Xmp:
    """The simple properties of a packet by `{namespace}name`; `well_formed` is False for broken XML."""

    properties: Mapping[str, str] = field(default_factory=dict)
    well_formed: bool = True

    @property
    def pdfa_level(self) -> str | None:
        """The PDF/A part and conformance claimed, such as `3B` or `4`."""
        part = self.properties.get(f"{_PDFA}part")
        return part + self.properties.get(f"{_PDFA}conformance", "").upper() if part else None

    @property
    def family(self) -> Family | None:
        """The hybrid format that the packet announces."""
        spaces = {name.partition("}")[0] + "}" for name in self.properties}
        return next((family for ns, family in _FAMILIES.items() if ns in spaces), None)

    def announced(self, name: str) -> str | None:
        """Return an announced property: DocumentFileName, DocumentType, Version or ConformanceLevel."""
        return next((value for ns in _FAMILIES if (value := self.properties.get(ns + name))), None)


def xmp_of(pdf: pikepdf.Pdf) -> Xmp:
    """Read the catalogue's packet; one that is absent, oversized or undecodable has no properties."""
    try:
        packet = stream_bytes(entry(pdf.Root, "/Metadata"), limits.MAX_XMP)
    except (*UNREADABLE, ExpansionError):
        return Xmp(well_formed=False)
    return read_xmp(packet) if packet else Xmp()


def read_xmp(packet: bytes) -> Xmp:
    """Read a packet's simple properties, written as elements or as attributes."""
    packet = packet.strip(b"\x00 \t\r\n")
    root, well_formed = _parse(packet)
    properties: dict[str, str] = {}
    for description in root.iter(f"{_RDF}Description") if root is not None else ():
        for name, value in description.attrib.items():
            properties.setdefault(str(name), str(value).strip())
        for child in description:
            if isinstance(child.tag, str):
                properties.setdefault(child.tag, _value(child))
    return Xmp(properties, well_formed=well_formed)


def _parse(packet: bytes) -> tuple[etree._Element | None, bool]:
    for recover in (False, True):
        parser = etree.XMLParser(recover=recover, resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(packet, parser), not recover
        except etree.XMLSyntaxError:
            continue
    return None, False


def _value(element: etree._Element) -> str:
    # Alternatives and sequences (dc:title, dc:creator) read as their first item.
    item = element.find(f".//{_RDF}li")
    return ((item if item is not None else element).text or "").strip()
