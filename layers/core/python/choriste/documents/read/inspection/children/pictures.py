"""Child: print JPEG pictures of the pages of the PDF or picture on standard input, as JSON.

`{"pages": total, "pictures": [[number, BASE64]]}`: the first, the last and the second page, upright as a
viewer shows them What declares more pixels than a good camera takes is
refused before any of them is decoded.
"""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import base64  # noqa: E402 - the limits come first
import io  # noqa: E402 - the limits come first
import json  # noqa: E402 - the limits come first
from collections.abc import Iterator  # noqa: E402 - the limits come first

import pypdfium2 as pdfium  # noqa: E402 - the limits come first
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin  # noqa: E402 - the limits come first

FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        TiffImagePlugin.TiffImageFile,
    )
)
MAX_DECLARED = 64_000_000
LONGEST, COLOURS = int(sys.argv[3]), sys.argv[4]
POINTS = 72


def wanted(total: int) -> list[int]:
    """Return the pages to show, 0-based: an invoice begins on the first and adds up on the last."""
    return list(dict.fromkeys((0, total - 1, min(1, total - 1))))


def of_pdf(data: bytes) -> tuple[int, Iterator[Image.Image]]:
    """Return how many pages a PDF has, and pictures of those wanted."""
    document = pdfium.PdfDocument(data)
    return len(document), (shown(document[index]) for index in wanted(len(document)))


def shown(page: pdfium.PdfPage) -> Image.Image:
    """Return a page as a viewer shows it, its longer side as long as it may be, but no finer than 240 dpi."""
    width, height = page.get_size()
    scale = min(LONGEST / max(width, height, 1), 240 / POINTS)
    picture: Image.Image = page.render(scale=scale, grayscale=COLOURS == "L").to_pil()
    return picture


def of_picture(data: bytes) -> tuple[int, Iterator[Image.Image]]:
    """Return how many frames a picture has, and those wanted; a photograph stands as it was taken."""
    opened = Image.open(io.BytesIO(data), formats=FORMATS)
    total = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    return total, (frame(opened, index) for index in wanted(total))


def frame(opened: Image.Image, index: int) -> Image.Image:
    """Return one frame, upright and small; raises `ValueError` for one of too many pixels."""
    if index:
        opened.seek(index)
    if opened.width * opened.height > MAX_DECLARED:
        raise ValueError("too many pixels")
    opened.draft(COLOURS, (LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in {"RGBA", "LA", "PA", "P"}:
        shaded = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", shaded.size, "white"), shaded)
    small = upright.convert(COLOURS)
    small.thumbnail((LONGEST, LONGEST))
    return small


def main() -> None:
    """Make the pictures, print them."""
    data = sys.stdin.buffer.read()
    total, pictures = of_pdf(data) if b"%PDF-" in data[:1024] else of_picture(data)
    made = []
    for index, picture in zip(wanted(total), pictures, strict=True):
        out = io.BytesIO()
        picture.convert(COLOURS).save(out, "JPEG", quality=80)
        made.append([index + 1, base64.b64encode(out.getvalue()).decode()])
    json.dump({"pages": total, "pictures": made}, sys.stdout)


if __name__ == "__main__":
    main()
