"""The lifecycle on the running platform: concurrent actors, acts, billing files, refusals, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from choriste.local.platform.process import Platform
from tests.builders.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Platform(port=0, aws_port=0) as platform:
        yield Town.of(platform, tmp_path_factory.mktemp("town"))


def _both_at_once(
    town: Town, invoice: int, actions: tuple[str, str], **headers: str
) -> list[tuple[int, dict[str, Any]]]:
    """Two people of the recipient take a step at the same moment."""
    client, start = town.client("1001"), Barrier(2)

    def act(action: str) -> tuple[int, dict[str, Any]]:
        start.wait()
        return town.post(client, f"/v1/invoices/{invoice}/transitions", {"action": action}, **headers)

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(act, actions), key=lambda answer: answer[0])


def test_of_two_recipients_at_once_one_wins_and_the_other_gets_the_new_state(town: Town) -> None:
    invoice = town.deposit("RACE-1")
    version = town.invoice(invoice)["version"]

    won, lost = _both_at_once(town, invoice, ("mandate", "certify-service"), **{"If-Match": f'"{version}"'})

    assert (won[0], lost[0]) == (200, 412)
    assert lost[1]["code"] == "stale-version"
    stale = {"version": version + 1, "status": won[1]["status"], "read": version}
    assert lost[1]["parameters"] == stale


def test_same_step_taken_twice_at_once_is_taken_once(town: Town) -> None:
    invoice = town.deposit("RACE-2")
    version = town.invoice(invoice)["version"]

    won, lost = _both_at_once(town, invoice, ("mandate", "mandate"))

    assert won[0] == 200
    assert lost[0] in {409, 412}
    assert lost[1]["parameters"]["status"] == "MANDATEE"
    assert town.invoice(invoice)["version"] == version + 1


def test_acts_have_addresses_and_stay_within_their_rights(town: Town) -> None:
    invoice = town.deposit("ACTS-1")
    recipient, supplier = town.client("1001"), town.client("2001")
    path = f"/v1/invoices/{invoice}"

    said, seen = town.post(supplier, f"{path}/comments", {"text": "Où en est-elle ?"})
    kept, shown = town.post(recipient, f"{path}/accounting-reference", {"reference": "MDT-42"})
    mine, _ = town.post(supplier, f"{path}/accounting-reference", {"reference": "X"})
    nobody, _ = town.post(recipient, f"{path}/assignment", {"account": "nobody"})
    early, _ = town.post(supplier, f"{path}/acknowledgements", {"act": "acknowledge-rejection"})
    late, _ = town.post(supplier, f"{path}/files?filename=a.pdf", {"any": "thing"})
    stuck, _ = town.post(supplier, "/v1/operator/stuck/invoice/1/resume", {})

    assert (said, seen["history"][0]["text"]) == (200, "Où en est-elle ?")
    assert (kept, shown["accounting_reference"]) == (200, "MDT-42")
    assert "comment" in shown["available_acts"]
    assert (mine, nobody, early, late, stuck) == (403, 400, 400, 400, 403)
    listed = recipient.call("/v1/invoices?reference=mdt-42&assignee=&number=&service=&text=")["invoices"]
    assert [head["id"] for head in listed] == [invoice]


def test_billing_file_is_read_by_the_id_of_a_piece(town: Town) -> None:
    statement = town.deposit("BILL-A4", frame="A4", moe=town.siret("2004"))

    file = town.client("2004").call(f"/v1/billing-files/{statement}")

    assert [piece["number"] for piece in file["pieces"]] == ["BILL-A4"]
    assert file["pieces"][0]["may_be_answered_with"] == ["A15", "A16"]
    assert file["pieces"][0]["project_manager"]["structure"] == "2004"


@pytest.mark.parametrize("query", ["frame=A99", "adjust=1", "adjust=x:1", "adjust=1:NaN"], ids=str)
def test_unreadable_party_is_a_bad_request(town: Town, query: str) -> None:
    status, problem = town.post(town.client(), f"/v1/deposits?structure=3001&{query}", {})

    assert (status, problem["code"]) == (400, "bad-request")
