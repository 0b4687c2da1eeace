"""Choosing a sample: every rule that fires anywhere is in it, and every kind of file has its share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.verdicts.candidates import MOVED
from tests.verdicts.sample import Judgement, Record

Feature = tuple[str, ...]


@dataclass
class _Choice:
    """The records chosen so far, by their place among the candidates, with the judgements kept of each."""

    candidates: Sequence[Record]
    kept: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    covered: Counter[Feature] = field(default_factory=Counter)

    def add(self, at: int, judgement: int) -> None:
        """Keep one judgement of a record, and the first one, which takes the file for what it says it is."""
        for one in {0, judgement} - self.kept[at]:
            self.kept[at].add(one)
            self.covered.update(features(self.candidates[at].judgements[one]))

    def records(self) -> Iterator[Record]:
        """Yield the chosen records with the judgements kept of each."""
        for at, judgements in self.kept.items():
            record = self.candidates[at]
            yield replace(record, judgements=tuple(record.judgements[i] for i in sorted(judgements)))


def choose(candidates: Sequence[Record], *, count: int, per_feature: int) -> list[Record]:
    """Return `count` records, more where the features need them; the same candidates give the same choice.

    `per_feature` examples of each feature that has so many come first, then each kind of file in turn.
    """
    choice = _Choice(candidates)
    holders = _holders(candidates)
    for feature in sorted(holders, key=lambda f: (len(holders[f]), f)):
        while choice.covered[feature] < per_feature and (best := _best(choice, holders[feature])):
            choice.add(*best)
    for at in _in_turn(candidates):
        if len(choice.kept) >= count:
            break
        choice.add(at, 0)
    return list(choice.records())


def features(judgement: Judgement) -> set[Feature]:
    """Return what a judgement shows.

    A feature is a broken rule with its severity, or that the rules hold or that the engine aborts, in a rule
    set, a syntax and, for Factur-X, a profile.
    """
    syntax = "UBL" if judgement.syntax.startswith("UBL") else "CII"
    shown: set[Feature] = set()
    for rule_set, pairs in judgement.official.items():
        place = (rule_set, syntax, *([judgement.profile] if rule_set == "facturx" else []))
        if not pairs:
            shown.add((*place, "aborts" if pairs is None else "holds"))
        shown.update((*place, rule, severity) for rule, severity in pairs or ())
    return shown


def _holders(candidates: Sequence[Record]) -> dict[Feature, list[tuple[int, int]]]:
    found: dict[Feature, list[tuple[int, int]]] = defaultdict(list)
    for at, record in enumerate(candidates):
        for which, judgement in enumerate(record.judgements):
            for feature in features(judgement):
                found[feature].append((at, which))
    return found


def _best(choice: _Choice, holders: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the judgement not kept yet that shows the most new, in the smallest file; None without any."""

    def rank(place: tuple[int, int]) -> tuple[int, int, int]:
        record = choice.candidates[place[0]]
        new = sum(not choice.covered[f] for f in features(record.judgements[place[1]]))
        return -new, len(record.xml), place[0]

    left = [p for p in holders if p[1] not in choice.kept.get(p[0], ())]
    return min(left, key=rank, default=None)


def _in_turn(candidates: Sequence[Record]) -> Iterator[int]:
    """Yield the places of the candidates, one of each kind at a time, by chance within a kind."""
    kinds: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for at in sorted(range(len(candidates)), key=lambda at: _lot(candidates[at])):
        kinds[_kind(candidates[at])].append(at)
    while kinds:
        for kind in sorted(kinds):
            yield kinds[kind].popleft()
            if not kinds[kind]:
                del kinds[kind]


def _kind(record: Record) -> tuple[str, ...]:
    first = record.judgements[0]
    verdicts = first.official.values()
    state = "aborts" if None in verdicts else "broken" if any(verdicts) else "holds"
    whole = record.mutation if record.mutation in {"", MOVED} else "mutant"
    return record.family, first.syntax, first.profile, state, whole


def _lot(record: Record) -> str:
    return hashlib.sha256(f"{record.name}\n{record.mutation}\n{record.xml}".encode()).hexdigest()
