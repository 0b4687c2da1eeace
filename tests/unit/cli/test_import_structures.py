"""`choriste operator import-structures`: a report for each line, and an exit code for the whole."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from choriste.cli import import_structures
from choriste.runtime import ports as runtime_ports
from tests.builders.ports import a_bench

HEAD = "identifiant,raison_sociale,code_postal,ville\n"
GOOD, BAD = "51204478500016,Commune de Montbrison,63600,Ambert\n", "12,X,63600,Ambert\n"


@pytest.mark.parametrize(("lines", "code"), [(GOOD, 0), (GOOD + BAD, 1)])
@pytest.mark.parametrize("dry_run", [False, True])
def test_each_line_is_reported(  # noqa: PLR0913 - fixtures and cases
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    lines: str,
    code: int,
    dry_run: bool,
) -> None:
    bench = a_bench()
    monkeypatch.setattr(runtime_ports, "built_ports", lambda: bench.ports)
    file = tmp_path / "annuaire.csv"
    file.write_text(HEAD + lines, encoding="utf-8")

    ended = import_structures.run(argparse.Namespace(file=file, dry_run=dry_run, language="en"))

    said = capsys.readouterr()
    assert ended == code
    assert said.out.startswith(f"2\t51204478500016\t{'to be registered' if dry_run else 'registered'}\n")
    assert ("to be registered 1" if dry_run else "registered 1") in said.err
    assert ("is not a SIRET" in said.out) is (code == 1)
