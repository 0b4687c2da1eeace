"""Choosing among the values that were seen for a field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from choriste.documents.read.prefill.evidence import Doubt, Evidence
from choriste.documents.read.prefill.model import Found

_NEAR = 1.0
"""How much lighter a candidate may be and still be a rival."""


@dataclass(frozen=True)
class Verdict:
    """What was chosen, and everything that was weighed: the chosen value first, then by weight."""

    found: Found | None
    considered: tuple[Found, ...]


def judge(sightings: Iterable[Found]) -> Verdict:
    """Choose the value for which most speaks; another for which about as much speaks leaves a doubt.

    Sightings of one value add up: what one of them proves holds for the value, and a doubt stays only where
    all of them have it.
    """
    everything = list(sightings)
    usable = [each for each in everything if not each.barred]
    groups: dict[str, list[Found]] = {}
    for each in usable:
        groups.setdefault(each.value, []).append(each)
    merged = sorted((_merged(group) for group in groups.values()), key=lambda each: -each.weight)
    passed = tuple(each for each in everything if each.barred)
    if not merged:
        return Verdict(None, passed)
    best, others = merged[0], merged[1:]
    if any(other.weight >= best.weight - _NEAR for other in others):
        best = doubted(best, Doubt.RIVAL)
    return Verdict(best, (best, *others, *passed))


def doubted(found: Found, *doubts: Doubt) -> Found:
    """Return a value with doubts added."""
    return replace(found, doubts=found.doubts | set(doubts))


def supported(found: Found, *evidence: Evidence) -> Found:
    """Return a value with evidence added."""
    return replace(found, evidence=found.evidence | set(evidence))


def _merged(group: list[Found]) -> Found:
    first = max(group, key=lambda each: (not each.doubts, each.weight))
    evidence = frozenset().union(*(each.evidence for each in group if each.doubts <= first.doubts))
    places = {(each.box.page, round(each.box.top)) for each in group}
    if len(places) > 1:
        evidence |= {Evidence.REPEATED}
    return replace(first, evidence=evidence)
