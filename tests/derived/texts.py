"""The compiled catalogues and the names of the calendar, from what translators write and CLDR publishes.

`locales/*/LC_MESSAGES/choriste.mo` is compiled from the `.po` beside it, its French set with no-break spaces.
`cldr.json` and `names.json` (countries, currencies) hold what is taken of CLDR by Babel: Babel itself costs a
cold start 0.1 s and 9 MiB.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from choriste.domain.lifecycle.labels import Kind, find_label, room
from choriste.i18n.catalogue import LANGUAGES
from choriste.i18n.message import Message
from choriste.i18n.typography import typeset

_ROOM: Final = "layers/core/python/choriste/i18n"
_ROOT: Final = Path(__file__).parents[2]
_CODES: Final = "layers/core/python/choriste/rules/rulesets/code-lists.json"
_MAGIC: Final = 0x950412DE
_HEAD, _PAIR = struct.Struct("<7I"), struct.Struct("<2I")
_CLDR: Final = {"fr": "fr", "en": "en_GB"}


@cache
def catalogue(language: str) -> Catalog:
    """Return the catalogue that translators edit."""
    with _path(language, "po").open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def entries(language: str) -> Iterator[Entry]:
    """Yield every text of a language, without the header."""
    return (entry for entry in catalogue(language) if entry.id)


def codes(context: str) -> list[str]:
    """Return the codes of a context, in the order of the catalogue."""
    return [code_of(entry) for entry in entries("fr") if entry.context == context]


def vocabulary(kind: Kind) -> dict[str, Message]:
    """Return the names of a vocabulary of the lifecycle, by code in the order of the catalogue."""
    found = ((code, find_label(kind, code)) for code in codes(room(kind)))
    return {code: name for code, name in found if name is not None}


def code_of(entry: Entry) -> str:
    """Return the code of a text."""
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def strings_of(entry: Entry) -> tuple[str, ...]:
    """Return the text of an entry, or its plural forms."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def compiled(language: str) -> bytes:
    """Return a catalogue in the binary format of gettext: sorted ids, then their texts, both by offset."""
    pairs = sorted(_pairs(language))
    start = _HEAD.size + 2 * len(pairs) * _PAIR.size
    ids, texts = (b"".join(each + b"\0" for each in column) for column in zip(*pairs, strict=True))
    index = b"".join(
        _PAIR.pack(len(each), offset)
        for column, base in ((0, start), (1, start + len(ids)))
        for each, offset in _placed([pair[column] for pair in pairs], base)
    )
    tables = (_HEAD.size, _HEAD.size + len(pairs) * _PAIR.size)
    return _HEAD.pack(_MAGIC, 0, len(pairs), *tables, 0, start) + index + ids + texts


def _placed(texts: list[bytes], base: int) -> Iterator[tuple[bytes, int]]:
    for text in texts:
        yield text, base
        base += len(text) + 1


def _pairs(language: str) -> Iterator[tuple[bytes, bytes]]:
    header = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {_plural_forms(language)}\n"
    yield b"", header.encode()
    for entry in entries(language):
        name = f"{entry.context}\x04{code_of(entry)}"
        found = strings_of(entry)
        if len(found) > 1:
            name = f"{name}\0{code_of(entry)}"
        yield name.encode(), "\0".join(typeset(each, language=language) for each in found).encode()


def _plural_forms(language: str) -> str:
    lines = _path(language, "po").read_text(encoding="utf-8").split("\n")
    stated = next(line for line in lines if line.startswith('"Plural-Forms:'))
    return stated.removeprefix('"Plural-Forms: ').removesuffix('\\n"')


def _path(language: str, extension: str) -> Path:
    return _ROOT / _ROOM / "locales" / language / "LC_MESSAGES" / f"choriste.{extension}"


def cldr() -> str:
    """Return what dates and numbers need, by language: months, days from Monday on, signs of numbers."""
    found = {language: _conventions(Locale.parse(name)) for language, name in _CLDR.items()}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _conventions(locale: Locale) -> dict[str, object]:
    numbers, months, days = (
        locale.number_symbols["latn"],
        locale.months["format"]["wide"],
        locale.days["format"]["wide"],
    )
    return {
        "months": [months[number] for number in range(1, 13)],
        "days": [days[number] for number in range(7)],
        "decimal": numbers["decimal"],
        # CLDR separates by the narrow space, which the fonts of many terminals and mail readers lack
        "group": numbers["group"].replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"),
    }


def names() -> str:
    """Return the names of countries (ISO 3166-1) and currencies (ISO 4217), by language and code."""
    lists = json.loads((_ROOT / _CODES).read_text(encoding="utf-8"))
    wanted = {"countries": lists["BR-CL-14"].split(), "currencies": lists["BR-CL-03"].split()}
    found = {language: _named(Locale.parse(name), wanted) for language, name in _CLDR.items()}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _named(locale: Locale, wanted: Mapping[str, list[str]]) -> dict[str, dict[str, str]]:
    known = {"countries": locale.territories, "currencies": locale.currencies}
    return {
        kind: {code: known[kind][code] for code in codes if code in known[kind]}
        for kind, codes in wanted.items()
    }


DERIVED: dict[str, Callable[[], str | bytes]] = {
    f"{_ROOM}/cldr.json": cldr,
    f"{_ROOM}/names.json": names,
    **{
        f"{_ROOM}/locales/{language}/LC_MESSAGES/choriste.mo": partial(compiled, language)
        for language in LANGUAGES
    },
}
"""Every derived file of the texts, by its path from the root of the repository."""
