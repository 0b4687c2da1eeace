"""`choriste operator import-structures`: structures and services from a CSV file of the directory."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from choriste.domain.access.principal import Principal

EPILOG = """\
The file is CSV with a line for each structure, or for each of its services; the columns are
  identifiant, type_identifiant, raison_sociale, type_structure, adresse, code_postal, ville, pays,
  service_obligatoire, engagement_obligatoire, service_ou_engagement, code_service, nom_service
What is there already stays as it is: the same file can be sent again. SIRETs are verified later, in slices.

Example: choriste operator import-structures annuaire.csv --dry-run"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawTextHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    parser.add_argument("--dry-run", action="store_true", help="say what would become of each line")


def run(options: argparse.Namespace) -> int:
    """Print what became of each line; return 1 when one was refused."""
    from choriste.application.parties.import_structures import import_structures  # noqa: PLC0415 - slow to load
    from choriste.runtime.ports import platform_ports  # noqa: PLC0415 - slow to load

    counts: Counter[str] = Counter()
    content = options.file.read_bytes()
    operator = Principal.platform("operator")
    for line in import_structures(platform_ports(), operator, content, dry_run=options.dry_run):
        counts[line.outcome] += 1
        why = " ".join(f"{fault.location or ''} {fault.message.en}".strip() for fault in line.faults)
        sys.stdout.write(f"{line.number}\t{line.identifier}\t{line.outcome}\t{why}".rstrip() + "\n")
    said = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
    sys.stderr.write(f"{'dry run: ' if options.dry_run else ''}{said or 'no line'}\n")
    return 1 if counts["refused"] else 0
