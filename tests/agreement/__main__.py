"""The agreement table: `python -m tests.agreement`, with `--mutants N --seed S` for new mutants.

New mutants are judged by the official XSLT through saxonche, the shared corpora by what is recorded there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

from choriste.rules.rulesets import BR_FR, EN16931
from tests.agreement import corpora
from tests.agreement.compare import compare_brfr, compare_en16931, parsed
from tests.agreement.corpora import Case
from tests.agreement.mutate import mutants
from tests.agreement.oracle import official


def new_mutants(count: int, seed: int) -> Iterator[Case]:
    """Yield mutants of the corpora's valid invoices with the verdict of the official engine."""
    valid = [
        c for c in corpora.whole_files() if c.kind == "invoice" and not c.official and c.brfr is not None
    ]
    for at, case in enumerate(islice(valid * (count // max(len(valid), 1) + 1), count)):
        found = parsed(case.xml)
        if found is None:
            continue
        for done, xml in mutants(case.xml, seed=seed + at, count=1):
            verdict = official(xml, f"en16931-{found[1]}")
            french = official(xml, f"brfr-{found[1]}")
            brfr = None if french is None else frozenset(rule for rule, _ in french)
            yield Case(f"{case.name}: {done}", "mutant", xml, verdict, brfr)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=0, help="how many new mutants to try")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if chosen.mutants:
        made = list(new_mutants(chosen.mutants, chosen.seed))
        print("EN 16931, new mutants:", compare_en16931(made, EN16931).table())  # noqa: T201 -- a report
        print("BR-FR, new mutants:", compare_brfr(made, BR_FR).table())  # noqa: T201 -- a report
        return
    for name, cases in (("whole files", corpora.whole_files), ("mutants", corpora.mutants)):
        print(f"EN 16931, {name}:", compare_en16931(cases(), EN16931).table())  # noqa: T201 -- a report
        print(f"BR-FR, {name}:", compare_brfr(cases(), BR_FR).table())  # noqa: T201 -- a report


if __name__ == "__main__":
    main()
