"""A security key made of software: it makes keys and signs, honestly or as a test wants it to lie."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from choriste.application.access.webauthn import decoded, encoded

ORIGIN = "https://choriste.example"
_FLAG = AuthenticatorData.FLAG


@dataclass(slots=True)
class Authenticator:
    """One key of one owner, in one browser at `origin`; `uses` stays at 0 for keys that do not count."""

    origin: str = ORIGIN
    verifies: bool = True
    counts: bool = True
    uses: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    owner: str = ""
    cross_origin: bool = False
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str) -> str:
        """Answer what `registration_options` asks."""
        asked = json.loads(options)
        self.owner = asked["user"]["id"]
        attested = AttestedCredentialData.create(
            Aaguid.NONE,
            self.id,
            ES256.from_cryptography_key(self._key.public_key()),  # type: ignore[no-untyped-call]
        )
        signed = self._signed(asked["rp"]["id"], attested)
        client = self._client(CollectedClientData.TYPE.CREATE, asked["challenge"])
        return self._answer(
            clientDataJSON=encoded(client),
            attestationObject=encoded(AttestationObject.create("none", signed, {})),
        )

    def sign(self, options: str) -> str:
        """Answer what `proof_options` asks."""
        asked = json.loads(options)
        signed = self._signed(asked["rpId"], None)
        client = self._client(CollectedClientData.TYPE.GET, asked["challenge"])
        signature = self._key.sign(signed + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=encoded(client),
            authenticatorData=encoded(signed),
            signature=encoded(signature),
            userHandle=self.owner,
        )

    def _signed(self, relying_party: str, attested: AttestedCredentialData | None) -> AuthenticatorData:
        if self.counts:
            self.uses += 1
        flags = _FLAG.UP | (_FLAG.UV if self.verifies else _FLAG(0)) | (_FLAG.AT if attested else _FLAG(0))
        digest = sha256(relying_party.encode()).digest()
        signed: AuthenticatorData = AuthenticatorData.create(digest, flags, self.uses, attested or b"")
        return signed

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(
            kind, decoded(challenge), self.origin, cross_origin=self.cross_origin
        )

    def _answer(self, **response: str) -> str:
        answer: dict[str, Any] = {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }
        return json.dumps(answer)
