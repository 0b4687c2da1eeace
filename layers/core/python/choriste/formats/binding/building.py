"""From nested drafts to the immutable model: one generic builder, driven by the model's own types."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any

from choriste.domain.invoice.model import Identifier, Invoice


@cache
def _nested(owner: type) -> dict[str, tuple[type | None, bool]]:
    """Return the class (None for identifiers) and whether it repeats, for each attribute that is built."""
    found: dict[str, tuple[type | None, bool]] = {}
    for name, hint in typing.get_type_hints(owner).items():
        kind, many = _unwrapped(hint)
        if many or dataclasses.is_dataclass(kind):
            found[name] = (None if kind is Identifier else kind, many)
    return found


def _unwrapped(hint: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type hint may be any object
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0], True
    if isinstance(hint, types.UnionType):
        return next(kind for kind in typing.get_args(hint) if kind is not types.NoneType), False
    return hint, False


def build(owner: type, draft: dict[str, Any]) -> Any:  # noqa: ANN401 - returns an instance of `owner`
    """Return the model object of a draft, which is used up; empty drafts inside it become None."""
    for name, (kind, many) in _nested(owner).items():
        value = draft.get(name)
        if value is None:
            continue
        if many:
            draft[name] = _tuple(kind, value)
        elif isinstance(value, dict):
            draft[name] = _single(kind, value)
    return owner(**draft)


def _single(kind: type | None, draft: dict[str, Any]) -> Any:  # noqa: ANN401 - a model object or None
    if kind is None:
        return Identifier(**draft) if "value" in draft else None
    return build(kind, draft) if draft else None


def _tuple(kind: type | None, items: list[Any]) -> tuple[Any, ...]:
    if kind is not None:
        return tuple(build(kind, item) for item in items)
    return tuple(sorted(items, key=_has_scheme))


def _has_scheme(identifier: Identifier) -> bool:
    return identifier.scheme is not None


def build_invoice(draft: dict[str, Any]) -> Invoice:
    """Return the invoice of a reading's draft.

    Identifiers without a scheme come before those with one, as CII writes them, so that the same data
    read from two syntaxes is equal.
    """
    invoice: Invoice = build(Invoice, draft)
    return invoice
