"""`choriste deposit` sends several files at a time and shows their reports in the order of the files."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from choriste.adapters.rest.client import Client, PlatformError, Sent, UnreachableError
from choriste.cli.main import main

WORK = 0.02


class FakePlatform:
    """Takes files, the first ones slowest, and counts how many it is taking at a time."""

    def __init__(self, refusals: dict[str, Exception] | None = None) -> None:
        self.refusals = refusals or {}
        self.taken: list[str] = []
        self.taken_before: set[str] = set()
        self.most_at_a_time = 0
        self.on_report: Callable[[], None] = lambda: None
        self._now, self._lock = 0, threading.Lock()

    def deposit(self, file: Path) -> Sent:
        with self._lock:
            self._now += 1
            self.most_at_a_time = max(self.most_at_a_time, self._now)
        time.sleep(WORK * (3 if file.stem.endswith("0") else 1))
        with self._lock:
            self._now -= 1
            self.taken.append(file.name)
        if file.name in self.refusals:
            raise self.refusals[file.name]
        return Sent(file.stem, taken_before=file.name in self.taken_before)

    def report(self, flow_id: str, *, timeout: float) -> dict[str, Any]:
        del timeout
        self.on_report()
        outcome = "refused" if "bad" in flow_id else "accepted"
        return {
            "flow_id": flow_id,
            "complete": "late" not in flow_id,
            "documents": [{"outcome": outcome}],
            "received_at": "2026-11-03T13:05:00+00:00",
            "filename": "first.xml",
        }


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    fake = FakePlatform()
    monkeypatch.setattr(Client, "from_file", lambda _path: fake)
    return fake


def some_files(folder: Path, *names: str) -> list[str]:
    """Write empty files and return the arguments that deposit their folder."""
    (folder / "in").mkdir()
    (folder / "credentials.json").write_text("{}", encoding="utf-8")
    for name in names:
        (folder / "in" / name).touch()
    credentials = ["--credentials", str(folder / "credentials.json")]
    return ["deposit", str(folder / "in"), "--format", "ndjson", "--language", "en", *credentials]


def flows(text: str) -> list[str]:
    return [json.loads(line)["flow_id"] for line in text.splitlines()]


def test_reports_come_in_the_order_of_the_files_though_others_are_done_first(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"f{number:02}.xml" for number in range(12)]

    code = main([*some_files(tmp_path, *names), "--parallel", "3"])

    assert code == 0
    assert flows(capsys.readouterr().out) == [name.removesuffix(".xml") for name in names]
    assert platform.taken[0] != names[0]
    assert sorted(platform.taken) == names


@pytest.mark.parametrize("parallel", [1, 3])
def test_no_more_files_are_under_way_than_asked_for(
    platform: FakePlatform, tmp_path: Path, parallel: int
) -> None:
    names = [f"f{number:02}.xml" for number in range(9)]

    main([*some_files(tmp_path, *names), "--parallel", str(parallel)])

    assert platform.most_at_a_time == parallel


@pytest.mark.parametrize("parallel", ["0", "33", "many", "-1"])
def test_a_number_that_does_not_fit_is_refused_with_the_range(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], parallel: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*some_files(tmp_path, "f.xml"), f"--parallel={parallel}"])

    assert stopped.value.code == 2
    assert f"{parallel} is not a number from 1 to 32" in capsys.readouterr().err


def test_a_file_that_is_not_taken_does_not_keep_the_others(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.refusals = {"b.xml": PlatformError("too large"), "c.xml": PermissionError(13, "not allowed")}

    code = main(some_files(tmp_path, "a.xml", "b.xml", "c.xml", "d.xml"))

    told = capsys.readouterr()
    assert code == 1
    assert flows(told.out) == ["a", "d"]
    assert "b.xml: too large" in told.err
    assert "c.xml: not allowed" in told.err
    assert "2 accepted, 2 not taken" in told.err


@pytest.mark.parametrize(("name", "said"), [("bad.xml", "1 refused"), ("late.xml", "1 without a report")])
def test_what_is_not_accepted_in_time_makes_the_exit_code_one(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    del platform
    code = main(some_files(tmp_path, "a.xml", name))

    assert code == 1
    assert said in capsys.readouterr().err


def test_nothing_more_is_sent_once_the_platform_does_not_answer(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"f{number:02}.xml" for number in range(20)]
    platform.refusals = {names[1]: UnreachableError("nobody answers")}

    code = main([*some_files(tmp_path, *names), "--parallel", "2"])

    assert code == 2
    assert "choriste: nobody answers" in capsys.readouterr().err
    assert len(platform.taken) < len(names)


def test_an_interruption_says_what_was_sent_and_sends_no_more(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    names = [f"f{number:02}.xml" for number in range(20)]
    platform.on_report = interrupt

    code = main([*some_files(tmp_path, *names), "--parallel", "2"])

    assert code == 130
    assert f"interrupted; {len(platform.taken)} of 20 files are deposited" in capsys.readouterr().err
    assert 0 < len(platform.taken) < len(names)


def test_bytes_deposited_before_are_said_to_be_not_deposited_again(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.taken_before = {"b.xml"}

    code = main(some_files(tmp_path, "a.xml", "b.xml"))

    shown = capsys.readouterr()
    said = shown.err.replace("\xa0", " ")
    assert code == 0
    assert flows(shown.out) == ["a", "b"]
    assert "a.xml:" not in said
    assert "b.xml: already deposited on 3 November 2026, 14:05 as first.xml: nothing was deposited" in said


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "1 file in "),
        ("en", 2, "2 files in "),
        ("fr", 1, "1 fichier en "),
        ("fr", 2, ": 2 acceptées"),
    ],
)
@pytest.mark.usefixtures("platform")
def test_the_summary_counts_in_the_language_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, number: int, said: str
) -> None:
    names = ["a.xml", "b.xml"][:number]

    main([*some_files(tmp_path, *names), "--language", language])

    assert said in capsys.readouterr().err.replace("\xa0", " ")


def test_a_missing_file_does_not_keep_the_others(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deposit, *others = some_files(tmp_path, "a.xml", "b.xml")

    code = main([deposit, str(tmp_path / "missing.xml"), *others])

    assert code == 2
    assert sorted(platform.taken) == ["a.xml", "b.xml"]
    assert "missing.xml: no such file" in capsys.readouterr().err


def test_an_empty_folder_deposits_nothing(
    platform: FakePlatform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(some_files(tmp_path))

    assert code == 2
    assert platform.taken == []
    assert capsys.readouterr().err == f"choriste: no file in {tmp_path / 'in'}\n"


@pytest.mark.parametrize("watched", [True, False])
def test_the_bar_is_drawn_only_where_somebody_watches(
    platform: FakePlatform,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    watched: bool,
) -> None:
    del platform
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)

    main(some_files(tmp_path, "a.xml", "b.xml"))

    said = capsys.readouterr().err
    assert (f"deposit [{'#' * 15}{'-' * 15}] 1/2" in said) is watched
    assert ("\x1b" in said) is watched


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["deposit", "--help"])

    said = capsys.readouterr().out
    assert "--parallel N" in said
    assert all(f"\n  {code}  " in said for code in ("0", "1", "2", "130"))
