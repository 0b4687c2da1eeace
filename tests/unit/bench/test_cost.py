"""The meter counts as AWS bills, and the page prices what was counted."""

from __future__ import annotations

from typing import Any

import pytest

from bench.cost import cost, render
from bench.meter import Meter
from choriste.local.platform.hosting import FunctionSpec

KEYS = {"pk": {"S": "INVOICE#1"}, "sk": {"S": "HEAD"}}


@pytest.fixture
def meter() -> Meter:
    return Meter({"dynamodb": 6})


def _put(meter: Meter, **attributes: Any) -> None:
    put = {"Put": {"TableName": "core", "Item": {**KEYS, **attributes}}}
    meter.called("dynamodb", "TransactWriteItems", {"TransactItems": [put]}, {})


def test_transaction_costs_two_units_for_each_kilobyte(meter: Meter) -> None:
    _put(meter, body={"B": bytes(1500)})

    assert meter.counts["dynamodb_write"] == 4


def test_index_row_costs_when_it_appears_moves_or_goes(meter: Meter) -> None:
    written = []
    for due in ({"S": "2026-01-01"}, {"S": "2026-01-01"}, {"S": "2026-02-02"}, None):
        meter.reset()
        _put(meter, **({"due_shard": {"S": "due#1"}, "due_at": due} if due else {}))
        written.append(meter.counts["dynamodb_write"] - 2)

    assert written == [1, 0, 2, 1]


def test_reads_are_counted_by_four_kilobytes_half_when_eventual_and_also_what_is_missing(
    meter: Meter,
) -> None:
    item = {**KEYS, "body": {"B": bytes(5000)}}

    meter.called("dynamodb", "GetItem", {"ConsistentRead": True}, {"Item": item})
    for consistent in (False, True):
        asked: dict[str, Any] = {"core": {"Keys": [{}, {}], "ConsistentRead": consistent}}
        meter.called("dynamodb", "BatchGetItem", {"RequestItems": asked}, {"Responses": {"core": [item]}})

    assert meter.counts["dynamodb_read"] == 2 + 1.5 + 3


def test_function_pays_its_memory_by_the_millisecond(meter: Meter) -> None:
    spec = FunctionSpec(name="choriste-notification", handler="x.y", memory=512)

    meter.invoked(spec, 0.0101, '{"Records": [{"messageId": "a"}, {"messageId": "b"}]}')

    assert meter.counts["lambda_gb_second"] == pytest.approx(0.0055)
    assert meter.counts["sqs_request"] == 4


def test_mock_time_is_taken_out_of_a_function_and_the_usual_wait_put_in(meter: Meter) -> None:
    meter.away("dynamodb", 0.010)

    assert meter.balance() == pytest.approx(-0.004)
    assert meter.balance() == 0


def test_approval_pays_its_states_and_the_intake_one_express_request(meter: Meter) -> None:
    for machine in ("approval", "intake"):
        arn = f"arn:aws:states:eu-west-3:1:stateMachine:choriste-{machine}"
        meter.called("stepfunctions", "StartExecution", {"stateMachineArn": arn}, {})
    meter.entered(2)

    assert (meter.counts["states_transition"], meter.counts["express_request"]) == (2, 1)


@pytest.mark.parametrize(("name", "billed"), [("intake-deliver", 0.1), ("approval", 0)])
def test_function_asked_by_a_standard_machine_is_no_express_time(
    meter: Meter, name: str, billed: float
) -> None:
    spec = FunctionSpec(name=f"choriste-{name}", handler="x.y", memory=512)

    meter.invoked(spec, 0.05, "{}")

    assert meter.counts["express_gb_second"] == pytest.approx(billed * 64 / 1024)


def test_page_prices_a_thousand_invoices_and_a_year() -> None:
    prices = {
        "date": "2026-01-01",
        "region": "r",
        "unit": {"email": 0.0001, **dict.fromkeys(_UNITS, 0.000001)},
    }

    page = render({"A1": {"event": 8, "email": 1}}, {"A1": {"event": 9}}, prices)

    assert cost({"event": 8}, ("event",), {"event": 0.000001}) == pytest.approx(0.008)
    assert "| **0.008** | 544 | 0.009 | 0.100 |" in page


_UNITS = (
    *("states_transition", "express_request", "express_gb_second", "lambda_gb_second", "lambda_request"),
    *(
        "dynamodb_write",
        "dynamodb_read",
        "s3_put",
        "s3_get",
        "sqs_request",
        "event",
        "http_request",
        "log_gb",
    ),
)
