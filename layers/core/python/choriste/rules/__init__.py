"""The rule engine: every EN 16931, Factur-X and French rule, judged natively and explained.

`judge` is the way in (`check` where only findings matter): it picks the rule sets in force for a document,
runs them and words what is broken. The room is pure: it reads a parsed file and the facts in the package,
nothing else. Deliberately absent: the XSD (`choriste.formats.xml.schema`), and the official XSLT, which
`choriste.rules.reference` runs on request as a second opinion.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from choriste.domain.shared.editions import Edition
from choriste.rules.engine.ruleset import editions_of
from choriste.rules.engine.run import run
from choriste.rules.rulesets.selection import Detected, rule_sets_for, syntax_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from choriste.domain.shared.findings import Finding

__all__ = ["Detected", "Edition", "Judgement", "check", "judge", "rule_ids"]


class Judgement(NamedTuple):
    """What the rules say of a document, and which editions of which rule sets said it."""

    findings: tuple[Finding, ...]
    judged_by: tuple[Edition, ...]


def judge(
    root: etree._Element, *, detected: Detected, on: dt.date, schema: Sequence[Finding] = ()
) -> Judgement:
    """Return what is wrong with a parsed invoice under the rules in force on a day, and who judged.

    `root` is the root element of a CII or UBL invoice; `detected` tells its syntax and profile
    (`choriste.formats.detect.detect_xml`). Findings are ordered by cause, without duplicates, at most 100 of
    one rule. No finding means that every rule holds. `schema` are the findings of the schema: they come back
    in their place among those of the rules, and what both report is reported once.
    """
    rule_sets = rule_sets_for(root, detected=detected, on=on)
    editions = editions_of(rule_sets)
    outcome = run(root, rule_sets, syntax=syntax_of(detected))
    if not outcome.hits and not outcome.malformed and not schema:
        return Judgement((), editions)
    from choriste.rules.findings.profiles import doubted_profile  # noqa: PLC0415 -- a valid invoice needs none
    from choriste.rules.findings.wording import write  # noqa: PLC0415

    doubted = doubted_profile(root, detected=detected, schema=schema)
    return Judgement(write(outcome, root, detected=detected, schema=(*doubted, *schema)), editions)


def check(
    root: etree._Element, *, detected: Detected, on: dt.date, schema: Sequence[Finding] = ()
) -> tuple[Finding, ...]:
    """Return the findings of `judge` alone."""
    return judge(root, detected=detected, on=on, schema=schema).findings


def rule_ids(
    root: etree._Element, *, detected: Detected, on: dt.date
) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the broken rules by rule set: pairs (id, `fatal` or `warning`), for comparisons."""
    rule_sets = rule_sets_for(root, detected=detected, on=on)
    outcome = run(root, rule_sets, syntax=syntax_of(detected))
    return {rule_set.name: outcome.ids(rule_set.name) for rule_set in rule_sets}
