"""Take a browser back from the provider of an organisation, and find out whose account it opens.

An account is known by the provider's `sub`. One that is there already under the same address is never taken
over: its owner connects it, signed in by the account's own means. Where there is none, a person of a served
structure gets one. The second factor is the organisation's where its provider says so, else the account's own
(docs/reference/accounts.md#organisations).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from choriste.application.access.id_token import Expected, verified_claims
from choriste.application.access.leave_for_organisation import departure_hash, return_path
from choriste.application.access.mails import MailKind
from choriste.application.access.organisation_ports import Provider, Redemption
from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import tell_owner
from choriste.application.access.records import Credentials, SessionStage
from choriste.application.access.resume_session import SignedIn
from choriste.application.access.served import still_served
from choriste.application.access.sessions import CameBy, StartedSession, open_signed_in, open_step
from choriste.domain.access.address import is_address
from choriste.domain.access.errors import AccountLockedError, AlreadyExistsError
from choriste.domain.access.organisation_errors import (
    OrganisationKnownError,
    OrganisationLateError,
    OrganisationPersonError,
    OrganisationRefusedError,
)
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import Language, Membership, User, new_user_id, normal_email
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.structure import Structure, StructureIdentifier

_PLATFORM: Final = Principal.platform("organisation-sign-in")
_TWO_FACTORS: Final = "mfa"
"""The value of `amr` that stands for several factors (RFC 8176)."""
MOST_A_DAY: Final = 20
"""Ways in for one account within a day: each opens a session, and may mail codes."""
_LONGEST_SUBJECT: Final = 255
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a browser brings back: its address and its parameters, who sits there, and in which language.

    `structure` is the organisation whose way back the browser came.
    """

    structure: str
    state: str
    code: str
    error: str = ""
    issuer: str = ""
    browser: str = ""
    language: Language = Language.FRENCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who has come in, and where they go on to; `joined` is the structure that a new account belongs to."""

    user: User
    place: str
    started: StartedSession | None
    joined: Structure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Whom the provider means, of a structure that it serves; the address is empty unless it vouches."""

    subject: str
    email: str
    name: str
    strong: bool
    structure: Structure
    id_token: str


def return_from_organisation(
    token: str, returned: Returned, *, access: AccessPorts, signed_in: SignedIn | None = None
) -> Arrival:
    """Sign the person in, or connect the account of whoever left to do so.

    Raises `OrganisationLateError`, `OrganisationUnavailableError`, `OrganisationRefusedError`,
    `OrganisationPersonError`, `OrganisationKnownError` or `AccountLockedError`.
    """
    departure = _departure(token, returned.state, access=access)
    if returned.structure != departure.structure:  # one provider's code is never shown to another (mix-up)
        raise OrganisationRefusedError("another organisation's way back")
    sign_in = access.organisations.of(departure.structure)
    if sign_in is None or not sign_in.active:
        raise OrganisationLateError
    with access.providers.hurried():
        person = _person(departure, sign_in, returned, access=access)
    if departure.user is not None:
        return _connected(departure, sign_in, person, signed_in, access=access)
    user, joined = _owner(sign_in, person, returned.language, access=access)
    started = _opened(user, sign_in, person, returned.browser, access=access)
    return Arrival(user=user, place=departure.place, started=started, joined=joined)


def _departure(token: str, state: str, *, access: AccessPorts) -> Departure:
    found = access.departures.take_departure(departure_hash(token, state))
    if found is None or found.expires_at <= access.clock.now():
        raise OrganisationLateError
    return found


def _person(
    departure: Departure, sign_in: OrganisationSignIn, returned: Returned, *, access: AccessPorts
) -> _Person:
    provider = access.providers.discover(sign_in.issuer)
    if returned.error or not returned.code:
        raise OrganisationRefusedError(f"answered {returned.error[:40]}")
    named = returned.issuer or ("" if provider.names_itself else provider.issuer)
    if named != provider.issuer:  # RFC 9207
        raise OrganisationRefusedError("another provider answered")
    redemption = Redemption(
        code=returned.code,
        verifier=departure.verifier,
        client_id=sign_in.client_id,
        secret=access.vault.unseal(sign_in.secret, account=sign_in.vault_account),
        return_address=access.base_url + return_path(sign_in.structure),
    )
    tokens = access.providers.redeem(provider, redemption)
    expected = Expected(client_id=sign_in.client_id, nonce=departure.nonce, now=access.clock.now())
    claims = verified_claims(tokens.id_token, provider, expected, providers=access.providers)
    more = _more(claims, provider, tokens.access_token, expected, access=access)
    return _checked({**more, **claims}, sign_in, tokens.id_token, access=access)


def _more(
    claims: Mapping[str, Any],
    provider: Provider,
    access_token: str,
    expected: Expected,
    *,
    access: AccessPorts,
) -> Mapping[str, Any]:
    """Return what the provider tells apart from its token, as ProConnect does; it must be of the person."""
    if {"email", "siret"} <= claims.keys() or not provider.user_info:
        return {}
    told = access.providers.user_info(provider, access_token)
    if told.startswith("{"):
        more = _object(told)
    else:
        apart = Expected(client_id=expected.client_id, nonce=None, now=expected.now)
        more = verified_claims(told, provider, apart, providers=access.providers)
    if more.get("sub") != claims["sub"]:
        raise OrganisationRefusedError("another person's claims")
    return more


def _object(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError as error:
        raise OrganisationRefusedError("no JSON") from error
    return read if isinstance(read, dict) else {}


def _checked(
    claims: Mapping[str, Any], sign_in: OrganisationSignIn, id_token: str, *, access: AccessPorts
) -> _Person:
    """Return the person of some claims; raises `OrganisationPersonError` for one of no served structure."""
    siret = StructureIdentifier.siret(_text(claims, "siret"))
    structure = access.directory.structure_by_identifier(siret)
    if structure is None or not still_served(sign_in, [structure.id], access=access):
        raise OrganisationPersonError
    subject, email = _text(claims, "sub"), normal_email(_text(claims, "email"))
    if not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise OrganisationRefusedError("no subject")
    methods = claims.get("amr")
    strong = isinstance(methods, list) and _TWO_FACTORS in methods
    return _Person(
        subject=subject,
        email=email if claims.get("email_verified", sign_in.vouches) is True and is_address(email) else "",
        name=_name(claims) or email,
        strong=strong or _text(claims, "acr") in sign_in.strong,
        structure=structure,
        id_token=id_token,
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _name(claims: Mapping[str, Any]) -> str:
    family = _text(claims, "usual_name") or _text(claims, "family_name")
    name = " ".join((_text(claims, "given_name"), family)).strip() or _text(claims, "name")
    return " ".join("".join(c for c in name if c.isprintable()).split())[:_LONGEST_NAME]


def _owner(
    sign_in: OrganisationSignIn, person: _Person, language: Language, *, access: AccessPorts
) -> tuple[User, Structure | None]:
    """Return whose account a person opens, and the structure that a new one joins."""
    known = access.organisations.identity(sign_in.issuer, person.subject)
    if known is not None and known.structure == sign_in.structure:
        user = access.accounts.user(known.user)
        if user is None or not user.active or user.operator:
            raise OrganisationPersonError
        return user, None
    if known is not None or not person.email:
        raise OrganisationPersonError
    if access.accounts.user_by_email(person.email) is not None:
        raise OrganisationKnownError(siret=person.structure.identifier.value)
    return _new_account(sign_in, person, language, access=access), person.structure


def _new_account(
    sign_in: OrganisationSignIn, person: _Person, language: Language, *, access: AccessPorts
) -> User:
    """Open an account without a password, a member of the person's structure without any right yet."""
    user = User(
        id=new_user_id(),
        email=person.email,
        name=person.name,
        language=language,
        memberships=(Membership(structure=person.structure.id),),
    )
    try:
        access.accounts.add_user(user, Credentials(user=user.id, password_hash=None, totp_secret=None))
    except AlreadyExistsError as error:  # at the same moment, in another window
        raise OrganisationLateError from error
    access.organisations.add_identity(_identity(user, sign_in, person, access=access))
    access.history.add(
        act_of(
            _PLATFORM,
            ActKind.ORGANISATION_JOINED,
            at=access.clock.now(),
            structure=person.structure.id,
            account=user.id,
            subject=user.name,
        )
    )
    return user


def _opened(
    user: User, sign_in: OrganisationSignIn, person: _Person, browser: str, *, access: AccessPorts
) -> StartedSession:
    """Open the session, or the step that asks for the account's own second factor.

    Until one is enrolled nobody has shown to read the account's mail: a code by mail comes first, whatever
    the provider says.
    """
    _count(user, access=access)
    credentials = access.accounts.credentials(user.id)
    proven = credentials is not None and credentials.has_second_factor
    stage = SessionStage.AWAITS_CODE if proven else SessionStage.AWAITS_MAILED_CODE
    came_by = CameBy(sign_in.structure, person.id_token)
    begun = open_step(user.id, stage, browser=browser, access=access, came_by=came_by)
    if not (proven and person.strong):
        return begun
    return open_signed_in(begun.session, access=access, proved=False)


def _count(user: User, *, access: AccessPorts) -> None:
    """Count a way in of today (UTC); raise `AccountLockedError` for the rest of the day after too many."""
    now = access.clock.now()
    count = access.attempts.count(f"organisation:{user.id}:{now.date()}", now=now)
    if count.rank > MOST_A_DAY:
        tomorrow = now.date() + dt.timedelta(days=1)
        raise AccountLockedError(dt.datetime.combine(tomorrow, dt.time(), tzinfo=dt.UTC))


def _connected(
    departure: Departure,
    sign_in: OrganisationSignIn,
    person: _Person,
    signed_in: SignedIn | None,
    *,
    access: AccessPorts,
) -> Arrival:
    """Connect the account of whoever left to do so, if the provider vouches for its own address."""
    if signed_in is None or signed_in.user.id != departure.user:
        raise OrganisationLateError
    user = signed_in.user
    if user.operator or person.email != user.email:
        raise OrganisationPersonError
    access.organisations.add_identity(_identity(user, sign_in, person, access=access))
    tell_owner(user.id, MailKind.ORGANISATION_CONNECTED, access=access, organisation=person.structure.name)
    return Arrival(user=user, place=departure.place, started=None)


def _identity(
    user: User, sign_in: OrganisationSignIn, person: _Person, *, access: AccessPorts
) -> OrganisationIdentity:
    return OrganisationIdentity(
        user=user.id,
        structure=sign_in.structure,
        issuer=sign_in.issuer,
        subject=person.subject,
        connected_at=access.clock.now(),
    )
