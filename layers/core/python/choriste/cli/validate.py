"""`choriste validate`: everything that is wrong with invoices, as text for people or JSON for programs."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

from choriste.application.deposits.validate_file import Validation, validate_file, with_advice
from choriste.cli.files import NamedFiles, Progress
from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Verdict
from choriste.i18n.catalogue import translate


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="XML or Factur-X files, or folders of them")
    parser.add_argument(
        "--format", choices=("text", "ndjson"), default="text", help="how to print (default: text)"
    )
    parser.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of the text (default: fr)"
    )
    parser.add_argument(
        "--on", type=_day, metavar="DATE", help="use the rules in force on that day (YYYY-MM-DD)"
    )
    parser.add_argument(
        "--reference",
        action="store_true",
        help="compare with the official XSLT instead, and print what differs (needs saxonche, slow)",
    )
    parser.epilog = (
        "Examples:\n"
        "  choriste validate invoice.xml\n"
        "  choriste validate --format ndjson invoices/ > findings.ndjson\n"
        "  choriste validate --reference invoices/\n"
        "Exit code: 0 all valid (or the same verdicts), 1 some invalid (or different), 2 unusable call.\n"
        "A file that is not there or cannot be read is such a call too; the others are judged all the same."
    )
    parser.set_defaults(run=run)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date (YYYY-MM-DD)") from None


def run(options: argparse.Namespace) -> int:
    """Validate the files; 0 if all are valid, 1 if some are not, 2 if some could not be used."""
    if options.reference:
        from choriste.cli import second_opinion  # noqa: PLC0415 - the official engine only on request

        return second_opinion.run(options)
    files = NamedFiles(options.files, options.language)
    progress = Progress(len(files), "validate")
    day = options.on or dt.datetime.now(dt.UTC).date()
    all_valid = True
    for count, file in enumerate(files, start=1):
        content = files.read(file)
        if content is None:
            continue
        validation = with_advice(validate_file(content, filename=file.name, on=day))
        lines = (
            [_ndjson(file, validation)]
            if options.format == "ndjson"
            else text_report(str(file), validation, options.language)
        )
        print("\n".join(lines), flush=True)
        all_valid = all_valid and validation.verdict is Verdict.VALID
        progress.at(count)
    return files.exit_code(fine=all_valid)


def _ndjson(file: Path, validation: Validation) -> str:
    found = {
        "file": str(file),
        "syntax": validation.syntax.value,
        "profile": validation.profile,
        "verdict": validation.verdict.value,
        "judged_by": [edition.as_json() for edition in validation.judged_by],
        "findings": [finding.as_json() for finding in validation.findings],
    }
    return json.dumps(found, ensure_ascii=False)


def text_report(name: str, validation: Validation, language: str) -> Iterable[str]:
    """Yield the lines of the report on a file for people: the verdict, then each finding."""
    from choriste.i18n.reports import findings_lines  # noqa: PLC0415 -- most files have nothing to report

    known = validation.syntax is not Syntax.UNKNOWN
    kind = ", ".join(filter(None, (validation.syntax.value, validation.profile)))
    code = f"verdict.{validation.verdict.value}{'.of-kind' if known else ''}"
    yield translate("cli", code, language, file=name, kind=kind)
    yield from findings_lines((f.as_json() for f in validation.findings), language)
