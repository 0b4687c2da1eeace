"""The help of the operator's commands."""

from __future__ import annotations

import argparse

import pytest

from choriste.cli import operator


@pytest.mark.parametrize("command", ["invite", "open-folders"])
def test_help_of_a_command_has_an_example_and_the_exit_codes(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    parser = argparse.ArgumentParser()
    operator.configure(parser)

    with pytest.raises(SystemExit):
        parser.parse_args([command, "--help"])

    told = capsys.readouterr().out
    assert f"Example: choriste operator {command} " in told
    assert "exit codes:\n  0  done" in told
