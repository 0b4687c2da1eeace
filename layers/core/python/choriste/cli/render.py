"""`choriste render`: make the accessible Factur-X of an invoice."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.documents.issue.context import DocumentContext
from choriste.formats.errors import UnreadableError


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
    """Write the Factur-X; 1 when the invoice cannot be read."""
    content = options.file.read_bytes()
    try:
        pdf = render_readable_copy_pdf(
            content, filename=options.file.name, context=DocumentContext(), language=options.language
        )
    except UnreadableError as error:
        print(f"{options.file}: {error.finding.message.in_language(options.language)}", file=sys.stderr)
        return 1
    options.output.write_bytes(pdf)
    print(f"{options.output}: {len(pdf)} bytes")
    return 0
