from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from choriste.documents.read.inspection import FileKind, inspect, inspect_path
from tests.builders.pdfs import plain_pdf
from tests.generators.pdf.hostile_file import raw_pdf

MOST_MEMORY = 256 << 10  # KiB


@cache
def _reports() -> tuple[dict[str, Any], ...]:
    # One process inspects all files: it must live to the end, and its peak memory is its own.
    root = Path(__file__).parents[4]
    paths = os.pathsep.join([str(root / "layers/core/python"), str(root)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.documents.read.hostile_run", "--lines"],
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    return tuple(json.loads(line) for line in done.stdout.splitlines())


@pytest.mark.slow
def test_two_hundred_hostile_files_are_each_classified_or_refused() -> None:
    reports = _reports()

    unexpected = [
        report for report in reports if report["expected"] and not {*report["expected"]} & {*report["codes"]}
    ]
    assert len(reports) >= 200
    assert unexpected == []


@pytest.mark.slow
def test_hostile_files_take_at_most_256_mebibytes() -> None:
    reports = _reports()

    assert [report for report in reports if max(report["peak"], report["child_peak"]) > MOST_MEMORY] == []


def test_sparse_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.pdf"
    with sparse.open("wb") as target:
        target.write(b"%PDF-1.7\n")
        target.truncate(300 << 20)

    inspection = inspect_path(sparse)

    assert [finding.rule for finding in inspection.findings] == ["FILE-TOO-LARGE"]
    assert inspection.sha256 == ""


@pytest.mark.parametrize(
    ("data", "kind", "refused"),
    [
        (b"", FileKind.EMPTY, True),
        (b"PK\x03\x04rest", FileKind.ZIP, False),
        (b"\x1f\x8brest", FileKind.GZIP, False),
        (b"\x89PNG\r\n\x1a\nrest", FileKind.IMAGE, True),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", FileKind.XML, False),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), FileKind.XML, False),
        (b"<Invoice><!-- %PDF-1.7 --></Invoice>", FileKind.XML, False),
        (b"hello", FileKind.UNKNOWN, True),
        (bytes(257) + b"ustar", FileKind.TAR, False),
        (plain_pdf(), FileKind.PDF, False),
    ],
)
def test_kind_is_told_by_the_first_bytes(data: bytes, kind: FileKind, refused: bool) -> None:  # noqa: FBT001 - a row of the table
    inspection = inspect(data, filename="facture.pdf")

    assert inspection.kind is kind
    assert (inspection.refusal is not None) is refused


def test_long_pdf_is_read_by_a_child_with_the_same_result() -> None:
    padding = dict.fromkeys(range(10, 2000), b"(%s)" % (b"x" * 900))
    tree = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(x)>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    }

    short, long = inspect(raw_pdf(tree), filename="a"), inspect(raw_pdf(tree | padding), filename="a")

    assert long.size > 1_500_000
    assert (long.kind, long.pdf, long.findings) == (short.kind, short.pdf, short.findings)
    assert long.refusal is not None
    assert long.refusal.rule == "PDF-ACTIVE-CONTENT"
