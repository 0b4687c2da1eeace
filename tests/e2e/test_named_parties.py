"""Parties named beside a file, by the two channels on which the file comes later than its names."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest

from tests.builders.bad_files import a_cii
from tests.builders.platform_here import PlatformHere, aws

pytestmark = pytest.mark.slow

VALIDATOR = "80912345800014"


def _invoice_of(here: PlatformHere, report: dict[str, Any]) -> dict[str, Any]:
    here.platform.drain(timeout=120)
    found: dict[str, Any] = here.partner().call(f"/v1/invoices/{report['documents'][0]['invoice_id']}")
    return found


def test_upload_asked_for_with_parties_waits_for_its_validator(here: PlatformHere) -> None:
    content, partner = a_cii("PARTY-UPLOAD"), here.partner()
    parties = {"frame": "A9", "validator": VALIDATOR}
    wanted = {"filename": "a.xml", "size": len(content), "structure": "2001", "parties": parties}
    offer = here.post_json("/v1/uploads", wanted, by=partner).json

    _put(offer["upload_url"], content)
    here.platform.drain(timeout=120)

    flow = partner.call(f"/v1/uploads?key={offer['key']}")["flow_id"]
    invoice = _invoice_of(here, partner.report(flow, timeout=60))
    assert invoice["status"] == "A_VALIDER_1"
    assert [party["identifier"] for party in invoice["validators"]] == [VALIDATOR]


def test_upload_with_an_unknown_frame_is_refused_at_once(here: PlatformHere) -> None:
    wanted = {"filename": "a.xml", "size": 9, "structure": "2001", "parties": {"frame": "B7"}}

    answer = here.post_json("/v1/uploads", wanted, by=here.partner())

    assert (answer.status, answer.code) == (400, "bad-request")
    assert "B7" in str(answer.json["parameters"]["findings"])


@pytest.mark.parametrize(
    ("number", "metadata", "state"),
    [
        ("PARTY-DROP", {"frame": "A9", "validator": VALIDATOR, "mtime": "1"}, "IN_INTEGRE"),
        ("PARTY-BAD", {"frame": "B7"}, "IN_REJETE"),
    ],
)
def test_drop_has_the_parties_of_its_metadata(
    here: PlatformHere, number: str, metadata: dict[str, str], state: str
) -> None:
    inbox, partner = here.credentials["inbox"], here.partner()
    key = f"{inbox['prefix']}{number}.xml"

    aws("s3").put_object(Bucket=inbox["bucket"], Key=key, Body=a_cii(number), Metadata=metadata)
    here.platform.drain(timeout=120)

    flows = partner.call("/v1/deposits?limit=200")["deposits"]
    flow = next(flow for flow in flows if flow["filename"] == f"{number}.xml")
    report = partner.report(flow["flow_id"], timeout=60)
    assert report["state"] == state
    if state == "IN_INTEGRE":
        assert _invoice_of(here, report)["status"] == "A_VALIDER_1"
    else:
        assert report["findings"][0]["rule"] == "PARTIES-FRAME-UNKNOWN"


def test_large_attachment_comes_by_upload(here: PlatformHere) -> None:
    supplier, recipient = here.client_of("2001"), here.client_of("1001")
    report = here.report_on(a_cii("ATTACHED"), by=supplier, filename="ATTACHED.xml")
    here.platform.drain(timeout=120)
    place = f"/v1/invoices/{report['documents'][0]['invoice_id']}"
    why = {"code": "JUSTIF_ABS", "text": "Joindre le bon de livraison."}
    here.post_json(f"{place}/transitions", {"action": "suspend", "reason": why}, by=recipient)
    wanted = {"filename": "bon.pdf", "size": 6_000_000, "category": "BON"}
    offer = here.post_json(f"{place}/uploads", wanted, by=supplier).json
    waiting = supplier.call(f"/v1/uploads?key={offer['key']}")

    _put(offer["upload_url"], b"%PDF-1.7 " + bytes(6_000_000))
    here.platform.drain(timeout=120)

    arrived = supplier.call(f"/v1/uploads?key={offer['key']}")
    invoice = recipient.call(place)
    assert (waiting["attachment"], arrived["attachment"]["accepted"]) == (None, True)
    assert [(f["name"], f["category"]) for f in invoice["files"] if f["kind"] == "PIECE_JOINTE"] == [
        ("bon.pdf", "BON")
    ]
    done = here.post_json(f"{place}/transitions", {"action": "complete"}, by=supplier)
    assert done.json["status"] == "COMPLETEE"


def _put(address: str, content: bytes) -> None:
    request = urllib.request.Request(address, data=content, method="PUT")  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
