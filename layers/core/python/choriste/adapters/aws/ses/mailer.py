"""E-mail through SES."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ses.client import SESClient


class SesMailer:
    """Implements `choriste.application.shared.ports.Mailer`; `sender` must be a verified identity."""

    def __init__(self, client: SESClient, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one message in both text and HTML."""
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
