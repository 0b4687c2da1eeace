"""The primary manager's role on its way, and the merger of two structures, step by step."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import is_own, operates, require_merge
from choriste.application.members.merge_structures import merge_structures, plan_merger, read_merger
from choriste.application.members.read_members import MemberFilter, list_members
from choriste.application.members.transfer_role import (
    accept_transfer,
    confirm_transfer,
    end_transfer,
    offer_transfer,
    propose_transfer,
    read_transfer,
)
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import rights_text
from choriste.domain.members.member import MemberState
from choriste.domain.members.merger import WHOLE, MergerState
from choriste.domain.members.transfer import ManagerTransfer, TransferState
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.runtime.ports import platform_ports
from functions.console.members.views import rights_told
from functions.console.web.forms import Form
from functions.console.web.problems import explained
from functions.console.web.rendering import page, redirect
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_RECEIVERS: Final = 500
_SHOWN: Final = 100
"""Users that the preview of a merger names; of the others it says how many they are."""

_SIRET_DIGITS: Final = 14
_NOWHERE: Final = "-"
"""In the form of a merger, the choice that carries no right on."""


@routes.shows("/members/<structure>/transfer")
def show_transfer(visit: Visit, structure: str) -> Response[str]:
    """Show where the role stands, and what I may do about it."""
    return _transfer_page(visit, structure)


@routes.acts("/members/<structure>/transfer")
def step(visit: Visit, form: Form, structure: str) -> Response[str]:
    """Take one step: offer, accept, propose, confirm or end."""
    ports, principal, wanted = platform_ports(), visit.user.principal, form.text("step")
    receiver = form.text("receiver")
    try:
        match wanted:
            case "offer":
                offer_transfer(ports, principal, structure, receiver=receiver)
            case "propose":
                reason = form.text("reason")
                propose_transfer(ports, principal, structure, receiver=receiver, reason=reason)
            case "confirm":
                confirm_transfer(ports, principal, structure)
            case "accept":
                accept_transfer(ports, principal, structure)
            case "end":
                end_transfer(ports, principal, structure)
            case _:
                raise NotFoundError(kind="step", id=wanted)
    except ChoristeError as error:
        return _transfer_page(visit, structure, problem=error)
    return redirect(f"/members/{structure}/transfer")


def _transfer_page(visit: Visit, structure: str, *, problem: ChoristeError | None = None) -> Response[str]:
    ports, principal = platform_ports(), visit.user.principal
    known = read_transfer(ports, principal, structure)
    place = ports.directory.structure(structure)
    if place is None:
        raise NotFoundError(kind="structure", id=structure)
    said, status = explained(problem, language=visit.language)
    begins = known is None or not known.is_open
    manager = ports.members.manager_of(structure)
    holds = manager is not None and is_own(principal, manager, structure=structure)
    return page(
        "members/transfer.html",
        visit,
        status=status,
        structure=place,
        transfer=known,
        manager=_name(manager),
        receiver=_name(known.receiver) if known is not None else "",
        steps=_steps(principal, known) if known is not None else [],
        begins="offer" if begins and holds else "propose" if begins and operates(principal) else "",
        receivers=_receivers(principal, place, manager) if begins and (holds or operates(principal)) else [],
        whole=holds or operates(principal),
        problem=said,
    )


def _steps(principal: Principal, known: ManagerTransfer) -> list[str]:
    """Return the steps that a principal may take now; the use cases decide again."""
    holds = known.holder is not None and is_own(principal, known.holder, structure=known.structure)
    receives = is_own(principal, known.receiver, structure=known.structure)
    match known.state:
        case TransferState.OFFERED:
            return ["accept", "end"] if receives else ["end"] if holds else []
        case TransferState.PROPOSED if operates(principal):
            return ["end"] if is_own(principal, known.begun_by) else ["confirm", "end"]
        case TransferState.ANNOUNCED if holds or operates(principal):
            return ["end"]
    return []


def _receivers(principal: Principal, place: Structure, manager: str | None) -> list[tuple[str, str]]:
    wanted = MemberFilter(state=MemberState.ACTIVE)
    found = list_members(platform_ports(), principal, place.id, wanted=wanted, after=None, limit=_RECEIVERS)
    others = (member.user for member in found.rows if member.user.id != manager)
    return sorted(((user.id, user.name) for user in others), key=lambda one: one[1].casefold())


def _name(user: str | None) -> str:
    found = platform_ports().accounts.user(user) if user is not None else None
    return found.name if found is not None else ""


@routes.shows("/mergers")
def show_merger(visit: Visit) -> Response[str]:
    """Show the wizard: name both structures, say where rights go, look at what would be."""
    absorbed, absorbing = (_id_of(visit.query.get(name, "")) for name in ("absorbed", "absorbing"))
    if not (absorbed and absorbing):
        require_merge(visit.user.principal, absorbed, absorbing)
        return page("members/merger.html", visit, plan=None, typed=(absorbed, absorbing), problem=None)
    return _merger_page(visit, absorbed, absorbing, _query_map(visit))


@routes.acts("/mergers")
def merge(visit: Visit, form: Form) -> Response[str]:
    """Merge, or go on with a merger that was begun."""
    absorbed, absorbing = form.text("absorbed"), form.text("absorbing")
    services = _form_map(form)
    try:
        merge_structures(platform_ports(), visit.user.principal, absorbed, absorbing, services=services)
    except ChoristeError as error:
        return _merger_page(visit, absorbed, absorbing, services, problem=error)
    return redirect(f"/mergers/{absorbed}")


@routes.shows("/mergers/<absorbed>")
def show_done(visit: Visit, absorbed: str) -> Response[str]:
    """Show how far a merger has come."""
    ports = platform_ports()
    known = read_merger(ports, visit.user.principal, absorbed)
    names = [ports.directory.structure(name) for name in (known.absorbed, known.absorbing)]
    return page(
        "members/merged.html",
        visit,
        merger=known,
        absorbed=names[0],
        absorbing=names[1],
        done=known.state is MergerState.DONE,
    )


def _merger_page(
    visit: Visit,
    absorbed: str,
    absorbing: str,
    services: dict[str, str],
    *,
    problem: ChoristeError | None = None,
) -> Response[str]:
    plan = None
    try:
        plan = plan_merger(platform_ports(), visit.user.principal, absorbed, absorbing, services=services)
    except NotFoundError:
        raise
    except ChoristeError as error:
        problem = problem or error
    said, status = explained(problem, language=visit.language)
    moves = [
        (
            after.name,
            rights_told(rights_text(before.rights), language=visit.language),
            rights_told(rights_text(after.rights), language=visit.language),
        )
        for before, after in (plan.moves[:_SHOWN] if plan is not None else ())
    ]
    return page(
        "members/merger.html",
        visit,
        status=status,
        plan=plan,
        moves=moves,
        others=max(0, len(plan.moves) - _SHOWN) if plan is not None else 0,
        services=services,
        typed=(absorbed, absorbing),
        whole=WHOLE,
        nowhere=_NOWHERE,
        problem=said,
    )


def _id_of(typed: str) -> str:
    """Return the id of a structure that was named by its SIRET, and any other text as it is."""
    digits = "".join(typed.split())
    if len(digits) != _SIRET_DIGITS:
        return digits
    found = platform_ports().directory.structure_by_identifier(StructureIdentifier.siret(digits))
    return found.id if found is not None else digits


def _query_map(visit: Visit) -> dict[str, str]:
    return _mapped({name: str(value) for name, value in visit.query.items()})


def _form_map(form: Form) -> dict[str, str]:
    return _mapped(form.fields)


def _mapped(fields: dict[str, str]) -> dict[str, str]:
    """Return the map of services that the fields `map.CODE` say."""
    return {
        name.removeprefix("map."): value
        for name, value in fields.items()
        if name.startswith("map.") and value != _NOWHERE
    }
