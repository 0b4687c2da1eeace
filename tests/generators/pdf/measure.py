"""Measure the pre-fill on generated documents: `python -m tests.generators.pdf.measure --count N`.

Seeds from 1,000,000 up are held out: the patterns were never tuned on them. The table counts, for each
field, how often it is printed, read right (and how often surely), missing, wrong, and wrong though certain.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from choriste.documents.read.inspection.text import extract_text
from choriste.documents.read.prefill import Confidence, Prefill, prefill
from choriste.documents.read.prefill.model import FieldName
from tests.generators.pdf.supplier_pdf import SupplierPdf, supplier_pdf

HELD_OUT = 1_000_000
Tally = dict[str, Counter[str]]


def read_values(read: Prefill) -> dict[str, tuple[str, bool]]:
    """Return what was read: field → canonical value and whether it is certain."""
    certain = Confidence.CERTAIN
    values = {name.value: (found.value, found.confidence is certain) for name, found in read.fields.items()}
    if read.ibans:
        values["ibans"] = (",".join(each.value for each in read.ibans), True)
    if read.vat_breakdown:
        rows = ";".join(
            f"{row.rate.normalize():f}:{'-' if row.base is None else row.base}:{row.tax}"
            for row in read.vat_breakdown
        )
        values["vat_breakdown"] = (rows, all(row.confidence is certain for row in read.vat_breakdown))
    return values


def compare(document: SupplierPdf, read: Prefill, tally: Tally) -> list[str]:
    """Count one document; return its faults in words."""
    values = read_values(read)
    faults = []
    for name in [*(field.value for field in FieldName), "ibans", "vat_breakdown"]:
        truth, (value, certain) = document.printed.get(name), values.get(name, (None, False))
        counts = tally[name]
        if truth is not None:
            counts["present"] += 1
        verdict = _verdict(truth, value, document.implied.get(name))
        counts[verdict] += 1
        counts["right, certain"] += verdict == "right" and certain
        counts["wrong, certain"] += verdict in {"wrong", "invented"} and certain
        if verdict in {"wrong", "missing", "invented"}:
            sure = " CERTAIN" if certain else ""
            origin = f"{document.seed} {document.producer} {document.language}"
            faults.append(f"{origin} {name}: {verdict}{sure} {value} for {truth}")
    return faults


def _verdict(truth: str | None, value: str | None, implied: str | None) -> str:
    if truth is None:
        return "nothing" if value is None or value == implied else "invented"
    if value is None:
        return "missing"
    if _same(value, truth):
        return "right"
    return "missing" if _lacks_bases(value, truth) else "wrong"


def _same(value: str, truth: str) -> bool:
    return any(_parts(value) == _parts(each) for each in truth.split("|"))


def _lacks_bases(value: str, truth: str) -> bool:
    """Tell whether a VAT breakdown is right but for bases that were not read, or were deduced."""
    return ":" in truth and [_bare(part) for part in _parts(value)] == [_bare(part) for part in _parts(truth)]


def _bare(row: str) -> str:
    rate, _, tax = row.split(":")
    return f"{rate}:{tax}"


def _parts(value: str) -> list[str]:
    return sorted(value.replace(";", ",").split(","))


def measure(seeds: range, *, unseen: bool = False) -> tuple[Tally, list[str]]:
    """Generate, read and compare every seed's document."""
    tally: Tally = defaultdict(Counter)
    faults: list[str] = []
    for seed in seeds:
        document = supplier_pdf(seed, unseen=unseen)
        read = prefill(extract_text(document.data))
        if read.scanned != document.scanned:
            faults.append(f"{seed} scanned: {read.scanned} for {document.scanned}")
        tally["scanned"]["present"] += document.scanned
        tally["scanned"]["right"] += document.scanned and read.scanned
        faults += compare(document, read, tally)
    return tally, faults


def table(tally: Tally) -> str:
    """Return the counts as a text table, the sum of all fields last."""
    columns = ("present", "right", "right, certain", "missing", "wrong", "invented", "wrong, certain")
    lines = [f"{'field':<20}" + "".join(f"{column:>16}" for column in columns) + f"{'right %':>9}"]
    total: Counter[str] = Counter()
    for name, counts in tally.items():
        if name != "scanned":
            total.update(counts)
        lines.append(_line(name, counts, columns))
    return "\n".join([*lines, _line("all", total, columns)])


def _line(name: str, counts: Counter[str], columns: tuple[str, ...]) -> str:
    share = 100 * counts["right"] / counts["present"] if counts["present"] else 100
    return f"{name:<20}" + "".join(f"{counts[column]:>16}" for column in columns) + f"{share:>9.2f}"


def main() -> int:
    """Print the table; with --faults, every fault; with --json, also write the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--start", type=int, default=HELD_OUT)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--unseen-words", action="store_true", help="labels that the reader was never given")
    options = parser.parse_args()
    tally, faults = measure(range(options.start, options.start + options.count), unseen=options.unseen_words)
    sys.stdout.write(table(tally) + "\n")
    if options.faults:
        sys.stdout.write("\n".join(faults) + "\n")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({name: dict(counts) for name, counts in tally.items()}, indent=1))
    return 1 if any(counts["wrong, certain"] for counts in tally.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
