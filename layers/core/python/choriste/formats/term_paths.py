"""Which business term an element of a document carries, by its path: the binding tables read backwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from choriste.domain.terms import term_of
from choriste.formats.binding import Box, Group, Leaf, Node
from choriste.formats.cii import CII
from choriste.formats.ubl import UBL_CREDIT_NOTE, UBL_INVOICE


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


@cache
def _terms() -> dict[str, str]:
    roots = (
        ("rsm:CrossIndustryInvoice", CII),
        ("inv:Invoice", UBL_INVOICE),
        ("cn:CreditNote", UBL_CREDIT_NOTE),
    )
    terms: dict[str, str] = {}
    for root, nodes in roots:
        for path, term in _bound(nodes, f"/{root}", ""):
            terms.setdefault(path, term)
    return terms


def _bound(nodes: tuple[Node, ...], above: str, model: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        path = f"{above}/{node.tag}"
        match node:
            case Leaf():
                yield path, _term(node.path, model)
            case Box():
                yield from _bound(node.children, path, model)
            case Group():
                group = _model_path(node.path, model)
                yield path, term_of(group).id
                yield from _bound(node.children, path, f"{group}[].")
            case _:
                pass


def _model_path(path: str, model: str) -> str:
    return path[1:] if path.startswith("/") else f"{model}{path}"


def _term(path: str, model: str) -> str:
    full = _model_path(path, model)
    try:
        return term_of(full).id
    except KeyError:
        return term_of(full.removesuffix(".value")).id
