"""SES: moto keeps what it was given to send in its backend."""

from __future__ import annotations

from collections.abc import Sequence

from moto.ses.models import ses_backends

from choriste.local.settings import ACCOUNT, REGION
from choriste.local.shapes import MotoObject


def sent_messages() -> Sequence[MotoObject]:
    """The messages sent since the start, oldest first, as moto's own objects."""
    return tuple(ses_backends[ACCOUNT][REGION].sent_messages)
