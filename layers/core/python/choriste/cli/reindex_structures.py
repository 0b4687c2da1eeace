"""`choriste operator reindex-structures`: the index that structures are found by, made right."""

from __future__ import annotations

import argparse
import sys
import time

from choriste.domain.access.principal import Principal

EPILOG = """\
Use it when a structure is not found by its name, city or SIREN. It reads the whole core table, writes what is
missing and deletes what is left over; the platform goes on meanwhile, and running it again changes nothing.
Your AWS credentials need dynamodb:Scan, BatchGetItem, GetItem, BatchWriteItem and DeleteItem on that table.

Example: choriste operator reindex-structures --stack choriste"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawTextHelpFormatter


def run(options: argparse.Namespace) -> int:
    """Make the index right, and print what was wrong."""
    from choriste.adapters.aws.dynamodb.structure_index import DynamoStructureIndex  # noqa: PLC0415 - slow to load
    from choriste.adapters.aws.dynamodb.table import CoreTable  # noqa: PLC0415 - slow to load
    from choriste.application.parties.reindex_structures import reindex_structures  # noqa: PLC0415 - slow to load
    from choriste.runtime import aws  # noqa: PLC0415 - slow to load
    from choriste.runtime.ports import platform_ports  # noqa: PLC0415 - slow to load
    from choriste.runtime.settings import settings  # noqa: PLC0415 - slow to load

    del options
    started = time.monotonic()
    index = DynamoStructureIndex(CoreTable(aws.dynamodb(), settings().core_table))
    found = reindex_structures(platform_ports().directory, index, Principal.platform("operator"))
    sys.stdout.write(
        f"structures {found.structures}, rows written {found.written}, rows deleted {found.dropped}, "
        f"{time.monotonic() - started:.1f} s\n"
    )
    return 0
