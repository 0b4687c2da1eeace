"""Drafts: the list, the entry form, and what may be done with a draft: save, check, deposit, abandon."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.access.policy import may_issue
from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.change_draft import change_draft, drop_kept
from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.link_reissue import left_to_reissue
from choriste.application.drafts.read_drafts import list_drafts, read_draft, read_page
from choriste.domain.access.user import Level, Space
from choriste.domain.deposits.flow import Channel
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields
from choriste.domain.invoice.kept import Kept
from choriste.domain.parties.structure import Service, StructureIdentifier
from choriste.domain.shared.errors import (
    BadRequestError,
    ChoristeError,
    DraftClosedError,
    DraftInvalidError,
    StaleVersionError,
    TooLargeError,
)
from choriste.domain.shared.field_faults import field_error
from choriste.domain.shared.findings import Finding
from choriste.runtime.ports import platform_ports
from functions.console.deposits.report import report_of
from functions.console.drafts.findings import mendings
from functions.console.drafts.form import (
    MOST_LINES,
    TYPES,
    Typed,
    entry_of_form,
    parties_of_form,
    typed_of_draft,
    typed_of_form,
    with_proposals,
)
from functions.console.drafts.kept import kept_rows
from functions.console.drafts.reading import reading_view
from functions.console.web import views
from functions.console.web.asked import chosen_structure, invoice_id_of, structures_with
from functions.console.web.forms import Form
from functions.console.web.limits import LARGEST_UPLOAD, ROWS
from functions.console.web.rendering import page, redirect, shown_picture, text
from functions.console.web.routes import Routes
from functions.console.web.visit import Visit

routes = Routes()

_EXPLAINED: Final = (
    BadRequestError,
    DraftClosedError,
    DraftInvalidError,
    StaleVersionError,
    TooLargeError,
)


@routes.shows("/drafts")
def show_drafts(visit: Visit) -> Response[str]:
    """Show a page of the drafts of one of my structures."""
    return _drafts_page(visit, visit.query.get("structure"))


def _drafts_page(
    visit: Visit, wanted: str | None, *, problem: BadRequestError | None = None
) -> Response[str]:
    structures = structures_with(visit, Space.ISSUE, Level.CONSULT)
    if not structures:
        return page("drafts/drafts.html", visit, structure=None, problem=None, is_of_another=False)
    chosen = chosen_structure(wanted, structures)
    principal = visit.user.principal
    found = list_drafts(
        platform_ports(), principal, structure=chosen.id, after=visit.query.get("after"), limit=ROWS
    )
    said = views.refusal_text(problem, language=visit.language) if problem is not None else None
    return page(
        "drafts/drafts.html",
        visit,
        status=200 if problem is None else 422,
        structure=chosen,
        problem=said,
        is_of_another=problem is not None and problem.parameters.get("field") == "anyway",
        limit=LARGEST_UPLOAD,
        choices=views.structure_choices(structures, chosen=chosen.id),
        rows=[(draft, views.status_badge(draft.status, language=visit.language)) for draft in found.rows],
        after=found.after,
        may_begin=may_issue(principal, chosen.id),
    )


@routes.acts("/drafts")
def begin(visit: Visit, form: Form) -> Response[str]:
    """Begin an empty draft, or one with the content of a closed one, and show it."""
    principal = visit.user.principal
    source = form.text("copy")
    if source:
        closed = read_draft(platform_ports(), principal, invoice_id_of(source))
        typed = typed_of_draft(closed)
        original = left_to_reissue(platform_ports(), closed)
        start = DraftSource(invoice=closed.invoice, parties=closed.parties, duplicate_of=original)
        structure, entry = closed.structure, entry_of_form(typed)
    else:
        start, structure = DraftSource(), form.text("structure")
        entry = DraftFields(issue_date=platform_ports().clock.now().date())
    draft = begin_draft(platform_ports(), principal, structure=structure, fields=entry, source=start)
    return redirect(f"/drafts/{draft.id}")


@routes.acts("/drafts/from-pdf")
def begin_from_pdf(visit: Visit, form: Form) -> Response[str]:
    """Begin a draft with what the pages of a PDF say for certain, and show it to be checked."""
    upload = form.files.get("file")
    if upload is None or not upload.content:
        return _drafts_page(visit, form.text("structure"), problem=field_error("file", "FILE-EMPTY"))
    try:
        draft, _ = draft_from_pdf(
            platform_ports(),
            visit.user.principal,
            structure=form.text("structure"),
            filename=upload.filename,
            content=upload.content,
            anyway=form.text("anyway") == "yes",
        )
    except BadRequestError as error:
        return _drafts_page(visit, form.text("structure"), problem=error)
    return redirect(f"/drafts/{draft.id}")


@routes.shows("/drafts/<number>")
def show_draft(visit: Visit, number: str) -> Response[str]:
    """Show a draft: its form while it is open, where it went once it is closed."""
    draft = read_draft(platform_ports(), visit.user.principal, invoice_id_of(number))
    typed = typed_of_draft(draft)
    if visit.query.get("check") == "1" and draft.is_open:
        return _checked_page(visit, draft)
    return _draft_page(visit, draft, typed.with_room() if visit.query.get("room") == "1" else typed)


@routes.shows("/drafts/<number>/pages/<page_number>")
def show_page(visit: Visit, number: str, page_number: str) -> Response[bytes]:
    """Show the picture of a page that a draft began from: we drew it, whatever the file was."""
    wanted = int(page_number) if page_number.isascii() and page_number.isdigit() else 0
    content = read_page(platform_ports(), visit.user.principal, invoice_id_of(number), wanted)
    return shown_picture(content)


@routes.acts("/drafts/<number>")
def act(visit: Visit, form: Form, number: str) -> Response[str]:
    """Save what was typed, then do what the button says; a refusal is explained beside what was typed."""
    principal = visit.user.principal
    draft = read_draft(platform_ports(), principal, invoice_id_of(number))
    typed = typed_of_form(form.fields)
    if form.text("do") == "take" and draft.read is not None:
        typed = with_proposals(typed, draft.read)
    try:
        if form.text("do") == "abandon":
            abandon_draft(platform_ports(), principal, draft.id, expected_version=form.version)
            return redirect(f"/drafts/{draft.id}")
        draft = change_draft(
            platform_ports(),
            principal,
            draft.id,
            fields=entry_of_form(typed),
            parties=parties_of_form(typed),
            expected_version=form.version,
        )
        return _then(visit, draft, form.text("do"))
    except _EXPLAINED as error:
        return _draft_page(visit, draft, typed, problem=error)


def _then(visit: Visit, draft: Draft, what: str) -> Response[str]:
    """Do what the button says with a draft that was just saved."""
    if what == "deposit":
        # writing and checking XML costs memory and start-up time that no other page must pay
        from choriste.application.drafts.deposit_draft import deposit_draft  # noqa: PLC0415

        _, receipt = deposit_draft(
            platform_ports(),
            visit.user.principal,
            draft.id,
            channel=Channel.CONSOLE,
            expected_version=draft.version,
        )
        return report_of(receipt.flow.id)
    if what == "check":
        return _checked_page(visit, draft)
    if (kept := what.removeprefix("drop-")) in set(Kept):
        user = visit.user.principal
        drop_kept(platform_ports(), user, draft.id, Kept(kept), expected_version=draft.version)
    return redirect(f"/drafts/{draft.id}?{'room=1' if what == 'add-line' else 'saved=1'}")


def _checked_page(visit: Visit, draft: Draft) -> Response[str]:
    # writing and checking XML costs memory and start-up time that no other page must pay
    from choriste.application.drafts.deposit_draft import check_draft  # noqa: PLC0415

    return _draft_page(visit, draft, typed_of_draft(draft), checked=check_draft(platform_ports(), draft))


def _draft_page(
    visit: Visit,
    draft: Draft,
    typed: Typed,
    *,
    problem: ChoristeError | None = None,
    checked: tuple[Finding, ...] | None = None,
) -> Response[str]:
    found = problem.parameters.get("findings") if isinstance(problem, DraftInvalidError) else checked
    findings = found if isinstance(found, list | tuple) else ()
    typed = typed if typed.lines else typed.with_room()
    reading = reading_view(draft, typed, language=visit.language)
    to_mend, others = mendings(findings, typed, language=visit.language)
    own = platform_ports().directory.structure(draft.structure)
    stale = isinstance(problem, StaleVersionError | DraftClosedError)
    return page(
        "drafts/draft.html",
        visit,
        status=200 if problem is None else 409 if stale else 422,
        draft=draft,
        typed=typed,
        lines=list(enumerate(typed.lines[:MOST_LINES], start=1)),
        badge_of=views.status_badge(draft.status, language=visit.language),
        frames=views.frame_choices(typed.fields["frame"], language=visit.language),
        totals=draft.invoice.totals,
        reading=reading,
        services=_services(typed.fields["recipient_siret"]),
        kept=kept_rows(draft, own, language=visit.language) if own is not None else (),
        types=_types(typed.fields["type_code"], language=visit.language),
        problem=_said(problem, visit),
        at_fault=problem.parameters.get("field") if problem is not None else None,
        to_mend=to_mend,
        faulty={each.field for each in to_mend},
        findings=views.findings(others, language=visit.language),
        passed=checked is not None and not findings,
        saved=visit.query.get("saved") == "1",
        may_change=draft.is_open and may_issue(visit.user.principal, draft.structure),
    )


def _services(siret: str) -> tuple[Service, ...]:
    """Return the open services of a recipient, which the directory shows everybody."""
    compact = siret.replace(" ", "")
    found = platform_ports().directory.structure_by_identifier(StructureIdentifier.siret(compact))
    return tuple(service for service in found.services if service.active) if found is not None else ()


def _types(chosen: str, *, language: str) -> tuple[views.Choice, ...]:
    """Return the types that may be chosen, and the one that the draft has, if it is another."""
    codes = dict.fromkeys((*TYPES, *((chosen,) if chosen else ())))
    named = (
        (code, text(f"draft.type.{code}", language=language) if code in TYPES else code) for code in codes
    )
    return tuple(views.Choice(code, name, code == (chosen or TYPES[0])) for code, name in named)


def _said(problem: ChoristeError | None, visit: Visit) -> str | None:
    if problem is None:
        return None
    if isinstance(problem, DraftInvalidError):
        return text("draft.invalid", language=visit.language)
    return views.refusal_text(problem, language=visit.language)
