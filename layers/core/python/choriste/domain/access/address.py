"""E-mail addresses as people type them, and as they are compared and written to."""

from __future__ import annotations

import re
from typing import Final

from choriste.domain.access.user import normal_email
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message

LONGEST: Final = 254
"""Characters (RFC 5321, 4.5.3.1.3)."""

# One mailbox of ASCII, without comments, quotes or lists: what a header could take for anything else is out.
_MAILBOX: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


def is_address(text: str) -> bool:
    """Say whether a text is the plain address of one mailbox."""
    return len(text) <= LONGEST and _MAILBOX.fullmatch(normal_email(text)) is not None


def address_of(text: str, *, field: str) -> str:
    """Return an address in its normal form; raises `BadRequestError`, naming the field, for anything else."""
    if not is_address(text):
        raise BadRequestError(field=field, expected=message("expected", "email-address"))
    return normal_email(text)
