"""Throttles of every service: waited out, then told as what they are, never as somebody else's change."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.throttles import tell_throttles
from choriste.domain.shared.errors import BusyError
from choriste.runtime.http import problem_answer


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("dynamodb", "list_tables", "ProvisionedThroughputExceededException"),
        ("dynamodb", "list_tables", "ThrottlingException"),
        ("stepfunctions", "list_state_machines", "ThrottlingException"),
        ("lambda", "list_functions", "TooManyRequestsException"),
        ("ses", "get_send_quota", "Throttling"),
        ("s3", "list_buckets", "SlowDown"),
    ],
)
def test_throttle_of_a_service_is_told_as_busy(service: str, operation: str, code: str) -> None:
    make: Any = boto3.client
    client = make(service, region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="s")
    client.meta.events.register("after-call.*", tell_throttles)
    with Stubber(client) as stub:
        stub.add_client_error(operation, service_error_code=code)

        with pytest.raises(BusyError):
            getattr(client, operation)()


def test_transaction_without_room_is_waited_for_and_then_told_as_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("choriste.adapters.aws.dynamodb.table.time.sleep", waited.append)

    def write() -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": ""},
            "CancellationReasons": [{"Code": "None"}, {"Code": "ThrottlingError"}],
        }
        raise ClientError(answer, "TransactWriteItems")

    with pytest.raises(BusyError):
        CoreTable(cast("Any", None), "core").insist(write)

    assert len(waited) == 4


def test_busy_platform_says_when_to_come_again() -> None:
    answer = problem_answer("busy", BusyError(seconds=5).parameters, language="en")

    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "5"
    assert "5 seconds" in answer["body"]
