"""The environment of the functions: names of resources, read once; a missing one stops the start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The resources a function may reach; each is the value of the environment variable of its name.

    A function that is not given a machine or the sender has it empty, and no right to use it either.
    """

    core_table: str
    audit_table: str
    sessions_table: str
    idempotency_table: str
    inbox_bucket: str
    archive_bucket: str
    documents_bucket: str
    bus_name: str
    intake_machine_arn: str
    approval_machine_arn: str
    documents_function: str
    sender_address: str
    base_url: str


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    names = Settings.__dataclass_fields__
    return Settings(**{name: os.environ.get(name.upper(), "") for name in names})
