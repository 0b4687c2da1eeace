"""Real invoices for measurements: those of the shared corpora, else the frozen sample of the repository.

`held` are measured, each once; the others warm the compiled rules up. `layouts` are made of them by leaving
elements out.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from tests.agreement import corpora

ROOT: Final = Path(__file__).resolve().parents[1]
FROZEN: Final = ROOT / "tests" / "data" / "verdicts" / "files.jsonl.gz"
SEED: Final = 7
HELD: Final = 300
_INVOICES: Final = ("CrossIndustryInvoice", "Invoice", "CreditNote")


class Files(NamedTuple):
    """Different invoices of one origin, in an order drawn by a fixed seed."""

    origin: str
    held: list[bytes]
    others: list[bytes]


def real_files() -> Files:
    """Return the files to measure and the others; `origin` says where they come from."""
    if corpora.CORPORA.is_dir():
        origin = "the shared corpora"
        found = [case.xml for case in corpora.whole_files() if case.kind == "invoice"]
    elif FROZEN.is_file():
        origin = "the frozen sample of the repository, as the shared corpora are absent"
        found = list(_frozen())
    else:
        raise FileNotFoundError(FROZEN)
    files = [xml for xml in dict.fromkeys(found) if _is_invoice(xml)]
    random.Random(SEED).shuffle(files)  # noqa: S311 -- reproducible, not secret
    held = files[: min(HELD, len(files) * 2 // 3)]
    return Files(origin, held, files[len(held) :])


def _frozen() -> Iterator[bytes]:
    with gzip.open(FROZEN, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield str(json.loads(line)["xml"]).encode()


def _is_invoice(xml: bytes) -> bool:
    try:
        root = etree.fromstring(xml)
    except etree.XMLSyntaxError:
        return False
    return etree.QName(root).localname in _INVOICES


def layouts(files: list[bytes], count: int) -> Iterator[bytes]:
    """Yield so many invoices that differ by the elements they leave out."""
    chance = random.Random(SEED)  # noqa: S311 -- reproducible, not secret
    seen: set[tuple[str, ...]] = set()
    while len(seen) < count:
        root = etree.fromstring(chance.choice(files))
        leaves = [e for e in root.iter("*") if len(e) == 0 and e is not root]
        for leaf in chance.sample(leaves, min(len(leaves), chance.randint(1, 8))):
            parent = leaf.getparent()
            if parent is not None:
                parent.remove(leaf)
        shape = tuple(str(e.tag) for e in root.iter("*"))
        if shape not in seen:
            seen.add(shape)
            yield etree.tostring(root)
