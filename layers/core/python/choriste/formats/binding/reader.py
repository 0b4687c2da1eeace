"""Reading by binding table: one pass over the tree fills nested drafts, and the drafts become the model.

Nothing is dropped unseen: an element, an attribute or a second value that the table has no room for is
left over, and a text that its type refuses is a fault. Places are collected in a second pass, on demand,
because most invoices are never asked for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from choriste.domain.invoice.terms import term_of
from choriste.formats.binding.leaves import holder_of, leaf_handler, model_path
from choriste.formats.binding.tables import (
    Box,
    Condition,
    Constant,
    Group,
    Ignored,
    Leaf,
    Node,
    Special,
    When,
    WithoutChildren,
)
from choriste.formats.binding.values import WHITESPACE
from choriste.formats.xml.names import qualified

if TYPE_CHECKING:
    from lxml.etree import _Element

    from choriste.formats.binding.runs import Draft, Handler, Handlers, Run


def walk(element: _Element, handlers: Handlers, scope: Draft, run: Run) -> None:
    """Give every child to the handler of its tag; what has none is left over."""
    for child in element:
        handler = handlers.get(child.tag)
        if handler is None:
            run.leave(child)
        else:
            handler(child, scope, run)


def compiled(nodes: tuple[Node, ...], model: str = "") -> Handlers:
    """Return the handlers of a table's nodes; `model` is the path of the group that they stand in."""
    cases: dict[str, list[tuple[Condition | None, Handler]]] = {}
    for node in nodes:
        head, handler = _handler(node, model)
        cases.setdefault(qualified(head), []).append((getattr(node, "when", None), handler))
    return {tag: _choice(options) for tag, options in cases.items()}


def _choice(options: list[tuple[Condition | None, Handler]]) -> Handler:
    if len(options) == 1 and options[0][0] is None:
        return options[0][1]
    by_condition = sorted(options, key=lambda option: option[0] is None)
    tests = [(_test(when), handler) for when, handler in by_condition]
    is_boolean = any(isinstance(when, When) and when.is_boolean for when, _ in options)

    def choose(element: _Element, scope: Draft, run: Run) -> None:
        for test, handler in tests:
            if test(element):
                handler(element, scope, run)
                return
        run.leave(element)
        if is_boolean:
            run.fault(f"{run.prefix}BG-20", element, "boolean")

    return choose


def _test(when: Condition | None) -> Callable[[_Element], bool]:
    match when:
        case None:
            return lambda _: True
        case WithoutChildren():
            tags = {qualified(tag) for tag in when.tags}
            return lambda element: all(child.tag not in tags for child in element)
        case When():
            return _text_test(when)


def _text_test(when: When) -> Callable[[_Element], bool]:
    path, _, attribute = when.path.partition("/@")
    tags = [qualified(name) for name in path.split("/")]
    values = when.values

    def test(element: _Element) -> bool:
        for tag in tags:
            child = _child(element, tag)
            if child is None:
                return "" in values
            element = child
        text = element.get(attribute) if attribute else element.text
        return (text or "").strip(WHITESPACE) in values

    return test


def _child(element: _Element, tag: str) -> _Element | None:
    """Return the first child of a tag; a loop over a few children is quicker than `find`."""
    for child in element:
        if child.tag == tag:
            return child
    return None


def _handler(node: Node, model: str) -> tuple[str, Handler]:
    match node:
        case Leaf():
            head, _, rest = node.tag.partition("/")
            return head, _wrapped(rest, leaf_handler(node, model))
        case Constant():
            head, _, rest = node.tag.partition("/")
            return head, _wrapped(rest, _constant_handler(node))
        case Box():
            return node.tag, _box_handler(compiled(node.children, model))
        case Group():
            return node.tag, _group_handler(node, model)
        case Ignored():
            return node.tag, lambda _element, _scope, _run: None
        case Special():
            return node.tag, node.read(model)


def _wrapped(rest: str, handler: Handler) -> Handler:
    """Return the handler of an outer element that holds only the elements of the path `rest`."""
    for name in reversed(rest.split("/")) if rest else ():
        handler = _box_handler({qualified(name): handler})
    return handler


def _box_handler(handlers: Handlers) -> Handler:
    def read(element: _Element, scope: Draft, run: Run) -> None:
        for child in element:
            handler = handlers.get(child.tag)
            if handler is None:
                run.leave(child)
            else:
                handler(child, scope, run)

    return read


def _constant_handler(node: Constant) -> Handler:
    accepted = {node.text, *node.also, ""}

    def read(element: _Element, _scope: Draft, run: Run) -> None:
        if (element.text or "").strip(WHITESPACE) not in accepted or len(element):
            run.leave(element)

    return read


def _group_handler(node: Group, model: str) -> Handler:
    path = model_path(node.path, model)
    term = term_of(path).id
    handlers = compiled(node.children, f"{path}[].")
    holder = holder_of(node.path)
    last = node.path.lstrip("/").rsplit(".", 1)[-1]

    def read(element: _Element, scope: Draft, run: Run) -> None:
        items = holder(scope, run).setdefault(last, [])
        draft: Draft = {}
        items.append(draft)
        above = run.prefix
        run.prefix = f"{above}{term}[{len(items)}]/"
        walk(element, handlers, draft, run)
        run.prefix = above

    return read
