"""The shared corpora as the agreement tools see them: files with the verdict of the official engine."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPORA = Path(
    os.environ.get("CHORISTE_CORPORA") or Path(__file__).resolve().parents[3] / "shared" / "corpora"
)
"""Where the corpora are: what `CHORISTE_CORPORA` says, else `../shared/corpora` beside the clone."""
Verdict = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One file with its official verdict: pairs (rule id, `fatal` or `warning`), None where it aborted."""

    name: str
    kind: str
    xml: bytes
    official: Verdict | None
    brfr: frozenset[str] | None


def whole_files() -> Iterator[Case]:
    """Yield every invoice and unit fragment; the XML of a Factur-X is taken out of its PDF."""
    with (CORPORA / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["syntax"] not in {"CII", "UBL", "FACTUR-X-PDF"}:
                continue
            path = CORPORA / row["path"]
            data = path.read_bytes()
            xml = _embedded(data) if row["syntax"] == "FACTUR-X-PDF" else data
            if xml is None:
                continue
            fatal, warning = row["en16931_fatal"].split(), row["en16931_warning"].split()
            official = frozenset([(r, "fatal") for r in fatal] + [(r, "warning") for r in warning])
            brfr = frozenset(row["brfr_1_4_0_02"].split())
            aborted = "ENGINE-ERROR" in fatal
            yield Case(row["path"], row["kind"], xml, None if aborted else official, brfr)


def _embedded(pdf: bytes) -> bytes | None:
    from pikepdf import Pdf, PdfError  # noqa: PLC0415 -- heavy, only for the files that need it

    try:
        with Pdf.open(io.BytesIO(pdf)) as opened:
            for name, attached in opened.attachments.items():
                if name.lower().endswith(".xml"):
                    return bytes(attached.get_file().read_bytes())
    except PdfError:
        return None
    return None


def mutants() -> Iterator[Case]:
    """Yield the mutants, with the verdict recorded beside each."""
    for path in sorted((CORPORA / "mutants").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for at, line in enumerate(lines):
                row = json.loads(line)
                official = row["official"]
                verdict = None if official is None else frozenset((r, f) for r, f in official)
                brfr = frozenset(row["brfr"]) if row.get("brfr") is not None else None
                name = f"{path.name}:{at} {row['mutation']}"
                yield Case(name, "mutant", row["xml"].encode(), verdict, brfr)
