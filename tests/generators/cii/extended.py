"""A CII document that fills every element of the Factur-X EXTENDED schema, each value unlike any other.

What may repeat stands there twice: a page that shows only the first of several is found out. The document
means nothing and obeys no rule; it is there to be read and shown.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from functools import cache

from lxml import etree

from choriste.formats.xml.names import NAMESPACES
from choriste.formats.xml.schema import schema_folder

_XS = "{http://www.w3.org/2001/XMLSchema}"
_RAM, _RSM = NAMESPACES["ram"], NAMESPACES["rsm"]
_DEEPEST = 14
_ONCE = frozenset({"AttachmentBinaryObject"})
"""What is left out: bytes are not shown as text."""


def filled_document() -> tuple[bytes, dict[str, list[str]]]:
    """Return the document, and its texts by the names of their elements."""
    filler = _Filler()
    types = _types()
    root = etree.Element(f"{{{_RSM}}}CrossIndustryInvoice", nsmap={p: NAMESPACES[p] for p in ("rsm", "ram")})
    filler.fill(root, types["rsm:CrossIndustryInvoiceType"], types, space=_RSM)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), filler.given


class _Filler:
    """Gives each leaf a value of its own."""

    def __init__(self) -> None:
        self._numbers = itertools.count(11)
        self.given: dict[str, list[str]] = {}

    def fill(
        self, parent: etree._Element, kind: etree._Element, types: dict[str, etree._Element], *, space: str
    ) -> None:
        """Add to an element every child that its type has."""
        for child in kind.iter(f"{_XS}element"):
            name, type_name = child.get("name"), child.get("type")
            if name is None or type_name is None or name in _ONCE or _depth(parent) > _DEEPEST:
                continue
            for _ in range(1 if child.get("maxOccurs", "1") == "1" else 2):
                element = etree.SubElement(parent, f"{{{space}}}{name}")
                if type_name.startswith("ram:"):
                    self.fill(element, types[type_name], types, space=_RAM)
                else:
                    self._leaf(element, name, type_name)

    def _leaf(self, element: etree._Element, name: str, type_name: str) -> None:
        text = self._value(type_name)
        if type_name.endswith(("DateTimeType", "DateType")):
            space = NAMESPACES[type_name.partition(":")[0]]
            inner = "DateString" if type_name.endswith(":DateType") else "DateTimeString"
            element = etree.SubElement(element, f"{{{space}}}{inner}", format="102")
        elif type_name.endswith("IndicatorType"):
            element = etree.SubElement(element, f"{{{NAMESPACES['udt']}}}Indicator")
        elif type_name.endswith("QuantityType"):
            element.set("unitCode", self._value("udt:CodeType"))
            self.given.setdefault(f"{name}/@unitCode", []).append(str(element.get("unitCode")))
        element.text = text
        self.given.setdefault(name, []).append(text)

    def _value(self, type_name: str) -> str:
        number = next(self._numbers)
        if type_name.endswith(("DateTimeType", "DateType")):
            return f"{dt.date(2001, 1, 1) + dt.timedelta(days=number):%Y%m%d}"
        if type_name.endswith("IndicatorType"):
            return "true" if number % 2 else "false"
        figures = ("AmountType", "PercentType", "QuantityType", "RateType", "NumericType", "MeasureType")
        return f"{number}.37" if type_name.endswith(figures) else f"q{number}z"


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


@cache
def _types() -> dict[str, etree._Element]:
    """Return the complex types of the schema by their prefixed names."""
    return dict(_complex_types())


def _complex_types() -> Iterator[tuple[str, etree._Element]]:
    for file in sorted((schema_folder() / "facturx-extended").glob("*.xsd")):
        schema = etree.parse(file).getroot()
        prefix = "ram" if schema.get("targetNamespace") == _RAM else "rsm"
        for kind in schema.iter(f"{_XS}complexType"):
            if schema.get("targetNamespace") in {_RAM, _RSM} and kind.get("name"):
                yield f"{prefix}:{kind.get('name')}", kind
