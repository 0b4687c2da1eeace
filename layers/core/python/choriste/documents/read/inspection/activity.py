"""Content that would act when the PDF is opened or clicked. It is found and named, never run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pikepdf

from choriste.documents.read.inspection.objects import Repeats, entry, items, text, walk
from choriste.documents.read.inspection.pages import annotations_of

ACTIVE_ACTIONS: Final = frozenset(
    {"JavaScript", "Launch", "SubmitForm", "ImportData", "ResetForm", "Rendition", "Movie", "Sound", "Hide",
     "SetOCGState", "Trans", "GoTo3DView", "GoToE", "RichMediaExecute"}
)  # fmt: skip
"""Action types that PDF/A forbids (ISO 19005-3, 6.5.1); links and moves within the document are harmless."""

DANGEROUS: Final = frozenset(
    {"Launch", "SubmitForm", "ImportData", "GoToE", "RichMedia", "RichMediaExecute", "3D", "Movie", "Sound",
     "Rendition", "Screen"}
)  # fmt: skip
"""What refuses a file: it starts a program, opens or sends data, or plays media outside the page.

Scripts and the buttons of forms do not: many honest programs add a script that prints, and readers confine
scripts. Whoever receives the invoice gets our own copy, which has none.
"""

_ACTIVE_ANNOTATIONS: Final = frozenset({"RichMedia", "3D", "Movie", "Sound", "Screen"})


def active_content_of(pdf: pikepdf.Pdf, pages: Iterable[pikepdf.Object]) -> tuple[str, ...]:
    """Name the kinds of active content, sorted: action types, `XFA`, active annotation types.

    Raises:
        TreeError: the form's or the scripts' tree loops or is too large.
    """
    return tuple(sorted(set(_of_document(pdf)) | set(_of_pages(pages))))


def _of_document(pdf: pikepdf.Pdf) -> Iterator[str]:
    yield from _actions(entry(pdf.Root, "/OpenAction"))
    yield from _additional_actions(pdf.Root)
    for node in walk([entry(pdf.Root, "/Names", "/JavaScript")], _kids, repeats=Repeats.SKIPPED):
        yield "JavaScript"
        for named in items(entry(node, "/Names"))[1::2]:
            yield from _actions(named)
    if entry(pdf.Root, "/AcroForm", "/XFA") is not None:
        yield "XFA"
    for field in walk(items(entry(pdf.Root, "/AcroForm", "/Fields")), _kids, repeats=Repeats.SKIPPED):
        yield from _actions(entry(field, "/A"))
        yield from _additional_actions(field)


def _of_pages(pages: Iterable[pikepdf.Object]) -> Iterator[str]:
    for page in pages:
        yield from _additional_actions(page)
        for annotation in annotations_of(page):
            yield from _actions(entry(annotation, "/A"))
            yield from _additional_actions(annotation)
            if (subtype := text(entry(annotation, "/Subtype"))) in _ACTIVE_ANNOTATIONS:
                yield str(subtype)


def _additional_actions(holder: object) -> Iterator[str]:
    actions = entry(holder, "/AA")
    if isinstance(actions, pikepdf.Dictionary):
        for key in actions.keys():  # noqa: SIM118 - a pikepdf dictionary does not iterate over its keys
            yield from _actions(actions.get(key))


def _actions(first: object) -> Iterator[str]:
    if not isinstance(first, pikepdf.Dictionary):
        return
    for action in walk([first], lambda node: items(entry(node, "/Next")), repeats=Repeats.SKIPPED):
        if (kind := text(entry(action, "/S"))) in ACTIVE_ACTIONS:
            yield str(kind)


def _kids(node: pikepdf.Object) -> list[object]:
    return items(entry(node, "/Kids"))
