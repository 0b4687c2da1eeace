"""What is kept of a supplier to advise it: its accounts, its latest invoices, the advice it does not want.

The smallest record that serves: of an account a digest and its last four characters, of an invoice its number
and a digest of what makes two of them look alike. Neither bank details nor amounts stand in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

ACCOUNTS = 10
"""How many accounts are remembered of a supplier: the latest used."""

INVOICES = 200
"""How many invoices are remembered of a supplier: the latest."""

USUAL = 3
"""How many invoices make a new account a usual one."""

_DIGITS = 32


@dataclass(frozen=True, slots=True)
class UsualAccount:
    """An account that a supplier was paid to: a digest, its last four characters, on how many invoices."""

    digest: str
    ending: str
    invoices: int


@dataclass(frozen=True, slots=True)
class RecentInvoice:
    """An invoice by its number and its likeness (`likeness_of`)."""

    number: str
    likeness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRecord:
    """The record of one supplier, by the id of its structure; `off` are kinds of advice, `CHO-W-…`."""

    supplier: str
    version: int = 0
    off: frozenset[str] = frozenset()
    accounts: tuple[UsualAccount, ...] = ()
    recent: tuple[RecentInvoice, ...] = ()

    def unlike(self, account: str) -> tuple[str, ...]:
        """Return how the usual accounts end where this one is none of them; nothing where it is one."""
        known = {each.digest: each.invoices for each in self.accounts}
        mine = known.get(digest_of(account), 0)
        usual = [each for each in self.accounts if each.invoices > mine]
        return tuple(each.ending for each in usual) if mine < USUAL else ()

    def alike(self, likeness: str, number: str) -> str | None:
        """Return the number of another invoice with the same likeness."""
        numbers = (each.number for each in self.recent if each.likeness == likeness)
        return next((other for other in numbers if other != number), None)

    def with_invoice(self, number: str, likeness: str, accounts: Iterable[str]) -> SupplierRecord:
        """Return the record with one more invoice."""
        known = self.accounts
        for account in accounts:
            digest = digest_of(account)
            before = next((each.invoices for each in known if each.digest == digest), 0)
            others = tuple(each for each in known if each.digest != digest)
            known = (UsualAccount(digest, account[-4:], before + 1), *others)[:ACCOUNTS]
        recent = (RecentInvoice(number, likeness), *self.recent)[:INVOICES]
        return replace(self, version=self.version + 1, accounts=known, recent=recent)

    def switched(self, off: frozenset[str]) -> SupplierRecord:
        """Return the record with exactly these kinds of advice switched off."""
        return replace(self, version=self.version + 1, off=off)


def digest_of(account: str) -> str:
    """Return the digest of an account number."""
    return hashlib.sha256(account.replace(" ", "").upper().encode()).hexdigest()[:_DIGITS]


def likeness_of(*facts: object) -> str:
    """Return what two invoices about the same have in common: a digest of recipient, date and amount."""
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:_DIGITS]
