"""Measurements of validation that need a process of their own: `python -m bench.rules_children WHAT`.

`real` judges different real invoices, each once, ours and the official XSLT in turn; `memory` judges 2,000
distinct layouts and tells how much the process grew. Both print JSON.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bench.official import Saxon
from bench.real_invoices import layouts, real_files
from choriste.formats.detect import Detected, detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.parsing import parse_xml
from choriste.formats.xml.schema import check_schema
from choriste.rules import check

TODAY: Final = dt.date(2026, 11, 22)
LAYOUTS: Final = 2_000
TURN: Final = 30


def real() -> dict[str, Any]:
    """Return milliseconds of processor time a file: the floor, ours with it, and the official XSLT."""
    saxons = {"cii": Saxon("CII"), "ubl": Saxon("UBL")}
    files = real_files()
    for xml in files.others:
        _ours(xml)
    for xml in files.others[:TURN]:
        _official(xml, saxons)
    spent = {"floor": 0.0, "ours": 0.0, "saxonche": 0.0}
    for start in range(0, len(files.held), TURN):
        batch = files.held[start : start + TURN]
        for xml in batch:
            floor, whole = _ours(xml)
            spent["floor"] += floor
            spent["ours"] += whole
        began = time.process_time()
        for xml in batch:
            _official(xml, saxons)
        spent["saxonche"] += time.process_time() - began
    each = {name: round(seconds * 1000 / len(files.held), 3) for name, seconds in spent.items()}
    return {"origin": files.origin, "files": len(files.held), **each}


def _ours(xml: bytes) -> tuple[float, float]:
    """Validate a file as a deposit does; return the seconds of parsing and XSD, and those of all."""
    began = time.process_time()
    with contextlib.suppress(UnreadableError):
        root = parse_xml(xml)
        detected = detect_xml(root)
        schema = check_schema(root, detected=detected)
        middle = time.process_time()
        check(root, detected=detected, on=TODAY, schema=schema)
        return middle - began, time.process_time() - began
    return time.process_time() - began, time.process_time() - began


def _official(xml: bytes, saxons: Mapping[str, Saxon]) -> None:
    with contextlib.suppress(Exception):  # what it aborts on has cost its time too
        saxons["cii" if b"CrossIndustryInvoice" in xml else "ubl"](xml)


def memory() -> dict[str, float]:
    """Return the resident memory in MiB before the first file, after ten, and after all layouts."""
    files = real_files()
    made = list(_parsed(list(layouts([*files.held, *files.others], LAYOUTS))))
    gc.collect()
    before, after_ten = _resident(), 0.0
    for number, (root, detected) in enumerate(made, 1):
        check(root, detected=detected, on=TODAY)
        if number == 10:  # noqa: PLR2004 -- the few that a process begins with
            after_ten = _resident()
    return {"layouts": LAYOUTS, "before": before, "after_ten": after_ten, "after": _resident()}


def _parsed(files: list[bytes]) -> Iterator[tuple[Any, Detected]]:
    for xml in files:
        with contextlib.suppress(UnreadableError):
            root = parse_xml(xml)
            yield root, detect_xml(root)


def _resident() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return round(int(found[1]) / 1024, 1) if found else 0.0


if __name__ == "__main__":
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where the official engine aborts, it says so there
    print(json.dumps({"real": real, "memory": memory}[sys.argv[1]]()))
