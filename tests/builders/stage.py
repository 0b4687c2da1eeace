"""A stage: the sample structures in memory, where scenarios are played by the use cases without HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from choriste.application.deposits.open_flow import open_flow
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.drafts.begin_draft import begin_draft
from choriste.application.invoices.treat_invoice import Correction, Treatment, treat_invoice
from choriste.application.operations.resume_overdue import resume_overdue
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import (
    Habilitation,
    Level,
    Space,
)
from choriste.domain.deposits.flow import Channel, Document, Flow
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.lifecycle import Reason, Status, parse_frame
from choriste.domain.shared.errors import ChoristeError
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import InvoiceHead
from choriste.formats.invoice.cii import write_cii
from choriste.local.data.sample_data import sample_data, sample_structures
from choriste.local.scenarios.files import entry_from, file_of, invoice_of
from choriste.local.scenarios.model import Act, Deposit, Draft, Expectation, Scenario, Step
from choriste.runtime.ports import PlatformPorts
from tests.builders.identity import a_manager, a_right, keep
from tests.builders.intake import run_intake
from tests.builders.ports import Bench, a_bench_of
from tests.fakes.identity import MemoryAccounts, MemoryDirectory

PARTNER = "3001"
CITY, STATE, UNIVERSITY = "1001", "1002", "1003"
CONTRACTOR, COCONTRACTOR, SUBCONTRACTOR, MOE = "2001", "2002", "2003", "2004"


@dataclass
class Stage:
    """A bench with one manager per structure, and what was deposited so far by number."""

    bench: Bench
    principals: dict[str, Principal]
    sirets: dict[str, str]
    invoices: dict[str, InvoiceId] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    @property
    def ports(self) -> PlatformPorts:
        return self.bench.ports

    def deposit(
        self, content: bytes, *, by: str = PARTNER, filename: str = "invoice.xml", **parties: Any
    ) -> Flow:
        """Deposit a file with named parties and run the intake of each document."""
        flow = receive_deposit(
            self.ports,
            self.principals[by],
            structure=by,
            filename=filename,
            content=content,
            channel=Channel.API,
            parties=NamedParties(**parties),
        ).flow
        flow = open_flow(self.ports, flow.id) or flow  # an archive waits for its turn to be opened
        for position in range(1, (flow.documents or 0) + 1):
            document = run_intake(self.ports, flow.id, position)
            self.documents.append(document)
            if document.outcome.value == "accepted" and document.number is not None:
                self.invoices[document.number] = document.invoice_id
        return flow

    def head(self, number: str) -> InvoiceHead:
        head = self.ports.invoices.get(self.invoices[number])
        assert head is not None
        return head

    def status(self, number: str) -> Status:
        return self.head(number).status

    def act(self, number: str, by: str, action: str, **asked: Any) -> InvoiceHead:
        treatment = Treatment(action=action, **asked)
        return treat_invoice(self.ports, self.principals[by], self.invoices[number], treatment)

    def wait(self, days: float) -> None:
        """Let days go by, sweeping every quarter of an hour on which something falls due."""
        ends = self.bench.clock.now() + dt.timedelta(days=days)
        while True:
            due = self.ports.due_items.due_before(ends, limit=1)
            if not due:
                break
            self.bench.clock.moment = max(self.bench.clock.now(), due[0].due_at + dt.timedelta(seconds=1))
            resume_overdue(self.ports, at_once=False)
        self.bench.clock.moment = max(ends, self.bench.clock.now())

    def play(self, scenario: Scenario) -> None:
        for step in scenario.steps:
            self._do(step)
            for expected in step.expect:
                self._check(scenario, expected)

    def _do(self, step: Step) -> None:
        if step.deposit is not None:
            self._deposit(step.deposit)
        if step.act is not None:
            self._act(step.act)
        if step.draft is not None:
            self._begin(step.draft)
        if step.wait_days:
            self.wait(step.wait_days)
        self.bench.clock.advance(minutes=1)

    def _deposit(self, deposit: Deposit) -> None:
        name, content = file_of(deposit)
        parties: dict[str, Any] = dict(deposit.parties)
        if "frame" in parties:
            parties["frame"] = parse_frame(parties["frame"])
        parties["previous"] = tuple(self.invoices[number] for number in deposit.previous)
        parties["adjusted"] = tuple(
            (self.invoices[number], Decimal(amount)) for number, amount in deposit.adjust.items()
        )
        self.deposit(content, by=deposit.by or PARTNER, filename=name, **parties)

    def _act(self, act: Act) -> None:
        asked: dict[str, Any] = {"party": act.party}
        if act.reason is not None:
            asked["reason"] = Reason(act.reason, act.text)
        if act.correction:
            asked["correction"] = Correction(**act.correction)
        try:
            self.act(act.number, act.structure, act.action, **asked)
        except ChoristeError as error:
            if error.code != act.refused:
                raise
        else:
            assert act.refused is None, f"{act} was not refused"

    def _begin(self, draft: Draft) -> None:
        entry = entry_from(draft.entry)
        begin_draft(self.ports, self.principals[draft.by], structure=draft.by, fields=entry)

    def _check(self, scenario: Scenario, expected: Expectation) -> None:
        if expected.outcome is not None:
            assert any(_fits(document, expected) for document in self.documents), (
                scenario.name,
                expected,
                [(d.number, d.outcome, [f.rule for f in d.findings]) for d in self.documents],
            )
        if expected.status is not None:
            assert self.status(expected.number) is expected.status, (scenario.name, expected)
        if expected.says is not None:
            history = self.ports.invoices.history(self.invoices[expected.number])
            said = " ".join(change.note.fr for change in history if change.note is not None)
            assert expected.says in said, (scenario.name, expected, said)


def a_sample(number: str, **changes: Any) -> bytes:
    """Return a CII invoice from the contractor to the city of the sample data."""
    return write_cii(invoice_of({"number": number, **changes}))


def a_stage() -> Stage:
    """Return an empty stage with the sample structures."""
    accounts = MemoryAccounts()
    directory = MemoryDirectory(accounts)
    described = sample_data()
    sirets = {row["id"]: row["siret"] for row in described["structures"]}
    principals = {}
    for row in described["structures"]:
        directory.add_structure(sample_structures()[row["id"]])
        rights = _partner_rights(described["technical_account"]) if row["id"] == PARTNER else ()
        who = {"user_id": f"m-{row['id']}", "name": f"Manager {row['id']}"}
        user = a_manager(row["id"], f"manager@{row['id']}.example", rights=rights, **who)
        keep(accounts, user)
        principals[row["id"]] = Principal.of_user(user)
    return Stage(a_bench_of(directory, accounts), principals, sirets)


def _partner_rights(row: dict[str, Any]) -> tuple[Habilitation, ...]:
    spaces = [(s, space) for s in row["issues_for"] for space in (Space.ISSUE, Space.WORKS)]
    spaces += [(s, space) for s in row["receives_for"] for space in (Space.RECEIVE, Space.WORKS)]
    return tuple(a_right(structure, space, Level.MODIFY) for structure, space in spaces)


def _fits(document: Document, expected: Expectation) -> bool:
    rules = {finding.rule for finding in document.findings}
    same = document.number == expected.number and document.outcome is expected.outcome
    return same and (expected.rule is None or expected.rule in rules)
