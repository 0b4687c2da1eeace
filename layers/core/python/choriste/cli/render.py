"""`choriste render`: make the accessible Factur-X of an invoice."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from choriste.application.deposits.validate_file import validate_file
from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.cli.files import NamedFiles, complain
from choriste.documents.issue.context import DocumentContext
from choriste.domain.shared.findings import Severity
from choriste.formats.errors import UnreadableError
from choriste.i18n.catalogue import count

_MOST_NAMED = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="IN", help="a CII, UBL or Factur-X invoice")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT.pdf", help="the Factur-X to write"
    )
    parser.add_argument(
        "--language", choices=("fr", "en"), default="fr", help="language of the page (default: fr)"
    )
    parser.epilog = "Example: choriste render invoice.xml -o invoice.pdf --language en"
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the Factur-X; a broken rule is only a warning. 1 for no invoice, 2 for no file."""
    files = NamedFiles([str(options.file)], options.language)
    content = files.read(options.file) if options.file in files.files else None
    if content is None:
        return 2
    try:
        pdf = render_readable_copy_pdf(
            content, filename=options.file.name, context=DocumentContext(), language=options.language
        )
    except UnreadableError as error:
        print(f"{options.file}: {error.finding.message.in_language(options.language)}", file=sys.stderr)
        return 1
    options.output.write_bytes(pdf)
    _warn(content, options)
    print(f"{options.output}: {len(pdf)} bytes")
    return 0


def _warn(content: bytes, options: argparse.Namespace) -> None:
    """Say which rules the invoice breaks, as the platform would refuse it for them today."""
    validation = validate_file(content, filename=options.file.name, on=dt.datetime.now(dt.UTC).date())
    fatal = (finding for finding in validation.findings if finding.severity is Severity.FATAL)
    broken = list(dict.fromkeys(finding.rule for finding in fatal))
    if broken:
        more = ", …" if len(broken) > _MOST_NAMED else ""
        rules = ", ".join(broken[:_MOST_NAMED]) + more
        complain(count("cli", "render.broken-rules", len(broken), options.language, rules=rules))
