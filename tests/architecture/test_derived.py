"""No derived file drifts from the code."""

from __future__ import annotations

import pytest

from tests.derived.pages import DERIVED, ROOT, content_of


@pytest.mark.parametrize("path", DERIVED)
def test_derived_file_is_what_the_code_gives(path: str) -> None:
    assert (ROOT / path).read_bytes() == content_of(path), "run: make docs"
