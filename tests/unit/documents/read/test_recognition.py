"""Scans and photographs: read where the optional layer is, only ever proposed, and bounded."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pypdfium2 as pdfium
import pytest
from PIL import Image

from choriste.documents.read.prefill import Confidence, FieldName
from choriste.documents.read.prefill.from_file import prefill_file
from choriste.documents.read.recognition.here import HereRecogniser
from choriste.documents.read.recognition.layout import text_page
from choriste.documents.read.recognition.pictures import page_pictures
from choriste.documents.read.recognition.strip import Strip
from choriste.formats.errors import UnreadableError
from tests.generators.pdf.supplier_pdf import supplier_pdf


class Told:
    """A recogniser that answers what it was told, and keeps what it was shown."""

    def __init__(self, *pages: tuple[Strip, ...] | None) -> None:
        self.pages = pages
        self.shown: Sequence[bytes] = ()

    def read(self, pictures: Sequence[bytes]) -> tuple[tuple[Strip, ...] | None, ...]:
        self.shown = pictures
        return self.pages


def a_strip(text: str, x: float, y: float, *, slant: float = 0.0) -> Strip:
    cosine, sine = math.cos(slant), math.sin(slant)
    length, height = 10.0 * len(text), 20.0
    corners = ((x, y), (x + length, y), (x + length, y + height), (x, y + height))
    laid = (at for px, py in corners for at in (px * cosine - py * sine, px * sine + py * cosine))
    return Strip(text, tuple(laid), 1000, 1414)


def a_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.slow
def test_photograph_on_its_side_is_read_and_nothing_of_it_is_certain() -> None:
    document = supplier_pdf(7)
    page = pdfium.PdfDocument(document.data)[0].render(scale=2, grayscale=True).to_pil()
    out = io.BytesIO()
    page.rotate(90, expand=True).save(out, "JPEG", quality=70)

    read = prefill_file(out.getvalue(), recogniser=HereRecogniser(seconds=120))

    assert read.fields[FieldName.NUMBER].value == document.printed["number"]
    assert read.fields[FieldName.TOTAL_WITH_VAT].value == document.printed["total_with_vat"]
    assert {found.confidence for found in (*read.fields.values(), *read.ibans)} == {Confidence.PROBABLE}
    assert read.filled() == {}
    assert read.lines == ()
    assert "PREFILL-RECOGNISED" in {finding.rule for finding in read.findings}


def test_page_that_lies_askew_is_laid_level() -> None:
    strips = [a_strip("Facture n° F-2026-12", 100, y, slant=0.03) for y in (100, 200)]

    page = text_page(strips, 1, 1)

    first, *_, last = page.words[:3]
    assert [word.text for word in page.words[:3]] == ["Facture", "n°", "F-2026-12"]
    assert last.top == pytest.approx(first.top, abs=0.1)
    assert first.x1 < last.x0
    assert page.recognised


def test_pages_without_time_are_told_as_left_out() -> None:
    pages = [Image.new("L", (40, 30), 255) for _ in range(5)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    engine = Told((a_strip("Facture n° F-2026-12", 100, 100),), None, None)

    read = prefill_file(out.getvalue(), recogniser=engine)

    assert len(engine.shown) == 3
    assert "PREFILL-PARTIAL" in {finding.rule for finding in read.findings}


def test_picture_without_text_is_told() -> None:
    read = prefill_file(a_picture(), recogniser=Told(()))

    assert [finding.rule for finding in read.findings] == ["PREFILL-NOTHING"]


def test_camera_says_which_way_up_a_photograph_is() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees

    (picture,), total = page_pictures(a_picture("JPEG", (400, 300), exif=exif))

    assert Image.open(io.BytesIO(picture.content)).size == (300, 400)
    assert (picture.number, total) == (1, 1)


@pytest.mark.parametrize(
    "content", [a_picture()[:60], a_picture("PNG", (12_000, 12_000)), b"\xff\xd8\xff" + bytes(99)]
)
def test_damaged_and_monstrous_pictures_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError) as refusal:
        page_pictures(content)

    assert refusal.value.finding.rule == "PICTURE-UNREADABLE"
