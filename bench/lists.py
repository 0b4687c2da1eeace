"""What a page of a list reads: `python -m bench.lists` counts read units at 100,000 and 1,000,000 invoices.

The searches and the adapter are the platform's own; under them stands a model of the table that holds so many
invoices of one recipient without storing them, and counts each read as DynamoDB bills it: the bytes of a
query by 4 KB, half price where it is eventually consistent, and each item of a batch by itself. Writes
`docs/lists.md`.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from choriste.adapters.aws.dynamodb.invoices import INVOICE, DynamoInvoices
from choriste.adapters.aws.dynamodb.table import CoreTable, Item, marshal, unmarshal
from choriste.application.invoices.criteria import Between, Criteria, OtherParty, PartyCriterion, Side
from choriste.application.invoices.search_invoices import NEWEST, Order, SortBy, count_queues, search_invoices
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.deposits.flow import Channel
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import Assignee, InvoiceHead, PartyReference
from choriste.domain.tracking.lists import Queue

PAGE: Final = Path("docs/lists.md")
SIZES: Final = (100_000, 1_000_000)
WAITING: Final = 40
SUPPLIERS, SERVICES = 500, 20
_FIRST: Final = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_KEY_NAME: Final = 14
"""Bytes of the name of an index's partition attribute, about."""

_MINE: Final = frozenset({Queue.MINE})


@dataclass(frozen=True, slots=True)
class Town:
    """A recipient of `size` invoices, of which `WAITING` wait, spread over all of them; the rest is paid."""

    size: int

    def head(self, n: int) -> InvoiceHead:
        """Return the invoice of a number."""
        waits = n in self.waiting
        return InvoiceHead(
            id=InvoiceId(2_000_000_000_000_000 + n),
            version=8,
            frame=Frame.A1,
            status=Status.MISE_A_DISPOSITION if waits else Status.MISE_EN_PAIEMENT,
            status_at=_FIRST,
            number=f"F{n:07d}",
            issue_date=_FIRST.date(),
            type_code="380",
            currency="EUR",
            without_vat=Decimal(1000) + n,
            vat=Decimal(200),
            with_vat=Decimal(1200) + n,
            due=Decimal(1200) + n,
            supplier=PartyReference(
                identifier=f"{n % SUPPLIERS:014d}", name="Papeterie Lumen", structure=f"S{n % SUPPLIERS}"
            ),
            recipient=PartyReference(identifier="21690123100011", name="Valbrume", structure="R"),
            service_code=f"SERVICE-{n % SERVICES}",
            engagement="EJ-2026-118",
            contract=None,
            flow_id=FlowId("CPP0011117000000000425903"),
            position=1,
            channel=Channel.API,
            depositor="S1",
            account="TECH_1_00000001@cpro.fr",
            deposited_at=_FIRST + dt.timedelta(minutes=n),
            syntax=Syntax.CII,
            profile="EN 16931",
            payment_due=dt.date(2026, 1, 1) + dt.timedelta(days=n % 90),
            assignee=Assignee("amina", "Amina Lefèvre") if n in self.assigned else None,
        )

    @property
    def waiting(self) -> range:
        """The invoices that wait, the first of them the oldest of all."""
        return range(0, self.size, self.size // WAITING)

    @property
    def assigned(self) -> range:
        """The invoices that are assigned to one colleague."""
        return range(0, self.size, self.size // 4)

    def rows(self, partition: str) -> Sequence[int]:
        """Return the invoices that stand in a partition of an index, in its order."""
        if partition in {"RECIPIENT#R", "NUMBER#R"}:
            return range(self.size)
        if partition.startswith("R#SERVICE-"):
            return range(int(partition.rpartition("-")[2]), self.size, SERVICES)
        if partition.endswith("#R") and partition.startswith("S"):
            return range(int(partition[1:].partition("#")[0]), self.size, SUPPLIERS)
        if partition == "R":
            return sorted(self.waiting, key=lambda n: (n % 90, n))
        return {"R#mine": self.waiting, "amina": self.assigned}.get(partition, range(0))


class ModelTable:
    """The table as its client shows it, with a counter: `units` and `calls`."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.units, self.calls = 0.0, 0

    def query(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - a call of AWS
        """Answer a query of an index."""
        values = unmarshal(asked["ExpressionAttributeValues"])
        rows, sort = self._town.rows(values[":list"]), self._sort(asked["IndexName"], values[":list"])
        low = bisect_left(rows, values[":least"], key=sort) if ":least" in values else 0
        high = bisect_right(rows, values[":most"], key=sort) if ":most" in values else len(rows)
        limit = asked["Limit"]
        taken = rows[low:high][:limit] if asked["ScanIndexForward"] else rows[low:high][::-1][:limit]
        name = asked["KeyConditionExpression"].partition(" AND ")[2].partition(" ")[0] or self._name(asked)
        items = [marshal({"pk": f"INVOICE#{n}", "sk": "HEAD", name: sort(n)}) for n in taken]
        size = sum(
            len(f"INVOICE#{_id(n)}HEADpksk{name}") + len(values[":list"]) + len(sort(n)) + 14 for n in taken
        )
        self._read(max(1, math.ceil(size / 4096)) / 2)
        more = {"LastEvaluatedKey": {"pk": {"S": "x"}}} if high - low > limit else {}
        return {"Items": items, "Count": len(items), **more}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's
        """Answer a batch of reads."""
        ((name, wanted),) = RequestItems.items()
        numbers = [int(unmarshal(key)["pk"].partition("#")[2]) - _id(0) for key in wanted["Keys"]]
        items = [self._item(n) for n in numbers]
        part = 1 if wanted["ConsistentRead"] else 0.5
        self._read(sum(part * math.ceil(len(str(item)) / 4096) for item in items))
        return {"Responses": {name: [marshal(item) for item in items]}}

    def _item(self, n: int) -> Item:
        head = self._town.head(n)
        return {"pk": f"INVOICE#{head.id}", "sk": "HEAD", **INVOICE.attributes(head)}

    def _read(self, units: float) -> None:
        self.units, self.calls = self.units + units, self.calls + 1

    @staticmethod
    def _name(asked: Mapping[str, Any]) -> str:
        return "payment_key" if asked["IndexName"] == "by_payment_day" else "deposit_key"

    def _sort(self, index: str, partition: str) -> Callable[[int], str]:
        def place(n: int) -> str:
            moment = (_FIRST + dt.timedelta(minutes=n)).isoformat(timespec="microseconds")
            return f"{moment}#{_id(n)}"

        if index == "by_payment_day":
            return lambda n: f"{(dt.date(2026, 1, 1) + dt.timedelta(days=n % 90)).isoformat()}#{place(n)}"
        return (lambda n: f"f{n:07d}#{place(n)}") if partition.startswith("NUMBER#") else place


def _id(n: int) -> int:
    return 2_000_000_000_000_000 + n


def _searches(size: int) -> dict[str, tuple[Criteria, Order]]:
    lumen = OtherParty("lumen", Side.RECEIVED, frozenset({"S7"}))
    waiting = Criteria(queues=_MINE)
    return {
        "everything": (Criteria(), NEWEST),
        "waits for me": (waiting, NEWEST),
        "waits for me, by day of payment": (waiting, Order(SortBy.DUE, rises=True)),
        "status MISE_A_DISPOSITION": (Criteria(statuses=frozenset({Status.MISE_A_DISPOSITION})), NEWEST),
        "status MISE_EN_PAIEMENT": (Criteria(statuses=frozenset({Status.MISE_EN_PAIEMENT})), NEWEST),
        "status SUSPENDUE, with none": (
            Criteria(statuses=frozenset({Status.SUSPENDUE})),
            NEWEST,
        ),
        "service": (Criteria(services=frozenset({"SERVICE-3"})), NEWEST),
        "assigned to me": (Criteria(assignee="amina"), NEWEST),
        "number": (Criteria(number=f"F{size // 2:07d}"), NEWEST),
        "number begins with, 100 of them": (Criteria(number_begins=f"F{size // 2:07d}"[:6]), NEWEST),
        "supplier": (Criteria(supplier=PartyCriterion(frozenset({"S7"}))), NEWEST),
        "words: the supplier's name": (Criteria(words=lumen), NEWEST),
        "waits for me, of one service": (Criteria(queues=_MINE, services=frozenset({"SERVICE-0"})), NEWEST),
        "due within a week, waits for me": (
            Criteria(queues=_MINE, payment_day=Between(dt.date(2026, 1, 1), dt.date(2026, 1, 7))),
            Order(SortBy.DUE, rises=True),
        ),
        "deposited in one week of 2024": (
            Criteria(deposited=Between(_FIRST, _FIRST + dt.timedelta(days=7))),
            NEWEST,
        ),
        "amount, which no list is kept by": (
            Criteria(with_vat=Between(Decimal(1200), Decimal(1201))),
            NEWEST,
        ),
    }


def measure(size: int) -> dict[str, tuple[int, float, int]]:
    """Return, for each search, the rows of its first page, the read units and the calls."""
    found = {}
    who = Principal(kind=PrincipalKind.OPERATOR, id="operator", name="Bench")
    for name, (criteria, order) in _searches(size).items():
        table = ModelTable(Town(size))
        page = search_invoices(
            _ports(table), who, side=Side.RECEIVED, structure="R", criteria=criteria, order=order
        )
        found[name] = len(page.rows), table.units, table.calls
    table = ModelTable(Town(size))
    counts = count_queues(_ports(table), who, side=Side.RECEIVED, structure="R")
    found["the counts of all queues"] = counts[Queue.MINE].number, table.units, table.calls
    return found


def _ports(table: ModelTable) -> Any:  # noqa: ANN401 - the one port that a search asks
    core = CoreTable(cast("Any", table), "core")
    return SimpleNamespace(invoices=DynamoInvoices(core, audit_table="audit"))


def _cells(measured: tuple[int, float, int]) -> str:
    rows, units, calls = measured
    return f"{rows} | {units:g} | {calls}"


def main() -> None:
    """Write the page."""
    found = {size: measure(size) for size in SIZES}
    lines = [f"| {name} | {' | '.join(_cells(found[s][name]) for s in SIZES)} |" for name in found[SIZES[0]]]
    PAGE.write_text(_HEAD + "\n".join(lines) + "\n" + _FOOT, encoding="utf-8")
    print("\n".join(lines))


_HEAD: Final = """# What a page of a list reads

Made by `python -m bench.lists`: the searches and the adapter of the platform over a model of the table, at
100,000 and 1,000,000 invoices of one recipient, of which 40 wait, the oldest of all among them. A page has 50
rows. A head that is read consistently is one read unit; the keys of an index are half a unit for some 35 rows
([ADR 14](adr/0014-lists.md)).

| search | rows | read units | calls | rows at 1,000,000 | read units | calls |
|---|---|---|---|---|---|---|
"""
_FOOT: Final = """
A read unit is $0.000000125. What has no list is tried on 2,000 heads, and the page says where to go on.
"""

if __name__ == "__main__":
    main()
