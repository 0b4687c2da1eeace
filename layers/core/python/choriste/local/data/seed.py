"""The sample structures, users and accounts of a local platform, and the file that says how to use them.

Everything here is invented. Secrets are generated on the first start; with a data folder they are kept
there, so that a restart opens with the same ones.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from choriste.application.access.create_user import create_user
from choriste.application.connections.api_clients import create_api_client, create_operator_client
from choriste.application.connections.technical_accounts import create_technical_account
from choriste.application.members.request_access import request_access
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import (
    Habilitation,
    Language,
    Level,
    Membership,
    Space,
    StructureRole,
    User,
    UserId,
)
from choriste.domain.parties.registry import CHECK_EVERY
from choriste.domain.parties.structure import RegistryStanding, ServiceCode, Structure, StructureId
from choriste.local.data.sample_data import sample_data, sample_structures
from choriste.local.identity_provider.sample import keep_sample_organisation
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from choriste.runtime.settings import settings

CREDENTIALS = Path(".local/credentials.json")

_SEEDER = Principal.platform("seed")
_OWN_SPACES = (Space.ISSUE, Space.RECEIVE, Space.WORKS, Space.API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the platform that is being seeded answers."""

    base_url: str
    aws_endpoint: str


def is_seeded(kept_in: Path | None) -> bool:
    """Whether a data folder has the sample data of an earlier start; never when nothing is kept."""
    return kept_in is not None and _kept(kept_in).exists()


def seed(addresses: Addresses, *, kept_in: Path | None, credentials: Path = CREDENTIALS) -> Path:
    """Create the sample data unless they are there, write the credentials file, and return its path.

    `kept_in` is the platform's data folder, None when it keeps nothing.
    """
    kept = _kept(kept_in) if kept_in is not None else None
    secrets = (
        json.loads(kept.read_text(encoding="utf-8")) if kept is not None and kept.exists() else _create()
    )
    if "operator" not in secrets:  # a folder that was filled before the operator had a connection
        secrets["operator"] = _operator_client()
    keep_sample_organisation(addresses.base_url)
    if kept is not None:
        _write(kept, secrets)
    found = {**secrets, "base_url": addresses.base_url, "aws_endpoint": addresses.aws_endpoint}
    found["inbox"] = {**secrets["inbox"], "bucket": settings().inbox_bucket}
    _write(credentials, found)
    return credentials


def _kept(folder: Path) -> Path:
    return folder / "credentials.json"


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write secrets so that only this user reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:  # noqa: PTH123 - Path.open cannot set the mode
        handle.write(text)


def _create() -> dict[str, Any]:
    described = sample_data()
    for sample in sample_structures().values():
        access_ports().directory.add_structure(_checked(sample))
    users = [_user(user) for user in described["users"]]
    for person in described["waiting"]:
        _wait_for_access(person)
    return {
        **_accounts(described["technical_account"]),
        "structures": [
            {key: structure[key] for key in ("name", "siret", "role", "id")}
            for structure in described["structures"]
        ],
        "users": users,
        "clients": {sample.id: _own_client(sample) for sample in sample_structures().values()},
    }


def _checked(sample: Structure) -> Structure:
    """Return a sample structure as the registry has just confirmed it; an inactive one is asked no more."""
    now = access_ports().clock.now()
    check_at = now + CHECK_EVERY if sample.active else None
    return replace(sample, registry=RegistryStanding(verified_at=now, check_at=check_at))


def _user(described: Mapping[str, Any]) -> dict[str, Any]:
    structure = described["structure"]
    role = StructureRole.PRIMARY_MANAGER if described["manager"] else StructureRole.SIMPLE
    rights = (
        Habilitation(
            structure=StructureId(structure),
            space=Space(right["space"]),
            level=Level(right["level"]),
            service=ServiceCode(right["service"]),
        )
        for right in described.get("rights", ())
    )
    user = User(
        id=UserId(described["id"]),
        email=described["email"],
        name=described["name"],
        language=Language(described["language"]),
        operator=structure is None,
        memberships=(Membership(structure=StructureId(structure), role=role),) if structure else (),
        rights=frozenset(rights),
    )
    enrolment = create_user(user, by=_SEEDER, access=access_ports())
    return {
        "email": user.email,
        "password": enrolment.password,
        "totp_secret": enrolment.totp_secret,
        "role": described["role"],
        "structure": structure,
    }


def _wait_for_access(described: Mapping[str, Any]) -> None:
    """Create a person who belongs nowhere yet, and has asked to consult a structure's invoices."""
    person = User(
        id=UserId(described["id"]),
        email=described["email"],
        name=described["name"],
        language=Language(described["language"]),
    )
    create_user(person, by=_SEEDER, access=access_ports())
    structure = StructureId(described["structure"])
    request_access(
        platform_ports(),
        person,
        structure=structure,
        service=None,
        rights=[Habilitation(structure=structure, space=Space(each)) for each in described["spaces"]],
        comment=described["comment"],
    )


def _accounts(described: Mapping[str, Any]) -> dict[str, Any]:
    """Create the partner's technical account and API client, with rights on the structures it works for."""
    structure = StructureId(described["structure"])
    rights = frozenset(
        {
            *_rights(structure, _OWN_SPACES),
            *(r for s in described["issues_for"] for r in _rights(s, (Space.ISSUE, Space.WORKS))),
            *(r for s in described["receives_for"] for r in _rights(s, (Space.RECEIVE, Space.WORKS))),
        }
    )
    name = described["name"]
    account = create_technical_account(structure, name=name, rights=rights, by=_SEEDER, access=access_ports())
    client = create_api_client(structure, name=name, rights=rights, by=_SEEDER, access=access_ports())
    return {
        "oauth": {"client_id": client.client.client_id, "client_secret": client.secret},
        "technical_account": {"login": account.account.login, "password": account.secret},
        "inbox": {"bucket": settings().inbox_bucket, "prefix": f"partners/{account.account.login}/"},
    }


def _rights(structure: str, spaces: tuple[Space, ...]) -> tuple[Habilitation, ...]:
    return tuple(
        Habilitation(structure=StructureId(structure), space=space, level=Level.MODIFY) for space in spaces
    )


def _operator_client() -> dict[str, str]:
    """Declare the operator's API connection."""
    issued = create_operator_client(name="Exploitation", by=_SEEDER, access=access_ports())
    return {"client_id": issued.client.client_id, "client_secret": issued.secret}


def _own_client(structure: Structure) -> dict[str, str]:
    """Declare an API connection of one structure, with rights on itself only."""
    rights = _rights(structure.id, (Space.ISSUE, Space.RECEIVE, Space.WORKS))
    name = f"ERP {structure.name}"  # histories show it to the other party too
    issued = create_api_client(structure.id, name=name, rights=rights, by=_SEEDER, access=access_ports())
    return {"client_id": issued.client.client_id, "client_secret": issued.secret}
