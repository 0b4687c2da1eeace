"""The one table of the Lambda functions: their size, their time limit and the layers they stand on.

The stack, the bundle builder, the permission snapshot and the bundle tests all read this table, so a
new function is one new row (and one entry in `infra.permissions`). It imports nothing of the CDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LayerName(StrEnum):
    """The Lambda layers: our own code, what every function needs, what documents need, and two by choice.

    No function stands on the official engine: it is there for an operator who wants a second opinion
    (`choriste.rules.reference`) in a function of their own, with the core and base layers. Only the function
    of `RECOGNITION`, off by default, stands on the last, which leaves no room for any other beside the core.
    """

    CORE = "core"
    BASE = "base"
    DOCUMENTS = "documents"
    REFERENCE = "reference"
    RECOGNITION = "recognition"


# Built from `layers/NAME/requirements.txt`; a `layer-NAME` group of pyproject.toml says what each one holds.
THIRD_PARTY_LAYERS = (LayerName.BASE, LayerName.DOCUMENTS, LayerName.REFERENCE, LayerName.RECOGNITION)

PLAIN = (LayerName.CORE, LayerName.BASE)
WITH_DOCUMENTS = (LayerName.CORE, LayerName.BASE, LayerName.DOCUMENTS)

ANSWERING = frozenset({"api", "chorus", "console"})
"""The functions that somebody waits for."""


def pascal(name: str) -> str:
    """Return a name as the part of a logical id: `intake_validate` becomes `IntakeValidate`."""
    return "".join(part.capitalize() for part in name.split("_"))


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One Lambda function.

    `memory` is in MiB (1769 MiB buy one whole vCPU), `timeout` in seconds. A layer brings weight to
    every cold start: give a function the documents layer only when it opens or writes documents.
    """

    name: str
    purpose: str
    memory: int
    timeout: int
    layers: tuple[LayerName, ...]

    @property
    def answers(self) -> bool:
        """Whether a person or a program waits for its answer."""
        return self.name in ANSWERING

    @property
    def handler(self) -> str:
        """The handler path, the same in Lambda, in tests and in tracebacks."""
        return f"functions.{self.name}.handler.handler"

    @property
    def logical_id(self) -> str:
        """The logical id in the template."""
        return f"{pascal(self.name)}Function"


FUNCTIONS: tuple[FunctionSpec, ...] = (
    FunctionSpec("api", "Native REST API, and the token endpoint of all APIs", 1024, 29, PLAIN),
    FunctionSpec("chorus", "Chorus Pro compatible API", 1024, 29, PLAIN),
    FunctionSpec("console", "Server-rendered pages for people", 1024, 29, PLAIN),
    FunctionSpec("inbox", "From a file in the inbox to a flow", 512, 300, PLAIN),
    # One whole processor: it inflates a gigabyte twice. What it holds in memory is some members at a time.
    FunctionSpec("opening", "From an archive to its documents", 1769, 900, PLAIN),
    FunctionSpec("admission", "Documents of archives into the intake, by turns", 256, 120, PLAIN),
    FunctionSpec("intake_validate", "One document of a flow: accepted or refused", 1769, 60, WITH_DOCUMENTS),
    FunctionSpec("documents", "Readable copies and printouts made, PDFs read", 1769, 60, WITH_DOCUMENTS),
    FunctionSpec("intake_deliver", "An accepted invoice to its recipient; incidents", 512, 30, PLAIN),
    FunctionSpec("approval", "The waits for a decision: their tokens and their end", 512, 30, PLAIN),
    FunctionSpec("exchange", "Invoices and statuses to the outboxes of partners", 1769, 60, PLAIN),
    # These four wait nine tenths of their time, for SES and for the tables: memory would buy them nothing.
    FunctionSpec("notification", "E-mail notices for status changes", 256, 30, PLAIN),
    FunctionSpec("daily", "Once a day: warnings of what expires", 256, 120, PLAIN),
    FunctionSpec("registry", "Structures checked at the Sirene registry", 256, 300, PLAIN),
    FunctionSpec("publisher", "Outbox rows to the event bus", 256, 60, PLAIN),
    FunctionSpec("sweeper", "What is due: legal deadlines and stalled intakes", 512, 300, PLAIN),
)

RECOGNITION = FunctionSpec(
    "recognition", "Scans and photographs read", 3008, 60, (LayerName.CORE, LayerName.RECOGNITION)
)
"""There where the setting `recognition` is on: 250 MB of libraries that most deployments do not need."""

BY_NAME: dict[str, FunctionSpec] = {spec.name: spec for spec in FUNCTIONS}
