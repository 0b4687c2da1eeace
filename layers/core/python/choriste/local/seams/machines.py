"""Step Functions: clients are made once, a definition is read once, and ended executions do not pile up.

moto makes a new AWS client for every state, reads the definition again for every execution (60 ms for ten
states), and keeps every execution with its whole history for ever.
"""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import sys
import threading
from collections.abc import Sequence
from typing import Final

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.parser.utils import TMP_THREADS

from choriste.local.seams.replacing import Uninstall, replace
from choriste.local.shapes import AwsClient, Json, MotoObject

ENDED_EXECUTIONS: Final = 500
"""How many ended executions of a machine can still be asked for."""

_STATES: Final = "moto.stepfunctions.parser.asl.component.state.exec"
_ROOM: Final = 100


def install_machines() -> Sequence[Uninstall]:
    """Share clients and definitions between executions, and forget the oldest ended executions."""
    return _install_clients(), _install_definitions(), _install_forgetting()


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


def _install_definitions() -> Uninstall:
    """A definition is read once; every execution gets a fresh copy of what was read."""
    read: dict[str, bytes] = {}

    def entry_point(worker: MotoObject) -> Json:
        definition = worker._evaluation_details.state_machine_details.definition  # noqa: SLF001 - the seam
        if definition not in read:
            read[definition] = pickle.dumps(AmazonStateLanguageParser.parse(definition)[0])
        return pickle.loads(read[definition])  # noqa: S301 - bytes that this function made

    return replace(ExecutionWorker, "_get_evaluation_entrypoint", entry_point)


def _install_forgetting() -> Uninstall:
    start = StepFunctionsParserBackend.start_execution

    def start_execution(backend: MotoObject, *arguments: Json, **named: Json) -> Json:
        for machine in backend.state_machines:
            _forget_oldest(machine)
        return start(backend, *arguments, **named)

    return replace(StepFunctionsParserBackend, "start_execution", start_execution)


def _forget_oldest(machine: MotoObject) -> None:
    """Keep the running executions and the youngest ended ones; do it once in a while only."""
    if len(machine.executions) < ENDED_EXECUTIONS + _ROOM:
        return
    ended = [one for one in machine.executions if one.exec_status not in {None, "RUNNING"}]
    old = {id(one) for one in ended[:-ENDED_EXECUTIONS]}
    machine.executions[:] = [one for one in machine.executions if id(one) not in old]
    TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.is_alive()]
