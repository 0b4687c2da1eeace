"""The entry point: reads the arguments and hands over to one module per command, loaded when needed.

Exit codes: 0 done, 1 done and something is wrong with a file, 2 the call cannot be used.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from choriste.cli.files import complain

COMMANDS = {
    "local": "start the whole platform on this machine",
    "validate": "say everything that is wrong with invoices",
    "inspect": "say what a file is and what can be read from it",
    "render": "make the accessible Factur-X of an invoice",
    "deposit": "deposit files on a platform and show their reports",
    "operator": "do what the operator of a platform does from outside it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words and words[0] in COMMANDS else None
    options = _parser(only=name).parse_args(words)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}")
        return 2


def _parser(*, only: str | None) -> argparse.ArgumentParser:
    """Return the parser; with `only`, the modules of the other commands are not loaded."""
    parser = argparse.ArgumentParser(
        prog="choriste",
        description="Open e-invoicing: validate, render, deposit, and run the whole platform locally.",
        epilog="Example: choriste validate invoice.xml",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}.",
            formatter_class=argparse.RawTextHelpFormatter,
        )
        if only in {None, name}:
            importlib.import_module(f"choriste.cli.{name}").configure(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
