"""Pre-fill: what reading the fields of a two-page invoice costs, beside the bare text of other libraries.

Usage: `python -m bench.prefill [--runs N]`. Prints a table in Markdown. `choriste` is all of it: the words in
the limited child process and the fields from them; the others only extract the text, in this process,
pdfminer.six where it is installed. Medians of warm runs and the least of them, the engines taking turns.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from statistics import median

from bench.inspection import READERS, Engine, Listed, installed, text_pdfium, text_pdfminer, text_pypdf
from choriste.documents.read.inspection import extract_text
from choriste.documents.read.prefill import prefill
from tests.generators.pdf import hands


def prefill_here(data: bytes) -> object:
    """Read the words and then the fields."""
    return prefill(extract_text(data))


ENGINES: dict[str, Listed] = {
    "choriste, pre-fill": ("pypdfium2", prefill_here),
    "choriste, words only": READERS["choriste"],
    "pypdfium2, text": ("pypdfium2", text_pdfium),
    "pypdf, text": ("pypdf", text_pypdf),
    "pdfminer.six, text": ("pdfminer", text_pdfminer),
}


def documents() -> Iterator[tuple[str, bytes]]:
    """Yield a two-page bill and a dense one-page invoice."""
    yield "telephone bill, 2 pages", hands.telephone(3).data
    yield "hospital supplier, 1 page", hands.hospital_supplier(3).data


def milliseconds(engines: Mapping[str, Engine], data: bytes, runs: int) -> dict[str, list[float]]:
    """Return each engine's times, taking turns after one warm-up."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(runs + 1):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine(data)
            if turn:
                times[name].append((time.perf_counter() - start) * 1000)
    return times


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    engines = installed(ENGINES)
    lines = ["| document | " + " | ".join(engines) + " |", "|---" * (len(engines) + 1) + "|"]
    for name, data in documents():
        times = milliseconds(engines, data, runs)
        cells = (f"{median(times[engine]):.0f} ({min(times[engine]):.0f}) ms" for engine in engines)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
