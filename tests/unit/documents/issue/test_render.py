from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from choriste.documents.errors import RenderError
from choriste.documents.issue.pages.sheet import Sheet, prose, set_sheet
from choriste.documents.issue.render import _GENERATIONS, Template, _typesetter, render
from choriste.documents.issue.wording import wording
from tests.builders.readable import text_of

WHEN = dt.datetime(2026, 10, 6, tzinfo=dt.UTC)


def a_sheet(text: str) -> bytes:
    sheet = Sheet(title="Titre", subtitle="Sujet", blocks=(prose("Texte", (text,)),))
    return set_sheet(sheet, wording("fr"), dated=WHEN)


def test_render_refuses_a_page_that_the_template_does_not_know() -> None:
    with pytest.raises(RenderError):
        render(Template.SHEET, {"title": "x"}, dated=WHEN)


def test_render_serves_threads_one_after_the_other() -> None:
    texts = [f"document{i}" for i in range(8)]

    with ThreadPoolExecutor(max_workers=4) as pool:
        documents = list(pool.map(a_sheet, texts))

    assert all(text in text_of(document) for text, document in zip(texts, documents, strict=True))


def test_render_forgets_long_pages() -> None:
    a_sheet("mot " * 60_000)

    assert sum(_typesetter()._remembered) == 0


def test_render_remembers_no_more_than_the_typesetter_does() -> None:
    for index in range(_GENERATIONS + 3):
        a_sheet(f"texte {index}")

    assert len(_typesetter()._remembered) <= _GENERATIONS


def test_document_is_dated_by_its_data() -> None:
    assert b"/CreationDate(D:20261006000000Z)" in a_sheet("x")
