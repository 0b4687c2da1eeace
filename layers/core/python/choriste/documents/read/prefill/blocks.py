"""Blocks of lines, and what their words say of the party that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from choriste.documents.read.prefill.identifiers import Identified, label_left_of
from choriste.documents.read.prefill.labels import Page
from choriste.documents.read.prefill.page_layout import Segment

_OTHERS: Final = re.compile(
    r"\b(?:(?:edit|gener|realis|emis|cree|imprim)\w* (?:par|avec|via|grace|sur)|editeur"
    r"|logiciel|factureur|affactur\w*|cede\w*|subrog\w*"
    r"|livraison|creance|\w*factor|siege du client|hosted|powered by|heberg\w+|assur\w+|decennale"
    r"|mutuelle|mediat\w+|caution\w*|garant\w*|filiale|maison mere|societe mere|groupe|membre du|banque"
    r"|domiciliation|franchise de|mandataire|cga|centre de gestion|association de gestion"
    r"|commissaire aux comptes|conciliat\w+|sous traitant\w*|transporteur|representant fiscal|insurance"
    r"|insurer|guarantor|parent company|part of|subsidiary|versicherung|bank|software|courtier|orias"
    r"|cotraitant)\b"
)
"""Words before an identifier that name a company which is neither of the parties."""

_ENDS_OTHERS: Final = re.compile(r"\b(?:iban|bic|rib|swift|tel|telephone|www|contrat n|police n)\b")
"""What ends the mention of another company: behind its account, the text is about the supplier again."""

_PAYEE: Final = re.compile(r"\b(?:factor|affactur\w*|cessionnaire|subrog\w*|payee|beneficiaire|mandataire)\b")
_LEGAL: Final = re.compile(
    r"\b(?:capital|rcs|r c s|ape|naf|rm|rne|entrepreneur individuel|micro entreprise)\b"
)
"""What the law has a company print of itself, and nobody prints of a customer."""

_FORM: Final = re.compile(r"\b(?:sarl|sas|sasu|eurl|sa|selarl|scop|association|ltd|gmbh)\b")
_YOURS: Final = re.compile(
    r"\b(?:(?:votre|vos|your|ihre?) (?:n |numero )?(?:de )?(?:siret|siren|t ?v ?a|vat|ust|identifiant)"
    r"|(?:siret|siren|t ?v ?a|vat|ust)(?: intra\w*)? (?:du |de l |de la )?"
    r"(?:client|customer|buyer|kunde|dest\w*|acheteur|structure|commanditaire|debiteur)|client siret)\b"
)
_OURS: Final = re.compile(
    r"\b(?:notre|nos|our|unsere?) (?:n |numero )?(?:de )?(?:siret|siren|t ?v ?a|vat|ust)\b"
)
_POSTCODE: Final = re.compile(r"\b\d{5} [^\W\d_]|\bcedex\b", re.IGNORECASE)
_CHAIN: Final = 14
_BLOCK_GAP: Final = 0.5
"""A gap wider than this share of the line's height ends a block."""

_FOOTER_FROM: Final = 0.82
_HEADER_TO: Final = 0.25
_WINDOW_FROM, _WINDOW_TO = 0.45, 0.45
"""The address window: the right half of the page, as far down as this share of it."""


class Role(StrEnum):
    """What a block says of its party, the loudest first."""

    NEITHER = "neither"
    BUYER = "buyer"
    NAMED_SUPPLIER = "named-supplier"
    SUPPLIER = "supplier"
    WINDOW = "window"
    SUPPLIER_LIKELY = "supplier-likely"
    UNKNOWN = "unknown"


_HEADINGS: Final = {"buyer": Role.BUYER, "supplier": Role.NAMED_SUPPLIER, "place": Role.NEITHER}


def role_of(page: Page, identified: Identified) -> Role:
    """Return the role of the party that an identifier belongs to, by its own words, then by its block."""
    own = _own_words(page, identified)
    if own is not None:
        return own
    segment = identified.segment
    roles = [_role_of_block(page, segment)]
    if not segment.plain.startswith(identified.before) and (left := label_left_of(page, segment)) is not None:
        roles.append(_role_of_block(page, left))
    return min(roles, key=list(Role).index)


def _own_words(page: Page, identified: Identified) -> Role | None:
    segment, before = identified.segment, identified.before
    if _YOURS.search(before):
        return Role.BUYER
    if _OURS.search(before):
        return Role.NAMED_SUPPLIER
    others = list(_OTHERS.finditer(before))
    if others and not _ENDS_OTHERS.search(before, others[-1].end()):
        return Role.NEITHER
    labels = [label for label in page.labels_of(segment) if label.end <= identified.start]
    for label in reversed(labels):
        if (
            label.name in _HEADINGS
            and label.names_its_cell
            and ":" in segment.text[label.end : label.end + 3]
        ):
            return _HEADINGS[label.name]
    return None


def _role_of_block(page: Page, segment: Segment) -> Role:
    block = block_of(page, segment)
    heading = _heading(page, block)
    if heading is not None:
        return heading
    payee = any(_PAYEE.search(each.plain) for each in _with_head(page, block))
    if payee or any(_OTHERS.search(each.plain) for each in _lines_before(block, segment)):
        return Role.NEITHER
    return _unheaded_role(page, block, segment)


def _unheaded_role(page: Page, block: list[Segment], segment: Segment) -> Role:
    """Return the role of a block that no heading names: by what it says, and where it stands."""
    height = segment.page_height
    if any(_LEGAL.search(each.plain) for each in block):
        return Role.SUPPLIER
    if _is_window(page, block, segment):
        return Role.WINDOW
    if any(_FORM.search(each.plain) for each in block):
        return Role.SUPPLIER
    at_an_end = segment.top < _HEADER_TO * height or segment.top > _FOOTER_FROM * height
    return Role.SUPPLIER_LIKELY if at_an_end else Role.UNKNOWN


def _is_window(page: Page, block: list[Segment], segment: Segment) -> bool:
    width, height = segment.sheet.width, segment.page_height
    placed = segment.x0 > _WINDOW_FROM * width and segment.top < _WINDOW_TO * height
    if not placed or not any(_POSTCODE.search(each.text) for each in block):
        return False
    return not any(_is_heading(label.segment, label.end) for label in page.labels("buyer"))


def _lines_before(block: list[Segment], segment: Segment) -> Iterator[Segment]:
    above = [each for each in block if each.top < segment.top]
    yield from sorted(above, key=lambda each: -each.top)[:2]


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


def block_of(page: Page, segment: Segment) -> list[Segment]:
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
