"""Step Functions: moto makes a new AWS client for every state, from threads; here they are made once."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import threading
from collections.abc import Callable
from typing import Final

from moto.stepfunctions.parser.asl.utils import boto_client

from choriste.local.shapes import AwsClient, Json

_SERVICES: Final = "moto.stepfunctions.parser.asl.component.state.exec"


def install_client_cache() -> Callable[[], None]:
    """Share one client per region and service between all states; a lock guards the making."""
    make = boto_client.boto_client_for
    clients: dict[tuple[str, str], AwsClient] = {}
    lock = threading.Lock()

    def cached(region: str, service: str, state_credentials: Json = None) -> AwsClient:
        with lock:
            if (region, service) not in clients:
                clients[region, service] = make(region, service, state_credentials)
            return clients[region, service]

    holders = [boto_client, *_importers()]
    for module in holders:
        module.boto_client_for = cached  # type: ignore[attr-defined]

    def uninstall() -> None:
        for module in holders:
            module.boto_client_for = make  # type: ignore[attr-defined]

    return uninstall


def _importers() -> list[object]:
    """The modules that imported the function by name; they must be loaded before they can be changed."""
    package = importlib.import_module(_SERVICES)
    for found in pkgutil.walk_packages(package.__path__, f"{_SERVICES}."):
        if ".state_task" in found.name:
            importlib.import_module(found.name)
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("moto.stepfunctions.parser") and hasattr(module, "boto_client_for")
    ]
