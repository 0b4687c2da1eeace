"""What does not fit in a request, in both languages: the faults that validation finds, by their type.

Validation names its faults by pydantic's error types, and explains them in English only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from choriste.domain.shared.findings import Message

_WHOLE: Final = Message(fr="un nombre entier", en="a whole number")
_NUMBER: Final = Message(
    fr="un nombre, avec un point avant les décimales, par exemple 1250.50",
    en="a number with a point before its decimals, for example 1250.50",
)
_DIGITS: Final = Message(
    fr="un nombre de 19 chiffres au plus, dont 8 décimales au plus",
    en="a number of at most 19 digits, at most 8 of them decimals",
)
_DATE: Final = Message(fr="une date, par exemple 2026-11-30", en="a date, for example 2026-11-30")
_OBJECT: Final = Message(fr="un objet JSON", en="a JSON object")
_CHOICE: Final = Message(fr="une de ces valeurs : {expected}", en="one of these values: {expected}")
_JSON_TYPE: Final = Message(
    fr="un corps en JSON (en-tête Content-Type: application/json)",
    en="a body in JSON (header Content-Type: application/json)",
)
_EXPECTED: Final[Mapping[str, Message]] = {
    "missing": Message(fr="une valeur, or le champ manque", en="a value, but the field is missing"),
    "extra_forbidden": Message(fr="aucun champ de ce nom", en="no field of this name"),
    "json_invalid": Message(
        fr="du JSON bien formé, or la lecture s’arrête au caractère {position}",
        en="well-formed JSON, but reading ends at character {position}",
    ),
    "unsupported_content_type": _JSON_TYPE,
    "form_invalid": _JSON_TYPE,
    "multipart_invalid": _JSON_TYPE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_max_digits": _DIGITS,
    "decimal_max_places": _DIGITS,
    "decimal_whole_digits": _DIGITS,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "string_type": Message(fr="un texte", en="a text"),
    "string_too_short": Message(fr="au moins {min_length} caractère", en="at least {min_length} character"),
    "string_too_long": Message(fr="au plus {max_length} caractères", en="at most {max_length} characters"),
    "too_long": Message(fr="au plus {max_length} éléments", en="at most {max_length} elements"),
    "greater_than_equal": Message(fr="au moins {ge}", en="at least {ge}"),
    "less_than_equal": Message(fr="au plus {le}", en="at most {le}"),
    "bool_parsing": Message(fr="true ou false", en="true or false"),
    "bool_type": Message(fr="true ou false", en="true or false"),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "list_type": Message(fr="une liste", en="a list"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}

NOT_JSON: Final[Mapping[str, Any]] = {"type": "unsupported_content_type", "loc": ("body",), "msg": ""}
"""The fault of a body whose content type is not JSON."""

UNREADABLE: Final = Message(
    fr="du JSON en UTF-8, imbriqué sur moins de cent niveaux",
    en="JSON in UTF-8, nested less than a hundred levels",
)


def place_of(fault: Mapping[str, Any]) -> str:
    """Return where a fault is, as a JSON pointer that starts with `/body`, `/query` or `/path`."""
    where = fault["loc"][:1] if fault["type"] == "json_invalid" else fault["loc"]
    return "/" + "/".join(str(part) for part in where)


def expected_of(fault: Mapping[str, Any]) -> Message:
    """Return what was expected in place of what validation faults; a type without texts is told as it is."""
    known = _EXPECTED.get(fault["type"])
    if known is None:
        return Message(fr=fault["msg"], en=fault["msg"])
    values = defaultdict(str, fault.get("ctx") or {}, position=fault["loc"][-1])
    return Message(fr=known.fr.format_map(values), en=known.en.format_map(values))
