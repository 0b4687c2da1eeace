"""Who sells and who buys: identifiers with their checksums, assigned by the block they are printed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.model import Box, Confidence, FieldName, Found
from choriste.documents.read.prefill.page_layout import Segment
from choriste.documents.read.prefill.shapes import IBAN_LENGTHS, VAT_FORMATS
from choriste.domain.invoice.identifiers import (
    is_iban,
    is_siren,
    is_siret,
    is_vat_number,
)

_SIRET: Final = re.compile(
    r"(?<!\d)(?:\d{14}|\d{9}[ .]\d{5}|\d{3}([ .])\d{3}\1\d{3}\1?\d{5}|\d{3} \d{3} \d{3} \d{3} \d{2}"
    r"|\d{3} \d{3} \d{3} \d{2} \d{3})(?!\d)"
)
_SIREN: Final = re.compile(r"(?<!\d)\d{3}([ .]?)\d{3}\1\d{3}(?![ .]?\d)")
_VAT: Final = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(VAT_FORMATS)})(?=[ .]?[A-Z0-9])")
_IBAN: Final = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(IBAN_LENGTHS)})\d\d")
_FOREIGN: Final = re.compile(
    r"edit(?:e|eur)|logiciel|factur[eo]r|affactur|cede|subrog|livraison|siege du client|hosted"
)
_PAYEE: Final = re.compile(r"\b(?:factor|affactur\w*|cessionnaire|subrog\w*|payee|beneficiaire|mandataire)\b")
_LEGAL: Final = re.compile(r"\b(?:capital|rcs|r c s|ape|naf|rm|sarl|sas|eurl)\b")
_DEBITED: Final = re.compile(
    r"prelevement|preleve|debit|votre compte|your account|ihr konto|ihrem konto|lastschrift"
)
_CHAIN: Final = 14
_BLOCK_GAP: Final = 0.5
"""A gap wider than this share of the line's height ends a block."""

_FOOTER_FROM: Final = 0.82
_HEADER_TO: Final = 0.25


class Role(StrEnum):
    """What a block says of its party, the loudest first."""

    NEITHER = "neither"
    BUYER = "buyer"
    NAMED_SUPPLIER = "named-supplier"
    SUPPLIER = "supplier"
    SUPPLIER_LIKELY = "supplier-likely"
    UNKNOWN = "unknown"


_HEADINGS: Final = {"buyer": Role.BUYER, "supplier": Role.NAMED_SUPPLIER, "place": Role.NEITHER}
PUBLIC_BODIES: Final = ("1", "2")
"""First digits of the SIRENs of the State and of local authorities (INSEE): they buy, as a rule."""


@dataclass(frozen=True)
class Identified:
    """An identifier with a good checksum, the role of its block, and whether its label names its kind."""

    value: str
    role: Role
    labelled: bool
    box: Box


def read_parties(page: Page) -> dict[FieldName, Found]:
    """Read SIRETs (or the supplier's SIREN) and VAT numbers of both parties."""
    sirets, vats = list(_sirets(page)), list(_vat_numbers(page))
    found = {
        FieldName.SUPPLIER_SIRET: _supplier(sirets),
        FieldName.BUYER_SIRET: _buyer(sirets),
        FieldName.SUPPLIER_VAT: _supplier(vats),
        FieldName.BUYER_VAT: _buyer(vats),
    }
    if found[FieldName.SUPPLIER_SIRET] is None:
        found[FieldName.SUPPLIER_SIREN] = _supplier(list(_sirens(page)))
    return {name: value for name, value in _coherent(found).items() if value is not None}


def read_ibans(page: Page) -> tuple[Found, ...]:
    """Read the accounts to pay to, each once; an account to be debited is none."""
    found: dict[str, Found] = {}
    for segment in page.segments:
        for match in _IBAN.finditer(segment.text.upper()):
            value, end = _compact(segment.text.upper(), match.start(), IBAN_LENGTHS[match[0][:2]])
            if is_iban(value) and not _DEBITED.search(segment.plain[: match.start()]):
                found.setdefault(value, Found(value, Confidence.CERTAIN, segment.box(match.start(), end)))
    return tuple(found.values())


def _sirets(page: Page) -> Iterator[Identified]:
    for segment in page.segments:
        for match in _SIRET.finditer(segment.text):
            value = re.sub(r"\D", "", match[0])
            if is_siret(value):
                before = _context(page, segment, match.start())
                yield Identified(
                    value,
                    _role(page, segment, before),
                    "siret" in before,
                    segment.box(match.start(), match.end()),
                )


def _sirens(page: Page) -> Iterator[Identified]:
    for segment in page.segments:
        for match in _SIREN.finditer(segment.text):
            value = re.sub(r"\D", "", match[0])
            before = _context(page, segment, match.start())
            labelled = re.search(r"\b(siren|rcs|r c s)\b[a-z ]{0,40}$", before) is not None
            if labelled and is_siren(value):
                yield Identified(
                    value, _role(page, segment, before), True, segment.box(match.start(), match.end())
                )


def _vat_numbers(page: Page) -> Iterator[Identified]:
    for segment in page.segments:
        text = segment.text.upper()
        for match in _VAT.finditer(text):
            read = _vat_at(text, match.start())
            if read is None:
                continue
            before = _context(page, segment, match.start())
            labelled = re.search(r"\b(tva|vat|ust|uid|umsatzsteuer|steuer)\b", before) is not None
            role = (
                Role.BUYER
                if re.search(r"\b(?:tva|vat|ust) (?:du )?(?:client|customer|buyer|kunde)", before)
                else None
            )
            if labelled or match[0] == "FR":
                yield Identified(
                    read[0],
                    role or _role(page, segment, before),
                    labelled,
                    segment.box(match.start(), read[1]),
                )


def _vat_at(text: str, start: int) -> tuple[str, int] | None:
    for length in range(15, 7, -1):
        value, end = _compact(text, start, length)
        if len(value) == length and is_vat_number(value) and not text[end : end + 1].isalnum():
            return value, end
    return None


def _compact(text: str, start: int, length: int) -> tuple[str, int]:
    value = ""
    for at in range(start, len(text)):
        if len(value) == length:
            return value, at
        if text[at].isalnum():
            value += text[at]
        elif text[at] not in " .":
            return value, at
    return value, len(text)


def _context(page: Page, segment: Segment, start: int) -> str:
    """Return the plain text before a place: in its segment, or the label left of or above it."""
    before = segment.plain[:start]
    if before.strip():
        return before
    left = _label_left_of(page, segment)
    if left is not None:
        return left.plain
    over = page.above(segment)
    return over.plain if over is not None and page.begins_with_label(over) else ""


def _label_left_of(page: Page, segment: Segment) -> Segment | None:
    neighbours = segment.line.segments if segment.line else []
    at = next((at for at, each in enumerate(neighbours) if each is segment), 0)
    left = neighbours[at - 1] if at else None
    return left if left is not None and page.begins_with_label(left) else None


def _role(page: Page, segment: Segment, before: str) -> Role:
    """Return what the block of a value says of its party; a value in a column shares its label's block."""
    if _FOREIGN.search(before):
        return Role.NEITHER
    roles = [_role_of(page, segment)]
    if not segment.plain.startswith(before) and (left := _label_left_of(page, segment)) is not None:
        roles.append(_role_of(page, left))
    return min(roles, key=list(Role).index)


def _role_of(page: Page, segment: Segment) -> Role:
    block = _block(page, segment)
    heading = _heading(page, block)
    if heading is not None:
        return heading
    if any(_PAYEE.search(each.plain) for each in _with_head(page, block)):
        return Role.NEITHER
    if any(_LEGAL.search(each.plain) for each in block):
        return Role.SUPPLIER
    height = segment.page_height
    at_an_end = segment.top < _HEADER_TO * height or segment.top > _FOOTER_FROM * height
    return Role.SUPPLIER_LIKELY if at_an_end else Role.UNKNOWN


def _with_head(page: Page, block: list[Segment]) -> list[Segment]:
    """Return a block's first line upwards, and the line a little above it."""
    upwards = [each for each in block if each.top <= block[0].top]
    over = page.above(upwards[-1])
    return [*upwards, over] if over is not None else upwards


def _heading(page: Page, block: list[Segment]) -> Role | None:
    """Return the role that the nearest heading gives: in the block, or a little above its first line."""
    for each in _with_head(page, block):
        for label in page.labels_of(each):
            at_start = not each.plain[: label.start].strip()
            if label.name in _HEADINGS and at_start and _is_heading(each, label.end):
                return _HEADINGS[label.name]
    return None


def _is_heading(segment: Segment, end: int) -> bool:
    # `Client` and `Client : Commune de …` head a block; `Client C00123` is a reference.
    tail = segment.text[end:].strip(" :")
    return not tail or (segment.text[end:].lstrip().startswith(":") and not any(map(str.isdigit, tail)))


def _block(page: Page, segment: Segment) -> list[Segment]:
    """Return the lines of a block from a line in it: itself, those above, nearest first, then those below."""
    return [segment, *_adjoining(segment, page.above), *_adjoining(segment, page.below)]


def _adjoining(segment: Segment, step: Callable[[Segment], Segment | None]) -> Iterator[Segment]:
    current = segment
    for _ in range(_CHAIN):
        following = step(current)
        if following is None or not _adjoins(current, following):
            return
        yield following
        current = following


def _adjoins(one: Segment, other: Segment) -> bool:
    gap = max(one.top, other.top) - min(one.bottom, other.bottom)
    return gap < _BLOCK_GAP * min(one.height, other.height)


def _supplier(found: list[Identified]) -> Found | None:
    for roles in ({Role.NAMED_SUPPLIER, Role.SUPPLIER}, {Role.SUPPLIER_LIKELY}, {Role.UNKNOWN}):
        chosen = [each for each in found if each.role in roles and not _is_unnamed_public_body(each)]
        if chosen:
            alone = len({each.value for each in chosen}) == 1
            certain = Role.SUPPLIER in roles and alone and chosen[0].labelled
            return Found(
                chosen[0].value, Confidence.CERTAIN if certain else Confidence.PROBABLE, chosen[0].box
            )
    return None


def _is_unnamed_public_body(identified: Identified) -> bool:
    siren = identified.value[4:] if identified.value.startswith("FR") else identified.value
    unnamed = identified.role in {Role.SUPPLIER, Role.SUPPLIER_LIKELY, Role.UNKNOWN}
    return unnamed and siren.isdigit() and siren.startswith(PUBLIC_BODIES)


def _buyer(found: list[Identified]) -> Found | None:
    named = [each for each in found if each.role is Role.BUYER]
    chosen = named or [each for each in found if _is_unnamed_public_body(each)]
    if not chosen:
        return None
    certain = bool(named) and len({each.value for each in chosen}) == 1 and chosen[0].labelled
    return Found(chosen[0].value, Confidence.CERTAIN if certain else Confidence.PROBABLE, chosen[0].box)


def _coherent(found: dict[FieldName, Found | None]) -> dict[FieldName, Found | None]:
    """Let identifiers of one party confirm each other, and doubt what contradicts itself.

    A French VAT number on the SIRET's SIREN makes both as sure as the surer one; on another SIREN, or one
    identifier for both parties, leaves a doubt.
    """
    for siret_name, vat_name in (
        (FieldName.SUPPLIER_SIRET, FieldName.SUPPLIER_VAT),
        (FieldName.BUYER_SIRET, FieldName.BUYER_VAT),
    ):
        siret, vat = found.get(siret_name), found.get(vat_name)
        if siret and vat and vat.value.startswith("FR"):
            sure = (
                Confidence.CERTAIN in {siret.confidence, vat.confidence} and vat.value[4:] == siret.value[:9]
            )
            confidence = Confidence.CERTAIN if sure else Confidence.PROBABLE
            found[siret_name] = replace(siret, confidence=confidence)
            found[vat_name] = replace(vat, confidence=confidence)
    for one, other in (
        (FieldName.SUPPLIER_SIRET, FieldName.BUYER_SIRET),
        (FieldName.SUPPLIER_VAT, FieldName.BUYER_VAT),
    ):
        first, second = found.get(one), found.get(other)
        if first and second and first.value == second.value:
            found[one] = replace(first, confidence=Confidence.PROBABLE)
            found[other] = replace(second, confidence=Confidence.PROBABLE)
    return found
