"""Forms as browsers send them: urlencoded, or multipart where a file is uploaded (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartParser, parse_options_header

from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message

MOST_FIELDS: Final = 2_000
"""The draft of an invoice sends six fields for each of its 200 lines."""
_LONGEST_VERSION: Final = 15


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: the name its sender gave it, and its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form: the last value of each field, and the files chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field's value without surrounding spaces; empty when it was not sent."""
        return self.fields.get(name, "").strip()

    @property
    def version(self) -> int:
        """The version that the form was made from; raises `BadRequestError` where it names none."""
        return self.number("version")

    def number(self, name: str) -> int:
        """Return the version that a field names; raises `BadRequestError` where it names none."""
        version = self.text(name)
        if not (version.isascii() and version.isdigit() and len(version) <= _LONGEST_VERSION):
            raise BadRequestError(field="version", expected=message("expected", "shown-version"))
        return int(version)


def read_form(body: bytes, *, content_type: str) -> Form:
    """Return the fields and files of a form.

    A malformed form, or one of more than `MOST_FIELDS`, is empty as a whole: without the token that each of
    our forms carries it is refused, and no part of it is taken for what its sender meant.
    """
    kind, options = parse_options_header(content_type)
    try:
        if kind == "multipart/form-data":
            return _multipart(body, options.get("boundary", ""))
        text = body.decode("utf-8", errors="replace")
        return Form(dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)))
    except (MultipartError, ValueError):
        return Form()


def _multipart(body: bytes, boundary: str) -> Form:
    """Read a body that is in memory already: the parser keeps its parts there too, not in temporary files."""
    size, form = len(body), Form()
    limits = {"part_limit": MOST_FIELDS, "spool_limit": size, "memory_limit": size}
    for part in MultipartParser(BytesIO(body), boundary, size, strict=True, **limits):
        if part.filename is None:
            form.fields[part.name] = part.raw.decode("utf-8", errors="replace")
        elif part.filename:
            form.files[part.name] = Upload(part.filename, part.raw)
    return form
