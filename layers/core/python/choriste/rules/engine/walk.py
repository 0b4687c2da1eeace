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
    values, parents, attributes = document.values, document.parents, document.attributes
    rows = document.rows = defaultdict(list)
    attributed = document.attributed = defaultdict(list)
    alike: dict[object, dict[str, str]] = {}
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
            state = grammar.step(over, tag, document.strangers)
        number += 1
        rows[state].append(number)
        parents.append(up)
        items = element.items()
        if items:
            key = items[0] if len(items) == 1 else tuple(items)
            same = alike.get(key)
            if same is None:
                same = alike[key] = {str(name): str(value) for name, value in items}
            attributed[state].append(number)
            attributes[number] = same
        within = len(element)
        if within:
            values.append(None)
            opened.append((left, up, over))
            left, up, over = within, number, state
        else:
            values.append(element.text or "")
    document.rows, document.attributed = dict(rows), dict(attributed)
    return document
