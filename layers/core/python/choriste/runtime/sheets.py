"""The composition root of sheets: they are made by the function of that name."""

from __future__ import annotations

from functools import cache

from choriste.adapters.aws.lambda_.sheets import LambdaSheets
from choriste.application.printouts.request_printout import Sheets
from choriste.runtime import aws
from choriste.runtime.settings import settings


@cache
def sheets() -> Sheets:
    """Return where this process has sheets made."""
    return LambdaSheets(aws.functions(), function=settings().documents_function)
