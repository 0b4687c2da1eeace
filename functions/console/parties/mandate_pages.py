"""Billing mandates: those a structure gave or was given, one of them, and the form of a new one."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_give_mandates
from choriste.application.parties.consult_structure import consult_structure
from choriste.application.parties.decide_mandate import accept_mandate, end_mandate, refuse_mandate
from choriste.application.parties.give_mandate import (
    SignedFile,
    attach_to_mandate,
    begin_mandate,
    give_mandate,
)
from choriste.application.parties.read_mandates import list_mandates, read_mandate, read_mandate_file
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.mandate import Mandate, Scope, Standing
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import BadRequestError, ChoristeError, TooLargeError
from choriste.runtime.ports import platform_ports
from functions.console.parties.views import faults_of
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_UPLOAD
from functions.console.web.rendering import download, page, redirect, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_FIELDS: Final = ("holder", *Scope, "since", "until")
_EXPLAINED: Final = (BadRequestError, FieldsInvalidError, StaleRecordError, TooLargeError)
_TONES: Final = {
    Standing.PROPOSED: "attention",
    Standing.TO_COME: "busy",
    Standing.IN_FORCE: "good",
    Standing.REFUSED: "bad",
    Standing.REVOKED: "bad",
}


@routes.shows("/structures/<structure_id>/mandates")
def show_mandates(visit: Visit, structure_id: str) -> Response[str]:
    """Show the mandates of a structure, newest first: those it gave, and those it was given."""
    principal = visit.user.principal
    found = list_mandates(platform_ports(), principal, structure_id)
    return page(
        "parties/mandates.html",
        visit,
        structure=consult_structure(platform_ports(), principal, structure_id).structure,
        given=[(each, _badge(visit, each)) for each in found if each.giver == structure_id],
        held=[(each, _badge(visit, each)) for each in found if each.holder == structure_id],
        may_give=may_give_mandates(principal, structure_id),
    )


@routes.shows("/structures/<structure_id>/mandates/new")
def show_new(visit: Visit, structure_id: str) -> Response[str]:
    """Show the form of a new mandate, once the second factor has been proved."""
    structure = begin_mandate(platform_ports(), visit.user.principal, structure_id)
    typed = {**dict.fromkeys(_FIELDS, ""), Scope.DEPOSIT: "on", Scope.FOLLOW: "on"}
    return _new_page(visit, structure, typed)


@routes.acts("/structures/<structure_id>/mandates/new")
def give(visit: Visit, form: Form, structure_id: str) -> Response[str]:
    """Propose a mandate to another structure."""
    ports, principal = platform_ports(), visit.user.principal
    structure = begin_mandate(ports, principal, structure_id)
    typed = {name: form.text(name) for name in _FIELDS}
    try:
        mandate = give_mandate(ports, principal, structure_id, typed, signed=_signed(form))
    except _EXPLAINED as error:
        return _new_page(visit, structure, typed, error=error)
    return redirect(f"/structures/{structure_id}/mandates/{mandate.id}")


@routes.shows("/structures/<structure_id>/mandates/<mandate_id>")
def show_mandate(visit: Visit, structure_id: str, mandate_id: str) -> Response[str]:
    """Show a mandate: what it lets do, its files, its history, and what its reader may do."""
    return _mandate_page(visit, structure_id, mandate_id)


@routes.acts("/structures/<structure_id>/mandates/<mandate_id>")
def act(visit: Visit, form: Form, structure_id: str, mandate_id: str) -> Response[str]:
    """Accept, refuse or end a mandate, or keep a file with it."""
    ports, principal = platform_ports(), visit.user.principal
    typed = {"text": form.text("text")}
    try:
        match form.text("do"):
            case "accept":
                accept_mandate(ports, principal, structure_id, mandate_id)
            case "refuse":
                refuse_mandate(ports, principal, structure_id, mandate_id, typed)
            case "end":
                end_mandate(ports, principal, structure_id, mandate_id, typed)
            case _:
                signed = _signed(form) or SignedFile("", b"")
                attach_to_mandate(ports, principal, structure_id, mandate_id, signed)
    except _EXPLAINED as error:
        return _mandate_page(visit, structure_id, mandate_id, error=error)
    return redirect(f"/structures/{structure_id}/mandates/{mandate_id}")


@routes.shows("/structures/<structure_id>/mandates/<mandate_id>/file")
def save_file(visit: Visit, structure_id: str, mandate_id: str) -> Response[bytes]:
    """Give a file of a mandate to be saved."""
    name = visit.query.get("name", "")
    file, content = read_mandate_file(platform_ports(), visit.user.principal, structure_id, mandate_id, name)
    return download(file.name, content, mime_type=file.mime_type)


def _signed(form: Form) -> SignedFile | None:
    """Return the file of a form, None where none was chosen; raises for one that no page may hand on."""
    upload = form.files.get("file")
    if upload is None or not upload.content:
        return None
    if len(upload.content) > LARGEST_UPLOAD:
        raise TooLargeError(size=len(upload.content), limit=LARGEST_UPLOAD)
    return SignedFile(upload.filename, upload.content)


def _badge(visit: Visit, mandate: Mandate) -> views.Badge:
    standing = mandate.standing(platform_ports().clock.now().date())
    label = text(f"mandates.standing.{standing.value}", language=visit.language)
    return views.Badge(label, _TONES.get(standing, "plain"))


def _new_page(
    visit: Visit, structure: Structure, typed: dict[str, str], *, error: ChoristeError | None = None
) -> Response[str]:
    faults = faults_of(error, language=visit.language)
    return page(
        "parties/mandate_form.html",
        visit,
        status=200 if error is None else 422,
        structure=structure,
        typed=typed,
        limit=LARGEST_UPLOAD,
        faults=faults,
        problem=_said(visit, error) if not faults else None,
    )


def _mandate_page(
    visit: Visit, structure_id: str, mandate_id: str, *, error: ChoristeError | None = None
) -> Response[str]:
    ports, principal = platform_ports(), visit.user.principal
    mandate = read_mandate(ports, principal, structure_id, mandate_id)
    standing = mandate.standing(ports.clock.now().date())
    may_act = may_give_mandates(principal, structure_id)
    return page(
        "parties/mandate.html",
        visit,
        status=200 if error is None else 409 if isinstance(error, StaleRecordError) else 422,
        structure=consult_structure(ports, principal, structure_id).structure,
        mandate=mandate,
        state=_badge(visit, mandate),
        is_holder=mandate.holder == structure_id,
        may_decide=may_act and mandate.holder == structure_id and standing is Standing.PROPOSED,
        may_end=may_act and standing.is_open,
        steps=tuple(reversed(mandate.steps)),
        limit=LARGEST_UPLOAD,
        problem=_said(visit, error),
    )


def _said(visit: Visit, error: ChoristeError | None) -> str | None:
    return views.refusal_text(error, language=visit.language) if error is not None else None
