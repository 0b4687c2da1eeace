"""The first operator of a platform: invited from outside it, and in by the link that the command prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from choriste.cli.main import main
from tests.builders.platform_here import PlatformHere

pytestmark = pytest.mark.slow


def _operator(here: PlatformHere, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "choriste.cli.main", "operator", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(  # noqa: S603 - our own command
        [*command, "--credentials", str(here.credentials_file)],
        capture_output=True,
        text=True,
        check=False,
        env=clean,
    )


def test_operator_is_invited_from_outside_and_the_link_opens_the_account(here: PlatformHere) -> None:
    done = _operator(here, "invite", "premier@lutece.example", "--name", "Ana Petit")
    again = _operator(here, "invite", "premier@lutece.example", "--name", "Ana Petit")

    assert done.returncode == 0, done.stderr
    link = urlsplit(done.stdout.splitlines()[-1])
    page = here.ask("GET", f"{link.path}?{link.query}")
    assert page.status == 200
    assert "premier@lutece.example" in page.body.decode()
    assert again.returncode == 0
    assert again.stdout != done.stdout


def test_address_of_somebody_else_is_refused_with_a_sentence(here: PlatformHere) -> None:
    done = _operator(here, "invite", here.credentials["users"][0]["email"], "--name", "x")

    assert (done.returncode, done.stdout) == (2, "")
    assert "has an account already" in done.stderr


def test_address_that_is_none_is_refused_without_a_traceback(here: PlatformHere) -> None:
    done = _operator(here, "invite", "nobody", "--name", "x")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_machine_without_a_platform_is_told_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "credentials.json")

    assert main(["operator", "invite", "a@b.fr", "--name", "A", "--credentials", missing]) == 2
    assert "make run" in capsys.readouterr().err
