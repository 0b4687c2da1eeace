"""A developer's sandbox for tests, next to the town hall and the supplier of the real world."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from choriste.application.access.authenticate_request import principal_of_account
from choriste.application.access.ports import AccessPorts
from choriste.application.deposits.receive_deposit import receive_deposit
from choriste.application.sandbox.open_sandbox import OpenedSandbox, open_sandbox
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Document
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.invoice.model import Identifier, Party
from choriste.domain.parties.structure import Structure
from choriste.domain.sandbox.sandbox import SandboxPart
from choriste.domain.tracking.head import InvoiceHead
from tests.builders.identity import a_gate, a_user, keep
from tests.builders.intake import run_intake
from tests.builders.invoices import a_buyer, a_cii, a_seller
from tests.builders.ports import Bench, a_bench
from tests.fakes.identity import MemoryAccounts

DEVELOPER = "dev@erp.example"


def access_of(bench: Bench) -> AccessPorts:
    """Return the ports of identity on the stores of a bench."""
    ports = bench.ports
    return replace(
        a_gate(bench.clock),
        directory=ports.directory,
        accounts=ports.accounts,
        connections=ports.connections,
        history=ports.history,
        mailer=bench.mailer,
    )


def a_developer(bench: Bench, user_id: str = "dev", email: str = DEVELOPER) -> Principal:
    """Return somebody who has just signed in and belongs nowhere yet."""
    accounts = bench.ports.accounts
    assert isinstance(accounts, MemoryAccounts)
    user = a_user(user_id, email=email, name="Dev Éloppeuse")
    keep(accounts, user)
    return replace(Principal.of_user(user), factor_at=bench.clock.now())


@dataclass
class Box:
    """A bench, and the sandbox that a developer opened there."""

    bench: Bench = field(default_factory=a_bench)
    user: str = "dev"
    opened: OpenedSandbox = field(init=False)

    def __post_init__(self) -> None:
        developer = a_developer(self.bench, self.user, f"{self.user}@erp.example")
        self.opened = open_sandbox(self.bench.ports, access_of(self.bench), developer)

    @property
    def program(self) -> Principal:
        """The technical account of the sandbox."""
        return principal_of_account(self.opened.account.account)

    @property
    def owner(self) -> Principal:
        """The developer, with the rights of now."""
        user = self.bench.ports.accounts.user(self.user)
        assert user is not None
        return replace(Principal.of_user(user), factor_at=self.bench.clock.now())

    def structure(self, part: SandboxPart) -> Structure:
        """Return a structure of the sandbox."""
        found = self.bench.ports.directory.structure(self.opened.sandbox.structure(part))
        assert found is not None
        return found

    def cii(self, *, number: str = "T-1", recipient: str | None = None, **changes: Any) -> bytes:
        """Return an invoice of the test supplier's for the test town hall, or for another recipient."""
        siret = recipient or self.structure(SandboxPart.RECIPIENT).identifier.value
        return a_cii(
            number=number,
            seller=_named(a_seller(), self.structure(SandboxPart.SUPPLIER).identifier.value),
            buyer=_named(a_buyer(), siret),
            **{"buyer_reference": "SERVICE", **changes},
        )

    def deposit(self, content: bytes, *, parties: NamedParties | None = None) -> Document:
        """Deposit a file as the program of the sandbox, and take it in."""
        ports = self.bench.ports
        flow = receive_deposit(
            ports,
            self.program,
            structure=self.opened.sandbox.structure(SandboxPart.SUPPLIER),
            filename="facture.xml",
            content=content,
            channel=Channel.API,
            parties=parties,
        ).flow
        return run_intake(ports, flow.id, 1)

    def invoice(self, *, parties: NamedParties | None = None, **changes: Any) -> InvoiceHead:
        """Return an invoice that the test town hall has."""
        document = self.deposit(self.cii(**changes), parties=parties)
        head = self.bench.ports.invoices.get(document.invoice_id)
        assert head is not None, document.findings
        return head


def _named(party: Party, siret: str) -> Party:
    return replace(
        party,
        identifiers=(Identifier(siret, "0009"),),
        legal_registration=Identifier(siret[:9], "0002"),
        electronic_address=Identifier(siret[:9], "0225"),
    )
