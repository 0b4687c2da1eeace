"""The process environment that handlers see: the template's variables and what makes moto answer them."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from choriste.local.platform.settings import LOG_VARIABLE, REGION, Endpoints

_HANDLERS_PACKAGE: Final = "functions"


def local_variables(endpoints: Endpoints, template: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of all functions, with the local address, and quiet where Lambda would log.

    The S3 endpoint is the local one so that presigned addresses work from a browser; moto still answers calls
    of this process without a network.
    """
    level = os.environ.get(LOG_VARIABLE, "WARNING")
    return {
        **template,
        "BASE_URL": endpoints.url,
        "INTAKE_AT_ONCE": "8",  # one poller admits, and this machine has no quota
        "TZ": "UTC",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_ENDPOINT_URL_S3": endpoints.aws_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_PORT": str(endpoints.aws_port),
        "MOTO_S3_CUSTOM_ENDPOINTS": endpoints.aws_url,
        "POWERTOOLS_SERVICE_NAME": "choriste",
        "POWERTOOLS_LOG_LEVEL": level,
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


@contextmanager
def process_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set the variables for as long as the context lasts, the time zone included."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    time.tzset()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        time.tzset()


def cold_start() -> Callable[[], None]:
    """Forget what this process has in memory, as a new Lambda environment would; return how to put it back.

    Code that imported a handler earlier keeps its own modules after the platform has stopped.
    """
    known = _take_out_handlers()
    _clear_caches()

    def put_back() -> None:
        _take_out_handlers()
        sys.modules.update(known)
        _clear_caches()

    return put_back


def _take_out_handlers() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.split(".", 1)[0] == _HANDLERS_PACKAGE]
    return {name: sys.modules.pop(name) for name in names}


def _clear_caches() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(("choriste.runtime", "choriste.adapters")):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if callable(clear):
                    clear()


def quiet_logs() -> None:
    """Keep the libraries' own chatter out of the terminal."""
    for name in ("werkzeug", "botocore", "boto3", "urllib3", "moto", "s3transfer"):
        logging.getLogger(name).setLevel(logging.ERROR)
