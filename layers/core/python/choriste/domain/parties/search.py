"""How structures are found by what people type: the words of a name, and where each is kept in the index.

The index holds an entry for each word of a name, for each ordered pair of its words, and for each word in its
city and in its postal code. Whatever has been typed is thus the beginning of one sorted list, of which only
the first rows are read, whether two structures answer or two hundred thousand (docs/structure-search.md).
Deliberately absent: words inside words, and misspellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.resources import files
from itertools import permutations
from typing import Final

from choriste.domain.parties.identifiers import siren_of
from choriste.domain.parties.structure import Structure, StructureId, StructureIdentifier, StructureKind

MOST_WORDS: Final = 5
"""Words of a name that are indexed: five make at most 38 entries, which one transaction can replace."""

SHORTEST: Final = 2
"""Letters that a search begins with, at least."""

_ARTICLES: Final = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"])
_COMMON: Final = frozenset((files(__package__) / "common_words.txt").read_text(encoding="utf-8").split())
"""Words that so many names share that a name of more than five words is indexed without them."""

_NAME_LENGTH: Final = 60
_WORD: Final = re.compile(r"[a-z0-9]+")
_PATTERN: Final = re.compile(r"[a-z0-9*]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSummary:
    """What a list shows of a structure, and what it can be narrowed by."""

    id: StructureId
    identifier: StructureIdentifier
    name: str
    kind: StructureKind
    active: bool
    city: str | None
    postcode: str | None
    country: str | None
    is_moa: bool


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands in the index: in which list, and under which key the list is sorted by."""

    anchor: str
    key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the index."""

    key: str
    summary: StructureSummary


def summary_of(structure: Structure) -> StructureSummary:
    """Return what lists show of a structure."""
    address = structure.address
    return StructureSummary(
        id=structure.id,
        identifier=structure.identifier,
        name=structure.name,
        kind=structure.kind,
        active=structure.active,
        city=address.city if address is not None else None,
        postcode=address.postcode if address is not None else None,
        country=address.country if address is not None else None,
        is_moa=structure.settings.is_moa,
    )


def plain(text: str) -> str:
    """Return a text in small letters without accents, ligatures or marks: `L’Œuvre` becomes `l oeuvre`."""
    return " ".join(_WORD.findall(_bare(text)))


def _bare(text: str) -> str:
    joined = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c))


def words_of(name: str) -> tuple[str, ...]:
    """Return the different words of a name, in order, without its articles unless there is nothing else."""
    found = tuple(dict.fromkeys(plain(name).split()))
    return tuple(word for word in found if word not in _ARTICLES) or found


def indexed_words(name: str) -> tuple[str, ...]:
    """Return the words under which a name is found: all, or the five that say most."""
    words = words_of(name)
    return tuple(sorted(words, key=lambda word: word in _COMMON)[:MOST_WORDS])


def places_of(structure: Structure) -> frozenset[Place]:
    """Return the places of a structure's entries: none where the registry may not publish its name."""
    return frozenset() if structure.registry.undisclosed else frozenset(_places(structure))


def _places(structure: Structure) -> Iterator[Place]:
    words, rest = indexed_words(structure.name), f"/{plain(structure.name)[:_NAME_LENGTH]}/{structure.id}"
    for word in words:
        yield Place(word[:SHORTEST], word + rest)
    for first, second in permutations(words, 2):
        yield Place(f"{first}+", second + rest)
    for where in _wheres(structure):
        yield from (Place(where, word + rest) for word in ("", *words))
    siren = siren_of(structure.identifier)
    if siren is not None:
        yield Place(f"#{siren}", f"{structure.identifier.value}{rest}")


def _wheres(structure: Structure) -> Iterator[str]:
    address = structure.address
    if address is not None and address.city:
        yield f"@{plain(address.city)}"
    if address is not None and address.postcode:
        yield f"@{plain(address.postcode)}"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What to read for a search: one list from its beginning on, and the words that each row must have.

    `prefix` is what the keys begin with. A structure with several words that begin so has several rows; the
    first of them counts. `patterns` are the words of the search that the list itself does not settle. Names
    that begin with `beside` were found by another lookup.
    """

    anchor: str
    prefix: str
    patterns: tuple[str, ...] = ()
    beside: str = ""

    def admits(self, entry: Entry) -> bool:
        """Say whether a row answers the search, and is the first of its structure to do so."""
        words, name = words_of(entry.summary.name), plain(entry.summary.name)
        if self.beside and name.startswith(self.beside):
            return False
        return all(_has(words, pattern) for pattern in self.patterns) and self._is_first(entry)

    def _is_first(self, entry: Entry) -> bool:
        word = entry.key.partition("/")[0]
        if self.anchor.startswith("#"):
            return True
        taken = self.anchor.removesuffix("+")
        if "/" in self.prefix:
            return True
        others = (other for other in indexed_words(entry.summary.name) if other not in (word, taken))
        return not word or not any(other.startswith(self.prefix) and other < word for other in others)


def _has(words: tuple[str, ...], pattern: str) -> bool:
    return any(fnmatchcase(word, pattern) for word in words)


def lookups_of(text: str, *, where: str = "") -> tuple[Lookup, ...]:
    """Return what to read for a name as it was typed, one after the other; nothing where no list begins so.

    Where the words alone leave rows to be looked at one by one, the names that begin with just what was typed
    come first: they are one stretch of a list.
    """
    found = lookup_of(text, where=where)
    if found is None:
        return ()
    name, word = plain(text), next(iter(indexed_words(text)), "")
    if not found.patterns or "*" in text or len(word) < SHORTEST:
        return (found,)
    anchor = found.anchor if where else word[:SHORTEST]
    return Lookup(anchor, f"{word}/{name}"), replace(found, beside=name)


def lookup_of(text: str, *, where: str = "") -> Lookup | None:
    """Return what to read for a name as it was typed, in a city or under a postal code where one is given.

    A word is whole when another follows it, and may go on otherwise, or where it has a `*`. Returns None when
    no word has a beginning that a list could be found by.
    """
    patterns = _patterns(text)
    if where:
        return _at_a_place(patterns, f"@{plain(where)}")
    whole = [word for word in patterns if "*" not in word]
    if len(patterns) > 1 and whole:
        first = min(whole, key=_says_little)
        return _narrowed(f"{first}+", [word for word in patterns if word != first])
    longest = max(patterns, key=lambda word: len(_beginning(word)), default="")
    if len(_beginning(longest)) < SHORTEST:
        return None
    return _narrowed(_beginning(longest)[:SHORTEST], patterns)


def siren_lookup(digits: str) -> Lookup:
    """Return what to read for the establishments of a company: its SIREN, and more digits if typed."""
    return Lookup(f"#{digits[:9]}", digits)


def _at_a_place(patterns: list[str], anchor: str) -> Lookup:
    return _narrowed(anchor, patterns) if patterns else Lookup(anchor, "/")


def _narrowed(anchor: str, patterns: list[str]) -> Lookup:
    """Return a lookup whose list begins with the word that says most; the others narrow what is read."""
    best = max(patterns, key=lambda word: (not _says_little(word)[0], len(_beginning(word))))
    beginning = _beginning(best)
    prefix = beginning if "*" in best else f"{beginning}/"
    settled = best in (beginning, f"{beginning}*")
    rest = tuple(word for word in patterns if word != best or not settled)
    return Lookup(anchor, prefix, rest)


def _says_little(word: str) -> tuple[bool, int]:
    return _beginning(word) in _COMMON, -len(word)


def _beginning(pattern: str) -> str:
    return pattern.partition("*")[0]


def _patterns(text: str) -> list[str]:
    """Return the words of a search, the last one open, without its articles unless there is nothing else."""
    typed = [re.sub(r"\*+", "*", word) for word in _PATTERN.findall(_bare(text))]
    if typed and "*" not in typed[-1] and not text[-1].isspace():
        typed[-1] += "*"
    words = list(dict.fromkeys(typed))
    return [word for word in words if word.rstrip("*") not in _ARTICLES] or words
