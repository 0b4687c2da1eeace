"""The tests about the tests: on CI, what is skipped without leave is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def outcomes(folder: Path, *, ci: bool) -> dict[str, str]:
    """Run each text as a test file with the hooks of this suite; return the result line of each file."""
    texts = {
        "skipped": SKIPPED,
        "expected_to_fail": EXPECTED_TO_FAIL,
        "without_corpora": WITHOUT_CORPORA,
        "skipped_as_a_whole": SKIPPED_AS_A_WHOLE,
    }
    for name, text in texts.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    ours = {"CI": "true" if ci else "", "CHORISTE_CORPORA": str(folder / "absent")}
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "tests.conftest", "--rootdir", str(folder)]
    run = subprocess.run(  # noqa: S603 -- this interpreter on files of this test
        [*command, "-o", "addopts=", "-o", "markers=corpora", "--continue-on-collection-errors", str(folder)],
        cwd=ROOT,
        env={**os.environ, **ours},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in run.stdout.splitlines() if line.split(" ")[0].isupper()]
    return {
        name: next((x.split(" ")[0] for x in told if f"test_{name}.py" in x), run.stdout) for name in texts
    }


def test_skip_is_a_failure_on_ci_unless_a_marker_allows_it(tmp_path: Path) -> None:
    assert outcomes(tmp_path, ci=True) == {
        "skipped": "ERROR",
        "expected_to_fail": "XFAIL",
        "without_corpora": "SKIPPED",
        "skipped_as_a_whole": "ERROR",
    }


def test_skip_is_no_failure_elsewhere(tmp_path: Path) -> None:
    found = outcomes(tmp_path, ci=False)

    assert (found["skipped"], found["skipped_as_a_whole"]) == ("SKIPPED", "SKIPPED")
