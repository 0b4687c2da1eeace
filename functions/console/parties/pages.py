"""The directory: structures searched and shown, and those that the operator registers."""

from __future__ import annotations

from typing import Final, TypeVar

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_set_sign_in, operates, require_operator
from choriste.application.parties.consult_structure import consult_structure
from choriste.application.parties.register_structure import NewStructure, register_structure
from choriste.application.parties.search_structures import StructureQuery, search_structures
from choriste.domain.access.errors import AlreadyExistsError
from choriste.domain.parties.form import FieldsInvalidError
from choriste.domain.parties.search import StructureSummary
from choriste.domain.parties.structure import IdentifierKind, StructureKind
from choriste.domain.shared.errors import ChoristeError
from choriste.runtime.ports import platform_ports
from functions.console.parties.views import (
    ADDRESS,
    CONTACT,
    closing_text,
    faults_of,
    identifier_text,
    seen_by,
    settings_that_hold,
    state_badge,
)
from functions.console.web import views
from functions.console.web.forms import Form
from functions.console.web.limits import ROWS, SUGGESTED
from functions.console.web.rendering import data_answer, page, text
from functions.console.web.routes import Routes
from functions.console.web.told import tell, told
from functions.console.web.visit import Visit

routes = Routes()

Kind = TypeVar("Kind", StructureKind, IdentifierKind)

_NOTICES: Final = ("saved", "closed", "opened", "registered")
_REGISTERED: Final = ("name", *ADDRESS, *CONTACT)


@routes.shows("/structures")
def search(visit: Visit) -> Response[str]:
    """Show the search, what it found, and the visitor's own structures while nothing is searched for."""
    asked = {name: visit.query.get(name, "").strip() for name in ("query", "city", "postcode")}
    found: tuple[StructureSummary, ...] = ()
    after, problem = None, None
    if any(asked.values()):
        query = StructureQuery(words=asked["query"], city=asked["city"], postcode=asked["postcode"])
        try:
            result = search_structures(
                platform_ports(), visit.user.principal, query, after=visit.query.get("after"), limit=ROWS
            )
            found, after = result.rows, result.after
        except FieldsInvalidError as error:
            problem = views.refusal_text(error, language=visit.language)
    return page(
        "parties/search.html",
        visit,
        status=200 if problem is None else 422,
        asked=asked,
        searched=any(asked.values()) and problem is None,
        problem=problem,
        rows=[_row(row, visit) for row in found],
        own=_own(visit),
        after=after,
        may_register=operates(visit.user.principal),
    )


@routes.shows("/structures/suggestions")
def suggest(visit: Visit) -> Response[str]:
    """Answer the structures that a field offers while one types: few, and nothing for too few letters."""
    kind = next((each for each in IdentifierKind if each == visit.query.get("kind")), None)
    query = StructureQuery(words=visit.query.get("query", "")[:200], identifier_kind=kind, active=True)
    try:
        found = search_structures(
            platform_ports(), visit.user.principal, query, after=None, limit=SUGGESTED
        ).rows
    except FieldsInvalidError:
        found = ()
    rows = [_row(row, visit) for row in found]
    shown = [{name: row[name] for name in ("name", "identifier", "place")} for row in rows]
    return data_answer({"structures": shown})


def _row(row: StructureSummary, visit: Visit) -> dict[str, object]:
    state = "structures.active" if row.active else "structures.inactive"
    return {
        "id": row.id,
        "name": row.name,
        "identifier": identifier_text(row.identifier),
        "place": " ".join(part for part in (row.postcode, row.city) if part),
        "badge": views.Badge(text(state, language=visit.language), "good" if row.active else "bad"),
    }


def _own(visit: Visit) -> list[dict[str, object]]:
    found = (platform_ports().directory.structure(each) for each in visit.user.principal.structures)
    mine = sorted((one for one in found if one is not None), key=lambda one: one.name)
    return [{"id": one.id, "name": one.name, "identifier": identifier_text(one.identifier)} for one in mine]


@routes.shows("/structures/new")
def show_registration(visit: Visit) -> Response[str]:
    """Show the form of a new structure; closed for everybody but the operator."""
    require_operator(visit.user.principal)
    return _registration_page(visit, {"identifier_kind": "SIRET", "kind": "PRIVEE", "country": "FR"})


@routes.acts("/structures/new")
def register(visit: Visit, form: Form) -> Response[str]:
    """Put a structure on the directory; the operator may."""
    try:
        wanted = NewStructure(
            kind=_chosen(StructureKind.PRIVATE, form.text("kind")),
            identifier_kind=_chosen(IdentifierKind.SIRET, form.text("identifier_kind")),
            identifier=form.text("identifier"),
            entry={name: form.text(name) for name in _REGISTERED},
            settings={},
        )
        made = register_structure(platform_ports(), visit.user.principal, wanted)
    except (FieldsInvalidError, AlreadyExistsError) as error:
        return _registration_page(visit, dict(form.fields), error=error)
    return tell(visit, f"/structures/{made.id}", "registered")


def _chosen(usual: Kind, sent: str) -> Kind:
    """Return the kind that was chosen of a list; the usual one for a value that no list of ours has."""
    return next((kind for kind in type(usual) if kind == sent), usual)


def _registration_page(
    visit: Visit, typed: dict[str, str], *, error: ChoristeError | None = None
) -> Response[str]:
    faults = faults_of(error, language=visit.language)
    return page(
        "parties/register.html",
        visit,
        status=200 if error is None else 422,
        typed={name: typed.get(name, "") for name in ("identifier", "identifier_kind", "kind", *_REGISTERED)},
        faults=faults,
        kinds=[kind.value for kind in IdentifierKind],
        problem=_said(error, visit) if error is not None and not faults else None,
    )


@routes.shows("/structures/<structure_id>")
def show_structure(visit: Visit, structure_id: str) -> Response[str]:
    """Show a structure: all of it to its own people, what it takes to send it an invoice to others."""
    consulted = consult_structure(platform_ports(), visit.user.principal, structure_id)
    seen, notice = seen_by(visit.user.principal, consulted), told(visit)
    structure = seen.structure
    return page(
        "parties/structure.html",
        visit,
        seen=seen,
        structure=structure,
        identifier=identifier_text(structure.identifier),
        badge_of=state_badge(structure, language=visit.language),
        closing=closing_text(structure, language=visit.language),
        settings=settings_that_hold(structure.settings),
        shut=[name for name in ("issues", "receives") if not getattr(structure.settings, name)],
        may_set_sign_in=may_set_sign_in(visit.user.principal, structure.id),
        notice=text(f"structures.notice.{notice}", language=visit.language) if notice in _NOTICES else None,
    )


def _said(error: ChoristeError, visit: Visit) -> str:
    return views.refusal_text(error, language=visit.language)
