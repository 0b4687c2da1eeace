"""Step Functions, loaded without AWS Batch: its one enumeration would load all of EC2, a third of the start.

State machines of the platform start no Batch jobs. Whoever imports moto's Batch afterwards gets the real one.
"""

from __future__ import annotations

import sys
from enum import Enum
from types import ModuleType


class _JobStatus(Enum):
    """Stands in for `moto.batch.utils.JobStatus`, which one kind of task names and never asks here."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


def _load() -> ModuleType:
    stand_ins = {
        name: ModuleType(name) for name in ("moto.batch", "moto.batch.utils") if name not in sys.modules
    }
    for module in stand_ins.values():
        module.__dict__["JobStatus"] = _JobStatus
    sys.modules.update(stand_ins)
    try:
        from moto.stepfunctions.parser import models  # noqa: PLC0415 - only loads lean from here
    finally:
        for name in stand_ins:
            del sys.modules[name]
    return models


stepfunctions_parser_backends = _load().stepfunctions_parser_backends
"""The state machines and executions by account and region."""
