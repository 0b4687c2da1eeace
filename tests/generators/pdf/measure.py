"""Measure the pre-fill by source and by field: `python -m tests.generators.pdf.measure`.

The build part by default, `--held` the part that is opened once, `--scans` documents of others as scans
and photographs, `--generator START --count N` our own generator alone. The tables count what is asked for,
read right (and how often surely), missing, wrong, and wrong though certain; every miss is listed under them.
`--json FILE` also writes the counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from choriste.documents.read.prefill import Prefill
from choriste.documents.read.prefill.from_file import prefill_file
from choriste.documents.read.recognition.here import HereRecogniser
from choriste.formats.errors import UnreadableError
from tests.generators.pdf.case import NOTHING, Case, Judged, judged
from tests.generators.pdf.sources import BUILD, HELD, HELD_OUT, SCANS, Source, generated

Tally = Mapping[str, Counter[str]]
_PATIENCE: Final = 300.0
_COLUMNS: Final = ("asked", "right", "certain", "missing", "wrong", "wrong-certain")


def measure(sources: Mapping[str, Source]) -> list[Judged]:
    """Read and judge every document of some sources."""
    found: list[Judged] = []
    for source in sources.values():
        for case in source():
            found += judged(case, _read(case))
    return found


def _read(case: Case) -> Prefill:
    """Read a document; one that cannot be read misses everything. A starved machine is asked again."""
    for again in (True, True, False):
        try:
            return prefill_file(case.data, recogniser=HereRecogniser(seconds=_PATIENCE))
        except UnreadableError as error:
            if not (again and error.finding.rule == "PDF-TEXT-TIMEOUT"):
                sys.stderr.write(f"{case.name}: {error}\n")
                break
    return Prefill()


def tally(verdicts: Iterable[Judged], *, by: str) -> Tally:
    """Count verdicts by `source` or by `field`."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in verdicts:
        counts[each.case.source if by == "source" else each.name].update(_counted(each))
    return counts


def _counted(each: Judged) -> Sequence[str]:
    certain = ("certain",) if each.verdict == "right" and each.certain and each.read else ()
    asked = () if each.verdict == NOTHING else ("asked",)
    return (*asked, each.verdict, *certain)


def table(counts: Tally, head: str) -> str:
    """Return counts as a table in Markdown, the sum last."""
    total: Counter[str] = Counter()
    lines = [f"| {head} | " + " | ".join(_COLUMNS) + " | right % |", "|---" * (len(_COLUMNS) + 2) + "|"]
    for name, each in sorted(counts.items()):
        total.update(each)
        lines.append(_row(name, each))
    return "\n".join([*lines, _row("**all**", total)])


def _row(name: str, counts: Counter[str]) -> str:
    share = 100 * counts["right"] / counts["asked"] if counts["asked"] else 100
    return f"| {name} | " + " | ".join(str(counts[column]) for column in _COLUMNS) + f" | {share:.1f} |"


def misses(verdicts: Iterable[Judged]) -> list[str]:
    """Return every miss in words."""
    return [
        f"{each.case.name} {each.name}: {each.verdict} {each.read} for {each.case.truth[each.name]}"
        for each in verdicts
        if each.verdict not in {"right", NOTHING}
    ]


def main() -> int:
    """Print the tables and the misses; 1 when a value was wrong though certain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="the part that is opened once")
    parser.add_argument(
        "--scans", action="store_true", help="documents of others as scans, by the optional layer"
    )
    parser.add_argument(
        "--generator", type=int, metavar="START", help="our own generator alone, from this seed on"
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--unseen-words", action="store_true", help="its labels that the reader was never given"
    )
    options = parser.parse_args()
    sources: Mapping[str, Source] = HELD if options.held else SCANS if options.scans else BUILD
    if options.generator is not None:
        unseen = options.unseen_words
        sources = {"generator": lambda: generated(options.generator, options.count, unseen=unseen)}
    verdicts = measure(sources)
    by_source, by_field = tally(verdicts, by="source"), tally(verdicts, by="field")
    parts = [table(by_source, "source"), "", table(by_field, "field"), "", *misses(verdicts)]
    sys.stdout.write("\n".join(parts) + "\n")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        counts = {"source": by_source, "field": by_field}
        options.json.write_text(json.dumps(counts, indent=1))
    return 1 if any(each.verdict == "wrong-certain" for each in verdicts) else 0


__all__ = ["HELD_OUT", "main", "measure", "misses", "table", "tally"]

if __name__ == "__main__":
    sys.exit(main())
