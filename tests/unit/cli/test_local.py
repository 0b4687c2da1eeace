"""`choriste local` says in one line which port it cannot understand."""

from __future__ import annotations

import pytest

from choriste.cli.main import main


@pytest.mark.parametrize("variable", ["CHORISTE_PORT", "CHORISTE_AWS_PORT"])
@pytest.mark.parametrize("value", ["abc", "-1", "65536", "1" * 5000])
def test_a_port_in_the_environment_that_is_none_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    code = main(["local"])

    assert code == 2
    assert capsys.readouterr().err == f"choriste: {variable}={value!r} is not a port number (0 to 65535)\n"


@pytest.mark.parametrize("option", ["--port", "--aws-port"])
def test_a_port_argument_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["local", option, "99999"])

    assert stopped.value.code == 2
    assert f"argument {option}: 99999 is not a port number (0 to 65535)" in capsys.readouterr().err
