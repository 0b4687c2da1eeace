"""`choriste operator import-accounts` sends a file in slices and says what became of each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from choriste.adapters.rest.client import Client, PlatformError
from choriste.cli.main import main
from choriste.domain.members.import_file import rows_of

CREDENTIALS = json.dumps(
    {"base_url": "http://127.0.0.1:1", "operator": {"client_id": "a", "client_secret": "b"}}
)


class FakePlatform:
    """Takes slices of a file, and refuses the lines without an address."""

    def __init__(self) -> None:
        self.slices: list[tuple[str, int]] = []

    def call(self, path: str, *, data: bytes, content_type: str) -> dict[str, Any]:
        assert content_type == "text/csv"
        rows = list(rows_of(data))
        self.slices.append((path, len(rows)))
        return {"lines": [self._line(row.line, row.text("email"), row.whole) for row in rows]}

    @staticmethod
    def _line(line: int, email: str, whole: bool) -> dict[str, Any]:  # noqa: FBT001 - as the row says it
        if "@" in email and whole:
            return {"line": line, "email": email, "outcome": "created", "fault": None, "why": None}
        why = {"fr": "L’adresse n’est pas valable.", "en": "The address is not valid."}
        return {"line": line, "email": email, "outcome": "refused", "fault": "email", "why": why}


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    fake = FakePlatform()

    def signed_in(_path: Path, *, account: str) -> FakePlatform:
        assert account == "operator"
        return fake

    monkeypatch.setattr(Client, "from_file", signed_in)
    return fake


def _file(folder: Path, *emails: str) -> str:
    path = folder / "comptes.csv"
    path.write_bytes("\n".join(["Courriel;Nom;SIRET", *(f"{e};Léa;1" for e in emails)]).encode("cp1252"))
    return str(path)


def test_large_file_is_sent_in_slices_with_the_lines_of_the_whole(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emails = [f"u{number}@example.fr" for number in range(600)]
    emails[300] = "x"

    code = main(["operator", "import-accounts", _file(tmp_path, *emails), "--language", "en"])

    said = capsys.readouterr()
    assert code == 1
    assert platform.slices == [("/v1/account-imports?dry_run=false", n) for n in (250, 250, 100)]
    assert said.out == "Line 302 (x) refused: The address is not valid.\n"
    assert "600 lines in" in said.err


def test_dry_run_says_so(platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["operator", "import-accounts", _file(tmp_path, "a@example.fr"), "--dry-run"])

    assert code == 0
    assert platform.slices == [("/v1/account-imports?dry_run=true", 1)]
    assert "1 ligne essayée" in capsys.readouterr().err


def test_report_is_printed_for_programs(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["operator", "import-accounts", _file(tmp_path, "a@example.fr", "x"), "--format", "ndjson"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert platform.slices
    assert [(line["line"], line["outcome"]) for line in lines] == [(2, "created"), (3, "refused")]


def test_call_that_cannot_be_used_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "credentials.json").write_text(CREDENTIALS, encoding="utf-8")
    (tmp_path / "bad.csv").write_bytes(b"a;b\n")
    known = ["--credentials", str(tmp_path / "credentials.json")]

    codes = [
        main(["operator", "import-accounts", str(tmp_path / name), *known])
        for name in ("nowhere.csv", "bad.csv")
    ]
    unreachable = main(["operator", "import-accounts", _file(tmp_path, "a@example.fr"), *known])

    assert (codes, unreachable) == ([2, 2], 2)
    assert "lisible" in capsys.readouterr().err


def test_refusal_of_the_platform_is_said(
    platform: FakePlatform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(*_args: object, **_named: object) -> dict[str, Any]:
        raise PlatformError("Accès réservé.")

    monkeypatch.setattr(platform, "call", refused)

    assert main(["operator", "import-accounts", _file(tmp_path, "a@example.fr")]) == 2
    assert "Accès réservé." in capsys.readouterr().err
