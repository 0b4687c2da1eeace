"""The bank accounts that a structure is paid on, and the history of each change.

An account is never removed, since invoices name it: it is closed. Fraud with supplier bank details works by
changing them unseen, so every state that an account ever had stays, with who gave it and when.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Final

from choriste.domain.invoice.identifiers import is_bic, is_iban
from choriste.domain.parties.form import Faults, Form, text_of
from choriste.domain.parties.structure import StructureId

MOST_ACCOUNTS: Final = 50
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """A bank account of a structure; `holder` is named where it is not the structure, as a factor is."""

    id: str
    label: str
    iban: str
    bic: str | None = None
    holder: str | None = None
    active: bool = True

    @property
    def masked(self) -> str:
        """The IBAN as a mail or a history may show it: country and key, and the last four characters."""
        return f"{self.iban[:_SHOWN]} … {self.iban[-_SHOWN:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankChange:
    """One change of one account: who made it and when, and the account before (None if new) and after."""

    at: dt.datetime
    by: str
    by_name: str
    before: BankAccount | None
    after: BankAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetails:
    """The accounts of a structure, in the order in which they were given, and their changes, oldest first."""

    structure: StructureId
    version: int = 0
    accounts: tuple[BankAccount, ...] = ()
    changes: tuple[BankChange, ...] = ()

    def account(self, account_id: str) -> BankAccount | None:
        """Return the account with this id, None where there is none."""
        return next((account for account in self.accounts if account.id == account_id), None)

    def changed(self, after: BankAccount, *, by: str, by_name: str, at: dt.datetime) -> BankDetails:
        """Return the details with one account added or changed; the same where nothing differs."""
        before = self.account(after.id)
        if before == after:
            return self
        kept = tuple(after if account.id == after.id else account for account in self.accounts)
        change = BankChange(at=at, by=by, by_name=by_name, before=before, after=after)
        return replace(
            self,
            version=self.version + 1,
            accounts=kept if before is not None else (*kept, after),
            changes=(*self.changes, change),
        )


def account_of(form: Form, account_id: str, details: BankDetails) -> BankAccount:
    """Return the account of a form with the fields `label`, `iban`, `bic` and `holder`.

    Raises `FieldsInvalidError` with every fault: check digits that do not hold, what is no BIC, an IBAN that
    another open account has.
    """
    faults = Faults()
    label = text_of(form, "label", faults, needed=True)
    holder = text_of(form, "holder", faults)
    iban, bic = _compact(form.get("iban", "")), _compact(form.get("bic", "")) or None
    if not is_iban(iban):
        faults.mark("iban", "IBAN", found=iban[:40])
    elif any(other.iban == iban and other.active and other.id != account_id for other in details.accounts):
        faults.mark("iban", "IBAN-TAKEN", found=iban)
    if bic is not None and not is_bic(bic):
        faults.mark("bic", "BIC", found=bic[:20])
    if details.account(account_id) is None and len(details.accounts) >= MOST_ACCOUNTS:
        faults.mark("iban", "ACCOUNTS-TOO-MANY", limit=MOST_ACCOUNTS)
    faults.refuse_any()
    known = details.account(account_id)
    active = known.active if known is not None else True
    return BankAccount(id=account_id, label=label or "", iban=iban, bic=bic, holder=holder, active=active)


def _compact(text: str) -> str:
    return re.sub(r"[\s.-]", "", text).upper()
