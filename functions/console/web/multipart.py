"""Forms as browsers send them: urlencoded, or multipart where a file is uploaded (RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

_BOUNDARY: Final = re.compile(r'multipart/form-data;.*boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER: Final = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


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


def read_form(body: bytes, *, content_type: str) -> Form:
    """Return the fields and files of a form; what is malformed is left out."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        text = body.decode("utf-8", errors="replace")
        return Form(dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100)))
    form = Form()
    delimiter = b"\r\n--" + found[1].encode("latin-1", errors="replace")
    for part in (b"\r\n" + body).split(delimiter)[1:]:
        _add_part(form, part)
    return form


def _add_part(form: Form, part: bytes) -> None:
    head, blank, content = part.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", errors="replace").split("\r\n")
    disposition = next((ln for ln in lines if ln.lower().startswith("content-disposition:")), "")
    parameters = {name.lower(): _unescaped(value) for name, value in _PARAMETER.findall(disposition)}
    name = parameters.get("name")
    if not blank or name is None:
        return
    if "filename" not in parameters:
        form.fields[name] = content.decode("utf-8", errors="replace")
    elif parameters["filename"]:
        form.files[name] = Upload(parameters["filename"], content)


def _unescaped(value: str) -> str:
    """Undo what the HTML standard does to quotes and line ends in file names."""
    return value.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n").replace('\\"', '"')
