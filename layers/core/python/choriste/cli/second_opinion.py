"""`choriste validate --reference`: the official XSLT beside our engine, and what they say differently."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from choriste.application.deposits.validate_file import validate_file
from choriste.cli.files import Progress, named_files
from choriste.rules.reference import Comparison, NotInstalledError, State, compare, package_of, require_engine

_WORDS = {
    "fr": {
        "missing": "le second avis demande saxonche : pip install 'choriste[reference]'",
        "unreadable": "{file} : aucune facture à comparer",
        State.AGREES: "{file} : {rule_set} : même verdict",
        State.DIFFERS: "{file} : {rule_set} : seulement Choriste {ours} ; seulement l'officiel {official}",
        State.ABORTED: "{file} : {rule_set} : le moteur officiel s'arrête sans verdict ; Choriste dit {ours}",
        State.NOT_INSTALLED: "{file} : {rule_set} : la feuille officielle manque (paquet {package})",
        "nothing": "rien",
        "summary": "{agreed} verdicts identiques, {differs} différents, {aborted} sans verdict officiel, "
        "{absent} sans feuille officielle",
    },
    "en": {
        "missing": "the second opinion needs saxonche: pip install 'choriste[reference]'",
        "unreadable": "{file}: no invoice to compare",
        State.AGREES: "{file}: {rule_set}: same verdict",
        State.DIFFERS: "{file}: {rule_set}: only Choriste {ours}; only the official one {official}",
        State.ABORTED: "{file}: {rule_set}: the official engine gives no verdict; Choriste says {ours}",
        State.NOT_INSTALLED: "{file}: {rule_set}: the official stylesheet is missing (package {package})",
        "nothing": "nothing",
        "summary": "{agreed} same verdicts, {differs} different, {aborted} without official verdict, "
        "{absent} without official stylesheet",
    },
}


def run(options: argparse.Namespace) -> int:
    """Compare the files and return 0 where no verdict differs, 1 where one does, 2 without saxonche."""
    words = _WORDS[options.language]
    try:
        require_engine()
    except NotInstalledError:
        print(f"choriste: {words['missing']}", file=sys.stderr)
        return 2
    files = named_files(options.files)
    progress, counts = Progress(len(files), "compare"), Counter[State]()
    day = options.on or dt.datetime.now(dt.UTC).date()
    for number, file in enumerate(files, start=1):
        told = list(_comparisons(file, day))
        counts.update(one.state for one in told)
        for line in [_line(one, options) for one in told] or [_unreadable(file, options)]:
            print(line, flush=True)
        progress.at(number)
    print(_summary(counts, words), file=sys.stderr)
    return 1 if counts[State.DIFFERS] else 0


def _comparisons(file: Path, day: dt.date) -> Iterator[Comparison]:
    source = validate_file(file.read_bytes(), filename=file.name, on=day).source
    if source is not None:
        with _quiet_engine():
            yield from compare(source.xml, name=str(file), on=day, detected=source.detected)


@contextlib.contextmanager
def _quiet_engine() -> Iterator[None]:
    """Hide what the official engine's native library writes on the terminal when it aborts."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _line(one: Comparison, options: argparse.Namespace) -> str:
    if options.format == "ndjson":
        return json.dumps(
            {
                "file": one.file,
                "rule_set": one.rule_set,
                "stylesheet": one.stylesheet,
                "state": one.state.value,
                "only_ours": one.only_ours,
                "only_official": one.only_official,
            },
            ensure_ascii=False,
        )
    words = _WORDS[options.language]
    return words[one.state].format(
        file=one.file,
        rule_set=one.rule_set,
        package=package_of(one.stylesheet),
        ours=", ".join(one.only_ours) or words["nothing"],
        official=", ".join(one.only_official) or words["nothing"],
    )


def _unreadable(file: Path, options: argparse.Namespace) -> str:
    if options.format == "ndjson":
        return json.dumps({"file": str(file), "state": "unreadable"}, ensure_ascii=False)
    return _WORDS[options.language]["unreadable"].format(file=file)


def _summary(counts: Counter[State], words: dict[str, str]) -> str:
    return words["summary"].format(
        agreed=counts[State.AGREES],
        differs=counts[State.DIFFERS],
        aborted=counts[State.ABORTED],
        absent=counts[State.NOT_INSTALLED],
    )
