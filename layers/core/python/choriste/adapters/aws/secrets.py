"""Secrets of the platform, read when they are first needed and kept for the life of the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError


class SecretsClient(Protocol):
    """What we ask of the Secrets Manager client of boto3."""

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - the name that AWS gave it
        """Return a secret under `SecretString`."""
        ...


class Secret:
    """A secret of Secrets Manager: called, it returns its text; raises `LookupError` while it has none."""

    def __init__(self, client: SecretsClient, name: str) -> None:
        self._client = client
        self._name = name
        self._text: str | None = None

    def __call__(self) -> str:
        """Return the text of the secret."""
        if self._text is None:
            try:
                self._text = str(self._client.get_secret_value(SecretId=self._name)["SecretString"])
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                raise LookupError(self._name) from error
        return self._text
