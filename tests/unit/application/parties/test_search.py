"""Searching structures: what is asked, in pages, and never more than a bounded number of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from choriste.application.parties.search_structures import MOST_READ, StructureQuery, search_structures
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import Address
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.search import Entry, Lookup, StructureSummary
from choriste.domain.parties.structure import (
    IdentifierKind,
    RegistryStanding,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)
from tests.builders.identity import a_company, a_manager, a_structure, a_user
from tests.builders.invoices import BUYER_SIRET
from tests.builders.ports import TOWN_HALL, Bench, a_bench

ANYBODY = Principal.of_user(a_user("x", email="x@example.fr"))
OPERATOR = Principal.of_user(a_user("op", email="op@example.fr", operator=True))
OWN = Principal.of_user(a_manager(TOWN_HALL, "maire@example.fr"))


@pytest.fixture
def bench() -> Bench:
    found = a_bench()
    for number in range(30):
        company = a_company(
            f"5{number:03d}", siret=f"7328293200{number:04d}", name=f"Menuiserie {number:02d}"
        )
        address = Address(city="Lyon" if number % 2 else "Nice", postcode="69003", country="FR")
        found.ports.directory.add_structure(replace(company, address=address, active=number % 3 != 0))
    return found


def search(
    bench: Bench, *, who: Principal = ANYBODY, after: str | None = None, limit: int = 10, **asked: Any
) -> Page[StructureSummary]:
    query = StructureQuery(**asked)
    return search_structures(bench.ports, who, query, after=after, limit=limit)


def test_pages_of_a_search_hold_each_answer_once(bench: Bench) -> None:
    found: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = search(bench, words="menuis", after=after, limit=8)
        found += [row.name for row in page.rows]
        after = page.after

    assert found == [f"Menuiserie {number:02d}" for number in range(30)]
    assert after is None


def test_pages_go_from_the_names_typed_as_written_on_to_the_others(bench: Bench) -> None:
    for number, name in enumerate(
        ("Art et bois Menuiserie", "Bois et art Menuiserie", "Bois et art menuiseries")
    ):
        company = a_company(f"6{number}", siret=f"4038695070{number:04d}", name=name)
        bench.ports.directory.add_structure(company)
    found: list[str] = []
    after: str | None = None

    for _ in range(4):
        page = search(bench, words="bois et art menuis", after=after, limit=1)
        found += [row.name for row in page.rows]
        after = page.after

    assert found == ["Bois et art Menuiserie", "Bois et art menuiseries", "Art et bois Menuiserie"]
    assert after is None


def test_full_page_that_is_the_last_leads_nowhere(bench: Bench) -> None:
    page = search(bench, words="menuis", limit=30)

    assert (len(page.rows), page.after) == (30, None)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"words": "menuis", "active": False}, 10),
        ({"words": "menuis", "city": "lyon"}, 15),
        ({"city": "NICE"}, 15),
        ({"postcode": "69003"}, 30),
        ({"words": "menuis", "kind": StructureKind.PUBLIC}, 0),
        ({"words": "menuis", "country": "be"}, 0),
        ({"words": "menuis", "is_moa": True}, 0),
        ({"words": "menuis", "identifier_kind": IdentifierKind.RIDET}, 0),
        ({"words": "menuis*", "identifier_kind": IdentifierKind.SIRET}, 30),
        ({"words": "732829320"}, 30),
        ({"words": "73282932 00001"}, 10),
        ({"words": "inconnue"}, 0),
    ],
)
def test_search_is_narrowed(bench: Bench, asked: dict[str, Any], count: int) -> None:
    assert len(search(bench, limit=50, **asked).rows) == count


@pytest.mark.parametrize(
    "asked",
    [
        {"words": BUYER_SIRET},
        {"words": f"{BUYER_SIRET[:9]} {BUYER_SIRET[9:]}"},
        {"identifier": BUYER_SIRET},
        {"identifier": BUYER_SIRET, "identifier_kind": IdentifierKind.SIRET},
    ],
)
def test_exact_identifier_answers_exactly_one(bench: Bench, asked: dict[str, Any]) -> None:
    assert [row.id for row in search(bench, **asked).rows] == [TOWN_HALL]


@pytest.mark.parametrize(
    "asked",
    [
        {"identifier": BUYER_SIRET, "identifier_kind": IdentifierKind.RIDET},
        {"identifier": BUYER_SIRET, "kind": StructureKind.PRIVATE},
        {"identifier": "83214569200015"},
        {"identifier": "*"},
    ],
)
def test_wrong_identifier_answers_nobody(bench: Bench, asked: dict[str, Any]) -> None:
    assert search(bench, **asked).rows == ()


def test_identifier_of_another_kind_is_found_without_saying_which(bench: Bench) -> None:
    foreign = replace(
        a_structure("77", name="Brasserie du Sud", settings=StructureSettings(is_moa=True)),
        identifier=StructureIdentifier(IdentifierKind.EU_VAT, "BE0403019261"),
    )
    bench.ports.directory.add_structure(foreign)

    assert [row.id for row in search(bench, identifier="be 0403.019.261").rows] == ["77"]
    assert [row.id for row in search(bench, words="brasserie", is_moa=True).rows] == ["77"]


def test_structure_that_may_not_be_published_is_found_by_its_identifier_without_its_place(
    bench: Bench,
) -> None:
    directory = bench.ports.directory
    known = directory.structure(TOWN_HALL)
    assert known is not None
    address = Address(city="Valbrume", postcode="69123", country="FR")
    hidden = replace(known, address=address, registry=RegistryStanding(undisclosed=True))
    directory.replace_structure(hidden, known=known)

    cities = [search(bench, who=who, words=BUYER_SIRET).rows[0].city for who in (ANYBODY, OPERATOR, OWN)]

    assert cities == [None, "Valbrume", "Valbrume"]
    assert search(bench, words="valbrume").rows == ()


@pytest.mark.parametrize("asked", [{}, {"words": "m"}, {"words": "*"}, {"words": "*rie"}])
def test_search_that_begins_no_list_is_refused_with_what_to_write(
    bench: Bench, asked: dict[str, Any]
) -> None:
    with pytest.raises(FieldsInvalidError) as refused:
        search(bench, **asked)

    assert [each.rule for each in refused.value.findings] == ["SEARCH-TOO-SHORT"]


def test_search_that_says_too_little_reads_no_more_than_its_share(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = search(bench, words="menuiserie 01").rows[0]
    asked: list[int] = []

    def endless(lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        del lookup
        asked.append(limit)
        start = int(after or "0")
        rows = tuple(Entry(f"{start + step:06d}", summary) for step in range(1, limit + 1))
        return Page(rows, rows[-1].key)

    monkeypatch.setattr(bench.ports.directory, "entries", endless)

    page = search(bench, words="menuiserie *zzz")

    assert page.rows == ()
    assert (sum(asked), page.after) == (MOST_READ, f"0{MOST_READ:06d}")


def test_keystroke_reads_as_many_rows_as_it_shows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    plain = bench.ports.directory.entries

    def counted(lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        asked.append(limit)
        return plain(lookup, after=after, limit=limit)

    monkeypatch.setattr(bench.ports.directory, "entries", counted)

    search(bench, words="menuis", limit=10)

    assert asked == [10]
