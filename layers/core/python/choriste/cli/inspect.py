"""`choriste inspect`: what a file is and what can be read from it, as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from choriste.cli.files import Progress, named_files
from choriste.documents.read.inspection import Inspection, extract_text, inspect_path
from choriste.documents.read.prefill import Prefill, prefill
from choriste.formats.errors import UnreadableError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="any file, or folders of them")
    parser.epilog = "Example: choriste inspect invoice.pdf"
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one JSON object per file; 1 when a file could not be read."""
    files = named_files(options.files)
    progress = Progress(len(files), "inspect")
    all_read = True
    for count, file in enumerate(files, start=1):
        described, readable = _describe(file)
        print(json.dumps(described, ensure_ascii=False, indent=2 if len(files) == 1 else None), flush=True)
        all_read = all_read and readable
        progress.at(count)
    return 0 if all_read else 1


def _describe(file: Path) -> tuple[dict[str, object], bool]:
    inspection = inspect_path(file)
    described = {"file": str(file), **inspection.as_json(), **_prefilled(file, inspection)}
    return described, inspection.refusal is None


def _prefilled(file: Path, inspection: Inspection) -> dict[str, object]:
    """Return the fields read from the pages of a PDF that holds no invoice data, or why there are none."""
    if inspection.pdf is None or inspection.invoice is not None or inspection.refusal is not None:
        return {}
    try:
        return {"prefill": prefill(extract_text(file.read_bytes())).as_json()}
    except UnreadableError as error:
        return {"prefill": Prefill(findings=(error.finding,)).as_json()}
