"""What a search costs among two million structures: read units for each key that is typed.

    python -m bench.structures [--structures 2000000] [--write]

Names are invented by a fixed seed, with the shares of legal forms, town halls, sole traders and associations
that French directories have, and family names and towns as unequally common as real ones. The lists that the
typed texts lead to are built with the index's own code, and read by the use case itself; an item's size is
that of the item which the store would write. The figures go to docs/structure-search.md.
"""

from __future__ import annotations

import argparse
import bisect
import json
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from choriste.adapters.aws.dynamodb.structures import entry_item
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.application.shared.ports import Page
from choriste.domain.access.principal import Principal
from choriste.domain.invoice.model import Address
from choriste.domain.parties.search import (
    Entry,
    Lookup,
    Place,
    lookup_of,
    lookups_of,
    places_of,
    summary_of,
)
from choriste.domain.parties.structure import Structure, StructureId, StructureIdentifier, StructureKind
from choriste.runtime.clock import SystemClock

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "structure-search.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- end -->"
SHOWN: Final = 10
"""Rows that an auto-complete offers."""

TYPED: Final = (
    "mairie de saint-martin",
    "commune de",
    "sarl martin",
    "sci du moulin",
    "société martin et fils",
    "jean martin",
    "association sportive",
    "boulangerie",
    "martin *ine",
    "mai* mar*",
)
"""What people type, key by key; the first words are the ones that most names share."""

_WORDS: Final[Mapping[str, list[str]]] = json.loads(
    Path(__file__).with_name("structure_names.json").read_text(encoding="utf-8")
)
_SYLLABLES, _FIRST, _TRADES, _TOPICS = (_WORDS[kind] for kind in ("syllables", "first", "trades", "topics"))
_UNIT: Final = 4096
"""Bytes of a read unit; an eventually consistent one is half (DynamoDB developer guide)."""


@dataclass(slots=True)
class Names:
    """Invented names: `family` and `towns` are drawn as unequally as real ones (Zipf's law)."""

    chance: random.Random
    family: Sequence[str] = ()
    towns: Sequence[str] = ()
    _weights: dict[int, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.family = ("martin", "dupont", *self._invented(40_000))
        self.towns = ("saint martin", "valbrume", *self._invented(35_000))

    def _invented(self, count: int) -> list[str]:
        return ["".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4))) for _ in range(count)]

    def drawn(self, words: Sequence[str]) -> str:
        """Return one of the words, the first ones more often."""
        weights = self._weights.get(len(words))
        if weights is None:
            weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
            self._weights[len(words)] = weights
        return words[bisect.bisect(weights, self.chance.random() * weights[-1])]

    def one(self, number: int) -> str:
        """Return the name of a structure; the first ones are the town halls."""
        if number < len(self.towns):
            return f"{'mairie' if number % 2 else 'commune'} de {self.towns[number]}"
        makers = (self._trader, self._company, self._holding, self._association)
        return self.chance.choices(makers, weights=(38, 37, 15, 10))[0]()

    def _trader(self) -> str:
        return f"{self.drawn(_WORDS['first'])} {self.drawn(self.family)}"

    def _company(self) -> str:
        form = self.chance.choices(("sarl", "sas", "eurl", "sasu", "société"), weights=(40, 30, 12, 10, 8))[0]
        endings = ("", " et fils", f" {self.drawn(self.towns)}", " france")
        middle = self.drawn(self.family) if self.chance.random() < 0.5 else self.drawn(_TRADES)  # noqa: PLR2004
        return f"{form} {middle}{self.chance.choice(endings)}"

    def _holding(self) -> str:
        return f"sci {self.chance.choice(('du moulin', 'les lilas', 'de la', ''))} {self.drawn(self.family)}"

    def _association(self) -> str:
        return f"association {self.drawn(_WORDS['topics'])} de {self.drawn(self.towns)}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one search cost: the rows of its list, those that were read, their units, and the answers."""

    typed: str
    listed: int
    read: int
    units: float
    answers: int


@dataclass(slots=True)
class CountedIndex:
    """The lists of the index that some searches lead to, and what reading them costs."""

    lists: Mapping[str, Sequence[str]]
    template: Structure
    read: int = 0
    units: float = 0.0
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def directory(self) -> Any:  # noqa: ANN401 - of the directory, a search asks for its entries alone
        """The index as the use case sees it."""
        return self

    def entries(self, lookup: Lookup, *, after: str | None, limit: int) -> Page[Entry]:
        """Return rows of a list, and count them as DynamoDB does: all bytes of one query together."""
        keys = self.lists.get(lookup.anchor, ())
        start = bisect.bisect_left(keys, lookup.prefix) if after is None else bisect.bisect_right(keys, after)
        end = self._end(keys, lookup.prefix)
        rows = tuple(self._entry(key) for key in keys[start : min(start + limit, end)])
        size = sum(size_of(entry_item(Place(lookup.anchor, row.key), row.summary)) for row in rows)
        self.read += len(rows)
        self.units += max(1, math.ceil(size / _UNIT)) / 2
        return Page(rows, rows[-1].key if rows and start + limit < end else None)

    def listed(self, lookup: Lookup) -> int:
        """Return how many rows of its list a search begins."""
        keys = self.lists.get(lookup.anchor, ())
        return self._end(keys, lookup.prefix) - bisect.bisect_left(keys, lookup.prefix)

    @staticmethod
    def _end(keys: Sequence[str], prefix: str) -> int:
        return bisect.bisect_left(keys, f"{prefix}\U0010ffff")

    def _entry(self, key: str) -> Entry:
        _, name, number = key.split("/")
        return Entry(key, summary_of(replace(self.template, id=StructureId(number), name=name.upper())))


def size_of(item: Mapping[str, object]) -> int:
    """Return the bytes of an item as DynamoDB counts them: names and values, two for a number or a flag."""
    return sum(
        len(name) + (len(value.encode()) if isinstance(value, str) else 2) for name, value in item.items()
    )


def keystrokes(text: str) -> Iterator[str]:
    """Yield a text as it grows, from its second letter on."""
    yield from (text[:length] for length in range(2, len(text) + 1))


def simulate(structures: int) -> tuple[list[Cost], dict[str, float]]:
    """Return the cost of each keystroke among so many structures, and what the index weighs."""
    template = _template()
    typed = [text for phrase in TYPED for text in keystrokes(phrase)]
    wanted = {lookup.anchor for text in typed for lookup in lookups_of(text)}
    lists, weight = _lists(structures, template, wanted)
    return [_cost(text, lists, template) for text in typed if lookup_of(text) is not None], weight


def _template() -> Structure:
    return Structure(
        id=StructureId("0"),
        identifier=StructureIdentifier.siret("83214569200014"),
        name="",
        kind=StructureKind.PRIVATE,
        address=Address(city="Saint-Martin-du-Val", postcode="38000", country="FR"),
    )


def _lists(
    structures: int, template: Structure, wanted: set[str]
) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Return the lists wanted, sorted, and the mean number and size of the entries of a structure."""
    lists: dict[str, list[str]] = defaultdict(list)
    names = Names(random.Random(20261129))  # noqa: S311 - invented names, no secret
    entries = size = 0
    for number in range(structures):
        one = replace(template, id=StructureId(f"26{number:014d}"), name=names.one(number))
        places = places_of(one)
        entries += len(places)
        if number % 1000 == 0:
            size += sum(size_of(entry_item(place, summary_of(one))) for place in places) // len(places)
        for place in places:
            if place.anchor in wanted:
                lists[place.anchor].append(place.key)
    for keys in lists.values():
        keys.sort()
    return lists, {"entries": entries / structures, "bytes": size / math.ceil(structures / 1000)}


def _cost(text: str, lists: Mapping[str, Sequence[str]], template: Structure) -> Cost:
    index, lookup = CountedIndex(lists, template), lookup_of(text)
    found = search_structures(
        index, Principal.platform("bench"), StructureQuery(words=text), after=None, limit=SHOWN
    )
    listed = index.listed(lookup) if lookup is not None else 0
    return Cost(text, listed, index.read, index.units, len(found.rows))


_FIGURES: Final = (
    "`python -m bench.structures`: {structures} invented structures ({seconds} s), searched by the use case "
    "itself, reads\n"
    "counted in units of 4 KB, eventually consistent. The {keys} keystrokes without a `*` cost "
    "**{mean} units on average**\nand **{worst} at most** (`{worst_typed}`); the dearest search of all is "
    "`{most_typed}` with {most}.\n\n"
    "| typed, key by key | longest list on the way | list at the end | rows read, at most "
    "| units a key, mean | at most | answers shown |\n|---|---|---|---|---|---|---|\n{rows}\n\n"
    "A structure has {entries} entries of {bytes} bytes on average: {gigabytes} GB for all, and as many "
    "write units when it is\nregistered, twice that in a transaction. A change that no list shows (a "
    "setting, a contact, a service) writes none.\n"
)


def figures_of(structures: int, costs: Sequence[Cost], weight: Mapping[str, float], seconds: float) -> str:
    """Return the figures as they stand on the page."""
    most = max(costs, key=lambda cost: cost.units)
    plain = [cost for cost in costs if "*" not in cost.typed]
    worst = max(plain, key=lambda cost: cost.units)
    mean = sum(cost.units for cost in plain) / len(plain)
    written = weight["entries"]
    rows = "\n".join(_row(phrase, costs) for phrase in TYPED)
    return _FIGURES.format(
        structures=f"{structures:,}",
        seconds=round(seconds),
        entries=f"{written:.1f}",
        bytes=round(weight["bytes"]),
        gigabytes=f"{structures * written * weight['bytes'] / 1e9:.1f}",
        keys=len(plain),
        mean=f"{mean:.2f}",
        worst=f"{worst.units:.1f}",
        worst_typed=worst.typed,
        most=f"{most.units:.1f}",
        most_typed=most.typed,
        rows=rows,
    )


def _row(phrase: str, costs: Sequence[Cost]) -> str:
    own = [cost for cost in costs if phrase.startswith(cost.typed)]
    longest = max(own, key=lambda cost: cost.listed)
    last = own[-1]
    return (
        f"| `{phrase}` | {longest.listed:,} (`{longest.typed}`) | {last.listed:,} | "
        f"{max(cost.read for cost in own)} | {sum(c.units for c in own) / len(own):.2f} | "
        f"{max(cost.units for cost in own):.1f} | {last.answers} |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulation; show the figures, and put them on the page where that is wanted."""
    parser = argparse.ArgumentParser(prog="bench.structures", description=__doc__)
    parser.add_argument("--structures", type=int, default=2_000_000)
    parser.add_argument("--write", action="store_true", help="put the figures on the page")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    costs, weight = simulate(options.structures)
    text = figures_of(options.structures, costs, weight, time.monotonic() - started)
    sys.stdout.write(text)
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        PAGE.write_text(f"{before}{_BEGIN}{text}{_END}{rest.partition(_END)[2]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
