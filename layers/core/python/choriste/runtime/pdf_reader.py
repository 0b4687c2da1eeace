"""The composition root of reading PDFs: the function that makes documents does it."""

from __future__ import annotations

from functools import cache

from choriste.adapters.aws.lambda_.pdf_reader import LambdaPdfReader
from choriste.application.drafts.draft_from_pdf import PdfReader
from choriste.runtime import aws
from choriste.runtime.settings import settings


@cache
def pdf_reader() -> PdfReader:
    """Return where this process has PDFs read."""
    return LambdaPdfReader(aws.functions(), function=settings().documents_function)
