"""QR codes as inline SVG: no image to fetch, nothing that the policy of contents forbids."""

from __future__ import annotations

from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Return the SVG of a QR code, dark on light with its quiet zone, as large as its place."""
    import segno  # noqa: PLC0415 - one page in a thousand shows one

    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn here: it holds squares only
