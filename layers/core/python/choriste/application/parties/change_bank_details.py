"""Read and change the bank accounts of a structure; every change is kept, recorded and mailed.

The operator reads nothing of them and changes nothing: whoever takes over an operator's account must not be
able to send a structure's money elsewhere. Programs do not change them either, since they have no second
factor to show.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.policy import (
    require_bank_details,
    require_bank_reading,
    require_fresh_factor,
)
from choriste.application.members.history import record_act
from choriste.application.parties.mails import mail_administrators
from choriste.application.parties.ports import BankPorts
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.bank_details import BankAccount, BankDetails, account_of
from choriste.domain.parties.form import Form
from choriste.domain.parties.structure import Structure, StructureId
from choriste.domain.shared.errors import NotFoundError


def read_bank_details(ports: BankPorts, principal: Principal, structure_id: str) -> BankDetails:
    """Return the bank accounts of a structure, with their history, to its own people.

    Raises `ForbiddenError` or `NotFoundError`.
    """
    require_bank_reading(principal, structure_id)
    return _details(ports, _structure(ports, structure_id))


def begin_bank_change(ports: BankPorts, principal: Principal, structure_id: str) -> BankDetails:
    """Return the bank accounts to whoever may change them now, before anything is typed.

    Raises `ForbiddenError`, `FactorNeededError` or `NotFoundError`.
    """
    _require_change(ports, principal, structure_id)
    return _details(ports, _structure(ports, structure_id))


def add_bank_account(ports: BankPorts, principal: Principal, structure_id: str, form: Form) -> BankDetails:
    """Add an account and return all of them.

    The fields are `label`, `iban`, `bic` and `holder`. Raises `ForbiddenError`, `FactorNeededError` when the
    second factor was not proved just now, `NotFoundError`, `FieldsInvalidError` with every fault, or
    `StaleRecordError`.
    """
    _require_change(ports, principal, structure_id)
    structure = _structure(ports, structure_id)
    known = _details(ports, structure)
    account = account_of(form, str(len(known.accounts) + 1), known)
    return _save(ports, principal, structure, known, account)


def change_bank_account(
    ports: BankPorts, principal: Principal, structure_id: str, account_id: str, form: Form
) -> BankDetails:
    """Change an account; `form` is as for `add_bank_account`, and so are the errors."""
    _require_change(ports, principal, structure_id)
    structure = _structure(ports, structure_id)
    known = _details(ports, structure)
    _account(known, account_id)
    return _save(ports, principal, structure, known, account_of(form, account_id, known))


def close_bank_account(
    ports: BankPorts, principal: Principal, structure_id: str, account_id: str
) -> BankDetails:
    """Close an account, so that it is offered no more; raises as `change_bank_account`."""
    _require_change(ports, principal, structure_id)
    structure = _structure(ports, structure_id)
    known = _details(ports, structure)
    return _save(ports, principal, structure, known, replace(_account(known, account_id), active=False))


def _require_change(ports: BankPorts, principal: Principal, structure_id: str) -> None:
    """Ask for the right, and for the second factor anew: a stolen session must not move money."""
    require_bank_details(principal, structure_id)
    require_fresh_factor(principal, now=ports.clock.now())


def _save(
    ports: BankPorts, principal: Principal, structure: Structure, known: BankDetails, account: BankAccount
) -> BankDetails:
    now = ports.clock.now()
    details = known.changed(account, by=principal.id, by_name=principal.name, at=now)
    if details is known:
        return known
    ports.bank_details.save(details)
    before = known.account(account.id)
    act = act_of(
        principal,
        ActKind.BANK_DETAILS_CHANGED,
        at=now,
        structure=structure.id,
        account=None,
        subject=account.label,
        before=_kept(before) if before is not None else {},
        after=_kept(account),
    )
    record_act(act, ports=ports)
    mail_administrators(
        ports, structure, "bank-details", label=account.label, iban=account.masked, by=principal.name
    )
    return details


def _kept(account: BankAccount) -> dict[str, str]:
    """Return what a history keeps of an account: enough to recognise it, too little to pay on it."""
    texts = {"iban": account.masked, "bic": account.bic, "holder": account.holder}
    return {**{name: text for name, text in texts.items() if text}, "active": str(account.active)}


def _structure(ports: BankPorts, structure_id: str) -> Structure:
    structure = ports.directory.structure(structure_id)
    if structure is None:
        raise NotFoundError(kind="structure", id=structure_id)
    return structure


def _details(ports: BankPorts, structure: Structure) -> BankDetails:
    return ports.bank_details.of(structure.id) or BankDetails(structure=StructureId(structure.id))


def _account(details: BankDetails, account_id: str) -> BankAccount:
    account = details.account(account_id)
    if account is None:
        raise NotFoundError(kind="bank-account", id=account_id)
    return account
