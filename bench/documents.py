"""Documents: what a Factur-X costs here, beside WeasyPrint 70, fpdf2 and the factur-x library.

Usage: `python -m bench.documents [--runs N]`. Writes build/bench/documents.json and, with `--table`,
docs/bench-documents.md. Warm figures are medians of runs in one process, the engines taking turns, each
run on new data; cold ones come from a fresh process each, from its first import to its first document.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "build" / "bench" / "documents.json"
TABLE = ROOT / "docs" / "bench-documents.md"
SIZES = (5, 50, 300)
WHEN = dt.datetime(2026, 10, 6, 9, 15, tzinfo=dt.UTC)
COLD_RUNS = 3

Sample = tuple[Any, bytes]
Engine = Callable[[Sample], bytes]


def sample(lines: int, seed: random.Random) -> Sample:
    """Return an invoice of so many lines, no two alike, and its CII."""
    from choriste.formats.invoice.cii import write_cii  # noqa: PLC0415 - a cold start measures its own imports only
    from tests.builders.invoices import an_invoice  # noqa: PLC0415 - see above

    models = an_invoice().lines
    made = tuple(
        replace(
            models[i % len(models)],
            id=str(i + 1),
            note=f"Bon {seed.randrange(10**6)}",
            net_amount=Decimal(seed.randrange(10**6)) / 100,
        )
        for i in range(lines)
    )
    invoice = an_invoice(number=f"F{seed.randrange(10**9)}", lines=made)
    return invoice, write_cii(invoice)


def choriste_facturx(given: Sample) -> bytes:
    """Return our Factur-X: page, XML, attachments and metadata."""
    from choriste.documents.issue.facturx import DocumentContext, make_facturx  # noqa: PLC0415 - see above

    return make_facturx(given[0], cii=given[1], context=DocumentContext(technical_id="X", deposited_at=WHEN))


def _page(given: Sample) -> dict[str, Any]:
    from choriste.documents.issue.context import DocumentContext  # noqa: PLC0415 - see above
    from choriste.documents.issue.pages.invoice import invoice_page  # noqa: PLC0415 - see above

    return invoice_page(given[0], DocumentContext(technical_id="X", deposited_at=WHEN), language="fr")


def weasyprint_tagged(given: Sample) -> bytes:
    """Return the page by WeasyPrint with the claim nearest to ours (PDF/A-3a), without the XML."""
    from bench.document_engines import weasyprint_pdf  # noqa: PLC0415 - see above

    return weasyprint_pdf(_page(given), "pdf/a-3a")


def weasyprint_plain(given: Sample) -> bytes:
    """Return the page by WeasyPrint without any claim: its fastest way."""
    from bench.document_engines import weasyprint_pdf  # noqa: PLC0415 - see above

    return weasyprint_pdf(_page(given), None)


def fpdf2(given: Sample) -> bytes:
    """Return the page's texts by fpdf2."""
    from bench.document_engines import fpdf2_pdf  # noqa: PLC0415 - see above

    return fpdf2_pdf(_page(given))


ENGINES: dict[str, Engine] = {
    "choriste": choriste_facturx,
    "weasyprint-a3a": weasyprint_tagged,
    "weasyprint-plain": weasyprint_plain,
    "fpdf2": fpdf2,
}


def warm(lines: int, runs: int) -> dict[str, Any]:
    """Return the figures of one size: milliseconds (median, least) and bytes by engine, and the assembly."""
    seed = random.Random(lines)  # noqa: S311 - test data
    times: dict[str, list[float]] = {name: [] for name in ENGINES}
    sizes: dict[str, int] = {}
    for turn in range(runs + 1):
        given = sample(lines, seed)
        for name, engine in ENGINES.items():
            started = time.perf_counter()
            content = engine(given)
            elapsed = (time.perf_counter() - started) * 1000
            sizes[name] = len(content)
            if turn:  # the first turn loads fonts and templates: that is the cold figure
                times[name].append(elapsed)
    figures = {name: _figures(values, sizes[name]) for name, values in times.items()}
    return figures | {"assembly": assembly(lines, runs)}


def _figures(values: list[float], size: int) -> dict[str, float]:
    return {"median_ms": round(median(values), 2), "least_ms": round(min(values), 2), "bytes": size}


def assembly(lines: int, runs: int) -> dict[str, float]:
    """Return the milliseconds of embedding the XML alone: ours, and the factur-x library's."""
    from bench.document_engines import facturx_library  # noqa: PLC0415 - see above
    from choriste.documents.issue.assembly import Attachment, assemble  # noqa: PLC0415 - see above
    from choriste.documents.issue.render import Template, render  # noqa: PLC0415 - see above

    given = sample(lines, random.Random(lines))  # noqa: S311 - test data
    page = render(Template.INVOICE, _page(given), dated=WHEN)
    files = (Attachment(name="factur-x.xml", content=given[1], mime_type="text/xml"),)
    ways: dict[str, Callable[[], object]] = {
        "choriste_ms": lambda: assemble(page, attachments=files, modified=WHEN, conformance="EN 16931"),
        "facturx_library_ms": lambda: facturx_library(page, given[1]),
    }
    times = {name: [_timed(way) for _ in range(runs)] for name, way in ways.items()}
    return {name: round(median(values), 3) for name, values in times.items()}


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def cold(name: str, lines: int) -> dict[str, float]:
    """Return the medians of fresh processes: milliseconds to the first document, peak MiB."""
    command = [sys.executable, "-m", "bench.documents", "--cold", name, "--lines", str(lines)]
    reports = [
        json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)  # noqa: S603 - this very module
        for _ in range(COLD_RUNS)
    ]
    return {key: median(report[key] for report in reports) for key in ("first_ms", "rss_mib")}


def cold_report(name: str, lines: int) -> dict[str, float]:
    """Return what this process, freshly started, needed for its first document."""
    given = sample(lines, random.Random(1))  # noqa: S311 - test data
    before = _peak_mib()
    elapsed = _timed(lambda: ENGINES[name](given))
    return {"first_ms": round(elapsed, 1), "rss_mib": round(_peak_mib(), 1), "before_mib": round(before, 1)}


def _peak_mib() -> float:
    """Return the peak of this process itself: `ru_maxrss` would start from its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(runs: int) -> dict[str, Any]:
    """Return the whole report."""
    return {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
        "runs": runs,
        "warm": {
            str(lines): warm(lines, runs if lines < max(SIZES) else max(5, runs // 3)) for lines in SIZES
        },
        "cold": {str(lines): {name: cold(name, lines) for name in ENGINES} for lines in SIZES},
    }


def table(report: dict[str, Any]) -> str:
    """Return the report as the Markdown page of the documentation."""
    rows = ["| Lines | Engine | Warm median (least), ms | × ours | First document, ms | Peak MiB | KB |"]
    rows.append("|---|---|---|---|---|---|---|")
    for lines, engines in report["warm"].items():
        rows += [_row(lines, name, engines, report["cold"][lines]) for name in ENGINES]
    rows += ["", "| Lines | Assembly here, ms | factur-x library, ms |", "|---|---|---|"]
    for lines, engines in report["warm"].items():
        own = engines["assembly"]
        rows.append(f"| {lines} | {own['choriste_ms']} | {own['facturx_library_ms']} |")
    return INTRODUCTION.format(**report["machine"], runs=report["runs"]) + "\n".join(rows) + "\n"


def _row(lines: str, name: str, engines: dict[str, Any], first: dict[str, Any]) -> str:
    figures, start = engines[name], first[name]
    ratio = figures["median_ms"] / engines["choriste"]["median_ms"]
    times = f"{figures['median_ms']} ({figures['least_ms']})"
    size = round(figures["bytes"] / 1000)
    return f"| {lines} | {name} | {times} | {ratio:.1f} | {start['first_ms']} | {start['rss_mib']} | {size} |"


INTRODUCTION = """# Benchmark: documents

`python -m bench.documents --table` wrote this page. CPython {python}, {cores} cores, load {load:.1f} when it
started; {runs} warm runs (for the longest invoice a third of them, five at least), the engines
taking turns on new data.

`choriste` renders and assembles a complete Factur-X (PDF/A-3a and PDF/UA-1, XML and metadata inside). The
others set the same texts on the page without the XML: WeasyPrint with the nearest claim it makes
(PDF/A-3a) and without any, fpdf2 without tags or claim. The second table is the embedding alone.

"""


def main(arguments: list[str]) -> None:
    """Measure, or report one cold start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--cold", choices=ENGINES)
    parser.add_argument("--lines", type=int, default=5)
    options = parser.parse_args(arguments)
    if options.cold:
        sys.stdout.write(json.dumps(cold_report(options.cold, options.lines)))
        return
    report = measure(options.runs)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.table:
        TABLE.write_text(table(report), encoding="utf-8")
    sys.stdout.write(table(report))


if __name__ == "__main__":
    main(sys.argv[1:])
