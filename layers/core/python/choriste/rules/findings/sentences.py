"""The sentences of `messages.tsv`, and which of them tells that a rule is broken.

A line's key is a rule id, several separated by `|`, or a whole family of them: `BR-VAT-08` for every VAT
category, `BR-FR-05` for every place of BR-FR-05. `kind:…` are the sentences of the plain kinds; the other
keys with a colon are words that sentences are made of. Profiles number the rules of EN 16931 anew
(`FX-SCH-A-000226`, `BR-FREXT-CO-10`): they are explained as the rule that they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from choriste.domain.shared.findings import Message
from choriste.rules.engine.facts import RuleFact

_VAT: Final = re.compile(r"BR-(AE|AF|AG|IC|[SZEGO])-?(\d\d)(?:ini|rev|b)?\Z", re.IGNORECASE)
_CATEGORIES: Final = {"AF": "L", "AG": "M", "IC": "K"}
_FRENCH: Final = re.compile(r"(BR-FR-(?:[A-Z]+-)?\d\d)(?:.*-([12]))?")
_RENAMED: Final = (("-FREXT", ""), ("-FXEXT", ""), ("-EXT-", "-"), ("BR-BR-", "BR-"), ("BR-CII-", "CII-"))


@cache
def sentences() -> Mapping[str, Message]:
    """Return every sentence and word by its key, with `{places}` still in it."""
    rows = (Path(__file__).parent / "messages.tsv").read_text(encoding="utf-8").splitlines()[1:]
    split = (row.split("\t") for row in rows)
    return {key: Message(fr=fr, en=en) for keys, fr, en in split for key in keys.split("|")}


@cache
def canonical(rule: str, meant: str = "") -> str:
    """Return the id under which a rule is known in EN 16931 or BR-FR; its own where it is in neither.

    The forms of one check of a VAT category (`-08ini`, `-08rev`, `-08b`) are the same requirement.
    """
    if rule in sentences() or meant in sentences():
        return rule if rule in sentences() else meant
    name = meant or rule
    if not name.startswith("BR-FR-"):
        for old, new in _RENAMED:
            name = name.replace(old, new, 1)
    vat = _VAT.match(name)
    return f"BR-{vat[1].upper()}-{vat[2]}" if vat else name


def requirement_of(fact: RuleFact) -> str:
    """Return the canonical id of what a rule asks for, whatever its profile numbers it."""
    return canonical(fact.name, fact.same_as)


def vat_number(name: str) -> str | None:
    """Return the number of a rule on a VAT category by its canonical id: `08` of `BR-AE-08`."""
    match = _VAT.match(name)
    return match[2] if match else None


def category_of(requirement: str) -> str:
    """Return the VAT category, as an invoice writes it, of a rule on one: `K` of `BR-IC-08`."""
    family = requirement.split("-")[1]
    return _CATEGORIES.get(family, family)


def _keys(rule: str, meant: str) -> Iterator[str]:
    yield from (rule, meant)
    name = canonical(rule, meant)
    yield name
    if vat := vat_number(name):
        yield f"BR-VAT-{vat}"
    if french := _FRENCH.match(name):
        yield f"{french[1]}-{french[2]}"
        yield french[1]


@cache
def key_of(rule: str, meant: str, kind: str) -> str:
    """Return the key of the sentence of a rule: its own, else that of its kind, else `unworded`.

    No rule that exists is unworded, a test sees to it; a future rule set must not stop a report.
    """
    keys = (*_keys(rule, meant), f"kind:{kind}")
    return next((key for key in keys if key in sentences()), "unworded")


def word(key: str, language: str) -> str:
    """Return a word or a sentence in a language."""
    return sentences()[key].in_language(language)
