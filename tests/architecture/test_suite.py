"""The tests about the tests: on CI, what is skipped without leave is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = """\
import pytest

@pytest.mark.skip(reason="no such tool here")
def test_needs_a_tool(): ...
"""
EXPECTED_TO_FAIL = """\
import pytest

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""
WITHOUT_CORPORA = """\
import pytest
pytestmark = pytest.mark.corpora

@pytest.mark.skip(reason="no corpora here")
def test_reads_them(): ...
"""
SKIPPED_AS_A_WHOLE = """\
import pytest
pytest.importorskip("no_such_module")
"""


def outcome(folder: Path, text: str, *, ci: bool) -> tuple[int, str]:
    """Return the exit code and the output of a pytest on one file, with the hooks of this suite."""
    file = folder / "test_file.py"
    file.write_text(text, encoding="utf-8")
    ours = {"CI": "true" if ci else "", "CHORISTE_CORPORA": str(folder / "absent")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "--rootdir",
        str(folder),
        str(file),
    ]
    run = subprocess.run(  # noqa: S603 -- this interpreter on a file of this test
        [*command, "-o", "addopts=", "-o", "markers=corpora"],
        cwd=ROOT,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize("text", [SKIPPED, SKIPPED_AS_A_WHOLE])
def test_skip_is_a_failure_on_ci_and_only_there(text: str, tmp_path: Path) -> None:
    code, output = outcome(tmp_path, text, ci=True)

    assert code != 0
    assert "on CI this test must run" in output
    assert outcome(tmp_path, text, ci=False)[0] in {0, 5}


@pytest.mark.parametrize("text", [EXPECTED_TO_FAIL, WITHOUT_CORPORA])
def test_what_may_be_skipped_or_is_expected_to_fail_passes_on_ci(text: str, tmp_path: Path) -> None:
    code, output = outcome(tmp_path, text, ci=True)

    assert code == 0, output
