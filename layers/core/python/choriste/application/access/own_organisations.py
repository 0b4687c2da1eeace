"""The organisations that sign the owner of an account in, and the way out through their provider."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from choriste.application.access.organisation_records import OrganisationIdentity
from choriste.application.access.policy import require_fresh_factor
from choriste.application.access.ports import AccessPorts
from choriste.application.access.resume_session import SignedIn
from choriste.domain.access.organisation_errors import OrganisationUnavailableError
from choriste.domain.shared.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ConnectedOrganisation:
    """An organisation that signs an account in, by the name of its structure."""

    name: str
    identity: OrganisationIdentity


def list_organisations(signed_in: SignedIn, *, access: AccessPorts) -> tuple[ConnectedOrganisation, ...]:
    """Return the organisations that sign the own account in."""
    found = []
    for identity in access.organisations.identities_of(signed_in.user.id):
        structure = access.directory.structure(identity.structure)
        found.append(ConnectedOrganisation(structure.name if structure else identity.structure, identity))
    return tuple(found)


def disconnect_organisation(structure: str, signed_in: SignedIn, *, access: AccessPorts) -> None:
    """Let an organisation sign the own account in no longer, and end its sessions.

    Raises `FactorNeededError` or `NotFoundError`.
    """
    require_fresh_factor(signed_in.principal, now=access.clock.now())
    identities = access.organisations.identities_of(signed_in.user.id)
    gone = [identity for identity in identities if identity.structure == structure]
    if not gone:
        raise NotFoundError(kind="organisation", id=structure)
    access.organisations.remove_identity(gone[0])
    theirs = (s for s in access.sessions.sessions_of(signed_in.user.id) if s.organisation == structure)
    access.sessions.end_sessions([session.token_hash for session in theirs])


def way_out(signed_in: SignedIn, *, access: AccessPorts) -> str | None:
    """Return where a session ends at its provider too (RP-Initiated Logout 1.0), None where it does not."""
    session = signed_in.session
    sign_in = access.organisations.of(session.organisation) if session.organisation else None
    if sign_in is None or session.id_token is None:
        return None
    try:
        provider = access.providers.discover(sign_in.issuer)
    except OrganisationUnavailableError:
        return None
    back = f"{access.base_url}/sign-in?notice=signed-out"
    asked = {
        "id_token_hint": session.id_token,
        "client_id": sign_in.client_id,
        "post_logout_redirect_uri": back,
    }
    return f"{provider.end_session}?{urlencode(asked)}" if provider.end_session else None
