from __future__ import annotations

import dataclasses
import types
import typing

import pytest

from choriste.domain.invoice.model import Identifier, Invoice
from choriste.domain.invoice.terms import TERMS, Term, TermType, term_of


def _model_paths(owner: type, prefix: str = "") -> set[str]:
    """Return every attribute path below a model class, `[]` after what repeats."""
    hints = typing.get_type_hints(owner)
    paths: set[str] = set()
    for field in dataclasses.fields(owner):
        hint, mark = _inner(hints[field.name])
        path = f"{prefix}{field.name}{mark}"
        paths.add(path)
        if dataclasses.is_dataclass(hint) and hint is not Identifier:
            paths |= _model_paths(typing.cast("type", hint), f"{path}.")
    return paths


def _inner(hint: object) -> tuple[object, str]:
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0], "[]"
    if isinstance(hint, types.UnionType):
        return next(kind for kind in typing.get_args(hint) if kind is not types.NoneType), ""
    return hint, ""


def test_terms_hold_every_term_and_group_of_the_standard() -> None:
    numbered = {f"BT-{n}" for n in range(1, 166)} - {"BT-4"} | {f"BG-{n}" for n in range(1, 33)}

    assert numbered <= set(TERMS)


def test_terms_point_at_attributes_that_the_model_has() -> None:
    known = _model_paths(Invoice)

    paths = {t.path for t in TERMS.values() if t.path and t.type is not TermType.SCHEME}

    assert paths - known == set()


def test_terms_name_every_leaf_of_the_model_but_those_a_role_has_no_use_for() -> None:
    unused = {path for path in _model_paths(Invoice) if path not in {t.path for t in TERMS.values()}}

    assert all(
        path.startswith(("payee.", "tax_representative.", "buyer.", "lines[].allowances", "lines[].charges"))
        for path in unused
    )


@pytest.mark.parametrize("path", ["lines[2].price.net", "lines[].price.net", "lines.price.net"])
def test_term_of_accepts_positions(path: str) -> None:
    assert term_of(path).id == "BT-146"


def test_term_of_refuses_a_path_that_is_no_term() -> None:
    with pytest.raises(KeyError):
        term_of("lines.colour")


@pytest.mark.parametrize("term", [pytest.param(term, id=term.id) for term in TERMS.values()])
def test_term_stands_in_its_group_and_has_both_names(term: Term) -> None:
    assert term.group is None or TERMS[term.group].type is TermType.GROUP
    assert term.name.fr
    assert term.name.en
    assert term.is_mandatory == term.cardinality.startswith("1")
