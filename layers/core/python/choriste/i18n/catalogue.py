"""The catalogue of texts: every text by its room and stable code, in French and in English.

Translators edit `locales/*/LC_MESSAGES/choriste.po`. `make texts` compiles each into the `.mo` file next to
it, which is committed, so that neither an installation nor a cold start compiles anything; a test compares
the two. A text names its parameters (`{number}`), and a countable one has plural forms.

This room stands below the domain: a finding or a line of an invoice's history records what its reader saw,
in both languages, so the rooms that make them word them. It knows codes and parameters, nothing of the trade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import NoReturn

from choriste.i18n.message import Message

LANGUAGES = ("fr", "en")


class _Missing(NullTranslations):
    """The end of the search for a text: a code without a text is a mistake of the program."""

    def pgettext(self, context: str, message: str) -> NoReturn:
        """Raise KeyError."""
        raise KeyError(context, message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> NoReturn:  # noqa: ARG002 - gettext's
        """Raise KeyError."""
        raise KeyError(context, msgid1)


def translate(context: str, code: str, language: str, /, **values: object) -> str:
    """Return a text in a language (`fr` for all but `en`), its parameters filled in.

    A parameter may be a `Message`, shown in the same language, or a sequence, shown as a list. Raises
    KeyError for an unknown code or a missing parameter.
    """
    return _filled(_texts(language).pgettext(context, code), language, values)


def count(context: str, code: str, number: int, language: str, /, **values: object) -> str:
    """Return a text in the plural form of a number, which fills `{count}`."""
    text = _texts(language).npgettext(context, code, code, number)
    return _filled(text, language, {"count": number, **values})


def message(context: str, code: str, /, **values: object) -> Message:
    """Return a text in both languages, its parameters filled in; raises KeyError as `translate` does."""
    fr, en = (translate(context, code, language, **values) for language in LANGUAGES)
    return Message(fr=fr, en=en)


def template(context: str, code: str) -> Message | None:
    """Return a text as the catalogue has it, its parameters still open; None for an unknown code."""
    try:
        fr, en = (_texts(language).pgettext(context, code) for language in LANGUAGES)
    except KeyError:
        return None
    return Message(fr=fr, en=en)


def fill(text: Message, values: Mapping[str, object]) -> Message:
    """Return a text with its open parameters filled in, in each language."""
    return Message(fr=_filled(text.fr, "fr", values), en=_filled(text.en, "en", values))


def _filled(text: str, language: str, values: Mapping[str, object]) -> str:
    return text.format_map(_InLanguage(language, values)) if "{" in text else text


class _InLanguage(Mapping[str, object]):
    """Parameters as one language shows them."""

    def __init__(self, language: str, values: Mapping[str, object]) -> None:
        self._language, self._values = language, values

    def __getitem__(self, name: str) -> object:
        return _shown(self._values[name], self._language)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _shown(value: object, language: str) -> object:
    if isinstance(value, Message):
        return value.in_language(language)
    if isinstance(value, (tuple, list)):
        return ", ".join(str(_shown(each, language)) for each in value)
    return value


def _texts(language: str) -> GNUTranslations:
    return _load("en" if language == "en" else "fr")


@cache
def _load(language: str) -> GNUTranslations:
    file = files(__package__).joinpath("locales", language, "LC_MESSAGES", "choriste.mo")
    with file.open("rb") as stream:
        loaded = GNUTranslations(stream)
    loaded.add_fallback(_Missing())
    return loaded
