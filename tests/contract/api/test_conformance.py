"""No answer of the API is one that its description does not promise.

`python -m tests.contract.api --examples 500 --seed 1` looks longer, and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.platform_here import a_platform_here
from tests.contract.api.conformance import Stage, faults_of, operations

pytestmark = pytest.mark.slow

EXAMPLES = 8
"""Requests of each mode for each operation: some two minutes in all."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_platform_here(tmp_path_factory.mktemp("conformance")) as here:
        yield Stage.of(here)


@pytest.mark.parametrize("operation", sorted(operations()))
def test_operation_answers_what_its_description_promises(stage: Stage, operation: str) -> None:
    assert faults_of(stage, operation, examples=EXAMPLES) == ()
