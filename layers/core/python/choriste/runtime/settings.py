"""The environment of the functions: names of resources, read once; a missing one stops the start.

Each handler reads it when it is imported, so that a function without its resources never takes a request.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Final

RECOGNITION: Final = "RECOGNITION_FUNCTION"


class MissingSettingError(Exception):
    """The environment lacks variables that the functions need; the text names each of them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"missing in the environment of this function: {', '.join(names)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The resources of the platform; each is the value of the environment variable of its name.

    All functions get all names; what each may do with them, its role says (`infra.permissions`). The function
    that recognises text on pictures is there only where the operator chose it.
    """

    core_table: str
    audit_table: str
    sessions_table: str
    idempotency_table: str
    inbox_bucket: str
    outbox_bucket: str
    partner_role_arn: str
    archive_bucket: str
    documents_bucket: str
    bus_name: str
    inbox_queue_url: str
    opening_queue_url: str
    admission_queue_url: str
    notification_queue_url: str
    exchange_queue_url: str
    intake_at_once: str
    intake_machine_arn: str
    approval_machine_arn: str
    documents_function: str
    sender_address: str
    secrets_key: str
    sirene_url: str
    sirene_key_secret: str
    factor_reset_hours: str
    base_url: str
    recognition_function: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings of an environment; raises `MissingSettingError` for absent or empty ones."""
        values = {name: environment.get(name.upper(), "") for name in setting_names()}
        missing = tuple(name.upper() for name, value in values.items() if not value)
        if missing:
            raise MissingSettingError(missing)
        return cls(**values, recognition_function=environment.get(RECOGNITION, ""))


def setting_names() -> tuple[str, ...]:
    """Return the names of all settings that must be there; the variables are the same in capitals."""
    return tuple(field.name for field in fields(Settings) if field.default is MISSING)


@cache
def settings() -> Settings:
    """Return the settings of this process; raises `MissingSettingError`."""
    return Settings.of(os.environ)
