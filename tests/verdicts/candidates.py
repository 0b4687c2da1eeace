"""The files that the sample may be chosen from: those of the shared corpora that may be passed on.

The column `licence` of the manifest decides: only licences that allow redistribution under attribution. A
mutant has the licence of the file that it was made of.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from facturx import get_xml_from_pdf
from lxml import etree

from tests.agreement.mutate import mutants as mutate
from tests.builders.corpora import CORPORA

PERMITTED: Final = frozenset({"Apache-2.0", "BSD-3-Clause", "EUPL-1.2", "EUPL-1.2/Apache-2.0", "MIT"})
WITHOUT_NOTICE: Final = frozenset({"attestwire/en16931"})  # MIT asks for a notice that is not at hand
_LARGEST: Final = 120_000  # characters
_FRENCH_OR_FACTURX: Final = (">FR<", ":1p0:minimum<", ":1p0:basic", ":1p0:extended", "urn.cpro.gouv.fr")
_MADE: Final = 8  # mutants of each of these
SELLER_COUNTRY: Final = (
    "//*[local-name()='SellerTradeParty']/*[local-name()='PostalTradeAddress']/*[local-name()='CountryID']"
    " | /*/*[local-name()='AccountingSupplierParty']/*/*[local-name()='PostalAddress']"
    "/*[local-name()='Country']/*[local-name()='IdentificationCode']"
)
MOVED: Final = "seller in France"  # the mutation of a whole file that BR-FR then applies to
_GENERATED: Final = "generated 5-line invoice"  # made for the comparison, of nobody's data


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be passed on, with its origin."""

    name: str
    source: str
    licence: str
    mutation: str
    xml: str


def files() -> Iterator[Candidate]:
    """Yield the published files; the XML of a Factur-X is taken out of its PDF."""
    for row in _manifest().values():
        if not _may_be_passed_on(row):
            continue
        data = (CORPORA / row["path"]).read_bytes()
        if row["syntax"] == "FACTUR-X-PDF":
            data = get_xml_from_pdf(data, check_xsd=False, check_schematron=False)[1]
        xml = _text(data)
        if xml is not None:
            yield Candidate(row["path"], row["source"], row["licence"], "", xml)


def mutants() -> Iterator[Candidate]:
    """Yield the mutants of files that may be passed on: those of the corpora, and those made here.

    Made here are what the corpora's mutants hardly touch: each file with its seller moved to France, where
    BR-FR applies, and some mutants of French invoices and of those of a Factur-X or French profile.
    """
    yield from _mutants_of_the_corpora()
    for candidate in files():
        moved = moved_to_france(candidate.xml)
        if moved is not None:
            yield replace(candidate, mutation=MOVED, xml=moved)
        if any(mark in candidate.xml for mark in _FRENCH_OR_FACTURX):
            for mutation, xml in mutate(candidate.xml.encode(), seed=_seed(candidate.name), count=_MADE):
                yield replace(candidate, mutation=mutation, xml=xml.decode())


def moved_to_france(xml: str) -> str | None:
    """Return an invoice with the seller's country (BT-40) set to FR; None where nothing can be changed."""
    root = etree.fromstring(xml.encode())
    found = root.xpath(SELLER_COUNTRY)
    country = (
        next((e for e in found if isinstance(e, etree._Element)), None) if isinstance(found, list) else None
    )
    if country is None or country.text == "FR":
        return None
    country.text = "FR"
    return etree.tostring(root, encoding="unicode")


def _mutants_of_the_corpora() -> Iterator[Candidate]:
    for path in sorted((CORPORA / "mutants").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                origin = _origin(row["seed"])
                if origin is not None and len(row["xml"]) <= _LARGEST:
                    yield Candidate(*origin, row["mutation"], row["xml"])


def _origin(seed: str) -> tuple[str, str, str] | None:
    if seed == _GENERATED:
        return "generated/5-lines.xml", "generated", "EUPL-1.2"
    row = _manifest().get(seed.removeprefix("open/"))
    if row is None or not _may_be_passed_on(row):
        return None
    return row["path"], row["source"], row["licence"]


def _may_be_passed_on(row: Mapping[str, str]) -> bool:
    permitted = row["licence"] in PERMITTED and row["source"] not in WITHOUT_NOTICE
    return permitted and row["syntax"] in {"CII", "UBL", "FACTUR-X-PDF"}


@cache
def _manifest() -> Mapping[str, Mapping[str, str]]:
    with (CORPORA / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        return {row["path"]: row for row in csv.DictReader(lines)}


def _text(data: bytes) -> str | None:
    """Return a file as text; None for what is not UTF-8 or too large for a sample."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) <= _LARGEST else None


def _seed(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
