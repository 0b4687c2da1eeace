"""XML names: the namespaces that invoices use, and how an element is pointed at in a report."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACES: Final[dict[str, str]] = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "inv": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "cn": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
}
"""The prefixes that our reports and tables use, whatever the file itself calls them."""

_PREFIXES: Final = {uri: prefix for prefix, uri in NAMESPACES.items()}


@cache
def qualified(name: str) -> str:
    """Return the Clark name (`{namespace}local`) of a prefixed name such as `ram:ID`."""
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local


def prefixed(tag: str) -> str:
    """Return the prefixed name of a Clark name; `*[local-name()='…']` for a foreign namespace."""
    uri, _, local = tag.rpartition("}")
    if not uri:
        return local
    prefix = _PREFIXES.get(uri[1:])
    return f"{prefix}:{local}" if prefix else f"*[local-name()='{local}']"


_MANY: Final = 64


def _step(element: _Element) -> str:
    """Return the last step of the path of an element that has few siblings."""
    tag = str(element.tag)
    before = sum(1 for _ in element.itersiblings(tag, preceding=True))
    is_alone = not before and next(element.itersiblings(tag), None) is None
    return prefixed(tag) if is_alone else f"{prefixed(tag)}[{before + 1}]"


class Paths:
    """The XPaths of one document's elements, each with a position where siblings share its name.

    The children of a parent that has many are counted once, so that pointing at all of them costs one pass.
    """

    def __init__(self) -> None:
        self._known: dict[_Element, str] = {}

    def of(self, element: _Element) -> str:
        """Return the path from the root, such as `/rsm:CrossIndustryInvoice/…/ram:ID[2]`."""
        known = self._known.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        if parent is None:
            return self._known.setdefault(element, f"/{prefixed(str(element.tag))}")
        if len(parent) > _MANY:
            self._count(parent)
            return self._known[element]
        return self._known.setdefault(element, f"{self.of(parent)}/{_step(element)}")

    def _count(self, parent: _Element) -> None:
        above = self.of(parent)
        children = [(child, str(child.tag)) for child in parent.iterchildren("*")]
        totals = Counter(tag for _, tag in children)
        seen: Counter[str] = Counter()
        for child, tag in children:
            seen[tag] += 1
            position = f"[{seen[tag]}]" if totals[tag] > 1 else ""
            self._known[child] = f"{above}/{prefixed(tag)}{position}"


def line_of(element: _Element) -> int | None:
    """Return the 1-based line of the file where the element begins; None for a tree built in memory."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def xpath_of(element: _Element) -> str:
    """Return the XPath of one element; use `Paths` for many elements of the same document."""
    return Paths().of(element)
