"""Build the committed fonts of the documents room from unpacked `@fontsource` packages.

Usage: `python tests/pdfa/build_fonts.py PACKAGES`, where PACKAGES holds one folder per package, named
after it without its scope (`atkinson-hyperlegible-next/files/*.woff2` …). All are SIL OFL 1.1. The web
splits each family by script; a PDF wants one file a style, so the parts are merged. Han is cut to the
characters of the national standards in everyday use. `coverage.json` lists what the fonts can show.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[2] / "layers/core/python/choriste/documents/issue/fonts"
ATKINSON = ("latin", "latin-ext")
NOTO = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "devanagari")
# Lead-byte encodings of the standards in everyday use: GB 2312, JIS X 0208, KS X 1001.
EVERYDAY = ("gb2312", "shift_jis", "euc_kr")
SYMBOLS = range(0x2010, 0x2C00)
BIG5_LEVEL_1 = range(0xA440, 0xC680)


def main(packages: Path) -> None:
    """Write every font and `coverage.json` into the documents room."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    for style, weight in (("Regular", "400-normal"), ("Bold", "700-normal"), ("Italic", "400-italic")):
        _merge(packages, "atkinson-hyperlegible-next", ATKINSON, weight, f"AtkinsonHyperlegibleNext-{style}")
    for style, weight in (("Regular", "400-normal"), ("Bold", "700-normal")):
        _merge(packages, "noto-sans", NOTO, weight, f"NotoSans-{style}")
        _merge(packages, "noto-sans-arabic", ("arabic",), weight, f"NotoSansArabic-{style}")
        _merge(packages, "noto-sans-hebrew", ("hebrew",), weight, f"NotoSansHebrew-{style}")
    _merge(packages, "noto-emoji", ("emoji",), "400-normal", "NotoEmoji-Regular")
    _cut(packages / "noto-sans-symbols", lambda c: c in SYMBOLS, "NotoSansSymbols-Regular")
    _cut(packages / "noto-sans-symbols-2", lambda c: c in SYMBOLS, "NotoSansSymbols2-Regular")
    _cut(packages / "noto-sans-math", lambda c: c in SYMBOLS, "NotoSansMath-Regular")
    wanted = _everyday_characters()
    _cut(
        packages / "noto-sans-sc",
        lambda c: (c in wanted or c in SYMBOLS) and not _is_hangul(c),
        "NotoSansSC-Regular",
    )
    _cut(packages / "noto-sans-kr", lambda c: c in wanted and _is_hangul(c), "NotoSansKR-Regular")
    _write_coverage()


def _merge(packages: Path, family: str, parts: Iterable[str], weight: str, name: str) -> None:
    files = [packages / family / "files" / f"{family}-{part}-{weight}.woff2" for part in parts]
    _join([_plain(TTFont(file)) for file in files], name)


def _plain(font: TTFont) -> TTFont:
    """Drop what only a screen needs: hinting, and the features that a printed page never asks for."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"], glyph_names=False)
    options.drop_tables += ["STAT", "gasp", "DSIG"]
    return _subset(font, set(font.getBestCmap()), options)


def _subset(font: TTFont, characters: set[int], options: subset.Options) -> TTFont:
    worker = subset.Subsetter(options)
    worker.populate(unicodes=characters)
    worker.subset(font)
    font.flavor = None
    return font


def _cut(package: Path, keeps: Callable[[int], bool], name: str) -> None:
    fonts: list[TTFont] = []
    seen: set[int] = set()
    for file in sorted((package / "files").glob("*-400-normal.woff2")):
        font = TTFont(file)
        characters = {c for c in font.getBestCmap() if keeps(c)} - seen
        if characters:
            options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], glyph_names=False)
            options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT", "vhea", "vmtx", "VORG", "BASE"]
            fonts.append(_subset(font, characters, options))
            seen |= characters
    _join(fonts, name)


def _join(fonts: list[TTFont], name: str) -> None:
    target = TARGET / f"{name}.ttf"
    if len(fonts) == 1:
        fonts[0].save(target)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{index}.ttf") for index in range(len(fonts))]
        for font, file in zip(fonts, files, strict=True):
            font.save(file)
        Merger().merge(files).save(target)


def _is_hangul(character: int) -> bool:
    return 0xAC00 <= character <= 0xD7A3 or 0x3130 <= character <= 0x318F


def _everyday_characters() -> set[int]:
    """Return the code points from U+2E80 on of the everyday standards, kana and full-width forms included."""
    texts = [_decoded(encoding, range(0x8140, 0xFEFF)) for encoding in EVERYDAY]
    texts.append(_decoded("big5", BIG5_LEVEL_1))
    found = {ord(c) for text in texts for c in text if ord(c) >= 0x2E80}
    return found | set(range(0x3000, 0x3100)) | set(range(0xFF01, 0xFFEF))


def _decoded(encoding: str, codes: range) -> Iterator[str]:
    for code in codes:
        try:
            text = code.to_bytes(2, "big").decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) == 1:
            yield text


def _write_coverage() -> None:
    """Write the ranges of code points that at least one font shows, as [first, last] pairs."""
    shown = sorted({c for file in TARGET.glob("*.ttf") for c in TTFont(file).getBestCmap()})
    ranges: list[list[int]] = []
    for character in shown:
        if ranges and ranges[-1][1] == character - 1:
            ranges[-1][1] = character
        else:
            ranges.append([character, character])
    (TARGET / "coverage.json").write_text(json.dumps(ranges, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
