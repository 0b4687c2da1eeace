"""Secrets sealed by KMS for one account each."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

_SEALED: Final = "kms:"


class KmsVault:
    """Implements `choriste.application.access.ports.Vault`; `key` is the id or the alias of the key.

    The account is the encryption context: KMS opens nothing under the name of another one, and writes that
    name into its log.
    """

    def __init__(self, client: KMSClient, *, key: str) -> None:
        self._client = client
        self._key = key

    def seal(self, secret: str, *, account: str) -> str:
        """Return a secret sealed for an account."""
        answer = self._client.encrypt(
            KeyId=self._key, Plaintext=secret.encode(), EncryptionContext=_context(account)
        )
        return _SEALED + base64.b64encode(answer["CiphertextBlob"]).decode()

    def unseal(self, sealed: str, *, account: str) -> str:
        """Return the secret; one of an older record was never sealed, and is returned as it is."""
        if not self.is_sealed(sealed):
            return sealed
        answer = self._client.decrypt(
            KeyId=self._key,
            CiphertextBlob=base64.b64decode(sealed.removeprefix(_SEALED)),
            EncryptionContext=_context(account),
        )
        return answer["Plaintext"].decode()

    def is_sealed(self, text: str) -> bool:
        """Say whether a text is a sealed secret."""
        return text.startswith(_SEALED)


def _context(account: str) -> dict[str, str]:
    return {"account": account}
