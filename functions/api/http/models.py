"""What the bodies of requests and answers are made of: base models, and the types they share.

Answers keep their types up to here: amounts are decimal strings, moments ISO 8601 in UTC. Models build their
validators when they are first used, so that a cold start pays for none that it does not need.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from choriste.domain.lifecycle import ReasonCode
from choriste.domain.shared.findings import Finding, Severity
from choriste.i18n.message import Message

AMOUNT_PATTERN: Final = r"^-?[0-9]+(\.[0-9]+)?$"
LARGEST_ID: Final = 2**53 - 1
ENUMERATION: Final = "x-enumeration"
"""The mark of a text whose values are a named enumeration of the lifecycle; the description links it."""


class Body(BaseModel):
    """The body of a request: a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Answer(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(frozen=True, defer_build=True)


def decimal_text(amount: Decimal) -> str:
    """Return an amount without an exponent, as `AMOUNT_PATTERN` wants it."""
    return format(amount, "f")


def _moment_text(moment: dt.datetime) -> str:
    return moment.isoformat()


_AMOUNT: Final[dict[str, Any]] = {"type": "string", "pattern": AMOUNT_PATTERN, "examples": ["1250.50"]}

Amount = Annotated[Decimal, PlainSerializer(decimal_text, return_type=str), WithJsonSchema(_AMOUNT)]
"""A decimal number, sent as a string so that no reader rounds it."""

Moment = Annotated[
    dt.datetime,
    PlainSerializer(_moment_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment in UTC, ISO 8601 with its offset."""

Action = Annotated[str, Field(json_schema_extra={ENUMERATION: "Action"})]
"""The name of a transition of the lifecycle."""

Step = Annotated[str, Field(json_schema_extra={ENUMERATION: "Step"})]
"""The name of a row of the history: a transition, or an act that leaves the status alone."""


class LocalizedText(Answer):
    """A text for people in French and English."""

    fr: str
    en: str


class ReportedFinding(Answer):
    """One broken rule: its id, its business term, where it is, what was found and what was expected.

    `consequence_of` is the rule of the finding, earlier in the list, that this one follows from: mend that
    one, and this one goes too.
    """

    rule: str
    severity: Severity
    term: str | None
    location: str | None
    line: int | None
    found: str | None
    expected: str | None
    consequence_of: str | None
    message: LocalizedText


class GivenReason(Answer):
    """Why a step was taken: a code of the published list, and the words of whoever took it."""

    code: ReasonCode
    text: str | None


class UploadAddress(Answer):
    """Where to PUT a file: the address, for how many seconds it is valid, and the key to ask by later."""

    upload_url: str
    method: str
    expires_in: int
    key: str


def text_out(message: Message) -> LocalizedText:
    """Return a message as an answer holds it."""
    return LocalizedText(fr=message.fr, en=message.en)


def finding_out(finding: Finding) -> ReportedFinding:
    """Return a finding as an answer holds it."""
    return ReportedFinding(
        rule=finding.rule,
        severity=finding.severity,
        term=finding.term,
        location=finding.location,
        line=finding.line,
        found=finding.found,
        expected=finding.expected,
        consequence_of=finding.consequence_of,
        message=text_out(finding.message),
    )
