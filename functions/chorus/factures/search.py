"""Searches: what one issued, received, has to validate or to treat. Every criterion may be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.search_invoices import count_invoices, invoices_of_flow, search_invoices
from choriste.domain.lifecycle import Status
from choriste.domain.lifecycle.statuses import Phase, in_phase
from choriste.domain.shared.ids import FlowId
from choriste.domain.tracking.head import InvoiceHead
from choriste.domain.tracking.lists import Queue
from functions.chorus.codes import SIDES, UserRole
from functions.chorus.factures.criteria import (
    AS_ANYBODY,
    AS_RECIPIENT,
    AS_SUPPLIER,
    AS_VALIDATOR,
    criteria_of,
)
from functions.chorus.factures.fields import COLUMNS, DEMANDED, ISSUED, RECEIVED, TO_TREAT, VALIDATED
from functions.chorus.operation import Call, Operation, Rows
from functions.chorus.paging import PAGE, PAGED, Found, counted, in_order, page_field, page_of, turned
from functions.chorus.reading import Field, flag, number, one_of, tick
from functions.chorus.returns import Return

TO_BE_TREATED: Final = frozenset({Status.MISE_A_DISPOSITION, Status.COMPLETEE})
"""What a recipient has to treat."""

TO_BE_CORRECTED: Final = in_phase(Phase.CORRECTION) | in_phase(Phase.REFUSED)
"""What a supplier has to treat: complete, recycle, correct, acknowledge."""

TO_BE_VALIDATED: Final = in_phase(Phase.VALIDATION)
"""What a validator has to treat."""

FoundInvoices = Found[InvoiceHead]


def _searched(side: Side, **limits: frozenset[Status]) -> Callable[[Call], FoundInvoices]:
    """Return what searches one side; `statuses` narrows it further."""

    def search(call: Call) -> FoundInvoices:
        criteria = criteria_of(call)
        if limits and not criteria.statuses:
            criteria = replace(criteria, statuses=limits["statuses"])
        return _found(call, side, criteria)

    return search


def _found(call: Call, side: Side, criteria: Criteria) -> FoundInvoices:
    structure = call.asked.get("structure")
    owner = str(structure) if structure is not None else None
    found = turned(
        call,
        lambda after, size, budget: search_invoices(
            call.ports,
            call.principal,
            side=side,
            criteria=criteria,
            structure=owner,
            after=after,
            limit=size,
            budget=budget,
        ),
        key=side,
    )
    if found.pages > found.page:  # on its last page the number of all rows is known
        total = count_invoices(call.ports, call.principal, side=side, criteria=criteria, structure=owner)
        found = counted(call, found, total)
    return _ordered(call, found)


def _of_supplier(call: Call) -> FoundInvoices:
    """Search what was issued; the invoices of one flow are found by it, not among all others."""
    flow = call.asked.get("flow")
    if flow is None:
        return _found(call, Side.ISSUED, criteria_of(call))
    heads = invoices_of_flow(call.ports, call.principal, FlowId(flow), criteria_of(call))
    return _ordered(call, page_of(call, heads))


def _to_correct(call: Call) -> FoundInvoices:
    hidden = frozenset({Status.REJETEE}) if call["without_rejected"] else frozenset()
    criteria = Criteria(statuses=TO_BE_CORRECTED - hidden, rejection_closed=False)
    return _found(call, Side.ISSUED, criteria)


def _to_validate(call: Call) -> FoundInvoices:
    """Search what waits for this very validator: of two, the other one has it in turn."""
    return _found(call, Side.VALIDATION, Criteria(queues=frozenset({Queue.MINE})))


def _demands(call: Call) -> FoundInvoices:
    role: UserRole = call.asked.get("role") or UserRole.SUPPLIER
    return _found(call, SIDES[role], criteria_of(call))


def _ordered(call: Call, found: FoundInvoices) -> FoundInvoices:
    return replace(found, rows=in_order(call, found.rows, COLUMNS))


def _visible(_call: Call) -> tuple[Status, ...]:
    return tuple(status for status in Status if status in TO_BE_VALIDATED)


def _listed(tells: Mapping[str, object]) -> dict[str, object]:
    return {"listeFactures": Rows(lambda found: found.rows, tells)}


_OWN: Final = {"structure": Field("idStructure", number), "size": Field("recupererTaille", flag)}

SEARCHES: Final = (
    Operation(
        path="factures/v1/rechercher/fournisseur",
        name="rechercherFactureParFournisseur",
        act=_of_supplier,
        asks={**AS_SUPPLIER, "paging": page_field("rechercheFactureParFournisseur")},
        tells={**PAGED, **_listed(ISSUED)},
        none=Return.NO_RESULT,
        renames={Return.UNKNOWN_FLOW: Return.NO_RESULT},
    ),
    Operation(
        path="factures/v1/rechercher/recipiendaire",
        name="rechercherFactureRecipiendaire",
        act=_searched(Side.RECEIVED),
        asks={**AS_RECIPIENT, "paging": page_field("paramRecherche")},
        tells={**PAGE, **_listed(RECEIVED)},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/rechercher/valideur",
        name="rechercherFactureParValideur",
        act=_searched(Side.VALIDATION),
        asks={**AS_VALIDATOR, "paging": page_field("pagination")},
        tells={**PAGED, **_listed(VALIDATED)},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/rechercher/atraiter/recipiendaire",
        name="rechercherFactureATraiterParRecipiendaire",
        act=_searched(Side.RECEIVED, statuses=TO_BE_TREATED),
        asks={**_OWN, "paging": page_field("parametreRechercheFactureATraiterParRecipiendaire")},
        tells={**PAGE, **PAGED, **_listed(RECEIVED)},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/rechercher/atraiter/fournisseur",
        name="rechercherFactureATraiterParFournisseur",
        act=_to_correct,
        asks={
            **_OWN,
            "without_rejected": Field("masquerRejetee", tick),
            "paging": page_field("rechercheFactureATraiterParFournisseur"),
        },
        tells={**PAGED, **_listed(TO_TREAT)},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/rechercher/aTraiter/valideur",
        name="rechercherFactureATraiterParValideur",
        act=_to_validate,
        asks={**_OWN, "paging": page_field("pagination")},
        tells={**PAGED, **_listed(VALIDATED)},
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/rechercher/demandePaiement",
        name="rechercherDemandePaiement",
        act=_demands,
        asks={
            **AS_ANYBODY,
            "role": Field("roleUtilisateur", one_of(UserRole)),
            "paging": page_field("parametresRecherche"),
        },
        tells={
            "listeDemandePaiement": Rows(lambda found: found.rows, DEMANDED),
            "total": lambda found: found.total,
        },
        none=Return.NO_RESULT,
    ),
    Operation(
        path="factures/v1/recuperer/statutsFactureVisibles/valideur",
        name="recupererStatutsFactureVisiblesParValideur",
        act=_visible,
        tells={
            "listeStatutFacture": Rows(lambda found: found, {"codeStatutFacture": lambda status: status}),
        },
    ),
)
