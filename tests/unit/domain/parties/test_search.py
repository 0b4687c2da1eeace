"""What a search reads, and which structures answer it: the words of a name, whole or begun, in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.domain.invoice.model import Address
from choriste.domain.parties.search import (
    MOST_WORDS,
    Entry,
    Lookup,
    indexed_words,
    lookup_of,
    lookups_of,
    places_of,
    plain,
    siren_lookup,
    summary_of,
    words_of,
)
from choriste.domain.parties.structure import RegistryStanding, Structure, StructureId
from tests.builders.identity import a_structure

LONG = "Société civile de construction vente de la résidence des Lilas blancs"
NAMES = (
    "Commune de Valbrume",
    "Mairie de Valbrume",
    "Mairie de L’Haÿ-les-Roses",
    "Mairie de Vallon",
    "SARL Œuvres d’Art",
    "Valbrume Valmont SARL",
    "Boulangerie du Val",
    LONG,
)


def named(name: str, *, city: str = "Lyon", postcode: str = "69003", number: int = 1) -> Structure:
    address = Address(city=city, postcode=postcode, country="FR")
    return replace(a_structure(str(number), name=name), address=address)


TOWN = tuple(named(name, number=number) for number, name in enumerate(NAMES, start=1))


def answers(lookup: Lookup | None, structures: tuple[Structure, ...] = TOWN) -> list[str]:
    """Return the names that a lookup answers, in the order of the index."""
    assert lookup is not None
    rows = sorted(
        (
            Entry(place.key, summary_of(structure))
            for structure in structures
            for place in places_of(structure)
            if place.anchor == lookup.anchor and place.key.startswith(lookup.prefix)
        ),
        key=lambda entry: entry.key,
    )
    return [entry.summary.name for entry in rows if lookup.admits(entry)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mairie", ["Mairie de L’Haÿ-les-Roses", "Mairie de Valbrume", "Mairie de Vallon"]),
        ("MAIRIE DE", ["Mairie de L’Haÿ-les-Roses", "Mairie de Valbrume", "Mairie de Vallon"]),
        ("mairie val", ["Mairie de Valbrume", "Mairie de Vallon"]),
        ("val mairie", []),
        ("valbrume mair", ["Mairie de Valbrume"]),
        ("valb", ["Commune de Valbrume", "Mairie de Valbrume", "Valbrume Valmont SARL"]),
        ("val ", ["Boulangerie du Val"]),
        ("hay", ["Mairie de L’Haÿ-les-Roses"]),
        ("oeuvre", ["SARL Œuvres d’Art"]),
        ("art oeuvres sarl", ["SARL Œuvres d’Art"]),
        (
            "val*",
            [
                "Boulangerie du Val",
                "Commune de Valbrume",
                "Mairie de Valbrume",
                "Valbrume Valmont SARL",
                "Mairie de Vallon",
            ],
        ),
        ("v*brume", []),
        ("va*brume", ["Commune de Valbrume", "Mairie de Valbrume", "Valbrume Valmont SARL"]),
        ("mairie *brume", ["Mairie de Valbrume"]),
        ("mai* val*", ["Mairie de Valbrume", "Mairie de Vallon"]),
        ("lilas", [LONG]),
        ("residence lil", [LONG]),
        ("residence societe lilas", [LONG]),
    ],
)
def test_search_answers_what_was_meant(typed: str, found: list[str]) -> None:
    lookup = lookup_of(typed)

    assert (answers(lookup) if lookup is not None else []) == found


@pytest.mark.parametrize("typed", ["", " ", "m", "*", "*ville", "l'", "★", "a*"])
def test_search_that_begins_no_list_is_none(typed: str) -> None:
    lookup = lookup_of(typed)

    assert lookup is None or answers(lookup) == []


@pytest.mark.parametrize("typed", ["societe civile de constr", "sarl oeuvres d'ar", "mairie de l'hay les r"])
def test_name_typed_as_it_is_written_comes_first(typed: str) -> None:
    first, second = lookups_of(typed)

    (name,) = answers(first)
    assert plain(name).startswith(plain(typed))
    assert name not in answers(second)
    assert name in answers(replace(second, beside=""))


@pytest.mark.parametrize("typed", ["mairie", "mairie val", "mairie *brume", ""])
def test_one_list_is_enough_where_words_settle_it_or_stars_forbid_it(typed: str) -> None:
    assert len(lookups_of(typed)) == (1 if typed else 0)


def test_place_narrows_a_search_or_is_one() -> None:
    town = (
        named("Boulangerie Martin", city="Saint-Étienne", postcode="42000", number=1),
        named("Boucherie Martin", city="Lyon", postcode="69003", number=2),
        named("Menuiserie Blanc", city="Saint-Étienne", postcode="42100", number=3),
    )

    assert answers(lookup_of("", where="saint etienne"), town) == ["Boulangerie Martin", "Menuiserie Blanc"]
    assert answers(lookup_of("bou", where="42000"), town) == ["Boulangerie Martin"]
    assert answers(lookup_of("martin", where="Lyon"), town) == ["Boucherie Martin"]
    assert answers(lookup_of("martin bouch", where="LYON"), town) == ["Boucherie Martin"]


def test_establishments_of_a_company_are_found_by_its_siren() -> None:
    town = (a_structure("1", siret="83214569200014"), a_structure("2", siret="83214569200022"))

    assert len(answers(siren_lookup("832145692"), town)) == 2
    assert len(answers(siren_lookup("8321456920002"), town)) == 1


def test_structure_that_the_registry_may_not_publish_is_in_no_list() -> None:
    hidden = replace(TOWN[0], registry=RegistryStanding(undisclosed=True))

    assert places_of(hidden) == frozenset()


def test_long_name_is_indexed_by_what_says_most_of_it() -> None:
    words = indexed_words(LONG)

    assert len(words) == MOST_WORDS
    assert "societe" not in words
    assert len(places_of(named(LONG))) <= 38


@given(st.text(max_size=300))
def test_any_name_makes_entries_that_one_transaction_can_replace(name: str) -> None:
    places = places_of(named(name))

    assert 2 * len(places) + 1 <= 100
    assert all(place.anchor and 0 < len(place.key.encode()) < 1024 for place in places)
    assert all(len(place.anchor.encode()) < 1500 for place in places)


@given(st.text(max_size=60))
def test_plain_text_is_plain_and_stays_so(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(text).isascii()
    assert set(words_of(text)) <= set(plain(text).split())


@given(st.sampled_from(NAMES), st.data())
def test_whoever_types_words_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    words = indexed_words(name)
    typed = data.draw(st.permutations(words))
    begun = data.draw(st.integers(min_value=2, max_value=len(typed[-1])))

    lookup = lookup_of(" ".join([*typed[:-1], typed[-1][:begun]]))

    assert name in answers(lookup)


def test_each_structure_answers_once() -> None:
    numbers = count(1)
    town = tuple(named(f"Val {name} Vallon", number=next(numbers)) for name in NAMES)

    found = answers(lookup_of("val*"), town)

    assert len(found) == len(set(found)) == len(town)
    assert StructureId("1") == town[0].id
