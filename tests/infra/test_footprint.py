from __future__ import annotations

import pytest

from infra.catalogue import BY_NAME
from infra.footprint import HEAVY, MAY_LOAD, measure


def test_every_function_has_a_row() -> None:
    assert set(MAY_LOAD) == set(BY_NAME)
    assert frozenset[str]().union(*MAY_LOAD.values()) <= HEAVY


@pytest.mark.slow
@pytest.mark.parametrize("function", sorted(BY_NAME))
def test_handler_import_loads_only_the_heavy_modules_of_its_row(function: str) -> None:
    found = measure(function)

    assert found.heavy - MAY_LOAD[function] == set()
