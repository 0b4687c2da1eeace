"""No derived file drifts from the code."""

from __future__ import annotations

import pytest

from tests.derived.pages import DERIVED, ROOT


@pytest.mark.parametrize("path", DERIVED)
def test_derived_file_is_what_the_code_gives(path: str) -> None:
    committed = (ROOT / path).read_text(encoding="utf-8")

    assert committed == DERIVED[path](), "run: make docs"
