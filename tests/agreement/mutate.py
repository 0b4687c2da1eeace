"""Mutants of invoices, by seed: what a broken export does to a file, to compare engines on."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

AMOUNTS: Final = ("0", "0.005", "-1.00", "100.001", "155.25 ", "1e3", "1,00", "", "99999999.99", "+12.50")
CODES: Final = (
    "",
    "XX",
    "S",
    "AE",
    "K",
    "O",
    "E",
    "Z",
    "L",
    "M",
    "B",
    "380",
    "VAT",
    "FR",
    "EUR",
    "30",
    "true",
)
Mutation = Callable[[random.Random, etree._Element], str]


def mutants(xml: bytes, *, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield `count` mutants of a file with what was done to each; the same seed gives the same mutants."""
    chance = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for _ in range(count):
        root = etree.fromstring(xml)
        done = [chance.choice(_MUTATIONS)(chance, root) for _ in range(chance.randint(1, 3))]
        yield " + ".join(done), etree.tostring(root)


def _any(chance: random.Random, root: etree._Element) -> etree._Element:
    return chance.choice([e for e in root.iter("*") if e is not root])


def _leaf(chance: random.Random, root: etree._Element) -> etree._Element:
    return chance.choice([e for e in root.iter("*") if len(e) == 0])


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _drop(chance: random.Random, root: etree._Element) -> str:
    element = _any(chance, root)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    return f"drop {_name(element)}"


def _double(chance: random.Random, root: etree._Element) -> str:
    element = _any(chance, root)
    element.addnext(copy.deepcopy(element))
    return f"dup {_name(element)}"


def _blank(chance: random.Random, root: etree._Element) -> str:
    element = _leaf(chance, root)
    element.text = chance.choice(("", "  "))
    return f"blank {_name(element)}"


def _amount(chance: random.Random, root: etree._Element) -> str:
    amounts = [e for e in root.iter("*") if len(e) == 0 and _name(e).endswith(("Amount", "Percent"))]
    if not amounts:
        return "nothing"
    element = chance.choice(amounts)
    element.text = chance.choice(AMOUNTS)
    return f"amount {_name(element)} {element.text!r}"


def _code(chance: random.Random, root: etree._Element) -> str:
    element = _leaf(chance, root)
    element.text = chance.choice(CODES)
    return f"code {_name(element)} {element.text!r}"


def _attribute(chance: random.Random, root: etree._Element) -> str:
    element = _leaf(chance, root)
    name = chance.choice(("schemeID", "currencyID", "unitCode", "format", "listID", "schemeName", "name"))
    element.set(name, chance.choice(("", "XXX", "0088", "VA", "102", "EUR")))
    return f"attr {name} on {_name(element)}"


def _move(chance: random.Random, root: etree._Element) -> str:
    element, target = copy.deepcopy(_any(chance, root)), _any(chance, root)
    target.append(element)
    return f"put {_name(element)} in {_name(target)}"


_MUTATIONS: Final[tuple[Mutation, ...]] = (_drop, _double, _blank, _amount, _amount, _code, _attribute, _move)
