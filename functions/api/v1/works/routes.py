"""`/v1/billing-files`: the pieces of a works contract's payments."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from choriste.application.works.read_billing_file import read_billing_file
from choriste.domain.shared.ids import InvoiceId
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import principal
from functions.api.v1.invoices.schemas import InvoiceNumber
from functions.api.v1.works.schemas import BillingFileDetails, billing_file_out

router = Router()


@router.get(
    "/v1/billing-files/<file_id>",
    summary="Read a billing file",
    tags=["works"],
    security=SECURED,
    responses=answers(Success(BillingFileDetails, "The billing file"), problems=("bad-request", "not-found")),
)
def billing_file(file_id: InvoiceNumber) -> Response[BillingFileDetails]:
    """Answer the pieces of a billing file, oldest first, by the id of any of them."""
    return answer(billing_file_out(read_billing_file(platform_ports(), principal(), InvoiceId(file_id))))
