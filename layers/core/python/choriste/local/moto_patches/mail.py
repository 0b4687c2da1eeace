"""SES: moto keeps what it was given to send in its backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from moto.ses.models import Message, SESBackend, ses_backends

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import Json, MotoObject

_SENDING: Final = ("send_email", "send_raw_email", "send_templated_email")


def install_mail(on_sent: Callable[[MotoObject], None]) -> Sequence[Uninstall]:
    """`on_sent` hears of each message, as moto's own object, before its sender is answered."""
    return [_install(name, on_sent) for name in _SENDING]


def _install(name: str, on_sent: Callable[[MotoObject], None]) -> Uninstall:
    send = getattr(SESBackend, name)

    def sent(backend: MotoObject, *arguments: Json, **named: Json) -> Json:
        message = send(backend, *arguments, **named)
        on_sent(message)
        return message

    return replace(SESBackend, name, sent)


def sent_messages() -> Sequence[MotoObject]:
    """The messages sent since the start, oldest first, as moto's own objects."""
    return tuple(ses_backends[ACCOUNT][REGION].sent_messages)


def restore_sent(*, identifier: str, sender: str, recipients: Sequence[str], subject: str, text: str) -> None:
    """Put a message back among those sent."""
    message = Message(identifier, sender, subject, text, {"ToAddresses": list(recipients)})
    ses_backends[ACCOUNT][REGION].sent_messages.append(message)
