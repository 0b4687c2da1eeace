"""Whether a token that a provider signed says who somebody is (OpenID Connect Core 1.0, 3.1.3.7).

Only asymmetric signatures by a key that the provider publishes count, neither `none` nor a shared secret. The
library is imported where a token is read: it takes 0.1 s, for few requests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from choriste.application.access.organisation_ports import Provider, Providers
from choriste.domain.access.organisation_errors import OrganisationRefusedError

_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "RS384", "ES384", "RS512"]
_KINDS: Final = frozenset({"RSA", "EC"})
_LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
LONGEST: Final = 16_000
"""Characters of a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to say: for which client, now, and in an answer to which request (`nonce`)."""

    client_id: str
    nonce: str | None
    now: dt.datetime


def verified_claims(
    token: str, provider: Provider, expected: Expected, *, providers: Providers
) -> dict[str, Any]:
    """Return the claims of a token; the provider's keys are read again where none of them fits.

    Raises `OrganisationRefusedError` or `OrganisationUnavailableError`.
    """
    from joserfc.errors import JoseError  # noqa: PLC0415 - see above

    if len(token) > LONGEST:
        raise OrganisationRefusedError("token too long")
    try:
        claims = _signed(token, providers.keys(provider))
        if claims is None:
            claims = _signed(token, providers.keys(provider, anew=True))
        if claims is None:
            raise OrganisationRefusedError("signed by no published key")
        _check(claims, provider, expected)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OrganisationRefusedError(type(error).__name__) from error
    return claims


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the claims that one of some keys has signed, None where no key fits; raises for all else."""
    from joserfc import jwk, jws, jwt  # noqa: PLC0415 - see above
    from joserfc.errors import BadSignatureError  # noqa: PLC0415 - see above

    named = jws.extract_compact(token.encode()).headers().get("kid")
    for key in keys["keys"]:
        if _may_sign(key, named):
            with suppress(BadSignatureError):
                return dict(jwt.decode(token, jwk.import_key(key), algorithms=_ALGORITHMS).claims)
    return None


def _may_sign(key: Mapping[str, Any], named: str | None) -> bool:
    fits = named is None or key.get("kid") in (None, named)
    return fits and key.get("kty") in _KINDS and key.get("use", "sig") == "sig"


def _check(claims: Mapping[str, Any], provider: Provider, expected: Expected) -> None:
    from joserfc.jwt import JWTClaimsRegistry  # noqa: PLC0415 - see above

    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
    }
    if expected.nonce is not None:
        wanted |= {"exp": {"essential": True}, "iat": {"essential": True}}
        wanted |= {"nonce": {"essential": True, "value": expected.nonce}}
    registry = JWTClaimsRegistry(now=int(expected.now.timestamp()), leeway=_LEEWAY, **wanted)
    registry.validate(dict(claims))
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise OrganisationRefusedError("meant for another client")
