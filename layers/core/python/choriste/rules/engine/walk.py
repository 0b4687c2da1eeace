"""The one pass over a parsed file, which fills the lists of its document."""

from __future__ import annotations

from collections import defaultdict

from lxml import etree

from choriste.rules.engine.grammar import Grammar, State
from choriste.rules.engine.tree import Document


def walk(root: etree._Element, grammar: Grammar) -> Document:
    """Return the document of a parsed file.

    How deep an element lies shows in how many children of the elements above it are still to come: `left`
    of the parent, those of its ancestors in `opened`. Comments count among children and are passed over.
    """
    document = Document(root, grammar.syntax, grammar.named)
    state = _step(document, grammar, grammar.start, root.tag)
    values, parents, attributes = document.values, document.parents, document.attributes
    rows = document.rows = defaultdict(list)
    attributed = document.attributed = defaultdict(list)
    alike: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    opened: list[tuple[int, int, State]] = []
    left, up, over, number = 1, -1, grammar.start, -1
    for element in root.iter():
        while not left:
            left, up, over = opened.pop()
        left -= 1
        tag: object = element.tag
        state = over.next.get(tag)
        if state is None:
            if not isinstance(tag, str):  # a comment
                continue
            state = _step(document, grammar, over, tag)
        number += 1
        rows[state].append(number)
        parents.append(up)
        items = element.items()
        if items:
            key = tuple(items)
            attributed[state].append(number)
            attributes[number] = alike.get(key) or alike.setdefault(key, dict(items))
        within = len(element)
        if within:
            values.append(None)
            opened.append((left, up, over))
            left, up, over = within, number, state
        else:
            values.append(element.text or "")
    document.rows, document.attributed = dict(rows), dict(attributed)
    return document


def _step(document: Document, grammar: Grammar, state: State, tag: str) -> State:
    """Return the state of an element; those that the grammar does not keep are kept for this file."""
    made = grammar.step(state, tag, document.strangers)
    return made
