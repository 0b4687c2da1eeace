"""What is wrong with a request: the faults that validation finds, by their type, as codes of the catalogue.

Validation names its faults by pydantic's error types, and explains them in English only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message
from choriste.i18n.message import Message

_QUOTED: Final = re.compile(r"'([^']*)'")
_EXPECTED: Final[Mapping[str, str]] = {
    "unsupported_content_type": "json-type",
    "form_invalid": "json-type",
    "multipart_invalid": "json-type",
    "int_parsing": "integer",
    "int_parsing_size": "integer",
    "int_type": "integer",
    "int_from_float": "integer",
    "decimal_parsing": "number",
    "decimal_type": "number",
    "finite_number": "number",
    "decimal_max_digits": "digits",
    "decimal_max_places": "digits",
    "decimal_whole_digits": "digits",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "string_type": "text",
    "string_too_short": "min-length",
    "string_too_long": "max-length",
    "too_long": "max-items",
    "greater_than_equal": "at-least",
    "less_than_equal": "at-most",
    "bool_parsing": "boolean",
    "bool_type": "boolean",
    "enum": "choice",
    "literal_error": "choice",
    "list_type": "list",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
}
"""The text of what was expected (room `expected` of the catalogue), by pydantic's type of fault."""

_FAULTS: Final[Mapping[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "json_invalid": "json",
}
"""Faults with a sentence of their own (parameter `fault`), by pydantic's type."""

NOT_JSON: Final[Mapping[str, Any]] = {"type": "unsupported_content_type", "loc": ("body",), "msg": ""}
"""The fault of a body whose content type is not JSON."""


def place_of(fault: Mapping[str, Any]) -> str:
    """Return where a fault is, as a JSON pointer that starts with `/body`, `/query` or `/path`."""
    where = fault["loc"][:1] if fault["type"] == "json_invalid" else fault["loc"]
    return "/" + "/".join(str(part) for part in where)


def refusal_of(fault: Mapping[str, Any]) -> BadRequestError:
    """Return a fault that validation found as the error of the request."""
    kind = _FAULTS.get(fault["type"])
    if kind == "json":
        return BadRequestError(field=place_of(fault), fault=kind, position=fault["loc"][-1])
    if kind is not None:
        return BadRequestError(field=place_of(fault), fault=kind)
    return BadRequestError(field=place_of(fault), expected=expected_of(fault))


def expected_of(fault: Mapping[str, Any]) -> Message:
    """Return what was expected in place of what validation faults; an unknown type keeps pydantic's words."""
    known = _EXPECTED.get(fault["type"])
    if known is None:
        return Message(fr=fault["msg"], en=fault["msg"])
    values = {**(fault.get("ctx") or {})}
    if known == "choice":
        values["expected"] = _QUOTED.findall(values["expected"])
    return message("expected", known, **values)
