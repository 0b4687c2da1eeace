"""`consulter/historique`: the statuses of an invoice, newest first, and what was done besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from choriste.application.invoices.read_invoices import InvoiceView, read_invoice
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import StatusChange
from functions.chorus.codes import HISTORY_ACTIONS
from functions.chorus.factures.fields import COLUMNS
from functions.chorus.operation import Call, Operation, Rows, Tells, Within, minute_text, told
from functions.chorus.reading import Field, group, number, required


@dataclass(frozen=True, slots=True)
class _Part:
    rows: Sequence[StatusChange]
    page: int
    pages: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class _History:
    call: Call
    view: InvoiceView

    def part(self, name: str, wanted: Callable[[StatusChange], bool]) -> _Part:
        """Return the page that was asked for of some of the changes, newest first."""
        every = [change for change in reversed(self.view.history) if wanted(change)]
        asked = self.call.asked.get(name) or {}
        size = asked.get("size") or self.call.asked.get("most") or max(len(every), 1)
        page = max(asked.get("page") or 1, 1)
        shown = every[(page - 1) * size : page * size]
        return _Part(shown, page, -(-len(every) // size), size, len(every))

    @property
    def last_action(self) -> StatusChange | None:
        return next((change for change in reversed(self.view.history) if _is_action(change)), None)

    def name_of(self, change: StatusChange) -> str:
        """Return what happened, in the client's language."""
        return label(Kind.DONE, change.transition).in_language(self.call.language)


def _is_action(change: StatusChange) -> bool:
    return change.is_act and change.transition in HISTORY_ACTIONS


def _is_event(change: StatusChange) -> bool:
    return change.is_act and change.transition not in HISTORY_ACTIONS


def _said(change: StatusChange) -> str | None:
    """Return what was said of a change: a reason in somebody's words, else what the platform notes."""
    return change.reason_text or change.text or (change.note.fr if change.note is not None else None)


def _read(call: Call) -> _History:
    return _History(call, read_invoice(call.ports, call.principal, InvoiceId(call["invoice"])))


def _paged(suffix: str, listed: str, how: Callable[[_Part], Iterable[object]], tells: Tells) -> Tells:
    return {
        listed: Rows(how, tells),
        f"pageCourante{suffix}": lambda part: part.page,
        f"pages{suffix}": lambda part: part.pages,
        f"nbResultatsParPage{suffix}": lambda part: part.size,
        f"total{suffix}": lambda part: part.total,
    }


def _asked(suffix: str) -> Field:
    fields = {
        "page": Field(f"pageResultatDemandeeListe{suffix}", number),
        "size": Field(f"nbResultatsParPageListe{suffix}", number),
    }
    names = {"HistoStatut": "HistoStatuts", "HistoEvenement": "HistoEvenementsComplementaires"}
    return Field(f"paramRecherche{names.get(suffix, 'HistoActionsUtilisateurs')}", group(fields))


_STATUS: Final[Tells] = {
    "histoStatutId": lambda change: change.version,
    "histoStatutCode": lambda change: change.after,
    "histoStatutDatePassage": lambda change: minute_text(change.at),
    "histoStatutCommentaire": _said,
    "histoStatutUtilisateurNom": lambda change: change.actor_name,
    "histoStatutUtilisateurPrenom": lambda _: "",
}
_ACTION: Final[Tells] = {
    "histoActionId": lambda change: change.version,
    "histoActionCode": lambda change: HISTORY_ACTIONS[change.transition],
    "histoActionDateHeure": lambda change: minute_text(change.at),
    "histoActionUtilisateurNom": lambda change: change.actor_name,
    "histoActionUtilisateurPrenom": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class _Event:
    history: _History
    change: StatusChange

    @property
    def label(self) -> str:
        said = _said(self.change)
        name = self.history.name_of(self.change)
        return f"{name} : {said}" if said else name


_EVENT: Final[Tells] = {
    "evenementId": lambda event: event.change.version,
    "evenementLibelle": lambda event: event.label,
    "evenementQui": lambda event: event.change.actor_name,
    "evenementDateHeure": lambda event: minute_text(event.change.at),
}


def _events(history: _History) -> object:
    part = history.part("events", _is_event)
    named = [_Event(history, change) for change in part.rows]
    return told(_paged("Evenement", "evenement", lambda _: named, _EVENT), part)


HISTORY: Final = (
    Operation(
        path="factures/v1/consulter/historique",
        name="consulterHistoriqueFacture",
        act=_read,
        asks={
            "invoice": required("idFacture", number),
            "most": Field("nbResultatsMaximum", number),
            "statuses": _asked("HistoStatut"),
            "events": _asked("HistoEvenement"),
            "actions": _asked("HistoAction"),
        },
        tells={
            "idFacture": lambda history: history.view.head.id,
            "numeroFacture": lambda history: history.view.head.number,
            "modeDepot": lambda history: COLUMNS["modeDepot"](history.view.head),
            "statutCourantCode": lambda history: history.view.head.status,
            "historiquesDesStatuts": Within(
                lambda history: history.part("statuses", lambda change: not change.is_act),
                _paged("HistoStatut", "histoStatut", lambda part: part.rows, _STATUS),
            ),
            "historiquesDesEvenementsComplementaires": _events,
            "historiquesDesActionsUtilisateurs": Within(
                lambda history: history.part("actions", _is_action),
                _paged("HistoAction", "histoAction", lambda part: part.rows, _ACTION),
            ),
            "derniereAction": Within(
                lambda history: history.last_action,
                {
                    "derniereActionId": lambda change: change.version,
                    "derniereActionCode": lambda change: HISTORY_ACTIONS[change.transition],
                },
            ),
        },
    ),
)
