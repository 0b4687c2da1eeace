"""Let the people of some structures sign in at their organisation's provider: its manager sets it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.application.access.policy import (
    may_set_sign_in,
    operates,
    require_fresh_factor,
    require_outside,
    require_set_sign_in,
)
from choriste.application.access.ports import AccessPorts
from choriste.application.access.served import release, still_served
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.structure import Structure, StructureId, StructureIdentifier
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

MOST_SERVED: Final = 50
_MOST_STRONG: Final = 10
_LONGEST: Final = 300
_WORD: Final = re.compile(r"[!-~]{1,300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEntry:
    """What is entered: an empty `secret` keeps the one before; `sirets` are those served besides one's own.

    `version` is that of what the form was made from, 0 where there was nothing.
    """

    issuer: str
    client_id: str
    secret: str
    sirets: tuple[str, ...]
    strong: tuple[str, ...]
    vouches: bool
    active: bool
    version: int


def read_organisation_sign_in(
    principal: Principal, structure: str, *, access: AccessPorts
) -> tuple[Structure, OrganisationSignIn | None]:
    """Return a structure and how its people sign in at their provider, for the form that changes it.

    Raises `ForbiddenError`, `FactorNeededError` without a fresh second factor, or `NotFoundError`.
    """
    require_set_sign_in(principal, structure)
    require_fresh_factor(principal, now=access.clock.now())
    return _structure(structure, access=access), access.organisations.of(structure)


def served_sirets(sign_in: OrganisationSignIn, *, access: AccessPorts) -> tuple[str, ...]:
    """Return the SIRETs that are served besides the one of the structure that administers it."""
    found = (access.directory.structure(each) for each in sign_in.served if each != sign_in.structure)
    return tuple(structure.identifier.value for structure in found if structure is not None)


def set_organisation_sign_in(
    principal: Principal, structure: str, entry: SignInEntry, *, access: AccessPorts
) -> OrganisationSignIn:
    """Store how people sign in, once the provider has answered, and keep the act.

    Raises `ForbiddenError`, `FactorNeededError`, `BadRequestError` with the field,
    `SandboxClosedError`, `OrganisationUnavailableError`, or `StaleRecordError`, also where another
    organisation serves a structure.
    """
    home, known = read_organisation_sign_in(principal, structure, access=access)
    if entry.version != (known.version if known else 0):
        raise StaleRecordError(kind="organisation sign-in", id=structure)
    wanted = _wanted(principal, home, entry, known, access=access)
    if wanted.active:
        access.providers.discover(wanted.issuer)
    _free(wanted, access=access)
    access.organisations.save(wanted, known=known)
    _keep_act(principal, home, known, wanted, access=access)
    return wanted


def organisation_elsewhere(
    principal: Principal, structure: str, *, access: AccessPorts
) -> tuple[OrganisationSignIn, str] | None:
    """Return what another structure's setting does for this one, and that structure's name; None without.

    Raises as `read_organisation_sign_in`.
    """
    read_organisation_sign_in(principal, structure, access=access)
    found = access.organisations.serving(structure)
    if found is None or found.structure == structure:
        return None
    return found, _structure(found.structure, access=access).name


def end_organisation_elsewhere(principal: Principal, structure: str, *, access: AccessPorts) -> None:
    """Have another structure's provider sign the people of this one in no longer, and keep the act.

    Raises as `read_organisation_sign_in`, `NotFoundError` where none does, or `StaleRecordError`.
    """
    home, _ = read_organisation_sign_in(principal, structure, access=access)
    found = organisation_elsewhere(principal, structure, access=access)
    if found is None:
        raise NotFoundError(kind="organisation", id=structure)
    release(found[0], structure, access=access)
    _keep_act(principal, home, found[0], None, access=access)


def _free(wanted: OrganisationSignIn, *, access: AccessPorts) -> None:
    """Free the structures that another setting holds since before their role passed on."""
    for structure in wanted.served:
        other = access.organisations.serving(structure)
        if other is None or other.structure in {structure, wanted.structure}:
            continue
        if not still_served(other, [structure], access=access):
            release(other, structure, access=access)


def _keep_act(
    principal: Principal,
    home: Structure,
    before: OrganisationSignIn | None,
    after: OrganisationSignIn | None,
    *,
    access: AccessPorts,
) -> None:
    access.history.add(
        act_of(
            principal,
            ActKind.SIGN_IN_CHANGED,
            at=access.clock.now(),
            structure=home.id,
            account=None,
            subject=home.name,
            before=_shown(before),
            after=_shown(after),
        )
    )


def _wanted(
    principal: Principal,
    home: Structure,
    entry: SignInEntry,
    known: OrganisationSignIn | None,
    *,
    access: AccessPorts,
) -> OrganisationSignIn:
    bare = OrganisationSignIn(
        structure=home.id,
        issuer=_issuer(entry.issuer, access.base_url),
        client_id=_word(entry.client_id, field="client_id"),
        secret="",
        served=_served(principal, home.id, entry.sirets, access=access),
        strong=_strong(entry.strong),
        vouches=entry.vouches,
        active=entry.active,
        version=entry.version + 1,
        by_operator=operates(principal),
    )
    return _with_secret(bare, entry.secret, known, access=access)


def _with_secret(
    wanted: OrganisationSignIn, secret: str, known: OrganisationSignIn | None, *, access: AccessPorts
) -> OrganisationSignIn:
    """Seal a new secret, or keep the one before: never for another provider, which would be sent it."""
    same = known is not None and (known.issuer, known.client_id) == (wanted.issuer, wanted.client_id)
    if not secret and known is not None and same:
        return replace(wanted, secret=known.secret)
    sealed = access.vault.seal(_word(secret, field="secret"), account=wanted.vault_account)
    return replace(wanted, secret=sealed)


def _issuer(text: str, base_url: str) -> str:
    """Return the address of a provider: TLS, but on one machine, and nothing that could be anything else."""
    issuer = _word(text, field="issuer")
    parts = urlsplit(issuer)
    local = (
        parts.scheme == "http" and _is_loopback(parts.hostname) and _is_loopback(urlsplit(base_url).hostname)
    )
    plain = not (parts.query or parts.fragment or "@" in parts.netloc) and "?" not in issuer
    if not (parts.hostname and plain and (parts.scheme == "https" or local)):
        raise BadRequestError(field="issuer", expected=message("expected", "https-address"))
    return issuer


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _served(
    principal: Principal, home: StructureId, sirets: Iterable[str], *, access: AccessPorts
) -> tuple[StructureId, ...]:
    """Return the structures to serve; each must be the principal's to decide for, and no test structure."""
    require_outside(home)
    found = {home}
    for siret in sirets:
        structure = access.directory.structure_by_identifier(StructureIdentifier.siret(siret))
        if structure is None or not may_set_sign_in(principal, structure.id):
            raise BadRequestError(field="sirets", expected=message("expected", "managed-siret"))
        require_outside(structure.id)
        found.add(structure.id)
    if len(found) > MOST_SERVED:
        raise BadRequestError(
            field="sirets", expected=message("expected", "max-items", max_length=MOST_SERVED)
        )
    return tuple(sorted(found))


def _strong(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > _MOST_STRONG:
        raise BadRequestError(
            field="strong", expected=message("expected", "max-items", max_length=_MOST_STRONG)
        )
    return tuple(_word(value, field="strong") for value in values)


def _word(text: str, *, field: str) -> str:
    """Return one word of visible ASCII."""
    if _WORD.fullmatch(text) is None:
        raise BadRequestError(field=field, expected=message("expected", "one-word", longest=_LONGEST))
    return text


def _structure(structure: str, *, access: AccessPorts) -> Structure:
    found = access.directory.structure(structure)
    if found is None:
        raise NotFoundError(kind="structure", id=structure)
    return found


def _shown(sign_in: OrganisationSignIn | None) -> dict[str, str]:
    """Return what the history says of it: no secret."""
    if sign_in is None:
        return {}
    state = "active" if sign_in.active else "suspended"
    return {"issuer": sign_in.issuer, "client": sign_in.client_id, "state": state}
