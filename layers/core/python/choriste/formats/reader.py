"""Reading by binding table: one pass over the tree fills nested drafts, and the drafts become the model.

Nothing is dropped unseen: an element, an attribute or a second value that the table has no room for is
left over, and a text that its type refuses is a fault. Places are collected in a second pass, on demand,
because most invoices are never asked for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from choriste.domain.invoice import Identifier
from choriste.domain.reading import Fault, Leftover, Place
from choriste.domain.terms import term_of
from choriste.formats.binding import (
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
from choriste.formats.names import Paths, line_of, qualified
from choriste.formats.values import WHITESPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

Draft = dict[str, Any]
"""What was read of one object of the model: values, nested drafts, lists of drafts."""

Handler = Callable[["_Element", Draft, "Run"], None]
"""Takes an element, the draft of the group it stands in, and the run."""

Handlers = Mapping[str, Handler]


@dataclass(slots=True)
class Run:
    """The state of one reading: the invoice's draft, and what could not go into it."""

    invoice: Draft = field(default_factory=dict)
    prefix: str = ""
    records: dict[str, tuple[_Element, str | None]] | None = None
    faults: list[tuple[str, _Element, str]] = field(default_factory=list)
    leftovers: list[tuple[_Element, str | None]] = field(default_factory=list)
    echoes: dict[tuple[int, str], _Element] = field(default_factory=dict)

    def leave(self, element: _Element, attribute: str | None = None) -> None:
        """Note an element with all below it, or one of its attributes, as left over."""
        self.leftovers.append((element, attribute))

    def fault(self, term: str, element: _Element, expected: str) -> None:
        """Note a text that its type refuses."""
        self.faults.append((term, element, expected))

    def record(self, term: str, element: _Element, attribute: str | None = None) -> None:
        """Note where a term stands, if this run collects places; the first place wins."""
        if self.records is not None:
            self.records.setdefault(term, (element, attribute))


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
            absent = [qualified(tag) for tag in when.tags]
            return lambda element: all(element.find(tag) is None for tag in absent)
        case When():
            return _text_test(when)


def _text_test(when: When) -> Callable[[_Element], bool]:
    path, _, attribute = when.path.partition("/@")
    clark = "/".join(map(qualified, path.split("/")))
    values = when.values

    def test(element: _Element) -> bool:
        child = element.find(clark)
        if child is None:
            return "" in values
        text = child.get(attribute) if attribute else child.text
        return (text or "").strip(WHITESPACE) in values

    return test


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
    holder = _holder(node.path)
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


def model_path(path: str, model: str) -> str:
    """Return the path from the invoice of a node's path; `model` is the prefix of its group."""
    return path[1:] if path.startswith("/") else f"{model}{path}"


def _holder(path: str) -> Callable[[Draft, Run], Draft]:
    """Return the function that finds, or makes, the draft that holds the last name of a model path."""
    is_absolute = path.startswith("/")
    names = tuple(path.lstrip("/").split(".")[:-1])
    if not names:
        return (lambda _scope, run: run.invoice) if is_absolute else (lambda scope, _run: scope)

    def find(scope: Draft, run: Run) -> Draft:
        draft = run.invoice if is_absolute else scope
        for name in names:
            inner = draft.get(name)
            if inner is None:
                inner = draft[name] = {}
            draft = inner
        return draft

    return find


def term_id(path: str) -> str:
    """Return the term of a model path; the value of an identifier is the identifier's own term."""
    try:
        return term_of(path).id
    except KeyError:
        return term_of(path.removesuffix(".value")).id


class _Slot:
    """One attribute of the model that an element or an XML attribute fills."""

    __slots__ = ("_holder", "_is_absolute", "_last", "_term")

    def __init__(self, path: str, model: str) -> None:
        self._holder = _holder(path)
        self._is_absolute = path.startswith("/")
        self._last = path.lstrip("/").rsplit(".", 1)[-1]
        self._term = term_id(model_path(path, model))

    def term(self, run: Run) -> str:
        """Return the term path, with the positions of the groups that the run is in."""
        return self._term if self._is_absolute else f"{run.prefix}{self._term}"

    def put(self, value: object, scope: Draft, run: Run) -> bool:
        """Fill the attribute; False where it already holds another value."""
        draft = self._holder(scope, run)
        return bool(draft.setdefault(self._last, value) == value)

    def note_echo(self, element: _Element, scope: Draft, run: Run) -> None:
        """Note that the value just put is an echo, which the value itself may replace."""
        run.echoes[id(self._holder(scope, run)), self._last] = element

    def replace_echo(self, value: object, scope: Draft, run: Run) -> bool:
        """Put a value in place of an echo that differs from it, which is left over; False without echo."""
        draft = self._holder(scope, run)
        echo = run.echoes.pop((id(draft), self._last), None)
        if echo is None:
            return False
        run.leave(echo)
        draft[self._last] = value
        return True

    def add(self, value: object, scope: Draft, run: Run) -> int:
        """Append to the attribute, a tuple in the model; return the 1-based position."""
        values: list[object] = self._holder(scope, run).setdefault(self._last, [])
        values.append(value)
        return len(values)


def leaf_handler(node: Leaf, model: str) -> Handler:
    """Return the handler of a leaf, by what it has to look after."""
    slot = _Slot(node.path, model)
    decode, identify = node.kind.decode, _identifier_reader(node)
    expected = node.kind.name
    stand_in = node.stand_in
    beside = _attribute_handler(node, model)
    many, is_echo = node.many, node.is_echo

    def read(element: _Element, scope: Draft, run: Run) -> None:
        text = (element.text or "").strip(WHITESPACE)
        if len(element):
            _leave_children(element, run)
        if text and text != stand_in:
            value = decode(text) if identify is None else identify(text, element)
            if value is None:
                run.fault(slot.term(run), element, expected)
            elif many:
                run.record(f"{slot.term(run)}[{slot.add(value, scope, run)}]", element)
            elif slot.put(value, scope, run) or slot.replace_echo(value, scope, run):
                if is_echo:
                    slot.note_echo(element, scope, run)
                if run.records is not None:
                    run.record(slot.term(run), element)
            else:
                run.leave(element)
                return
        if element.attrib:
            beside(element, scope, run)

    return read


def _leave_children(element: _Element, run: Run) -> None:
    for child in element:
        run.leave(child)


def _identifier_reader(node: Leaf) -> Callable[[str, _Element], Identifier] | None:
    if node.identity is None:
        return None
    scheme, version = node.identity.scheme, node.identity.version

    def identify(text: str, element: _Element) -> Identifier:
        return Identifier(
            text,
            (element.get(scheme) or None) if scheme else None,
            (element.get(version) or None) if version else None,
        )

    return identify


def _attribute_handler(node: Leaf, model: str) -> Handler:
    """Return the handler of a leaf's XML attributes: terms, schemes, the currency; others are left over."""
    slots = {name: _Slot(path, model) for name, path in node.attributes}
    fixed = dict(node.fixed)
    schemes = {node.identity.scheme, node.identity.version} if node.identity else set()
    currency = node.currency

    def read(element: _Element, scope: Draft, run: Run) -> None:
        for name, raw in element.attrib.items():
            if name in schemes or fixed.get(str(name)) == raw:
                continue
            if name == "currencyID" and raw == run.invoice.get(currency or "currency"):
                continue
            if not raw.strip():
                continue
            slot = slots.get(str(name))
            if slot is not None and slot.put(raw, scope, run):
                run.record(slot.term(run), element, str(name))
            else:
                run.leave(element, str(name))

    return read


def is_accounting_total(amount: _Element, run: Run) -> bool:
    """Tell whether a VAT total is BT-111: it is in the VAT accounting currency, or it is the second one."""
    invoice = run.invoice
    accounting = invoice.get("vat_currency")
    if accounting is None or amount.get("currencyID") != accounting:
        return False
    return bool(accounting != invoice.get("currency") or invoice.get("totals", {}).get("vat") is not None)


def faults_of(run: Run, paths: Paths) -> tuple[Fault, ...]:
    """Return the run's faults with their places."""
    return tuple(
        Fault(term, Place(element.text or "", paths.of(element), line_of(element)), expected)
        for term, element, expected in run.faults
    )


def leftovers_of(run: Run, paths: Paths) -> tuple[Leftover, ...]:
    """Return what the run left over: one entry for each text and each attribute, in document order."""
    return tuple(
        entry
        for element, attribute in run.leftovers
        for entry in ([_attribute_left(element, attribute, paths)] if attribute else _left(element, paths))
    )


def _left(top: _Element, paths: Paths) -> Iterator[Leftover]:
    for element in top.iter("*"):
        text = (element.text or "").strip(WHITESPACE)
        if text or (element is top and not len(top)):
            yield Leftover(paths.of(element), line_of(element), text)
        for name in element.attrib:
            yield _attribute_left(element, str(name), paths)


def _attribute_left(element: _Element, attribute: str, paths: Paths) -> Leftover:
    raw = element.get(attribute) or ""
    return Leftover(f"{paths.of(element)}/@{attribute}", line_of(element), raw)


def places_of(run: Run) -> dict[str, Place]:
    """Return the places that a recording run collected, by term path."""
    paths = Paths()
    return {
        term: _place(element, attribute, paths) for term, (element, attribute) in (run.records or {}).items()
    }


def _place(element: _Element, attribute: str | None, paths: Paths) -> Place:
    path, line = paths.of(element), line_of(element)
    if attribute:
        return Place(element.get(attribute) or "", f"{path}/@{attribute}", line)
    return Place(element.text or "", path, line)
