"""Some invoices of each corpus, as pivots; `python -m tests.pivot` takes them all."""

from __future__ import annotations

import pytest

from tests.builders.corpora import CORPORA
from tests.builders.exchange import PIVOT_SCHEMA
from tests.pivot.corpora import files, tried

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not (PIVOT_SCHEMA.exists() and (CORPORA / "manifest.csv").exists()),
        reason="nobody stated a licence for the official schemas: they are read beside the clone",
    ),
]

SOME = 4


def test_pivots_of_accepted_invoices_are_valid_by_the_official_schema() -> None:
    found = [tried(path, syntax) for path, syntax in files(each=SOME)]

    accepted = [each for each in found if each.accepted]
    assert len(accepted) > len(found) / 3
    assert [each for each in accepted if each.faults] == []
