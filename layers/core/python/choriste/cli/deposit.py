"""`choriste deposit`: deposit files on a platform, several at a time, and show what became of each."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from choriste.adapters.rest.client import Client, PlatformError, Sent, UnreachableError
from choriste.cli.files import NamedFiles, Progress, complain
from choriste.i18n.catalogue import count, translate
from choriste.i18n.formats import moment_text, number_text
from choriste.i18n.reports import report_lines

_CREDENTIALS = Path(".local/credentials.json")
_PARALLEL, _MOST_PARALLEL = 4, 32
_EPILOG = """\
The reports come in the order of the files, whichever is done first.

exit codes:
  0    every invoice was accepted
  1    an invoice was refused, a file was not taken, or a report was not complete in time
  2    the call could not be used as it was: no credentials, or the platform does not answer; or a file is not
       there, or a folder is empty: the others are deposited all the same
  130  interrupted (Ctrl-C): what was sent by then stays deposited

Example: choriste deposit invoice.xml invoices.tar.gz"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="invoices or archives, or folders of them")
    parser.add_argument(
        "--credentials",
        type=Path,
        default=_CREDENTIALS,
        help=f"JSON file with base_url and oauth (default: {_CREDENTIALS}, which `choriste local` writes)",
    )
    parser.add_argument(
        "--parallel",
        type=_parallel,
        default=_PARALLEL,
        metavar="N",
        help=f"how many files are sent at a time, 1 to {_MOST_PARALLEL} (default: {_PARALLEL})",
    )
    parser.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of what is printed (default: fr)"
    )
    parser.add_argument(
        "--format", choices=("text", "ndjson"), default="text", help="how to print (default: text)"
    )
    parser.add_argument(
        "--timeout", type=float, default=60, help="seconds to wait for a report (default: 60)"
    )
    parser.epilog = _EPILOG
    parser.set_defaults(run=run)


def _parallel(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= _MOST_PARALLEL:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {_MOST_PARALLEL}")
    return number


def run(options: argparse.Namespace) -> int:
    """Deposit the files; 0 when every invoice was accepted, 1 when not, 2 when the call cannot be used."""
    files = NamedFiles(options.files, options.language)
    if not options.credentials.exists():
        complain(translate("cli", "credentials.missing", options.language, file=options.credentials))
        return 2
    if not files:
        return 2
    started = time.monotonic()
    try:
        client = Client.from_file(options.credentials)
        counts = _Campaign(client, options, Progress(len(files), "deposit")).run(files.files)
    except PlatformError as error:
        complain(error.in_language(options.language))
        return 2
    print(_summary(counts, len(files), time.monotonic() - started, options.language), file=sys.stderr)
    return files.exit_code(fine=set(counts) <= {"accepted"})


def _summary(counts: Counter[str], files: int, seconds: float, language: str) -> str:
    def figure(value: float) -> str:
        return number_text(Decimal(f"{value:.1f}"), language=language)

    outcomes = [count("cli", f"outcome.{name}", number, language) for name, number in sorted(counts.items())]
    return count(
        "cli",
        "deposit.summary",
        files,
        language,
        seconds=figure(seconds),
        rate=figure(files / seconds),
        outcomes=outcomes,
    )


@dataclass(slots=True)
class _Campaign:
    """Files sent by some threads, and their reports read and shown in order by this one."""

    client: Client
    options: argparse.Namespace
    progress: Progress
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, files: tuple[Path, ...]) -> Counter[str]:
        """Deposit the files and return how many invoices had each outcome.

        Raises `UnreachableError` at the first file for which nobody answered: the others are not sent.
        """
        pool = ThreadPoolExecutor(self.options.parallel, thread_name_prefix="deposit")
        sent = [pool.submit(self.client.deposit, file) for file in files]
        try:
            for done, (file, flow) in enumerate(zip(files, sent, strict=True), start=1):
                self._show(file, flow)
                self.progress.at(done)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            self._say(
                count("cli", "deposit.interrupted", len(files), self.options.language, sent=_deposited(sent))
            )
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        return self.counts

    def _show(self, file: Path, sending: Future[Sent]) -> None:
        """Wait for a file's report and print it; one that is not taken does not keep the others."""
        try:
            sent = sending.result()
            report = self.client.report(sent.flow_id, timeout=self.options.timeout)
        except UnreachableError:
            self.progress.hide()
            raise
        except PlatformError as error:
            self._not_taken(file, error.in_language(self.options.language))
            return
        except OSError as error:
            self._not_taken(file, error.strerror or str(error))
            return
        self.counts.update(_outcomes(report))
        self.progress.hide()
        if sent.taken_before:
            self._taken_before(file, report)
        if self.options.format == "ndjson":
            print(json.dumps({"file": str(file), **report}, ensure_ascii=False), flush=True)
        else:
            print("\n".join(report_lines(report, self.options.language)), flush=True)

    def _taken_before(self, file: Path, report: Mapping[str, Any]) -> None:
        language = self.options.language
        at = moment_text(dt.datetime.fromisoformat(report["received_at"]), language=language)
        self._say(
            translate("cli", "deposit.taken-before", language, file=file, at=at, filename=report["filename"])
        )

    def _not_taken(self, file: Path, reason: str) -> None:
        self.counts["not-taken"] += 1
        self._say(translate("cli", "deposit.not-taken", self.options.language, file=file, reason=reason))

    def _say(self, text: str) -> None:
        self.progress.hide()
        complain(text)


def _outcomes(report: Mapping[str, Any]) -> list[str]:
    """Return the outcome of each document of a flow, and what the flow as a whole came to."""
    outcomes = [str(document["outcome"]) for document in report["documents"]]
    if not report["complete"]:
        outcomes.append("no-report")
    return outcomes or ["refused"]


def _deposited(sent: list[Future[Sent]]) -> int:
    return sum(one.done() and not one.cancelled() and one.exception() is None for one in sent)
