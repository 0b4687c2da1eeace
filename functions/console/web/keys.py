"""Security keys on a page: what the browser is asked, and what the visitor is told of an answer.

The request stands in an attribute of the form, where the one static script finds it: nothing runs inline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from choriste.application.access.webauthn import origin_of
from choriste.domain.access.errors import (
    KeyCopiedError,
    KeyKnownError,
    KeyLateError,
    KeyRefusedError,
    TooManyKeysError,
)
from choriste.domain.shared.errors import BadRequestError
from choriste.runtime.settings import settings

PROOF_REFUSALS: Final = (KeyRefusedError, KeyLateError, KeyCopiedError)
"""What keeps a key from proving anything."""
ENROLMENT_REFUSALS: Final = (
    KeyRefusedError,
    KeyLateError,
    KeyKnownError,
    TooManyKeysError,
    BadRequestError,
)
"""What keeps a key from being registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedKey:
    """What a page asks of a key: where the answer goes, `get` or `create`, the request, and from where."""

    action: str
    ceremony: str
    options: str
    origin: str


def key_to_use(options: str, *, action: str) -> AskedKey:
    """Return what a page asks of a key that is known."""
    return AskedKey(action=action, ceremony="get", options=options, origin=origin_of(settings().base_url))


def key_to_make(options: str, *, action: str) -> AskedKey:
    """Return what a page asks of a key that shall become known."""
    return AskedKey(action=action, ceremony="create", options=options, origin=origin_of(settings().base_url))
