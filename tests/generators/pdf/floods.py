"""Hostile files that make a reader work: words that it searches for, over and over, and floods of text."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pikepdf import Stream

from tests.builders.pdfs import a_pdf, saved, sign
from tests.generators.pdf.hostile_file import MEBIBYTE, UNREADABLE, Hostile, raw_pdf


def repeated_marks() -> Iterator[Hostile]:
    """Yield files that repeat a word which readers search for, each time with work behind it."""
    end = b"\nstartxref\n9\n%%EOF\n"
    for name, mark in (
        ("xref", b"/XRef "),
        ("stream", b"/XRef stream\n"),
        ("inflated", b"/XRef stream\n" + zlib.compress(b"a")),
        ("startxref", b"startxref\n"),
        ("section", b"xref 0 1\n"),
        ("digits", b"xref 1234567890 "),
        ("spaces", b" "),
        ("string", b"1 0 obj("),
    ):
        for size in (1, 40):
            data = b"%PDF-1.7\n" + mark * (size * MEBIBYTE // len(mark)) + end
            yield Hostile(f"repeated-{name}-{size}", data, UNREADABLE)


def dense_texts() -> Iterator[Hostile]:
    """Yield files whose pages show far more text than paper holds, and one that is slow in two ways."""
    line = b"(%s) Tj T* " % (b"12 34 " * 40)
    content = b"BT /F1 1 Tf 1 TL 9 800 Td " + line * 200 + b"ET"
    for pages in (1, 10, 300):
        pdf = a_pdf(pages=pages)
        for page in pdf.pages:
            page.obj.Contents = Stream(pdf, content)
        yield Hostile(f"dense-text-{pages}", saved(pdf))
        yield Hostile(f"dense-text-signed-{pages}", sign(saved(pdf)))
    padding = b"[" + b"<</A 0>>" * 90_000 + b"]"
    wide = dict.fromkeys(range(10, 14), padding)
    catalogue = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R]>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        4: b"<</FT/Sig/T(s)/V<</Type/Sig/ByteRange[0 9 9 9]/Contents<00>>>>>",
    }
    yield Hostile("wide-and-signed", raw_pdf(catalogue | wide))
