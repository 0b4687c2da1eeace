"""The pages of a PDF, walked with care: the declared count is never believed."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from choriste.documents.read.inspection import limits
from choriste.documents.read.inspection.objects import TreeError, entry, items, walk


def pages_of(pdf: pikepdf.Pdf) -> tuple[pikepdf.Object, ...]:
    """Return the page dictionaries in order.

    Raises:
        TreeError: the page tree loops, is too deep or too large, or holds no page.
    """
    nodes = walk([entry(pdf.Root, "/Pages")], lambda node: items(entry(node, "/Kids")))
    pages = tuple(node for node in nodes if entry(node, "/Kids") is None)
    if not pages or len(pages) > limits.MAX_PAGES:
        raise TreeError
    return pages


def inherited(page: pikepdf.Object, key: str) -> object:
    """Return a page's attribute, its own or its nearest ancestor's (Resources, MediaBox …)."""
    node: object = page
    for _ in range(limits.MAX_TREE_DEPTH):
        value = entry(node, key)
        if value is not None:
            return value
        node = entry(node, "/Parent")
    return None


def annotations_of(page: pikepdf.Object) -> Iterator[object]:
    """Yield a page's annotations."""
    yield from items(entry(page, "/Annots"))
