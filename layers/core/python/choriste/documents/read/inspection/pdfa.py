"""A PDF/A claim, checked as far as it can be without interpreting the pages.

A claim that fails here is false. One that passes is only not refuted: the full judgement (colours,
glyphs, transparency) belongs to a validator such as veraPDF, which the tests use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.attachments import Attachment
from choriste.documents.read.inspection.colours import paints_with_device_colours
from choriste.documents.read.inspection.model import AttachedTo, PdfaClaim
from choriste.documents.read.inspection.objects import dictionary, entry, items, text
from choriste.documents.read.inspection.pages import inherited
from choriste.documents.read.inspection.xmp import Xmp

_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PDF: Final = "{http://ns.adobe.com/pdf/1.3/}"
_XAP: Final = "{http://ns.adobe.com/xap/1.0/}"
_SAME_IN_XMP: Final[dict[str, str]] = {
    "/Title": f"{_DC}title",
    "/Author": f"{_DC}creator",
    "/Producer": f"{_PDF}Producer",
    "/Creator": f"{_XAP}CreatorTool",
    "/Keywords": f"{_PDF}Keywords",
    "/Subject": f"{_DC}description",
}


def check_claim(
    pdf: pikepdf.Pdf,
    *,
    pages: Sequence[pikepdf.Object],
    attachments: Sequence[Attachment],
    active_content: Sequence[str],
    xmp: Xmp,
) -> PdfaClaim | None:
    """Check the level that the XMP claims; None where it claims none."""
    level = xmp.pdfa_level
    if level is None:
        return None
    reasons = [*_of_file(pdf, level, xmp)]
    reasons += ["active-content"] if active_content else []
    reasons += (
        [] if _has_output_intent(pdf) or not paints_with_device_colours(pages) else ["no-output-intent"]
    )
    reasons += _of_attachments(pdf, level, attachments)
    reasons += [f"font-not-embedded:{name}" for name in sorted(set(_loose_fonts(pages)))]
    return PdfaClaim(level=level, claim_holds=not reasons, reasons=tuple(reasons))


def _of_file(pdf: pikepdf.Pdf, level: str, xmp: Xmp) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "encrypted"
    if level[0] != "4" and pdf.trailer.get("/ID") is None:
        yield "no-trailer-id"
    if level.endswith("A") and not is_tagged(pdf):
        yield "untagged"
    if level[0] == "1":
        yield from _metadata_of_part_1(pdf, xmp)


def _has_output_intent(pdf: pikepdf.Pdf) -> bool:
    return any(dictionary(intent) is not None for intent in items(entry(pdf.Root, "/OutputIntents")))


def _metadata_of_part_1(pdf: pikepdf.Pdf, xmp: Xmp) -> Iterator[str]:
    # ISO 19005-1, 6.7.2 and 6.7.3; the later parts dropped both demands.
    if entry(pdf.Root, "/Metadata", "/Filter") is not None:
        yield "compressed-metadata"
    for key, name in _SAME_IN_XMP.items():
        value = text(entry(pdf.trailer, "/Info", key))
        if value and xmp.properties.get(name) != value:
            yield f"metadata-differs:{key[1:]}"


def is_tagged(pdf: pikepdf.Pdf) -> bool:
    """Return whether the PDF says that it is tagged, and has a structure tree."""
    return entry(pdf.Root, "/StructTreeRoot") is not None and entry(pdf.Root, "/MarkInfo", "/Marked") is True


def _of_attachments(pdf: pikepdf.Pdf, level: str, attachments: Sequence[Attachment]) -> Iterator[str]:
    if attachments and level[0] == "1":
        yield "attachments-not-allowed"
    if level[0] not in "34":
        return
    associated = len(items(entry(pdf.Root, "/AF")))
    for attachment in attachments:
        name, of_document = attachment.facts.name, attachment.facts.attached_to is AttachedTo.DOCUMENT
        if attachment.facts.relationship is None or (of_document and not associated):
            yield f"attachment-without-relationship:{name}"
        if attachment.stream is not None and not attachment.facts.mime_type:
            yield f"attachment-without-type:{name}"
        if attachment.stream is not None and not attachment.named:
            yield f"attachment-without-name:{name}"


def _loose_fonts(pages: Iterable[pikepdf.Object]) -> Iterator[str]:
    seen: set[tuple[int, int]] = set()
    budget = limits.MAX_NODES
    stack = [inherited(page, "/Resources") for page in pages]
    while stack and budget:
        budget -= 1
        resources = stack.pop()
        for font in _fresh(entry(resources, "/Font"), seen):
            if not _is_embedded(font):
                yield text(entry(font, "/BaseFont")) or "?"
        stack += [entry(form, "/Resources") for form in _fresh(entry(resources, "/XObject"), seen)]


def _fresh(holder: object, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    members = dictionary(holder)
    for key in members.keys() if members is not None else ():
        member = dictionary(entry(holder, key))
        if member is not None and member.objgen not in seen:
            if member.is_indirect:
                seen.add(member.objgen)
            yield member


def _is_embedded(font: pikepdf.Object) -> bool:
    if text(entry(font, "/Subtype")) == "Type3":
        return True
    carriers = [dictionary(child) for child in items(entry(font, "/DescendantFonts"))] or [font]
    files = ("/FontFile", "/FontFile2", "/FontFile3")
    return all(
        any(entry(carrier, "/FontDescriptor", key) is not None for key in files) for carrier in carriers
    )
