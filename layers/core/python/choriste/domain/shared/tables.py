"""Read the tables of the domain: tab-separated files beside the modules that give them their meaning."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files


def read_table(package: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table as column → cell; lines that start with `#` are comments."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
