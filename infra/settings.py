"""What an operator chooses: the settings of a deployment, from the CDK context (`make deploy SENDER=…`).

Everything has a default that synthesises anywhere. `faults` says what a real deployment would break on; the
deployment is refused until it finds nothing. It imports nothing of the CDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

_PREFIX: Final = re.compile(r"[a-z][a-z0-9-]{0,18}[a-z0-9]")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_RESERVED: Final = (".example", ".invalid", ".localhost", ".test")
_DIGITS: Final = frozenset(
    {"archive_years", "consumers", "factor_reset_hours", "intake_at_once", "reserved", "warm_writes"}
)
FEWEST_CONSUMERS: Final = 2
"""What AWS demands of an event source's concurrency."""
SHORTEST_RESET: Final = 12


class Stage(StrEnum):
    """How serious a deployment is: one to try, which can be taken away, or one to rely on."""

    TRIAL = "trial"
    PRODUCTION = "production"


class ArchiveMode(StrEnum):
    """How the archive locks originals: nobody can lift COMPLIANCE, whoever may bypass it lifts GOVERNANCE."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class Recognition(StrEnum):
    """Whether scans and photographs are read, by a function that weighs 250 MB."""

    OFF = "off"
    ON = "on"


class Sftp(StrEnum):
    """Whether partners may use SFTP, by a server that costs by the hour."""

    OFF = "off"
    ON = "on"


class MailIdentity(StrEnum):
    """Whether this deployment declares the mail domain to SES, or the account has it already."""

    NEW = "new"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one deployment.

    `consumers` bounds how many messages of each queue are worked on at once, `intake_at_once` how many
    documents of archives each admission has in the intake: a new account has ten executions in all, of which
    a night's drop takes two for the admission and four for the documents. `factor_reset_hours` pass between
    the grant of a factor reset and its effect, in which its owner can stop it. `reserved` keeps so many
    executions for each API function and the console; 0 for a new account, whose small quota AWS refuses to
    divide. `warm_writes` prepares the core table for so many writes a second from its first day; 0 leaves it
    to DynamoDB.
    """

    stage: Stage = Stage.TRIAL
    prefix: str = "choriste"
    sender: str = "no-reply@choriste.example"
    alarm_email: str = ""
    mail_identity: MailIdentity = MailIdentity.NEW
    base_url: str = ""
    web_acl_arn: str = ""
    certificate_arn: str = ""
    cost_centre: str = "choriste"
    archive_mode: ArchiveMode | None = None
    archive_years: int = 10
    consumers: int = FEWEST_CONSUMERS
    intake_at_once: int = 2
    factor_reset_hours: int = 24
    reserved: int = 0
    warm_writes: int = 0
    recognition: Recognition = Recognition.OFF
    sftp: Sftp = Sftp.OFF

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Settings:
        """Return the settings of a context; raises `ValueError` for a value that none can have."""
        kinds = {
            "stage": Stage,
            "archive_mode": ArchiveMode,
            "mail_identity": MailIdentity,
            "recognition": Recognition,
            "sftp": Sftp,
        }
        chosen: dict[str, Any] = {}
        for name, value in given.items():
            kind = int if name in _DIGITS else kinds.get(name, str)
            try:
                chosen[name] = kind(value)
            except ValueError:
                raise ValueError(f"{name}: “{value}” is not one of {_choices(name, kinds)}") from None
        return cls(**chosen)

    @property
    def mail_domain(self) -> str:
        """The domain that SES signs for."""
        return self.sender.partition("@")[2]

    @property
    def is_production(self) -> bool:
        """Whether people rely on it: what it holds outlives the stack."""
        return self.stage is Stage.PRODUCTION

    @property
    def reads_pictures(self) -> bool:
        """Whether scans and photographs are read."""
        return self.recognition is Recognition.ON

    @property
    def domain(self) -> str:
        """The domain name of the public address; empty where AWS gives one."""
        return self.base_url.removeprefix("https://").rstrip("/")

    def faults(self) -> Iterator[str]:
        """Yield what a deployment with these settings would break on, each with what to do."""
        yield from self._name_faults()
        yield from self._front_faults()
        if self.is_production and self.archive_mode is None:
            yield "archive_mode: say “compliance” (nobody can delete an original) or “governance”"
        if self.archive_mode is ArchiveMode.COMPLIANCE and not self.is_production:
            yield "archive_mode: a trial locks nothing that you could not remove; use stage=production"
        if self.consumers < FEWEST_CONSUMERS:
            yield f"consumers: at least {FEWEST_CONSUMERS}, as AWS demands"
        if self.intake_at_once < 1:
            yield "intake_at_once: at least 1, or no archive is ever taken in"
        if self.is_production and self.factor_reset_hours < SHORTEST_RESET:
            yield f"factor_reset_hours: {SHORTEST_RESET} at least, so that an owner can read the mail in time"

    def _name_faults(self) -> Iterator[str]:
        if not _PREFIX.fullmatch(self.prefix):
            yield "prefix: 2 to 20 lower-case letters, digits and hyphens, beginning with a letter"
        if not _ADDRESS.fullmatch(self.sender) or self.mail_domain.endswith(_RESERVED):
            yield "sender: give an address of a mail domain that you own; notices are sent from it"
        if not _ADDRESS.fullmatch(self.alarm_email) or self.alarm_email.endswith(_RESERVED):
            yield "alarm_email: give the address of who looks when an alarm rises"

    def _front_faults(self) -> Iterator[str]:
        names = ("base_url", "web_acl_arn", "certificate_arn")
        missing = [name for name in names if not getattr(self, name)]
        if 0 < len(missing) < len(names):
            yield f"{', '.join(missing)}: the address, its firewall and its certificate go together"
        if self.base_url and not re.fullmatch(r"https://[a-z0-9.-]+/?", self.base_url):
            yield "base_url: https:// and a domain name, without a path"
        for name in names[1:]:
            arn = getattr(self, name)
            if arn and ":us-east-1:" not in arn:
                yield f"{name}: CloudFront takes it from us-east-1 only"


def _choices(name: str, kinds: Mapping[str, type[StrEnum]]) -> str:
    return ", ".join(kinds[name]) if name in kinds else "the whole numbers"


SETTING_NAMES: Final = tuple(field.name for field in fields(Settings))
"""The names of the context that an operator may give."""
