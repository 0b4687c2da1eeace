"""The rule engine: every EN 16931, Factur-X and French rule, judged natively and explained.

`check` is the door: it picks the rule sets in force for a document, runs them and words what is
broken. The room is pure: it reads a parsed file and the facts in the package, nothing else. Deliberately
absent: the XSD (`choriste.formats.xml.schema`), and the official XSLT, which `choriste.rules.reference` runs
on request as a second opinion.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from choriste.rules.engine import run
from choriste.rules.selection import Detected, rule_sets_for, syntax_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from choriste.domain.shared.findings import Finding

__all__ = ["check", "rule_ids"]


def check(
    root: etree._Element,
    *,
    detected: Detected,
    on: dt.date,
    beside: Sequence[Finding] = (),
    source: bytes | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong with a parsed invoice under the rules in force on a day.

    `root` is the root element of a CII or UBL invoice; `detected` tells its syntax and profile
    (`choriste.formats.detect.detect_xml`). Findings are ordered by cause, without duplicates; at most 100 of
    one rule are told. An empty result means that every rule holds. `beside` are the findings of the schema:
    they come back in their place among those of the rules, and what both say is said once. `source` is the
    file that was parsed: with it at hand, the rules need not write the tree out again.
    """
    rule_sets = rule_sets_for(root, detected=detected, on=on)
    outcome = run(root, rule_sets, syntax=syntax_of(detected), source=source)
    if not outcome.hits and not outcome.malformed and not beside:
        return ()
    from choriste.rules.profiles import doubted_profile  # noqa: PLC0415 -- a valid invoice needs no sentences
    from choriste.rules.wording import write  # noqa: PLC0415

    doubted = doubted_profile(root, detected=detected, schema=beside)
    return write(outcome, beside=(*doubted, *beside))


def rule_ids(
    root: etree._Element, *, detected: Detected, on: dt.date
) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the broken rules by rule set: pairs (id, `fatal` or `warning`), for comparisons."""
    rule_sets = rule_sets_for(root, detected=detected, on=on)
    outcome = run(root, rule_sets, syntax=syntax_of(detected))
    return {rule_set.name: outcome.ids(rule_set.name) for rule_set in rule_sets}
