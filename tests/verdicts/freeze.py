"""Freeze a sample of the shared corpora with the verdicts of the official stylesheets.

`python -m tests.verdicts.freeze` asks the stylesheets of the installed packages about every file that may be
passed on, chooses, and writes `tests/data/verdicts`. It needs the shared corpora and saxonche, takes some
minutes on two cores, and gives the same bytes each time until the corpora or the packages change.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.verdicts import candidates
from tests.verdicts.candidates import Candidate
from tests.verdicts.choose import choose, features
from tests.verdicts.official import judged, kinds
from tests.verdicts.sample import FOLDER, Record, write

_SAMPLES: Final[Sequence[tuple[str, Callable[[], Iterable[Candidate]], int, int]]] = (
    ("files", candidates.files, 300, 1),
    ("mutants", candidates.mutants, 1500, 1),
)


def recorded(candidate: Candidate) -> Record:
    """Return a candidate with the official answers, under each profile that it may be taken for."""
    return Record(
        **asdict(candidate), judgements=tuple(judged(candidate.xml, kind) for kind in kinds(candidate.xml))
    )


def main() -> int:
    """Write the sample; print how many records and features each part has."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--folder", type=Path, default=FOLDER)
    chosen = options.parse_args()
    with ProcessPoolExecutor() as pool:
        for name, found, count, per_feature in _SAMPLES:
            known = [r for r in pool.map(recorded, found(), chunksize=16) if r.judgements]
            kept = choose(known, count=count, per_feature=per_feature)
            path = write(name, kept, folder=chosen.folder)
            sys.stdout.write(_summary(path, known, kept))
    return 0


def _summary(path: Path, known: Sequence[Record], kept: Sequence[Record]) -> str:
    every, shown = _features(known), _features(kept)
    licences = Counter((r.source, r.licence) for r in kept)
    lines = [f"{path}: {len(kept)} of {len(known)} files, {path.stat().st_size:,} bytes"]
    lines += [f"  {len(shown)} of {len(every)} features (a rule with its severity, in a rule set and syntax)"]
    lines += [
        f"  {number} from {source}, {licence}" for (source, licence), number in sorted(licences.items())
    ]
    return "\n".join(lines) + "\n"


def _features(records: Iterable[Record]) -> set[tuple[str, ...]]:
    return {feature for r in records for j in r.judgements for feature in features(j)}


if __name__ == "__main__":
    sys.exit(main())
