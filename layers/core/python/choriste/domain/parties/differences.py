"""What changed of a structure, as texts that a history can keep: the fields before, and the same after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from choriste.domain.parties.structure import Service, Structure

Texts = dict[str, str]


def differences(before: Structure | None, after: Structure) -> tuple[Texts, Texts]:
    """Return the fields that differ, by name (`address.city`, `services.VOIRIE.active`); all of a new one."""
    old = dict(_texts(before, "")) if before is not None else {}
    new = dict(_texts(after, ""))
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {n: old[n] for n in changed if old.get(n)}, {n: new[n] for n in changed if new.get(n)}


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        for each in value:
            name = each.code if isinstance(each, Service) else str(each)
            yield from _texts(each, f"{path}.{name}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif value is not None:
        yield path, str(value)
