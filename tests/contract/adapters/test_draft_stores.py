"""Drafts, kept alike in memory and in DynamoDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.model import Invoice, SupportingDocument
from choriste.domain.lifecycle import Status
from choriste.domain.shared.errors import StaleVersionError
from choriste.domain.shared.ids import InvoiceId
from tests.builders.ports import Bench, a_bench, a_moto_bench

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["memory", "dynamodb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield a_bench()
        return
    with a_moto_bench() as bench:
        yield bench


def _draft(number: int, structure: str = "2001") -> Draft:
    moment = AT + dt.timedelta(minutes=number)
    return Draft(
        id=InvoiceId(number),
        version=1,
        status=Status.BROUILLON,
        structure=structure,
        account="u",
        author="Lucie",
        created_at=moment,
        changed_at=moment,
        invoice=Invoice(number=f"F-{number}", issue_date=AT.date()),
    )


def test_draft_comes_back_as_it_was_saved(bench: Bench) -> None:
    draft = _draft(1)

    bench.ports.drafts.save(draft, expected_version=0)

    assert bench.ports.drafts.get(draft.id) == draft
    assert bench.ports.drafts.get(InvoiceId(2)) is None


def test_second_writer_of_a_version_is_refused(bench: Bench) -> None:
    drafts, first = bench.ports.drafts, _draft(1)
    drafts.save(first, expected_version=0)
    mine = replace(first, version=2, author="Jeanne")
    theirs = replace(first, version=2, author="Paul")

    drafts.save(mine, expected_version=1)
    drafts.save(mine, expected_version=1)

    with pytest.raises(StaleVersionError):
        drafts.save(theirs, expected_version=1)
    with pytest.raises(StaleVersionError):
        drafts.save(theirs, expected_version=0)
    assert drafts.get(first.id) == mine


def test_structure_lists_its_drafts_newest_first_by_pages(bench: Bench) -> None:
    drafts = bench.ports.drafts
    for number in (1, 2, 3):
        drafts.save(_draft(number), expected_version=0)
    drafts.save(_draft(4, structure="2002"), expected_version=0)

    first = drafts.of_structure("2001", after=None, limit=2)
    rest = drafts.of_structure("2001", after=first.after, limit=2)

    assert [draft.id for draft in first.rows] == [3, 2]
    assert [draft.id for draft in rest.rows] == [1]
    assert rest.after is None


def test_draft_keeps_an_attachment_that_is_no_text(bench: Bench) -> None:
    attached = SupportingDocument(reference="PJ-1", content=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3")
    draft = replace(_draft(3), invoice=Invoice(supporting_documents=(attached,)))

    bench.ports.drafts.save(draft, expected_version=0)

    assert bench.ports.drafts.get(draft.id) == draft
