"""From a file to the fields of the entry form: its text, or what is recognised on its picture."""

from __future__ import annotations

from choriste.documents.read.inspection.text import extract_text
from choriste.documents.read.prefill.model import Prefill
from choriste.documents.read.prefill.prefiller import prefill
from choriste.documents.read.recognition.pictures import is_readable_picture
from choriste.documents.read.recognition.reading import Recogniser, recognised_pages


def prefill_file(data: bytes, *, recogniser: Recogniser | None, depositor: str | None = None) -> Prefill:
    """Read the fields of an invoice from a PDF without data, or from a picture (JPEG, PNG, TIFF).

    A scan, a photograph and letters without Unicode are read by `recogniser`; where there is none, the answer
    is `illegible`. Raises `UnreadableError`.
    """
    read = (
        Prefill(scanned=True)
        if is_readable_picture(data)
        else prefill(extract_text(data), depositor=depositor)
    )
    if not read.illegible or recogniser is None:
        return read
    return prefill(recognised_pages(data, recogniser), depositor=depositor)
