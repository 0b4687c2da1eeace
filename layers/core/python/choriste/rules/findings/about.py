"""What `about.tsv` says of a rule beyond its facts: the term it is about, its rank, how it is reported.

A row is for a rule by its canonical id (`choriste.rules.findings.sentences.canonical`), or for a family of
them: `BR-VAT-08` for every VAT category, `BR-FR-01_*-2` for every place of BR-FR-01. Most rules need no row:
the facts or the place in the file give the term, and the kind of the rule its rank and its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from choriste.rules.findings.sentences import vat_number


class About(NamedTuple):
    """One row. Empty where there is nothing to say.

    `term` is the business term that the rule is about, before those of its facts. `rank` is its place in the
    order in which to fix findings, the lowest first (0: that of its kind). `asks` tells what a predicate
    asks for: `missing`, that something is there; `either`, that one of its terms is. `if_absent` is the key
    of the sentence where nothing was found. `reported_as` is another rule that asks for the same and is
    reported in its place.
    """

    term: str = ""
    rank: int = 0
    asks: str = ""
    if_absent: str = ""
    reported_as: str = ""


_NOTHING: Final = About()


@cache
def rows() -> Mapping[str, About]:
    """Return every row by its rule or family."""
    lines = (Path(__file__).parent / "about.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {rule: About(term, int(rank or 0), *more) for rule, term, rank, *more in map(_cells, lines)}


def _cells(line: str) -> list[str]:
    return line.split("\t")


def about(requirement: str) -> About:
    """Return what is said of a rule by its canonical id, or of its family."""
    found = rows().get(requirement)
    vat = vat_number(requirement) if found is None else None
    return found or rows().get(f"BR-VAT-{vat}", _NOTHING)


def reported_as(rule: str) -> str | None:
    """Return the id under which the same requirement is reported, where a rule has one."""
    found = rows().get(rule)
    if found is not None:
        return found.reported_as or None
    for family in _families():
        start, end = family.split("*")
        if rule.startswith(start) and rule.endswith(end):
            return rows()[family].reported_as.replace("*", rule[len(start) : -len(end)])
    return None


@cache
def _families() -> tuple[str, ...]:
    return tuple(rule for rule in rows() if "*" in rule)
