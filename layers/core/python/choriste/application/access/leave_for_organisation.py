"""Send a browser to the provider of an organisation, where its people sign in (OpenID Connect Core, 3.1.2.1).

The way back is bound to this browser by `state`, to this request by `nonce`, and the code that it brings to
the one who asked by PKCE (RFC 7636). It works once, for ten minutes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import Final
from urllib.parse import urlencode

from choriste.application.access.hashing import fingerprint, new_secret
from choriste.application.access.organisation_ports import Provider
from choriste.application.access.organisation_records import Departure, OrganisationSignIn
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.served import still_served
from choriste.domain.access.organisation_errors import OrganisationUnknownError
from choriste.domain.access.user import UserId
from choriste.domain.parties.structure import StructureIdentifier

RETURN_PATH: Final = "/sign-in/organisation/return"
"""What the ways back begin with; each organisation has its own, so that no provider answers for another."""
LIFETIME: Final = dt.timedelta(minutes=10)

_SCOPES: Final = ("email", "profile", "given_name", "usual_name", "siret")
"""What is asked for of what the provider has; the last three are ProConnect's."""


def leave_to_sign_in(token: str, siret: str, *, place: str, access: AccessPorts) -> str:
    """Return the address at the provider of the organisation that serves a SIRET.

    `token` is the browser's, `place` where it goes on to once signed in. Raises `OrganisationUnknownError` or
    `OrganisationUnavailableError`.
    """
    return _leave(token, siret, place=place, user=None, access=access)


def leave_to_connect(token: str, siret: str, signed_in: SignedIn, *, access: AccessPorts) -> str:
    """Return the address where the owner of an account shows whom the provider means by them.

    Raises `FactorNeededError`, `OrganisationUnknownError` or `OrganisationUnavailableError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    return _leave(token, siret, place="/account", user=signed_in.user.id, access=access)


def return_path(structure: str) -> str:
    """Return where the provider of an organisation sends a browser back to (RFC 9700, 4.4.2)."""
    return f"{RETURN_PATH}/{structure}"


def departure_hash(token: str, state: str) -> str:
    """Return how a departure is looked up: by its browser and its `state` together."""
    return fingerprint(f"departure:{token}:{state}")


def _leave(token: str, siret: str, *, place: str, user: UserId | None, access: AccessPorts) -> str:
    sign_in = _serving(siret, access=access)
    provider = access.providers.discover(sign_in.issuer)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    access.departures.save_departure(
        Departure(
            token_hash=departure_hash(token, state),
            structure=sign_in.structure,
            nonce=nonce,
            verifier=verifier,
            place=place,
            expires_at=access.clock.now() + LIFETIME,
            user=user,
        )
    )
    request = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": access.base_url + return_path(sign_in.structure),
        "scope": _scope(provider),
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{provider.authorization}{'&' if '?' in provider.authorization else '?'}{urlencode(request)}"


def _serving(siret: str, *, access: AccessPorts) -> OrganisationSignIn:
    identifier = StructureIdentifier.siret(siret)
    structure = access.directory.structure_by_identifier(identifier)
    found = access.organisations.serving(structure.id) if structure is not None else None
    if found is None or structure is None or not still_served(found, [structure.id], access=access):
        raise OrganisationUnknownError(siret=identifier.value)
    return found


def _scope(provider: Provider) -> str:
    known = provider.scopes or {"email", "profile"}
    return " ".join(("openid", *(scope for scope in _SCOPES if scope in known)))


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
