"""What an invoice costs on AWS, from operations counted on the local platform: `python -m bench.cost`.

Plays the main paths, counts (`bench.meter`), prices from one table (`bench/prices.toml`), prints per 1,000
invoices and for 68 million a year, and writes `docs/cost.md` and `build/bench/cost.json`. Time spent in
functions is processor time of this machine plus the usual wait for each call that leaves a function.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3

from bench.meter import Meter, metering
from choriste.adapters.rest.client import Client
from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.local.platform.settings import REGION
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit
from choriste.runtime.settings import settings
from infra.functions import CHANGES_WINDOW
from infra.messaging import CONSUMERS

_OUTPUT, _PAGE = Path("build/bench/cost.json"), Path("docs/cost.md")
_PRICES = Path(__file__).with_name("prices.toml")
_YEAR = 68_000_000
_TOGETHER = 10
"""Invoices that go side by side: 17 changes a second (the year's) come to 85 within the publisher's window,
which is some twenty in each of four shards of the stream."""

_TREATMENT = ("certify-service", "mandate", "send-to-accountant", "book", "pay")

_SERVICES: Mapping[str, tuple[str, ...]] = {
    "DynamoDB": ("dynamodb_write", "dynamodb_read"),
    "Lambda": ("lambda_gb_second", "lambda_request"),
    "S3": ("s3_put", "s3_get"),
    "Step Functions": ("express_request", "express_gb_second", "states_transition"),
    "SQS": ("sqs_request",),
    "EventBridge": ("event",),
    "HTTP API": ("http_request",),
    "Logs": ("log_gb",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The platform that is measured, with its clients; a busy one fills the batches of a step."""

    platform: Platform
    credentials: Mapping[str, Any]
    busy: bool = False
    signed_in: dict[str | None, Client] = field(default_factory=dict)

    def client(self, structure: str | None = None) -> Client:
        """Return the partner's client, or a structure's own; each signs in once, as for an hour."""
        if structure not in self.signed_in:
            account = self.credentials["clients"][structure] if structure else self.credentials["oauth"]
            self.signed_in[structure] = Client.sign_in(self.credentials["base_url"], account)
        return self.signed_in[structure]

    def settle(self) -> None:
        """Let everything that follows by itself happen."""
        self.platform.drain(timeout=300)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Take one step with all invoices of a run, and let everything follow that does."""
        if self.busy:
            with self.platform.full_batches(timeout=300):
                yield
        else:
            yield
            self.settle()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePath:
    """A path of invoices: its name, and the run of so many of them under a number of their own."""

    name: str
    run: Callable[[Stage, str, int], None]


def deposit(
    stage: Stage, number: str, parties: Sequence[Mapping[str, str]], *, by: str | None = None
) -> list[int]:
    """Deposit a CII invoice by the API for each entry of `parties`, and return their technical ids."""
    client = stage.client(by)
    flows = []
    with stage.step():
        for n, named in enumerate(parties):
            name, content = file_of(
                Deposit(channel="api", form="cii", changes=({"number": f"{number}-{n}"},))
            )
            path = f"/v1/deposits?{urllib.parse.urlencode({'filename': name, **named})}"
            flows.append(client.call(path, data=content, content_type="application/xml")["flow_id"])
    reports = [client.call(f"/v1/deposits/{flow}") for flow in flows]
    return [int(report["documents"][0]["invoice_id"]) for report in reports]


def treat(stage: Stage, invoices: Sequence[int], structure: str, *actions: str) -> None:
    """Take steps on invoices as a structure, each step on all of them before the next."""
    client = stage.client(structure)
    for action in actions:
        body = json.dumps({"action": action}).encode()
        with stage.step():
            for invoice in invoices:
                path = f"/v1/invoices/{invoice}/transitions"
                client.call(path, data=body, content_type="application/json")


def a1_by_api(stage: Stage, number: str, count: int) -> None:
    """A1 by the API, to its payment: eight statuses."""
    treat(stage, deposit(stage, number, [{}] * count), "1001", *_TREATMENT)


def a1_by_edi(stage: Stage, number: str, count: int) -> None:
    """A1 in one archive, each to its payment: eight statuses."""
    numbers = tuple({"number": f"{number}-{n}"} for n in range(count))
    name, content = file_of(Deposit(channel="s3", form="archive", changes=numbers))
    inbox = stage.credentials["inbox"]
    s3 = boto3.client("s3", endpoint_url=stage.credentials["aws_endpoint"], region_name=REGION)
    with stage.step():
        s3.put_object(Bucket=inbox["bucket"], Key=inbox["prefix"] + name, Body=content)
    page = stage.client("1001").call(f"/v1/invoices?number={number}-&limit={count}")
    treat(stage, [int(head["id"]) for head in page["invoices"]], "1001", *_TREATMENT)


def a2(stage: Stage, number: str, count: int) -> None:
    """A2, paid at once."""
    deposit(stage, number, [{"frame": "A2"}] * count)


def a9(stage: Stage, number: str, count: int) -> None:
    """A9, validated by the contractor, to its payment."""
    named = {"frame": "A9", "validator": _siret(stage, "2001")}
    heads = deposit(stage, number, [named] * count)
    treat(stage, heads, "2001", "validate")
    treat(stage, heads, "1001", *_TREATMENT)


def works(stage: Stage, number: str, count: int) -> None:
    """Works statements: A4, answered by A15, answered by A19, paid: three documents each."""
    named = {"frame": "A4", "moe": _siret(stage, "2004")}
    statements = deposit(stage, f"{number}-A4", [named] * count, by="2001")
    treat(stage, statements, "2004", "take-charge")
    certificates = _answer(stage, f"{number}-A15", statements, by="2004", frame="A15")
    approved = _answer(stage, f"{number}-A19", certificates, by="1001", frame="A19")
    treat(stage, approved, "1001", "pay")


def _answer(stage: Stage, number: str, earlier: Sequence[int], *, by: str, frame: str) -> list[int]:
    """Deposit the next document of each works file."""
    named = [{"frame": frame, "previous": str(invoice)} for invoice in earlier]
    return deposit(stage, number, named, by=by)


def _siret(stage: Stage, structure: str) -> str:
    return next(str(s["siret"]) for s in stage.credentials["structures"] if s["id"] == structure)


PATHS = (
    InvoicePath(name="A1 by EDI, 8 statuses", run=a1_by_edi),
    InvoicePath(name="A1 by API, 8 statuses", run=a1_by_api),
    InvoicePath(name="A2 by API", run=a2),
    InvoicePath(name="A9 by API, validated, 10 statuses", run=a9),
    InvoicePath(name="works month: A4, A15, A19 by API", run=works),
)


def main() -> int:
    """Measure, price, print, write."""
    os.environ.setdefault("CHORISTE_LOG_LEVEL", "ERROR")
    prices = tomllib.loads(_PRICES.read_text(encoding="utf-8"))
    with (
        metering(prices["wait"]) as meter,
        tempfile.TemporaryDirectory() as folder,
        Platform(port=0, aws_port=0) as platform,
    ):
        file = Path(folder) / "credentials.json"
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=None, credentials=file)
        stage = Stage(platform=platform, credentials=json.loads(file.read_text(encoding="utf-8")))
        _warm(stage)
        busy = replace(stage, busy=True)
        measured = {path.name: _measure(busy, meter, path, _TOGETHER) for path in PATHS}
        alone = {path.name: _measure(stage, meter, path, 1) for path in PATHS}
    page = render(measured, alone, prices)
    _OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    _OUTPUT.write_text(json.dumps({"busy": measured, "alone": alone}, indent=1) + "\n", encoding="utf-8")
    _PAGE.write_text(page, encoding="utf-8")
    print(page)
    return 0


def _warm(stage: Stage) -> None:
    """Load what a first invoice loads, and sign everybody in, as it is once an hour."""
    treat(stage, deposit(stage, "WARM", [{}]), "1001", _TREATMENT[0])
    for structure in ("2001", "2004"):
        stage.client(structure)


def _measure(stage: Stage, meter: Meter, path: InvoicePath, count: int) -> dict[str, float]:
    """Return the units of one invoice of a path, where so many go side by side."""
    stage.settle()
    meter.reset()
    before = _states_entered()
    path.run(stage, f"C{PATHS.index(path)}{count}", count)
    stage.settle()
    meter.entered(_states_entered() - before)
    found = {unit: amount / count for unit, amount in sorted(meter.counts.items())}
    for name, spent in sorted(meter.milliseconds.items()):
        found[f"ms {name}"] = spent / count
        found[f"calls {name}"] = meter.invocations[name] / count
    return found


def _states_entered() -> int:
    """Return how many states the executions of the Standard machine have entered since the start."""
    client = boto3.client("stepfunctions", region_name=REGION)
    machine = settings().approval_machine_arn
    executions = client.list_executions(stateMachineArn=machine)["executions"]
    histories = (client.get_execution_history(executionArn=one["executionArn"]) for one in executions)
    return sum("stateEnteredEventDetails" in event for history in histories for event in history["events"])


def cost(units: Mapping[str, float], names: tuple[str, ...], unit_prices: Mapping[str, float]) -> float:
    """Return dollars for 1,000 invoices of the named units."""
    return 1000 * sum(units.get(name, 0) * unit_prices[name] for name in names)


def render(
    measured: Mapping[str, Mapping[str, float]],
    alone: Mapping[str, Mapping[str, float]],
    prices: Mapping[str, Any],
) -> str:
    """Return the page: the table by service, the counts, what the figures hold and leave out."""
    unit_prices: dict[str, float] = prices["unit"]
    lines = [_HEADER.format(date=prices["date"], region=prices["region"])]
    lines += ["| path | " + " | ".join(_SERVICES) + " | **total** | 68 M a year | alone | e-mail |"]
    lines += ["|---" * (len(_SERVICES) + 5) + "|"]
    for name, units in measured.items():
        parts = [cost(units, names, unit_prices) for names in _SERVICES.values()]
        total, single = sum(parts), sum(cost(alone[name], names, unit_prices) for names in _SERVICES.values())
        mail = cost(units, ("email",), unit_prices)
        cells = [
            *(f"{part:.4f}" for part in parts),
            f"**{total:.3f}**",
            f"{total * _YEAR / 1000:,.0f}",
            f"{single:.3f}",
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {mail:.3f} |")
    lines += ["", "## Counted, per invoice", "", "| unit | " + " | ".join(measured) + " |"]
    lines += ["|---" * (len(measured) + 1) + "|"]
    for unit in unit_prices:
        cells = [f"{units.get(unit, 0):.3g}" for units in measured.values()]
        lines.append(f"| {unit} | " + " | ".join(cells) + " |")
    footer = _FOOTER.format(
        changes=CHANGES_WINDOW,
        notices=CONSUMERS["notification"].window,
        receives=1000 * 8 * (1 - 1 / 10) * unit_prices["sqs_request"],
    )
    return "\n".join([*lines, "", footer])


_HEADER = """# What an invoice costs

Made by `make cost`: the operations are counted while the platform runs on this machine, and priced from
`bench/prices.toml` (list prices of {date}, {region}, US dollars). Columns are dollars for 1,000 invoices;
the year is 68 million invoices, all by that path. E-mail stands apart: it goes by how many people are told.

Everything but "alone" is the cost on a busy platform: ten invoices take each step together, so that batches
fill as they do at 68 million a year (two invoices and 17 status changes a second). **"alone" is the cost of
an invoice that shares nothing**: with a few invoices a day, that is what each of them costs.

## Per 1,000 invoices
"""

_FOOTER = """## How it is counted

- DynamoDB: item sizes of every call; twice in a transaction; one unit for each index row that appears
  or goes.
- Lambda: the memory of the template × (processor time here + a usual wait for each AWS call), per
  millisecond; both are in `bench/prices.toml` and `build/bench/cost.json`.
- Step Functions: the intake is an Express machine. A validator's wait is an execution of a Standard machine,
  whose states are counted in its history: two (`Ask`, `Decided`), where six is what an approval may add.
  Deadlines are the sweeper's: a wait of fifteen days costs no more than one of a minute.
- SQS: a send for each message, a receive and a delete for each batch. EventBridge: each event. A status
  change waits up to {changes} seconds for others before it leaves, a notice up to {notices} seconds: what
  comes meanwhile shares an invocation, a receive and a delete. AWS does not say how often its pollers ask
  meanwhile: if they received each message by itself, the eight of an A1 would add {receives:.4f} dollars.
- Logs: what the Express machine writes of each state, and our own line of each document. Lambda writes
  nothing of an invocation that ends well: its own log level is WARN.
- Left out: what does not grow with invoices (schedules, alarms, the WAF), storage, data transfer,
  and KMS, whose keys are cached by bucket, queue and table.

DynamoDB dominates: a status change is one transaction of three rows (head, history that is also the outbox,
audit), two units for each KB. That is why bodies are deflated, indexes hold keys only, and a step of the
platform that follows a person's step is written in the same transaction as that step. Where somebody must
approve, the Standard states come next: the wait is one state however long, and what is legal costs no state.
"""

if __name__ == "__main__":
    raise SystemExit(main())
