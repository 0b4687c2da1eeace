"""Writing by binding table: the tree is walked in schema order, and what has no content is not written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from choriste.domain.invoice.model import Identifier, Invoice
from choriste.formats.binding.tables import Box, Constant, Group, Ignored, Leaf, Node, Schemed, Special
from choriste.formats.binding.values import BINARY
from choriste.formats.xml.names import NAMESPACES, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(slots=True)
class Writing:
    """The state of one writing: the invoice, and the `once` nodes already written."""

    invoice: Invoice
    done: set[int] = field(default_factory=set)


Emitter = Callable[["_Element", Any, Writing], bool]
"""Appends to the parent what the object of the model holds; True where there was something."""


def document(tag: str, nodes: tuple[Node, ...], invoice: Invoice, prefixes: Mapping[str, str]) -> bytes:
    """Return an invoice as an indented UTF-8 document.

    `prefixes` maps the prefixes of the document, empty for the default namespace, to those of
    `names.NAMESPACES`. Raises ValueError for
    text that XML cannot carry, such as a control character.
    """
    namespaces = {prefix or None: NAMESPACES[name] for prefix, name in prefixes.items()}
    root = etree.Element(qualified(tag), None, cast("dict[str, str]", namespaces))
    writing = Writing(invoice)
    for node in nodes:
        emit(node, root, invoice, writing)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def emit(node: Node, parent: _Element, scope: object, writing: Writing) -> bool:
    """Append what a node makes of the scope; True where that is content, not mere furniture."""
    match node:
        case Leaf():
            return _emit_leaf(node, parent, scope, writing)
        case Box():
            return _emit_box(node, parent, scope, writing)
        case Group():
            return _emit_group(node, parent, scope, writing)
        case Constant():
            appended(parent, node.tag).text = node.text
            return False
        case Special():
            return node.write(parent, scope, writing)
        case Ignored():
            return False


def appended(parent: _Element, path: str) -> _Element:
    """Append nested elements for a path of prefixed names; return the innermost."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, qualified(name))
    return parent


def value_at(scope: object, path: str, invoice: Invoice) -> Any:  # noqa: ANN401 - any attribute of the model
    """Return the attribute at a model path, None where something on the way is absent."""
    value: Any = invoice if path.startswith("/") else scope
    for name in path.lstrip("/").split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value


def _is_barred(node: Leaf | Box, scope: object, writing: Writing) -> bool:
    """Return whether a `once` node was written already, or the path of `unless` holds something."""
    if node.once and id(node) in writing.done:
        return True
    return bool(node.unless and value_at(scope, node.unless, writing.invoice))


def _emit_box(node: Box, parent: _Element, scope: object, writing: Writing) -> bool:
    if _is_barred(node, scope, writing):
        return False
    element = appended(parent, node.tag)
    contents = [emit(child, element, scope, writing) for child in node.children]
    if any(contents):
        writing.done.add(id(node))
        return True
    if not node.keep:
        parent.remove(element)
    return False


def _emit_group(node: Group, parent: _Element, scope: object, writing: Writing) -> bool:
    items = value_at(scope, node.path, writing.invoice) or ()
    for item in items:
        element = appended(parent, node.tag)
        for child in node.children:
            emit(child, element, item, writing)
    return bool(items)


def _emit_leaf(node: Leaf, parent: _Element, scope: object, writing: Writing) -> bool:
    if node.is_alias or _is_barred(node, scope, writing):
        return False
    values = list(_values(node, scope, writing.invoice))
    for value in values:
        _write_value(appended(parent, node.tag), node, value, scope, writing)
    instead = node.stand_in or node.needed
    if not values and instead is not None:
        appended(parent, node.tag).text = instead
    if not values and node.kind is BINARY:
        return _emit_empty_attachment(node, parent, scope, writing)
    if values:
        writing.done.add(id(node))
    return bool(values) and not node.is_echo


def _emit_empty_attachment(node: Leaf, parent: _Element, scope: object, writing: Writing) -> bool:
    """Write an attachment that has a type or a name but no content, as it was received."""
    beside = any(value_at(scope, path, writing.invoice) is not None for _, path in node.attributes)
    if beside:
        _write_value(appended(parent, node.tag), node, b"", scope, writing)
    return beside


def _values(node: Leaf, scope: object, invoice: Invoice) -> Iterator[object]:
    value = value_at(scope, node.path, invoice)
    for single in (value or ()) if node.many else (value,):
        if single is not None and _takes(node, single):
            yield single


def _takes(node: Leaf, value: object) -> bool:
    if node.identity is None or not isinstance(value, Identifier):
        return True
    takes = node.identity.takes
    return takes is Schemed.ANY or (takes is Schemed.WITH) == (value.scheme is not None)


def _write_value(element: _Element, node: Leaf, value: object, scope: object, writing: Writing) -> None:
    if isinstance(value, Identifier):
        element.text = value.value
        _write_scheme(element, node, value)
    else:
        element.text = node.kind.encode(value)
    for name, text in node.fixed:
        element.set(name, text)
    for name, path in node.attributes:
        beside = value_at(scope, path, writing.invoice)
        if beside is not None:
            element.set(name, str(beside))
    if node.currency:
        element.set("currencyID", getattr(writing.invoice, node.currency) or "")


def _write_scheme(element: _Element, node: Leaf, value: Identifier) -> None:
    identity = node.identity
    if identity and identity.scheme and value.scheme:
        element.set(identity.scheme, value.scheme)
    if identity and identity.version and value.scheme_version:
        element.set(identity.version, value.scheme_version)
