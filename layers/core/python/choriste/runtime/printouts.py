"""The composition root of printouts: they are made by the function of that name."""

from __future__ import annotations

from functools import cache

from choriste.adapters.aws.lambda_.printouts import LambdaPrintouts
from choriste.application.printouts.request_printout import Printouts
from choriste.runtime import aws
from choriste.runtime.settings import settings


@cache
def printouts() -> Printouts:
    """Return where this process has printouts made."""
    return LambdaPrintouts(aws.functions(), function=settings().documents_function)
