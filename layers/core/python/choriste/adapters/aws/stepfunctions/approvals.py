"""The waits for decisions on Step Functions; their task tokens are kept in the core table.

The machine follows the invoice, never the other way round: the head is the truth and the sweeper applies
the deadlines, so a start or an answer that Step Functions refuses does no harm and is only logged.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from choriste.adapters.aws.dynamodb.records.formats import RowFormat
from choriste.adapters.aws.dynamodb.table import CoreTable, Prefix, marshal
from choriste.application.shared.messages import SCHEMA
from choriste.domain.shared.errors import BusyError
from choriste.domain.shared.ids import InvoiceId

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

TASK_TOKEN: Final = RowFormat(kind="task-token", names=frozenset({"token"}))

logger: Final = logging.getLogger("choriste.approvals")


class StepFunctionsApprovals:
    """Implements `application.approvals.ports.Approvals`; an execution is named after invoice and version."""

    def __init__(self, client: SFNClient, table: CoreTable, *, machine: str) -> None:
        self._client = client
        self._table = table
        self._machine = machine

    def ask(self, invoice_id: InvoiceId, version: int, *, seconds: int) -> None:
        """Start one wait; one that was started before is left alone."""
        try:
            self._client.start_execution(
                stateMachineArn=self._machine,
                name=f"{invoice_id}-{version}",
                input=json.dumps(
                    {"schema": SCHEMA, "invoice_id": invoice_id, "version": version, "seconds": seconds}
                ),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
        except self._client.exceptions.ExecutionLimitExceeded:
            logger.info("no machine is free for the wait of invoice %s", invoice_id)
        except (BusyError, ClientError, BotoCoreError):
            logger.warning("wait for a decision not started", exc_info=True)

    def remember(self, invoice_id: InvoiceId, version: int, token: str) -> None:
        """Keep the token of a wait; a wait that is asked again has a new one."""
        item = {**_key(invoice_id, version), **TASK_TOKEN.attributes(token=token)}
        self._table.client.put_item(TableName=self._table.name, Item=marshal(item))

    def answer(self, invoice_id: InvoiceId, version: int, status: str) -> None:
        """End a wait with the status that the invoice then has; without a token there is nothing to end."""
        key = _key(invoice_id, version)
        try:
            item = self._table.get(key["pk"], key["sk"])
            if item is None:
                return
            self.answer_token(str(TASK_TOKEN.read(item)["token"]), status)
            self._table.client.delete_item(TableName=self._table.name, Key=marshal(key))
        except (BusyError, ClientError, BotoCoreError):
            # the step that ended the wait is written: its author must not get an error
            logger.warning("token of a wait not read", exc_info=True)

    def answer_token(self, token: str, status: str) -> None:
        """End the wait of this token; one that has ended already stays as it is."""
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps({"status": status}))
        except (self._client.exceptions.TaskDoesNotExist, self._client.exceptions.TaskTimedOut):
            # the machine ended by itself, or another one has taken its place with a token of its own
            logger.info("nothing waits for the answer any more")
        except (BusyError, ClientError, BotoCoreError):
            logger.warning("wait for a decision not ended", exc_info=True)


def _key(invoice_id: InvoiceId, version: int) -> dict[str, str]:
    return {"pk": f"{Prefix.INVOICE}{invoice_id}", "sk": f"TOKEN#{version:04d}"}
