"""The frozen sample of official verdicts, `tests/data/verdicts`: its records, read and written.

A record is one XML file with what the official stylesheets answered about it. Files are JSON Lines in gzip,
one record a line, in the order of their names, so that the same records always give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[1] / "data" / "verdicts"
JUDGED_ON: Final = dt.date(2026, 11, 22)  # the French rules are in force since 1 September 2026
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the official stylesheets answered about a file taken for one syntax and profile.

    `official` maps the name of a rule set (`en16931`, `facturx`, `ctcfr`, `brfr`) to pairs (rule id, `fatal`
    or `warning`); None where the official engine aborted without a report.
    """

    syntax: str
    profile: str
    official: Mapping[str, Pairs | None]


@dataclass(frozen=True, slots=True)
class Record:
    """One file. The first judgement takes it for what it says it is, the others for neighbouring profiles.

    `mutation` says how a mutant was made of the file that it is named after, and is empty for a published
    file.
    """

    name: str
    source: str
    licence: str
    mutation: str
    xml: str
    judgements: tuple[Judgement, ...]

    @property
    def family(self) -> str:
        """The collection that the file, or the file that a mutant was made of, comes from."""
        return self.name.partition("/")[0]


def read(name: str) -> tuple[Record, ...]:
    """Return the records of `files` or `mutants`."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return tuple(_record(json.loads(line)) for line in lines)


def write(name: str, records: Iterable[Record], *, folder: Path = FOLDER) -> Path:
    """Write records under `files` or `mutants`; return the path."""
    path = folder / f"{name}.jsonl.gz"
    lines = (json.dumps(_row(r), ensure_ascii=False) + "\n" for r in sorted(records, key=_order))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    return path


def _order(record: Record) -> tuple[str, str, str]:
    return record.name, record.mutation, record.xml


def _row(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "source": record.source,
        "licence": record.licence,
        "mutation": record.mutation,
        "judgements": [_judgement_row(j) for j in record.judgements],
        "xml": record.xml,
    }


def _judgement_row(judgement: Judgement) -> dict[str, Any]:
    official = {
        name: None if pairs is None else sorted(map(list, pairs))
        for name, pairs in sorted(judgement.official.items())
    }
    return {"syntax": judgement.syntax, "profile": judgement.profile, "official": official}


def _record(row: dict[str, Any]) -> Record:
    return Record(**{**row, "judgements": tuple(map(_judgement, row["judgements"]))})


def _judgement(row: dict[str, Any]) -> Judgement:
    official = {
        name: None if pairs is None else frozenset((rule, severity) for rule, severity in pairs)
        for name, pairs in row["official"].items()
    }
    return Judgement(row["syntax"], row["profile"], official)
