"""Lenient readers of request fields.

Real clients write numbers as texts, dates in several forms, and `""`, `{}`, `0` or null for what they leave
open (docs/reference/chorus-pro.md#requests-and-answers).

A reader takes a value as JSON gave it and returns what it means, or raises `ChorusRefusal`. A field that
says nothing is never given to a reader.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeVar

from functions.chorus.returns import ChorusRefusal, Return

Reader = Callable[[object, str], Any]
"""What reads the value of a field; the second argument is the field's name."""

Choice = TypeVar("Choice", bound=StrEnum)

Schema = Mapping[str, Any]
"""A JSON schema."""

_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%Y/%m/%d")
_AFTER_DAY: Final = re.compile(r"[T ]\d{1,2}:\d{2}.*\Z")
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML holds, and an invoice therefore neither."""

_LARGEST: Final = 2**63
_DECIMALS: Final = 12
_TRUE, _FALSE = frozenset({"true", "1", "oui", "o", "yes"}), frozenset({"false", "0", "non", "n", "no"})


@dataclass(frozen=True, slots=True)
class Shaped:
    """A reader that says which values it reads, for the description of the API."""

    read: Reader
    schema: Schema

    def __call__(self, value: object, name: str) -> Any:  # noqa: ANN401 - what its reader gives
        """Read a value."""
        return self.read(value, name)


@dataclass(frozen=True, slots=True)
class Field:
    """Where a request says something, and how it is read; `path` may lead into objects (`a.b`)."""

    path: str
    reader: Reader
    required: bool = False


def required(path: str, reader: Reader) -> Field:
    """Return a field without which the request is refused."""
    return Field(path, reader, required=True)


def read_fields(fields: Mapping[str, Field], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says under our names, None for what it leaves open; raises `ChorusRefusal`."""
    return {name: _read(field, body) for name, field in fields.items()}


def says_nothing(value: object) -> bool:
    """Say whether a value is one that clients send for "none"; what a zero means, each reader decides."""
    return value is None or value in ("", {}, []) or (isinstance(value, str) and not value.strip())


def text(limit: int | None = None) -> Reader:
    """Return a reader of texts, trimmed, of at most so many characters."""

    def read(value: object, name: str) -> str | None:
        if isinstance(value, (dict, list, bool)):
            raise ChorusRefusal(Return.UNREADABLE, field=name)
        words = _UNWRITABLE.sub("", str(value)).strip()
        if limit is not None and len(words) > limit:
            raise ChorusRefusal(Return.TOO_LONG, field=name, limit=limit)
        return words or None

    return Shaped(read, {"type": "string"} if limit is None else {"type": "string", "maxLength": limit})


def number(value: object, name: str) -> int | None:
    """Read an id, a page or a count, as a number or a text; zero says nothing."""
    if isinstance(value, (dict, list, bool)):
        raise ChorusRefusal(Return.UNREADABLE, field=name)
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        raise ChorusRefusal(Return.UNREADABLE, field=name) from None
    # compared before it is converted: a text of ten characters can name an integer of a million digits
    if not exact.is_finite() or abs(exact) >= _LARGEST:
        raise ChorusRefusal(Return.UNREADABLE, field=name)
    return int(exact) or None


def amount(value: object, name: str) -> Decimal:
    """Read an amount: at most 19 digits, 6 of them decimals (API annex); a decimal comma passes."""
    if isinstance(value, (dict, list, bool)):
        raise ChorusRefusal(Return.UNREADABLE, field=name)
    try:
        found = Decimal(str(value).strip().replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise ChorusRefusal(Return.UNREADABLE, field=name) from None
    # neither end may hold more digits than an amount has: a short text can name a million of them
    if not found.is_finite() or abs(found) >= Decimal(10) ** 13 or found.adjusted() < -_DECIMALS:
        raise ChorusRefusal(Return.UNREADABLE, field=name)
    return found


def bound(value: object, name: str) -> Decimal | None:
    """Read an amount that limits a search; zero says nothing."""
    return amount(value, name) or None


def flag(value: object, name: str) -> bool:
    """Read a yes or no, as JSON has it or in words."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ChorusRefusal(Return.UNREADABLE, field=name)


def tick(value: object, name: str) -> bool | None:
    """Read a yes that narrows a search; a no says nothing."""
    return flag(value, name) or None


def day(value: object, name: str) -> dt.date:
    """Read a date, with or without a time behind it, in the forms that clients write."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 10**13:
        return dt.datetime.fromtimestamp(value / 1000, tz=dt.UTC).date()
    words = _AFTER_DAY.sub("", str(value).strip())
    for form in _DAYS:
        try:
            return dt.datetime.strptime(words, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise ChorusRefusal(Return.UNREADABLE, field=name)


def one_of(choices: type[Choice]) -> Reader:
    """Return a reader of codes; spaces around one are passed over."""
    known = {str(each.value).upper(): each for each in choices}

    def read(value: object, name: str) -> Choice:
        found = known.get(str(value).strip().upper())
        if found is None:
            raise ChorusRefusal(Return.NOT_LISTED, field=name, found=str(value)[:80])
        return found

    return Shaped(read, {"type": "string", "enum": [str(each.value) for each in choices]})


def each(reader: Reader) -> Reader:
    """Return a reader of lists; a value alone is a list of one, and what says nothing in it is left out."""

    def read(value: object, name: str) -> tuple[Any, ...]:
        rows = value if isinstance(value, list) else [value]
        found = (reader(row, name) for row in rows if not says_nothing(row))
        return tuple(row for row in found if row is not None)

    return Shaped(read, {"type": "array", "items": schema_of(reader)})


def one_row(reader: Reader) -> Reader:
    """Return a reader of what some clients write as a list of one."""

    def read(value: object, name: str) -> Any:  # noqa: ANN401 - what its reader gives
        return reader(value[0] if isinstance(value, list) else value, name)

    return Shaped(read, schema_of(reader))


def group(fields: Mapping[str, Field]) -> Reader:
    """Return a reader of objects, which gives what `read_fields` gives."""

    def read(value: object, name: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ChorusRefusal(Return.UNREADABLE, field=name)
        return read_fields(fields, value)

    return Shaped(read, schema_of_fields(fields))


def file_of(limit: int, *, over: Return) -> Reader:
    """Return a reader of a file in base64 of at most so many bytes; line breaks in it are passed over."""

    def read(value: object, name: str) -> bytes:
        if not isinstance(value, str):
            raise ChorusRefusal(Return.UNREADABLE, field=name)
        packed = "".join(value.split()).replace("-", "+").replace("_", "/")
        if len(packed) * 3 // 4 > limit + 2:
            raise ChorusRefusal(over, limit=limit)
        try:
            content = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise ChorusRefusal(Return.UNREADABLE, field=name) from None
        if not content:
            raise ChorusRefusal(Return.MISSING, field=name)
        if len(content) > limit:
            raise ChorusRefusal(over, limit=limit)
        return content

    return Shaped(read, {"type": "string", "contentEncoding": "base64"})


def schema_of(reader: Reader) -> Schema:
    """Return the schema of the values that a reader is meant for, empty where it does not say."""
    return reader.schema if isinstance(reader, Shaped) else _PLAIN.get(reader, {})


def schema_of_fields(fields: Mapping[str, Field]) -> Schema:
    """Return the schema of the object that holds some fields."""
    root: dict[str, Any] = {"type": "object", "properties": {}}
    for field in fields.values():
        *above, last = field.path.split(".")
        place = root
        for name in above:
            place = place["properties"].setdefault(name, {"type": "object", "properties": {}})
            place.setdefault("properties", {})
        place["properties"].setdefault(last, dict(schema_of(field.reader)))
        if field.required:
            place.setdefault("required", []).append(last)
    return root


_PLAIN: Final[Mapping[Reader, Schema]] = {
    number: {"type": "integer", "format": "int64"},
    amount: {"type": "number"},
    bound: {"type": "number"},
    flag: {"type": "boolean"},
    tick: {"type": "boolean"},
    day: {"type": "string", "format": "date"},
}


def _read(field: Field, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what its reader gives
    value = _found(body, field.path.split("."))
    read = None if says_nothing(value) else field.reader(value, field.path)
    if read is None and field.required:
        raise ChorusRefusal(Return.MISSING, field=field.path)
    return read


def _found(body: object, path: Sequence[str]) -> object:
    """Return what stands at a path; a list on the way counts as its first element."""
    for name in path:
        if isinstance(body, list):
            body = body[0] if body else None
        if not isinstance(body, Mapping):
            return None
        body = body.get(name)
    return body
