"""`choriste operator import-structures`: structures and services from a CSV file of the directory."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language
from choriste.domain.parties.structure import IdentifierKind, StructureKind
from choriste.domain.shared.findings import Finding
from choriste.i18n.catalogue import translate

EPILOG = """\
The file is CSV (UTF-8 or Windows-1252; semicolons, commas or tabs) with a line for each structure, or for
each of its services. `identifiant` and `raison_sociale` must be there; values in brackets are taken where a
cell is empty:
  identifiant            the SIRET or other number
  type_identifiant       {kinds} [SIRET]
  raison_sociale         the name
  type_structure         {natures} [PUBLIQUE]
  adresse, code_postal, ville
  pays                   two letters [FR]
  service_obligatoire, engagement_obligatoire, service_ou_engagement
                         oui, non [non]
  code_service, nom_service
                         a service to open, or empty
What is there already stays as it is: the same file can be sent again. SIRETs are verified later, in slices.

Sample:
  identifiant;type_identifiant;raison_sociale;type_structure;adresse;code_postal;ville;pays;service_obligatoire;\
engagement_obligatoire;service_ou_engagement;code_service;nom_service
  21690123100011;SIRET;Ville de Valbrume;PUBLIQUE;1 rue du Port;69123;Valbrume\
;FR;oui;non;non;ECOLES;Écoles
  83214569200014;;Atelier des Cimes SAS;PRIVEE;3 rue du Lac;74000;Annecy;;;;;;

exit codes:
  0  every line was taken, or was so already
  1  a line was refused
  2  the call could not be used

Example: choriste operator import-structures annuaire.csv --dry-run"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = EPILOG.format(kinds=", ".join(IdentifierKind), natures=", ".join(StructureKind))
    parser.formatter_class = argparse.RawTextHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would become of each line, and write nothing"
    )
    parser.add_argument(
        "--language", choices=tuple(Language), default="fr", help="language of what is printed (default: fr)"
    )


def run(options: argparse.Namespace) -> int:
    """Print what became of each line; return 1 when one was refused."""
    from choriste.application.parties.import_structures import import_structures  # noqa: PLC0415 - slow to load
    from choriste.runtime.ports import platform_ports  # noqa: PLC0415 - slow to load

    counts: Counter[str] = Counter()
    language = str(options.language)
    content = options.file.read_bytes()
    operator = Principal.platform("operator")
    for line in import_structures(platform_ports(), operator, content, dry_run=options.dry_run):
        counts[line.outcome] += 1
        why = " ".join(_said(fault, language) for fault in line.faults)
        outcome = _outcome(line.outcome, options)
        sys.stdout.write(f"{line.number}\t{line.identifier}\t{outcome}\t{why}".rstrip() + "\n")
    said = ", ".join(f"{_outcome(name, options)} {number}" for name, number in sorted(counts.items()))
    sys.stderr.write(f"{said or translate('cli', 'structures.no_line', language)}\n")
    return 1 if counts["refused"] else 0


def _outcome(outcome: str, options: argparse.Namespace) -> str:
    """Return what became of a line, or what would, in words."""
    tense = "would" if options.dry_run else "was"
    return translate("cli", f"structures.{tense}.{outcome}", str(options.language))


def _said(fault: Finding, language: str) -> str:
    return f"{fault.location or ''} {fault.message.in_language(language)}".strip()
