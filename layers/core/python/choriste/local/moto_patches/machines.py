"""Step Functions: clients are made once, a definition is read once, and executions do not pile up.

moto makes a new AWS client for every state, reads the definition again for every execution (60 ms for ten
states) and each of its paths for every use, and keeps every execution with its whole history for ever. An
execution that waits for a token holds three threads: their number is limited, they end with the platform.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import jsonpath_ng
from jsonpath_ng import ext
from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.api import ExecutionStatus, StateMachineType
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeSuccess
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import boto_client, json_path
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.parser.utils import TMP_THREADS

from choriste.local.moto_patches.lean import stepfunctions_parser_backends
from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT, REGION
from choriste.local.platform.shapes import AwsClient, Json, MotoObject

ENDED_EXECUTIONS: Final = 500
"""How many ended executions of a machine can still be asked for."""

WAITING_EXECUTIONS: Final = 300
"""How many executions of a Standard machine run at a time; AWS too refuses those above its own limit."""

_STATES: Final = "moto.stepfunctions.parser.asl.component.state.exec"
_ROOM: Final = 100
_MOST_PATHS: Final = 1000


class ExecutionLimitError(AWSError):
    """More executions would run at a time than may."""

    TYPE = "ExecutionLimitExceeded"


def install_machines() -> Sequence[Uninstall]:
    """Share clients and definitions between executions, and bound what is kept of them.

    Taking it out again ends the executions that still wait.
    """
    return (
        _install_clients(),
        *_install_definitions(),
        _install_bounds(),
        _install_answers(),
        _end_waiting,
    )


def _install_clients() -> Uninstall:
    make = boto_client.boto_client_for
    clients: dict[tuple[str, str], AwsClient] = {}
    lock = threading.Lock()

    def shared(region: str, service: str, state_credentials: Json = None) -> AwsClient:
        with lock:
            if (region, service) not in clients:
                clients[region, service] = make(region, service, state_credentials)
            return clients[region, service]

    undo = [replace(holder, "boto_client_for", shared) for holder in (boto_client, *_importers())]

    def uninstall() -> None:
        for one in undo:
            one()

    return uninstall


def _importers() -> list[MotoObject]:
    """The modules that imported the function by name; they must be loaded before they can be changed."""
    package = importlib.import_module(_STATES)
    for found in pkgutil.walk_packages(package.__path__, f"{_STATES}."):
        if ".state_task" in found.name:
            importlib.import_module(found.name)
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(_STATES) and hasattr(module, "boto_client_for")
    ]


def _install_definitions() -> Sequence[Uninstall]:
    """A definition is read once, for all executions: what they find out is kept in their environments.

    The key under which a component keeps it there is drawn at its first use, which two executions may reach
    at a time: here it follows from the component, and that lives as long as the platform.
    """
    read: dict[str, MotoObject] = {}

    def entry_point(worker: MotoObject) -> Json:
        definition = worker._evaluation_details.state_machine_details.definition  # noqa: SLF001 - the seam
        if definition not in read:
            read[definition] = AmazonStateLanguageParser.parse(definition)[0]
        return read[definition]

    return (
        replace(ExecutionWorker, "_get_evaluation_entrypoint", entry_point),
        replace(EvalComponent, "heap_key", property(lambda component: f"{id(component):x}")),
        replace(json_path, "parse", lru_cache(maxsize=_MOST_PATHS)(ext.parser.parse)),
        replace(result_path, "parse", lru_cache(maxsize=_MOST_PATHS)(jsonpath_ng.parser.parse)),
    )


def _install_bounds() -> Uninstall:
    start = StepFunctionsParserBackend.start_execution

    def start_execution(backend: MotoObject, state_machine_arn: str, *arguments: Json) -> Json:
        for machine in backend.state_machines:
            _forget_oldest(machine)
            if machine.arn == state_machine_arn:
                _check_running(machine)
        return start(backend, state_machine_arn, *arguments)

    return replace(StepFunctionsParserBackend, "start_execution", start_execution)


def _check_running(machine: MotoObject) -> None:
    if machine.type == StateMachineType.STANDARD and len(_running(machine)) >= WAITING_EXECUTIONS:
        raise ExecutionLimitError(f"{WAITING_EXECUTIONS} executions of {machine.name} are running")


def _running(machine: MotoObject) -> list[MotoObject]:
    return [one for one in machine.executions if one.exec_status == ExecutionStatus.RUNNING]


def _install_answers() -> Uninstall:
    """An answer looks for its token only where there may be one: a start under way has no environment yet."""

    def get_executions(backend: MotoObject, execution_status: ExecutionStatus | None = None) -> Json:
        executions = [one for machine in backend.state_machines for one in list(machine.executions)]
        if execution_status is None:
            return executions
        return [one for one in executions if one.exec_status == execution_status and _has_begun(one)]

    return replace(StepFunctionsParserBackend, "_get_executions", get_executions)


def _has_begun(execution: MotoObject) -> bool:
    return execution.exec_worker is not None and execution.exec_worker.env is not None


def _end_waiting() -> None:
    """Stop every running execution and wake its threads, which then find that there is nothing to do."""
    machines: list[MotoObject] = list(stepfunctions_parser_backends[ACCOUNT][REGION].state_machines)
    for execution in [one for machine in machines for one in _running(machine)]:
        if not _has_begun(execution):
            continue
        worker = execution.exec_worker
        worker.stop(datetime.now(tz=UTC), None, None)
        for token, endpoint in list(worker.env.callback_pool_manager._pool.items()):  # noqa: SLF001 - no accessor
            endpoint.notify(CallbackOutcomeSuccess(callback_id=token, output="{}"))


def _forget_oldest(machine: MotoObject) -> None:
    """Keep the running executions and the youngest ended ones; do it once in a while only."""
    if len(machine.executions) < ENDED_EXECUTIONS + _ROOM:
        return
    ended = [one for one in machine.executions if one.exec_status not in {None, "RUNNING"}]
    old = {id(one) for one in ended[:-ENDED_EXECUTIONS]}
    machine.executions[:] = [one for one in machine.executions if id(one) not in old]
    TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.is_alive()]
