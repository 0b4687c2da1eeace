from __future__ import annotations

import os
import zlib

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Stream

from choriste.documents.read.inspection import TextPage, Word, extract_text, limits
from choriste.documents.read.inspection.child import ChildError, Failure, run_child
from choriste.documents.read.prefill import prefill
from choriste.formats.errors import UnreadableError
from tests.builders.pdfs import a_pdf, plain_pdf, saved


def test_text_gives_words_with_their_place_from_the_top_left() -> None:
    (page,) = extract_text(plain_pdf())

    assert [word.text for word in page.words] == ["Facture", "F-1"]
    first = page.words[0]
    assert (page.number, page.width, page.height) == (1, 595, 842)
    assert first.x0 == pytest.approx(72, abs=1)
    assert 125 < first.top < first.bottom < 150


def test_text_of_a_long_document_is_that_of_both_its_ends() -> None:
    pages = extract_text(saved(a_pdf(pages=40)))

    assert [page.number for page in pages] == [*range(1, 16), *range(26, 41)]


def test_text_of_a_scanned_page_has_no_words_and_its_images() -> None:
    pdf = a_pdf()
    image = Stream(pdf, b"\x00" * 300)
    image.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=10, Height=10, BitsPerComponent=8))
    image.ColorSpace = Name.DeviceRGB
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=image))
    pdf.pages[0].obj.Contents = Stream(pdf, b"q 500 0 0 700 40 40 cm /I Do Q")

    (page,) = extract_text(saved(pdf))

    assert page.words == ()
    assert page.images == 1


def test_text_of_a_content_bomb_is_refused_before_it_is_read() -> None:
    pdf = a_pdf()
    bomb = Stream(pdf, zlib.compress(b" " * (200 << 20), 9))
    bomb.Filter = Name.FlateDecode
    pdf.pages[0].obj.Contents = bomb
    data = saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)

    with pytest.raises(UnreadableError) as caught:
        extract_text(data)

    assert caught.value.finding.rule == "PDF-BOMB"


def test_text_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_CPU", 0.01)

    with pytest.raises(UnreadableError) as caught:
        extract_text(plain_pdf())

    assert caught.value.finding.rule == "PDF-TEXT-TIMEOUT"


def test_text_of_garbage_is_refused() -> None:
    with pytest.raises(UnreadableError) as caught:
        extract_text(b"%PDF-1.7 nothing more")

    assert caught.value.finding.rule == "PDF-TEXT-FAILED"


def test_child_without_memory_ends_alone() -> None:
    with pytest.raises(ChildError) as caught:
        run_child("text.py", plain_pdf(), memory=8 << 20, cpu=2)

    assert caught.value.failure in {Failure.REFUSED, Failure.CRASHED}


def test_child_sees_no_credentials_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    from choriste.documents.read.inspection.child import _environment  # noqa: PLC0415 - only some documents need it

    assert not any(name.startswith("AWS_") for name in _environment())
    assert "AWS_SECRET_ACCESS_KEY" in os.environ


def test_text_of_pages_denser_than_the_time_allows_is_read_from_both_ends_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "TEXT_CPU", 1.6)  # the usual time is too near one such page on a slow machine
    pdf = a_pdf(pages=40)
    line = b"(%s) Tj T* " % (b"12 34 " * 40)
    for page in pdf.pages:
        page.obj.Contents = Stream(pdf, b"BT /F1 1 Tf 1 TL 9 800 Td " + line * 100 + b"ET")

    pages = extract_text(saved(pdf))

    assert 0 < len(pages) < pages[0].of == 30
    assert pages[0].number == 1
    assert [finding.rule for finding in prefill(pages).findings][:1] == ["PREFILL-PARTIAL"]


def test_prefill_looks_at_both_ends_of_a_flood_of_words_and_says_so() -> None:
    flood = tuple(
        Word(text, 10.0 + 40 * column, 10.0 + row, 30.0 + 40 * column, 12.0 + row)
        for row in range(400)
        for column, text in enumerate(("Facture", "TVA", "Total", "20,00", "SIRET", "Date") * 2)
    )
    pages = tuple(TextPage(number, 600, 800, flood, of=30) for number in range(1, 31))

    read = prefill(pages)

    assert "PREFILL-PARTIAL" in [finding.rule for finding in read.findings]
    assert {found.box.page for found in read.fields.values()} <= {1, 30}
