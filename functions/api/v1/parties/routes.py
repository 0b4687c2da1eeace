"""`/v1/structures`: the directory searched, a structure consulted and changed, its services, its closing.

The state of a structure that the client has seen is its `ETag`; sent back as `If-Match`, it makes a change
fail that would undo somebody else's.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from choriste.application.parties.change_services import (
    ServiceEntry,
    add_service,
    change_service,
    close_service,
    reopen_service,
)
from choriste.application.parties.change_structure import StructureChange, change_structure
from choriste.application.parties.consult_structure import ConsultedStructure, consult_structure
from choriste.application.parties.deactivate_structure import (
    ClosingRequest,
    deactivate_structure,
    reactivate_structure,
)
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.domain.parties.structure import IdentifierKind, Structure, StructureKind
from choriste.domain.shared.errors import BadRequestError
from choriste.i18n.catalogue import message
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import principal
from functions.api.http.paging import Limit
from functions.api.v1.parties.schemas import (
    ClosingBody,
    NewStructureBody,
    ServiceBody,
    ServiceState,
    StructureChangeBody,
    StructureDetails,
    StructureList,
    row_out,
    structure_out,
)

router = Router()

_KEY: Final = r"^[01][a-z0-9/ ]{0,900}$"
_TAG: Final = re.compile("[0-9a-f]{16}")
_ETAG: Final = {
    "ETag": {
        "description": "State of the structure, for If-Match",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{16}"$'},
    }
}
_CHANGES: Final = ("bad-request", "forbidden", "not-found", "stale-record", "fields-invalid")

StructureNumber = Annotated[str, Path(description="Id of the structure", pattern="^[0-9]{1,16}$")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="`ETag` of what was read")]


@router.get(
    "/v1/structures",
    summary="Search the directory",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureList, "A page"), problems=("bad-request", "fields-invalid")),
)
def search(  # noqa: PLR0913, PLR0917 - one parameter of the query each
    query: Annotated[
        str, Query(description="Words of the name, `*` for any letters; or a SIREN or SIRET", max_length=200)
    ] = "",
    identifier: Annotated[str, Query(description="A whole identifier of any kind", max_length=100)] = "",
    identifier_kind: Annotated[IdentifierKind | None, Query(description="Kind of identifier")] = None,
    city: Annotated[str, Query(description="Whole name of a city", max_length=100)] = "",
    postcode: Annotated[str, Query(description="Postal code", max_length=10)] = "",
    kind: Annotated[StructureKind | None, Query(description="Public or private")] = None,
    active: Annotated[bool | None, Query(description="Active or inactive ones only")] = None,
    after: Annotated[
        str | None, Query(description="`next` of the page before", json_schema_extra={"pattern": _KEY})
    ] = None,
    limit: Limit = 20,
) -> Response[StructureList]:
    """Find structures by identifier, by name, by city or postal code; the same for auto-completion."""
    asked = StructureQuery(
        words=query,
        identifier=identifier,
        identifier_kind=identifier_kind,
        city=city,
        postcode=postcode,
        kind=kind,
        active=active,
    )
    found = search_structures(platform_ports(), principal(), asked, after=_checked(after), limit=limit)
    return answer(StructureList(structures=[row_out(row) for row in found.rows], next=found.after))


@router.post(
    "/v1/structures",
    summary="Register a structure",
    tags=["structures"],
    security=SECURED,
    responses=answers(
        Success(StructureDetails, "The structure", HTTPStatus.CREATED, _ETAG),
        problems=("bad-request", "forbidden", "already-exists", "fields-invalid"),
    ),
)
def register(body: NewStructureBody) -> Response[StructureDetails]:
    """Put a structure on the directory; the operator may."""
    wanted = NewStructure(
        kind=body.kind,
        identifier_kind=body.identifier_kind,
        identifier=body.identifier,
        entry={"name": body.name, **body.address.model_dump(), **body.contact.model_dump()},
        settings=body.settings.given(),
    )
    return _answered(register_structure(platform_ports(), principal(), wanted), status=HTTPStatus.CREATED)


@router.get(
    "/v1/structures/<structure_id>",
    summary="Consult a structure",
    tags=["structures"],
    security=SECURED,
    responses=answers(
        Success(StructureDetails, "The structure", headers=_ETAG), problems=("bad-request", "not-found")
    ),
)
def consult(structure_id: StructureNumber) -> Response[StructureDetails]:
    """Read a structure: all of it for its own people, what it takes to send it an invoice for others."""
    return _shown(consult_structure(platform_ports(), principal(), structure_id))


@router.patch(
    "/v1/structures/<structure_id>",
    summary="Change a structure",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def change(
    structure_id: StructureNumber, body: StructureChangeBody, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Change address, contact and settings; the name, and the mark of the State, are the operator's."""
    wanted = StructureChange(
        name=body.name,
        address=body.address.model_dump() if body.address is not None else None,
        contact=body.contact.model_dump() if body.contact is not None else None,
        settings=body.settings.given(),
    )
    return _answered(
        change_structure(platform_ports(), principal(), structure_id, wanted, seen=_seen(if_match))
    )


@router.post(
    "/v1/structures/<structure_id>/services",
    summary="Add a service",
    tags=["structures"],
    security=SECURED,
    responses=answers(
        Success(StructureDetails, "The structure", HTTPStatus.CREATED, _ETAG), problems=_CHANGES
    ),
)
def add(
    structure_id: StructureNumber, body: ServiceBody, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Open a service under a code of its own, by which invoices name it."""
    found = add_service(
        platform_ports(), principal(), structure_id, body.code, _entry(body), seen=_seen(if_match)
    )
    return _answered(found, status=HTTPStatus.CREATED)


@router.put(
    "/v1/structures/<structure_id>/services",
    summary="Change a service",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def change_one(
    structure_id: StructureNumber, body: ServiceBody, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Change the name, the description and the rule of the service with this code."""
    return _answered(
        change_service(
            platform_ports(), principal(), structure_id, body.code, _entry(body), seen=_seen(if_match)
        )
    )


@router.post(
    "/v1/structures/<structure_id>/services/closing",
    summary="Close a service",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def close(
    structure_id: StructureNumber, body: ServiceState, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Close a service to new invoices; those it has go on."""
    return _answered(
        close_service(platform_ports(), principal(), structure_id, body.code, seen=_seen(if_match))
    )


@router.post(
    "/v1/structures/<structure_id>/services/reopening",
    summary="Reopen a service",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def reopen(
    structure_id: StructureNumber, body: ServiceState, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Open a closed service to invoices again."""
    return _answered(
        reopen_service(platform_ports(), principal(), structure_id, body.code, seen=_seen(if_match))
    )


@router.post(
    "/v1/structures/<structure_id>/deactivation",
    summary="Deactivate a structure",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def deactivate(
    structure_id: StructureNumber, body: ClosingBody, if_match: IfMatch = None
) -> Response[StructureDetails]:
    """Close a structure to new invoices; what it has stays readable, and what is open can be finished."""
    request = ClosingRequest(reason=body.reason, text=body.text)
    return _answered(
        deactivate_structure(platform_ports(), principal(), structure_id, request, seen=_seen(if_match))
    )


@router.post(
    "/v1/structures/<structure_id>/reactivation",
    summary="Reactivate a structure",
    tags=["structures"],
    security=SECURED,
    responses=answers(Success(StructureDetails, "The structure", headers=_ETAG), problems=_CHANGES),
)
def reactivate(structure_id: StructureNumber, if_match: IfMatch = None) -> Response[StructureDetails]:
    """Open a structure again; one that the registry closed is the operator's to open."""
    return _answered(reactivate_structure(platform_ports(), principal(), structure_id, seen=_seen(if_match)))


def _entry(body: ServiceBody) -> ServiceEntry:
    texts = {"name": body.name, "description": body.description}
    return ServiceEntry(entry=texts, engagement_mandatory=body.engagement_mandatory)


def _answered(structure: Structure, *, status: HTTPStatus = HTTPStatus.OK) -> Response[StructureDetails]:
    """Answer a change to whoever was entitled to make it, and so may see all of the structure."""
    return _shown(ConsultedStructure(structure, inside=True), status=status)


def _shown(found: ConsultedStructure, *, status: HTTPStatus = HTTPStatus.OK) -> Response[StructureDetails]:
    headers = {"ETag": f'"{found.structure.digest}"'}
    return answer(structure_out(found), status=status, headers=headers)


def _seen(if_match: str | None) -> str | None:
    """Return the state that an `If-Match` header names, None when the client does not say."""
    tag = (if_match or "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return None
    if not _TAG.fullmatch(tag):
        raise BadRequestError(field="/header/If-Match", expected=message("expected", "structure-etag"))
    return tag


def _checked(after: str | None) -> str | None:
    """Return the place of a row that a page may have ended with; raises `BadRequestError` for any other."""
    if after is not None and re.fullmatch(_KEY, after) is None:
        raise BadRequestError(field="/query/after", expected=message("expected", "cursor"))
    return after
