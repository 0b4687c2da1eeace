"""Which business term an element of a document carries, by its path: the binding tables read backwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from choriste.domain.invoice.terms import TERMS

if TYPE_CHECKING:
    from choriste.formats.binding.tables import Group, Leaf, Node


def term_at(path: str) -> str | None:
    """Return the term of an element, or of the nearest element about it that has one.

    `path` is an XPath of prefixed names without positions, such as `/rsm:CrossIndustryInvoice/…/ram:ID`.
    """
    known = _terms()
    while path:
        if path in known:
            return known[path]
        path = path.rpartition("/")[0]
    return None


def own_term_at(path: str) -> str | None:
    """Return the term that an element carries, or that everything below it belongs to; None for neither.

    The element of a postal address, say, is bound to no term itself, but all it holds belongs to BG-5.
    """
    return _terms().get(path) or _common_term(path)


@cache
def _common_term(path: str) -> str | None:
    below = {term for known, term in _terms().items() if known.startswith(f"{path}/")}
    if len(below) == 1:
        return below.pop()
    chains = [_groups_of(term) for term in below]
    shared = [group for group in (chains[0] if chains else ()) if all(group in c for c in chains)]
    return shared[0] if shared else None


def _groups_of(term: str) -> list[str]:
    """Return a group and the groups about it, or those about a term, from the inside."""
    chain = [term] if term.startswith("BG") else []
    above = TERMS[term].group
    while above is not None:
        chain.append(above)
        above = TERMS[above].group
    return chain


def form_at(path: str) -> str | None:
    """Return the lexical form of an element (`decimal`, `date-iso` …), None where none is bound."""
    leaf = _leaves().get(path)
    return leaf.kind.name if leaf else None


@cache
def _terms() -> dict[str, str]:
    # The binding tables are loaded with the first finding: a valid invoice must not pay for them.
    from choriste.formats.binding.leaves import model_path, term_id  # noqa: PLC0415

    terms: dict[str, str] = {}
    for path, node, model in _bound_nodes():
        bound = model_path(node.path, model)
        terms.setdefault(path, term_id(bound))
    return terms


@cache
def _leaves() -> dict[str, Leaf]:
    from choriste.formats.binding.tables import Leaf  # noqa: PLC0415 -- see `_terms`

    return {path: node for path, node, _ in _bound_nodes() if isinstance(node, Leaf)}


def _bound_nodes() -> Iterator[tuple[str, Leaf | Group, str]]:
    from choriste.formats.invoice.cii import CII  # noqa: PLC0415 -- see `_terms`
    from choriste.formats.invoice.ubl import UBL_CREDIT_NOTE, UBL_INVOICE  # noqa: PLC0415

    roots = (
        ("rsm:CrossIndustryInvoice", CII),
        ("inv:Invoice", UBL_INVOICE),
        ("cn:CreditNote", UBL_CREDIT_NOTE),
    )
    for root, nodes in roots:
        yield from _bound(nodes, f"/{root}", "")


def _bound(nodes: tuple[Node, ...], above: str, model: str) -> Iterator[tuple[str, Leaf | Group, str]]:
    """Yield each leaf and group below a path, with the model path of the group that it stands in."""
    from choriste.formats.binding.leaves import model_path  # noqa: PLC0415
    from choriste.formats.binding.tables import Box, Group, Leaf  # noqa: PLC0415 -- see `_terms`

    for node in nodes:
        path = f"{above}/{node.tag}"
        match node:
            case Leaf():
                yield path, node, model
            case Box():
                yield from _bound(node.children, path, model)
            case Group():
                yield path, node, model
                yield from _bound(node.children, path, f"{model_path(node.path, model)}[].")
            case _:
                pass
