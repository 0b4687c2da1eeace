"""The journal and the kept contents, without moto."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from choriste.local.platform.blobs import Blobs
from choriste.local.platform.journal import FILE_NAME, DataDirNewerError, Journal
from choriste.local.platform.journal_formats import FORMAT
from choriste.local.platform.persistence import Persistence

RECORDS = [{"n": number, "text": "é\n", "bytes": b"\x00\xff"} for number in range(5)]


def written(folder: Path) -> Path:
    """The file of a closed journal with the records."""
    journal = Journal(folder, fsync=True)
    for record in RECORDS:
        journal.append(record)
    journal.close()
    return folder / FILE_NAME


def replayed(folder: Path) -> list[object]:
    """What a journal gives back."""
    journal = Journal(folder)
    try:
        return list(journal.replay())
    finally:
        journal.close()


def test_journal_gives_back_its_records(tmp_path: Path) -> None:
    written(tmp_path)

    assert replayed(tmp_path) == RECORDS


@pytest.mark.parametrize("cut", [1, 2, 10, 30])
def test_journal_with_a_torn_last_record_keeps_the_others_and_goes_on(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    journal = Journal(tmp_path)
    kept = list(journal.replay())

    journal.append({"after": True})
    journal.close()

    assert kept == RECORDS[:4]
    assert replayed(tmp_path) == [*RECORDS[:4], {"after": True}]


@pytest.mark.parametrize("noise", [b"\x00" * 40, b"\n", b"zzzzzzzz {}\n", b"00000000 {}\n", b"{}"])
def test_journal_stops_at_noise(tmp_path: Path, noise: bytes) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes() + noise)

    assert replayed(tmp_path) == RECORDS
    assert replayed(tmp_path) == RECORDS


def test_rewritten_journal_holds_the_new_records_and_takes_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for record in RECORDS:
        journal.append(record)

    journal.rewrite(iter(RECORDS[:1]))
    journal.append({"more": 1})
    journal.close()

    assert replayed(tmp_path) == [RECORDS[0], {"more": 1}]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.jsonl", "lock"]


def test_journal_refuses_what_it_cannot_keep(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    with pytest.raises(TypeError, match="cannot be kept"):
        journal.append({"set": {1}})

    journal.close()
    assert replayed(tmp_path) == []


def test_blobs_are_kept_once_and_dropped_when_nobody_names_them(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "objects", fsync=True)
    first, again, other = blobs.keep(b"one"), blobs.keep(b"one"), blobs.keep(b"two")

    blobs.drop_others({other})

    assert first == again
    assert blobs.read(other) == b"two"
    with pytest.raises(FileNotFoundError):
        blobs.read(first)


def headless(folder: Path, *records: Mapping[str, object]) -> Path:
    """A journal as format 1 wrote it: without a header."""
    journal = Journal(folder)
    for record in records:
        journal.append(record)
    journal.close()
    path = folder / FILE_NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    return path


def test_new_journal_says_its_format_first(tmp_path: Path) -> None:
    path = written(tmp_path)

    assert path.read_bytes().splitlines()[0].endswith(b' {"format":%d}' % FORMAT)


def test_journal_of_format_1_is_brought_up_to_date_with_its_messages(tmp_path: Path) -> None:
    messages = [["1", "choriste-deposit", "{}"], ["2", "choriste-notification", "{}"]]
    path = headless(tmp_path, {"clock": 3.5}, *({"message": message} for message in messages))

    kept = replayed(tmp_path)

    assert kept == [
        {"clock": 3.5},
        {"message": ["1", "choriste-inbox", "{}"]},
        {"message": ["2", "choriste-notification", "{}"]},
    ]
    assert path.read_bytes().splitlines()[0].endswith(b' {"format":2}')
    assert replayed(tmp_path) == kept


def test_torn_journal_of_format_1_keeps_its_good_records(tmp_path: Path) -> None:
    path = headless(tmp_path, {"clock": 1.0}, {"clock": 2.0})
    path.write_bytes(path.read_bytes()[:-3])

    assert replayed(tmp_path) == [{"clock": 1.0}]


@pytest.mark.parametrize("version", [FORMAT + 1, "next"])
def test_journal_of_a_newer_format_is_refused_and_left_alone(tmp_path: Path, version: object) -> None:
    path = headless(tmp_path, {"format": version}, {"clock": 1.0})
    before = path.read_bytes()

    for _ in range(2):  # the first refusal gave the folder free
        with pytest.raises(DataDirNewerError, match=f"format {version}; this one reads 1 to {FORMAT}"):
            Persistence(tmp_path)

    assert path.read_bytes() == before
