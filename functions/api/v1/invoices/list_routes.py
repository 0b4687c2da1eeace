"""`/v1/invoices`, the lists: what a structure issued, received, validates or follows, and what waits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from choriste.application.invoices.criteria import Between, Criteria, Side
from choriste.application.invoices.name_party import other_party
from choriste.application.invoices.search_invoices import (
    Order,
    SortBy,
    count_queues,
    search_invoices,
)
from choriste.domain.lifecycle import Status
from choriste.domain.tracking.lists import Queue
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import home_of, principal
from functions.api.http.models import AMOUNT_PATTERN
from functions.api.http.paging import Limit, checked_place
from functions.api.v1.invoices.schemas import InvoicePage, QueueCount, QueueCounts, invoice_out

router = Router()

_SIDE: Final = Query(description="Which side of its invoices the structure looks at")
_Day = Annotated[dt.date | None, Query()]
_Amount = Annotated[str | None, Query(pattern=AMOUNT_PATTERN, description="With VAT")]


@router.get(
    "/v1/invoices",
    summary="List invoices",
    tags=["invoices"],
    security=SECURED,
    responses=answers(Success(InvoicePage, "A page of invoices"), problems=("bad-request", "forbidden")),
)
def invoices(  # noqa: PLR0913, PLR0917 - the parameters of a search
    side: Annotated[Side, _SIDE] = Side.RECEIVED,
    structure: Annotated[str | None, Query()] = None,
    queue: Annotated[list[Queue] | None, Query(description="What the side has to do with it")] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    number: Annotated[str | None, Query(description="Beginning of the number")] = None,
    text: Annotated[str | None, Query(description="Beginning of the number, or the other party")] = None,
    party: Annotated[str | None, Query(description="The other party: name, SIREN or SIRET")] = None,
    service: Annotated[list[str] | None, Query(description="Code of the recipient's service")] = None,
    assignee: Annotated[str | None, Query(description="Account that it is assigned to")] = None,
    reference: Annotated[str | None, Query(description="Part of the accounting reference")] = None,
    issued_from: _Day = None,
    issued_to: _Day = None,
    due_from: Annotated[dt.date | None, Query(description="Day of payment, from")] = None,
    due_to: _Day = None,
    amount_from: _Amount = None,
    amount_to: _Amount = None,
    sort: SortBy = SortBy.DEPOSIT,
    rising: Annotated[bool, Query(description="From the least up")] = False,  # noqa: FBT002 - a parameter of the address
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> Response[InvoicePage]:
    """List the invoices that a structure issued, received, validates, or follows in works; newest first.

    `next` is where the list goes on. A search that no list answers reads some 2,000 invoices: its page may
    then have fewer rows than `limit`, or none, and `next` goes on with it. Only a `next` of null is the end.
    Sorted by anything but the deposit, or the day of payment of what waits for a recipient, a list may hold
    500 invoices. An empty parameter asks for nothing.
    """
    ports, who = platform_ports(), principal()
    criteria = Criteria(
        queues=frozenset(queue or ()),
        statuses=frozenset(status or ()),
        number_begins=number or None,
        words=other_party(ports, who, text, side) if text else None,
        other=other_party(ports, who, party, side) if party else None,
        services=frozenset(filter(None, service or ())),
        assignee=assignee or None,
        accounting_reference=reference or None,
        issued=Between(issued_from, issued_to),
        payment_day=Between(due_from, due_to),
        with_vat=Between(
            Decimal(amount_from) if amount_from is not None else None,
            Decimal(amount_to) if amount_to is not None else None,
        ),
    )
    owner = structure or home_of(who)
    page = search_invoices(
        ports,
        who,
        structure=owner,
        side=side,
        criteria=criteria,
        order=Order(sort, rising),
        after=checked_place(after),
        limit=limit,
    )
    return answer(InvoicePage(invoices=[invoice_out(head) for head in page.rows], next=page.after))


@router.get(
    "/v1/invoices/queues",
    summary="Count what waits",
    tags=["invoices"],
    security=SECURED,
    responses=answers(Success(QueueCounts, "The queues of a side"), problems=("bad-request", "forbidden")),
)
def queues(
    side: Annotated[Side, _SIDE] = Side.RECEIVED, structure: Annotated[str | None, Query()] = None
) -> Response[QueueCounts]:
    """Count the invoices in each queue of a side: what waits for it, for others, and what was refused.

    Counts are exact up to 10,000. Who is limited to services counts up to 200 invoices.
    """
    who = principal()
    found = count_queues(platform_ports(), who, side=side, structure=structure or home_of(who))
    return answer(
        QueueCounts(
            queues=[
                QueueCount(queue=queue, count=total.number, exact=total.exact)
                for queue, total in found.items()
            ]
        )
    )
