"""E-mail through SES."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from choriste.domain.access.errors import MailNotSentError

if TYPE_CHECKING:
    from mypy_boto3_ses.client import SESClient

logger = logging.getLogger(__name__)


class SesMailer:
    """Implements `choriste.application.shared.ports.Mailer`; `sender` must be a verified identity."""

    def __init__(self, client: SESClient, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one message in both text and HTML; raises `MailNotSentError` whatever kept SES from taking it.

        SES names addresses in its errors, so that only their code is logged.
        """
        try:
            self._client.send_email(
                Source=self._sender,
                Destination={"ToAddresses": [to]},
                Message={
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": text, "Charset": "UTF-8"},
                        "Html": {"Data": html, "Charset": "UTF-8"},
                    },
                },
            )
        except (ClientError, BotoCoreError) as error:
            answer = getattr(error, "response", {})
            code = answer.get("Error", {}).get("Code", type(error).__name__)
            logger.warning("a mail was not sent: %s", code)
            raise MailNotSentError from None
