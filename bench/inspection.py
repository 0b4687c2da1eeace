"""Inspection: what detection and text cost here, beside pypdf, pdfminer.six and bare pypdfium2.

Usage: `python -m bench.inspection [--runs N]`. Writes build/bench/inspection.json and prints a table. Each
figure is the median of runs in one process, the engines taking turns; the files are made here: a Factur-X
of one page, one of twelve, and the refused ones. A library that is not installed is left out, and said.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import json
import logging
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from choriste.documents.read.inspection import extract_text, inspect
from choriste.documents.read.prefill import prefill
from tests.builders.pdfs import a_cii, a_pdf, attach, facturx_xmp, saved, set_xmp
from tests.generators.pdf.hostile import hostile_files
from tests.generators.pdf.supplier_pdf import supplier_pdf

TARGET = Path(__file__).parents[1] / "build" / "bench" / "inspection.json"
_REFUSED = (
    "encrypted-6-user",
    "encrypted-6-owner",
    "cut-facturx-9",
    "header-ends-random-100000",
    "active-script-open",
)

Engine = Callable[[bytes], object]
Listed = tuple[str, Engine]


def facturx(pages: int, size: int) -> bytes:
    """Return a Factur-X of so many pages whose XML has about `size` bytes."""
    filler = Random(size).randbytes(size // 2).hex().encode()  # noqa: S311 - text that hardly compresses
    pdf = a_pdf(pages=pages)
    attach(pdf, "factur-x.xml", a_cii().replace(b"</rsm:Cross", b"<!--" + filler + b"--></rsm:Cross"))
    set_xmp(pdf, facturx_xmp())
    return saved(pdf)


def detect_here(data: bytes) -> object:
    """Inspect, with everything that this platform reports."""
    return inspect(data, filename="a.pdf").as_json()


def detect_pypdf(data: bytes) -> object:
    """Do the same with pypdf as far as it goes: XMP, attachments, signature flag, encryption, open action."""
    from pypdf import PdfReader  # noqa: PLC0415 - measured only where installed
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - measured only where installed

    try:
        reader = PdfReader(io.BytesIO(data))
        root: Any = reader.trailer["/Root"]
        form = root.get("/AcroForm", {})
        attached = {name: len(content[0]) for name, content in reader.attachments.items()}
        return (
            len(reader.pages),
            attached,
            reader.xmp_metadata,
            form.get("/SigFlags"),
            root.get("/OpenAction"),
        )
    except (PyPdfError, ValueError, KeyError, AttributeError) as error:
        return repr(error)


def text_here(data: bytes) -> object:
    """Read the words with their places, in the limited child."""
    return extract_text(data)


def text_pypdf(data: bytes) -> object:
    """Read the text with pypdf, in this process."""
    from pypdf import PdfReader  # noqa: PLC0415 - measured only where installed

    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def text_pdfminer(data: bytes) -> object:
    """Read the text with pdfminer.six, in this process."""
    return importlib.import_module("pdfminer.high_level").extract_text(io.BytesIO(data))


def text_pdfium(data: bytes) -> object:
    """Read the text with bare pypdfium2, in this process and without places: what the child itself costs."""
    import pypdfium2  # noqa: PLC0415 - the platform itself only loads it in a child

    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]


DETECTORS: Mapping[str, Listed] = {"choriste": ("pikepdf", detect_here), "pypdf": ("pypdf", detect_pypdf)}
READERS: Mapping[str, Listed] = {
    "choriste": ("pypdfium2", text_here),
    "pypdfium2": ("pypdfium2", text_pdfium),
    "pypdf": ("pypdf", text_pypdf),
    "pdfminer": ("pdfminer", text_pdfminer),
}


def milliseconds(engines: Mapping[str, Engine], data: bytes, runs: int) -> dict[str, float]:
    """Return each engine's median, taking turns after one warm-up."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(runs + 1):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine(data)
            if turn:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: round(median(each), 2) for name, each in times.items()}


def installed(engines: Mapping[str, Listed]) -> dict[str, Engine]:
    """Keep the engines whose library is here."""
    return {name: engine for name, (module, engine) in engines.items() if importlib.util.find_spec(module)}


def measure(runs: int) -> dict[str, Any]:
    """Measure detection, text and pre-fill."""
    detectors, readers = installed(DETECTORS), installed(READERS)
    files = {"facturx 1 page": facturx(1, 10_000), "facturx 12 pages": facturx(12, 319_000)}
    files |= {file.name: file.data for file in hostile_files() if file.name in _REFUSED}
    supplier, long = supplier_pdf(3), supplier_pdf(_long_seed())
    pages = extract_text(supplier.data)
    return {
        "runs": runs,
        "left out": sorted(
            {module for module, _ in READERS.values() if not importlib.util.find_spec(module)}
        ),
        "detection ms": {name: milliseconds(detectors, data, runs) for name, data in files.items()},
        "text ms": {
            f"supplier, {len(extract_text(document.data))} page(s)": milliseconds(
                readers, document.data, runs
            )
            for document in (supplier, long)
        },
        "prefill ms": milliseconds({"choriste": lambda _: prefill(pages)}, b"", runs),
        "peak KiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "child peak KiB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }


def _long_seed() -> int:
    return next(seed for seed in range(200) if len(extract_text(supplier_pdf(seed).data)) > 1)


def main() -> int:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what it says while hostile files are made
    result = measure(parser.parse_args().runs)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for section in ("detection ms", "text ms"):
        sys.stdout.write(f"{section}\n")
        for name, row in result[section].items():
            sys.stdout.write(
                f"  {name:<28}" + "".join(f"{each:>12} {ms:>8.2f}" for each, ms in row.items()) + "\n"
            )
    sys.stdout.write(f"prefill ms {result['prefill ms']['choriste']}; left out: {result['left out']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
