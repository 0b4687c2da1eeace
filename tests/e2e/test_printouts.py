"""Printouts as users get them: asked of the API, made by the function with the typesetter, downloaded."""

from __future__ import annotations

import io
import urllib.request
from typing import Any

import pikepdf
import pytest

from tests.builders.bad_files import a_cii
from tests.builders.platform_here import PlatformHere
from tests.builders.readable import squeezed, text_of

pytestmark = pytest.mark.slow

SUPPLIER = "2001"


@pytest.fixture(scope="module")
def report(here: PlatformHere) -> dict[str, Any]:
    found = here.report_on(a_cii("PRINTOUTS-1"), by=here.client_of(SUPPLIER), filename="printouts-1.xml")
    here.platform.drain(timeout=120)
    return found


def _saved(here: PlatformHere, path: str, language: str | None) -> bytes:
    headers = {"Accept-Language": language} if language else {}
    answer = here.ask("GET", path, by=here.client_of(SUPPLIER), headers=headers)
    assert answer.status == 302, answer.body
    with urllib.request.urlopen(answer.headers["Location"], timeout=60) as saved:  # noqa: S310 - our own store
        content: bytes = saved.read()
    return content


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Bordereau de suivi"), ("en-GB", "Follow-up slip"), (None, "Bordereau")]
)
def test_follow_up_slip_is_downloaded_in_the_readers_language(
    here: PlatformHere, report: dict[str, Any], language: str | None, title: str
) -> None:
    invoice = report["documents"][0]["invoice_id"]

    pdf = _saved(here, f"/v1/invoices/{invoice}/printouts/follow-up", language)

    text = text_of(pdf)
    assert text.startswith(squeezed(title))
    assert str(invoice) in text


@pytest.mark.parametrize("kind", ["integration-report", "deposit-certificate"])
def test_printouts_of_a_flow_are_tagged_pdfs(here: PlatformHere, report: dict[str, Any], kind: str) -> None:
    pdf = _saved(here, f"/v1/deposits/{report['flow_id']}/printouts/{kind}", "en")

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/StructTreeRoot" in opened.Root
    assert squeezed(report["sha256"]) in text_of(pdf)


def test_printout_that_nobody_makes_is_a_bad_request(here: PlatformHere, report: dict[str, Any]) -> None:
    path = f"/v1/invoices/{report['documents'][0]['invoice_id']}/printouts/poster"

    answer = here.ask("GET", path, by=here.client_of(SUPPLIER))

    assert (answer.status, answer.code) == (400, "bad-request")
