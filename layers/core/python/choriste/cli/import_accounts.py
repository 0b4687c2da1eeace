"""`choriste operator import-accounts`: files of accounts that are too large for a page, through the API."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from choriste.adapters.rest.client import Client, PlatformError
from choriste.application.members.read_file import account_rows
from choriste.application.shared.problems import problem_text
from choriste.cli.files import Progress, complain
from choriste.domain.members.import_file import COLUMNS, FileRow, UnreadableFileError
from choriste.i18n.catalogue import count, translate
from choriste.i18n.formats import number_text

_CREDENTIALS: Final = Path(".local/credentials.json")
_LINES: Final = 250
"""Lines of one request: with their mails they are done well within the time that a request has."""

_EPILOG: Final = """\
The file is an Excel workbook (its first sheet) or CSV: UTF-8 or Windows-1252, separated by semicolons, commas
or tabs. Columns, the first and third of which must be there:
  email      login address            space     issue, receive, works, claims, organisation, api
  name       of new accounts          level     consultation (default) or modification
  structure  SIRET or id              active    oui, yes (default), non, no
  service    code, or empty           language  fr (default) or en
What the page of users exports can be sent back as it is.
A line that cannot be taken changes nothing; the same file can be sent again.

exit codes:
  0    every line was taken, or was so already
  1    a line was refused
  2    the call could not be used as it was: no credentials, no such file, or the platform does not answer

Example: choriste operator import-accounts accounts.csv --dry-run"""


def configure(commands: Any) -> None:  # noqa: ANN401 - argparse has no public name for it
    """Declare the command among those of the operator."""
    importing = commands.add_parser(
        "import-accounts",
        help="import accounts and rights from a workbook or CSV file",
        description="Import accounts and rights from a CSV file, with a report for each line.",
        formatter_class=argparse.RawTextHelpFormatter,
        epilog=_EPILOG,
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="the workbook or CSV file")
    importing.add_argument(
        "--dry-run", action="store_true", help="say what would become of each line, and write nothing"
    )
    importing.add_argument(
        "--credentials",
        type=Path,
        default=_CREDENTIALS,
        help=f"JSON file with base_url and operator (default: {_CREDENTIALS}, of `choriste local`)",
    )
    importing.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of what is printed (default: fr)"
    )
    importing.add_argument(
        "--format", choices=("text", "ndjson"), default="text", help="how to print (default: text)"
    )
    importing.set_defaults(run=import_accounts)


def import_accounts(options: argparse.Namespace) -> int:
    """Send a file in slices and print what became of each line; return the exit code."""
    language = options.language
    started, counts = time.monotonic(), Counter[str]()
    try:
        rows = tuple(account_rows(options.file.read_bytes()))
        client = Client.from_file(options.credentials, account="operator")
        progress = Progress(len(rows), "import-accounts")
        for done, line in enumerate(_reported(client, rows, tries=options.dry_run), start=1):
            counts[line["outcome"]] += 1
            progress.at(done)
            _show(line, options)
    except FileNotFoundError as error:
        complain(translate("cli", "credentials.missing", language, file=error.filename))
        return 2
    except UnreadableFileError as error:
        complain(problem_text(error.code, error.parameters).detail.in_language(language))
        return 2
    except PlatformError as error:
        complain(error.in_language(language))
        return 2
    print(_summary(counts, time.monotonic() - started, options), file=sys.stderr)
    return 1 if counts["refused"] else 0


def _reported(client: Client, rows: tuple[FileRow, ...], *, tries: bool) -> Iterator[dict[str, Any]]:
    """Yield the report of each line, with the number that it has in the whole file."""
    path = f"/v1/account-imports?dry_run={'true' if tries else 'false'}"
    for start in range(0, len(rows), _LINES):
        part = rows[start : start + _LINES]
        answer = client.call(path, data=_written(part), content_type="text/csv")
        for row, line in zip(part, answer["lines"], strict=True):
            yield {**line, "line": row.line}


def _written(rows: tuple[FileRow, ...]) -> bytes:
    """Return rows as a file of their own; a row with cells to spare has one to spare again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        spilled = [] if row.whole else ["spilled"]
        writer.writerow([*(row.fields.get(column, "") for column in COLUMNS), *spilled])
    return text.getvalue().encode()


def _show(line: dict[str, Any], options: argparse.Namespace) -> None:
    """Print a line of the report; as text, only what a person has to look at: refused ones."""
    if options.format == "ndjson":
        print(json.dumps(line, ensure_ascii=False), flush=True)
    elif line["outcome"] == "refused":
        why = line["why"][options.language]
        known = {"line": line["line"], "email": line["email"], "why": why}
        print(translate("cli", "import.refused", options.language, **known))


def _summary(counts: Counter[str], seconds: float, options: argparse.Namespace) -> str:
    outcome = "would" if options.dry_run else "outcome"
    outcomes = [
        f"{number:>8}  {translate('members', f'import.{outcome}.{name}', options.language)}"
        for name, number in sorted(counts.items())
    ]
    took = number_text(Decimal(f"{seconds:.1f}"), language=options.language)
    code = "import.tried" if options.dry_run else "import.done"
    return count("cli", code, counts.total(), options.language, seconds=took, outcomes="\n".join(outcomes))
