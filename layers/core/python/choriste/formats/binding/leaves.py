"""Reading one leaf of a binding table: its text, its XML attributes, and where they go in the drafts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from choriste.domain.invoice.model import Identifier
from choriste.domain.invoice.terms import term_of
from choriste.formats.binding.tables import Leaf
from choriste.formats.binding.values import TEXT, WHITESPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

    from choriste.formats.binding.runs import Draft, Handler, Run


def model_path(path: str, model: str) -> str:
    """Return the path from the invoice of a node's path; `model` is the prefix of its group."""
    return path[1:] if path.startswith("/") else f"{model}{path}"


def holder_of(path: str) -> Callable[[Draft, Run], Draft]:
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


class Slot:
    """One attribute of the model that an element or an XML attribute fills."""

    __slots__ = ("_holder", "_id", "_is_absolute", "_last")

    def __init__(self, path: str, model: str) -> None:
        self._holder = holder_of(path)
        self._is_absolute = path.startswith("/")
        self._last = path.lstrip("/").rsplit(".", 1)[-1]
        self._id = term_id(model_path(path, model))

    def term(self, run: Run) -> str:
        """Return the term path, with the positions of the groups that the run is in."""
        return f"{self._prefix(run)}{self._id}"

    def _prefix(self, run: Run) -> str:
        return "" if self._is_absolute else run.prefix

    def part(self, number: int) -> Callable[[Draft, Run], str]:
        """Return the function that gives the term path of a part of the identifier, such as BT-29-1[2]."""
        term = f"{self._id}-{number}"

        def name(scope: Draft, run: Run) -> str:
            values = self._holder(scope, run).get(self._last)
            position = f"[{len(values)}]" if isinstance(values, list) else ""
            return f"{self._prefix(run)}{term}{position}"

        return name

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
    slot = Slot(node.path, model)
    decode, identify = node.kind.decode, _identifier_reader(node)
    expected = node.kind.name
    stand_in = node.stand_in
    beside = _attribute_handler(node, model)
    many, is_echo = node.many, node.is_echo
    find, last = holder_of(node.path), node.path.lstrip("/").rsplit(".", 1)[-1]
    is_local = last == node.path
    is_text = node.kind is TEXT and identify is None

    def read(element: _Element, scope: Draft, run: Run) -> None:
        text = (element.text or "").strip(WHITESPACE)
        if len(element):
            _leave_children(element, run)
        if text and text != stand_in:
            value = text if is_text else identify(text, element) if identify else decode(text)
            if value is None:
                run.fault(slot.term(run), element, expected)
            elif many:
                run.record(f"{slot.term(run)}[{slot.add(value, scope, run)}]", element)
            elif (
                (kept := (scope if is_local else find(scope, run)).setdefault(last, value)) is value
                or kept == value
                or slot.replace_echo(value, scope, run)
            ):
                if is_echo:
                    slot.note_echo(element, scope, run)
                if run.records is not None:
                    run.record(slot.term(run), element)
            else:
                run.leave(element)
                return
        if element.keys():
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
    slots = {name: Slot(path, model) for name, path in node.attributes}
    fixed = dict(node.fixed)
    schemes = _scheme_terms(node, Slot(node.path, model))
    currency = node.currency or "currency"

    def read(element: _Element, scope: Draft, run: Run) -> None:
        for key, text in element.attrib.items():
            name, raw = str(key), str(text)
            slot = slots.get(name)
            if slot is not None and slot.put(raw, scope, run):
                run.record(slot.term(run), element, name)
            elif name in schemes:
                run.record(schemes[name](scope, run), element, name)
            elif not _is_said(name, raw, run):
                run.leave(element, name)

    def _is_said(name: str, raw: str, run: Run) -> bool:
        """Return whether an attribute repeats what the syntax or the invoice's currency says, or is empty."""
        if name == "currencyID":
            return bool(raw == run.invoice.get(currency))
        return not raw.strip() or fixed.get(name) == raw

    return read


def _scheme_terms(node: Leaf, slot: Slot) -> dict[str, Callable[[Draft, Run], str]]:
    """Return, for each attribute that holds a scheme or its version, the function that names its term."""
    identity = node.identity
    names = (identity.scheme, identity.version) if identity else ()
    return {name: slot.part(number) for number, name in enumerate(names, start=1) if name}
