"""`/v1/structures/…/advice`: which advice a structure wants with the reports on its invoices."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from choriste.application.deposits.switch_advice import AdviceSwitches, read_advice, switch_advice
from choriste.domain.deposits.advice import Kind
from choriste.runtime.ports import platform_ports
from functions.api.http.answers import SECURED, Success, answers
from functions.api.http.app import answer
from functions.api.http.auth import principal
from functions.api.http.models import Answer, Body

router = Router()

StructureNumber = Annotated[str, Path(description="Id of the structure", pattern="^[0-9]{1,16}$")]


class AdviceBody(Body):
    """The kinds of advice that are to be off; all others are on."""

    off: list[Kind] = Field(max_length=len(Kind))


class Advice(Answer):
    """The kinds of advice there are, and those that are switched off."""

    kinds: list[Kind]
    off: list[Kind]


_PROBLEMS = ("bad-request", "forbidden", "not-found")


@router.get(
    "/v1/structures/<structure_id>/advice",
    summary="Read which advice is on",
    tags=["deposits"],
    security=SECURED,
    responses=answers(Success(Advice, "The kinds of advice"), problems=_PROBLEMS),
)
def advice(structure_id: StructureNumber) -> Response[Advice]:
    """Answer the kinds of advice that reports on a structure's invoices may hold, and those that are off."""
    return answer(_advice_out(read_advice(platform_ports(), principal(), structure_id)))


@router.put(
    "/v1/structures/<structure_id>/advice",
    summary="Switch advice off and on",
    tags=["deposits"],
    security=SECURED,
    responses=answers(Success(Advice, "The kinds of advice"), problems=_PROBLEMS),
)
def switch(structure_id: StructureNumber, body: AdviceBody) -> Response[Advice]:
    """Switch exactly the kinds in `off` off. Advice warns and never refuses; it is all on at first."""
    return answer(_advice_out(switch_advice(platform_ports(), principal(), structure_id, off=body.off)))


def _advice_out(switches: AdviceSwitches) -> Advice:
    return Advice(kinds=list(switches.kinds), off=list(switches.off))
