"""What a browser and a security key are asked, and whether what they answer is genuine (WebAuthn Level 3).

The relying party is the host of the platform's public address, its origin the only one that answers count
from. A machine's own number is no name that a key may be bound to: there it is `localhost`.

The library checks type, challenge, origin, relying party, presence and signature. Attestations are not asked
for: any make of key is as good as another. The imports stand in functions: they take 0.1 s, for few requests.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from choriste.application.access.records import SecurityKey
from choriste.domain.access.errors import KeyRefusedError
from choriste.domain.access.user import User

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

PLATFORM: Final = "Choriste"
LONGEST_ANSWER: Final = 20_000
"""Characters of JSON; a key answers with 2,000, or 10,000 with an attestation that nobody asked for."""

_ES256, _EDDSA, _RS256 = -7, -8, -257
_ALGORITHMS: Final = frozenset({_ES256, _EDDSA, _RS256})
"""What keys sign with (COSE): the three that WebAuthn recommends to offer."""

Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key as it introduced itself; `public_key` is COSE, both texts URL-safe base64."""

    id: str
    public_key: str
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A genuine signature: by which key, its counter, and whether the key has verified its owner."""

    key: SecurityKey
    uses: int
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an answer says of itself before anything is checked: what it answers, with which key, for whom."""

    challenge: str
    key: str
    user: str | None


def origin_of(base_url: str) -> str:
    """Return the origin that keys are used from: the platform's, by name where its host is this machine."""
    parts = urlsplit(base_url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{relying_party_of(base_url)}{port}"


def relying_party_of(base_url: str) -> str:
    """Return the name that keys are bound to: the host of the platform."""
    host = urlsplit(base_url).hostname or ""
    try:
        return "localhost" if ip_address(host).is_loopback else host
    except ValueError:
        return host


def registration_options(user: User, keys: Iterable[SecurityKey], challenge: bytes, base_url: str) -> str:
    """Return what the browser is asked to make a key for a user, as JSON; known keys are excluded."""
    from fido2.webauthn import PublicKeyCredentialUserEntity  # noqa: PLC0415 - see above

    owner = PublicKeyCredentialUserEntity(id=user.id.encode(), name=user.email, display_name=user.name)
    options, _ = _server(base_url).register_begin(
        owner,
        [_attested(key) for key in keys],
        resident_key_requirement=_value("ResidentKeyRequirement", "preferred"),
        user_verification=_value("UserVerificationRequirement", "preferred"),
        challenge=challenge,
    )
    return _public(options)


def proof_options(
    keys: Iterable[SecurityKey], challenge: bytes, base_url: str, *, verified: bool = False
) -> str:
    """Return what the browser is asked to have signed, as JSON; by any passkey where no key is named.

    `verified` asks the key to verify its owner, by a PIN or a finger.
    """
    wanted = "required" if verified else "preferred"
    options, _ = _server(base_url).authenticate_begin(
        [_attested(key) for key in keys] or None,
        user_verification=_value("UserVerificationRequirement", wanted),
        challenge=challenge,
    )
    return _public(options)


def claim_of(answer: str) -> Claim:
    """Return what an answer says of itself; raises `KeyRefusedError` for what is no answer."""
    return _genuine(lambda: _claim(_read(answer)))


def check_registration(answer: str, challenge: str, base_url: str) -> NewKey:
    """Return the key that was made for a challenge; raises `KeyRefusedError`."""
    return _genuine(lambda: _registered(_read(answer), challenge, base_url))


def check_proof(answer: str, keys: Iterable[SecurityKey], challenge: str, base_url: str) -> Proof:
    """Return what one of some keys has signed for a challenge; raises `KeyRefusedError`."""
    return _genuine(lambda: _proved(_read(answer), list(keys), challenge, base_url))


def _genuine(check: Callable[[], Checked]) -> Checked:
    """Return what a check finds: whatever a parser makes of hostile bytes is a refusal, and not a failure."""
    try:
        return check()
    except Exception as error:
        raise KeyRefusedError from error


def _read(answer: str) -> Mapping[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError(len(answer))
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError(type(read))
    return read


def _claim(answer: Mapping[str, Any]) -> Claim:
    from fido2.webauthn import CollectedClientData  # noqa: PLC0415 - see above

    response = answer["response"]
    handle = response.get("userHandle")
    client = CollectedClientData(decoded(response["clientDataJSON"]))
    if client.cross_origin:
        raise ValueError("another site's frame")
    return Claim(
        challenge=encoded(client.challenge),
        key=encoded(decoded(answer["rawId"])),
        user=decoded(handle).decode() if handle else None,
    )


def _registered(answer: Mapping[str, Any], challenge: str, base_url: str) -> NewKey:
    made = _server(base_url).register_complete(_state(challenge), answer)
    found = made.credential_data
    if found is None or found.public_key[3] not in _ALGORITHMS:
        raise ValueError("an algorithm that was not offered")
    from fido2 import cbor  # noqa: PLC0415 - see above

    public_key = encoded(cbor.encode(dict(found.public_key)))
    return NewKey(id=encoded(found.credential_id), public_key=public_key, uses=made.counter)


def _proved(answer: Mapping[str, Any], keys: list[SecurityKey], challenge: str, base_url: str) -> Proof:
    from fido2.webauthn import AuthenticatorData  # noqa: PLC0415 - see above

    known = [_attested(key) for key in keys]
    used = _server(base_url).authenticate_complete(_state(challenge), known, answer)
    signed = AuthenticatorData(decoded(answer["response"]["authenticatorData"]))
    key = next(key for key in keys if key.id == encoded(used.credential_id))
    return Proof(key=key, uses=signed.counter, verified=signed.is_user_verified())


def _server(base_url: str) -> Fido2Server:
    from fido2.server import Fido2Server  # noqa: PLC0415 - see above
    from fido2.webauthn import AttestationConveyancePreference, PublicKeyCredentialRpEntity  # noqa: PLC0415

    server = Fido2Server(
        PublicKeyCredentialRpEntity(name=PLATFORM, id=relying_party_of(base_url)),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == origin_of(base_url),
    )
    server.allowed_algorithms = [each for each in server.allowed_algorithms if each.alg in _ALGORITHMS]
    return server


def _attested(key: SecurityKey) -> AttestedCredentialData:
    from fido2 import cbor  # noqa: PLC0415 - see above
    from fido2.cose import CoseKey  # noqa: PLC0415 - see above
    from fido2.webauthn import Aaguid, AttestedCredentialData  # noqa: PLC0415 - see above

    public_key = CoseKey.parse(cbor.decode(decoded(key.public_key)))  # type: ignore[arg-type]
    return AttestedCredentialData.create(Aaguid.NONE, decoded(key.id), public_key)


def _value(kind: str, value: str) -> Any:  # noqa: ANN401 - one of the library's enumerations
    from fido2 import webauthn  # noqa: PLC0415 - see above

    return getattr(webauthn, kind)(value)


def _state(challenge: str) -> dict[str, str | None]:
    return {"challenge": challenge, "user_verification": None}


def _public(options: Any) -> str:  # noqa: ANN401 - one of two classes of the library
    return json.dumps(dict(options)["publicKey"])


def encoded(raw: bytes) -> str:
    """Return bytes as WebAuthn writes them: URL-safe base64 without its padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes of URL-safe base64 without its padding; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
