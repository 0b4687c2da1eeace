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
from choriste.cli.files import NamedFiles, Progress, complain
from choriste.i18n.catalogue import translate
from choriste.rules.reference import Comparison, NotInstalledError, State, compare, package_of, require_engine


def run(options: argparse.Namespace) -> int:
    """Compare the files; 0 where no verdict differs, 1 where one does, 2 without saxonche or a named file."""
    language = options.language
    try:
        require_engine()
    except NotInstalledError:
        complain(_text("missing", language))
        return 2
    files = NamedFiles(options.files, language)
    progress, counts = Progress(len(files), "compare"), Counter[State]()
    day = options.on or dt.datetime.now(dt.UTC).date()
    for number, file in enumerate(files, start=1):
        content = files.read(file)
        if content is None:
            continue
        told = list(_comparisons(file, content, day))
        counts.update(one.state for one in told)
        for line in [_line(one, options) for one in told] or [_unreadable(file, options)]:
            print(line, flush=True)
        progress.at(number)
    print(_summary(counts, language), file=sys.stderr)
    return files.exit_code(fine=not counts[State.DIFFERS])


def _comparisons(file: Path, content: bytes, day: dt.date) -> Iterator[Comparison]:
    source = validate_file(content, filename=file.name, on=day).source
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
    language, nothing = options.language, _text("nothing", options.language)
    return _text(
        one.state.value,
        language,
        file=one.file,
        rule_set=one.rule_set,
        package=package_of(one.stylesheet),
        ours=", ".join(one.only_ours) or nothing,
        official=", ".join(one.only_official) or nothing,
    )


def _unreadable(file: Path, options: argparse.Namespace) -> str:
    if options.format == "ndjson":
        return json.dumps({"file": str(file), "state": "unreadable"}, ensure_ascii=False)
    return _text("unreadable", options.language, file=file)


def _summary(counts: Counter[State], language: str) -> str:
    return _text(
        "summary",
        language,
        agreed=counts[State.AGREES],
        differs=counts[State.DIFFERS],
        aborted=counts[State.ABORTED],
        absent=counts[State.NOT_INSTALLED],
    )


def _text(code: str, language: str, **values: object) -> str:
    return translate("cli", f"opinion.{code}", language, **values)
