"""Users in and out by file: the import of accounts with its report, and the list as a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_lambda_powertools.event_handler import Response

from choriste.application.members.export_members import export_csv, export_xlsx
from choriste.application.members.import_accounts import (
    MOST_LINES,
    ImportReport,
    LineOutcome,
    LineReport,
    import_accounts,
)
from choriste.application.members.scope import structure_administered
from choriste.domain.parties.structure import Structure
from choriste.domain.shared.errors import ChoristeError, NotFoundError
from choriste.i18n.catalogue import translate
from choriste.i18n.formats import number_text
from choriste.runtime.identity import access_ports
from choriste.runtime.ports import platform_ports
from functions.console.web.forms import Form, Upload
from functions.console.web.problems import explained
from functions.console.web.rendering import download, page
from functions.console.web.routes import Routes
from functions.console.web.views import Badge
from functions.console.web.visit import Visit

routes = Routes()

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TONES: Final = {LineOutcome.REFUSED: "bad", LineOutcome.UNCHANGED: "busy"}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of the report in words."""

    line: LineReport
    badge: Badge
    why: str


@routes.shows("/members/<structure>/import")
def show_import(visit: Visit, structure: str) -> Response[str]:
    """Show the form that takes a file of accounts."""
    return _page(visit, _place(visit, structure))


@routes.acts("/members/<structure>/import")
def take_file(visit: Visit, form: Form, structure: str) -> Response[str]:
    """Import a file, or say what it would do, and show what became of each line."""
    place = _place(visit, structure)
    sent = form.files.get("file", Upload("", b""))
    tries = form.text("step") != "import"
    try:
        report = import_accounts(
            platform_ports(), access_ports(), visit.user.principal, sent.content, tries=tries
        )
    except ChoristeError as error:
        return _page(visit, place, problem=error)
    return _page(visit, place, report=report)


@routes.shows("/members/<structure>/export/<form>")
def give_export(visit: Visit, structure: str, form: str) -> Response[bytes]:
    """Give the users of a structure as `users.xlsx` or `users.csv`."""
    makers = {"users.xlsx": (export_xlsx, _XLSX), "users.csv": (export_csv, "text/csv; charset=utf-8")}
    if form not in makers:
        raise NotFoundError(kind="file", id=form)
    make, mime_type = makers[form]
    content = make(platform_ports(), visit.user.principal, structure, language=visit.language)
    return download(form, content, mime_type=mime_type)


def _place(visit: Visit, structure: str) -> Structure:
    return structure_administered(platform_ports(), visit.user.principal, structure)[0]


def _page(
    visit: Visit,
    structure: Structure,
    *,
    report: ImportReport | None = None,
    problem: ChoristeError | None = None,
) -> Response[str]:
    said, status = explained(problem, language=visit.language)
    return page(
        "members/import.html",
        visit,
        status=status,
        structure=structure,
        most=number_text(MOST_LINES, language=visit.language),
        report=report,
        counts=[
            (_outcome(outcome, visit.language, tried=report.tried), report.count(outcome))
            for outcome in LineOutcome
            if report.count(outcome)
        ]
        if report is not None
        else [],
        rows=[_row(line, visit.language, tried=report.tried) for line in report.lines] if report else [],
        problem=said,
    )


def _row(line: LineReport, language: str, *, tried: bool) -> ReportRow:
    why = translate("members", f"import.fault.{line.fault.value}", language) if line.fault else ""
    return ReportRow(
        line, Badge(_outcome(line.outcome, language, tried=tried), _TONES.get(line.outcome, "good")), why
    )


def _outcome(outcome: LineOutcome, language: str, *, tried: bool) -> str:
    """Return what became of a line, or what would, in words."""
    return translate("members", f"import.{'would' if tried else 'outcome'}.{outcome.value}", language)
