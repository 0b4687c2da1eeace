"""Mails to those who administer a structure, in the language of each."""

from __future__ import annotations

import datetime as dt

from choriste.application.access.mails import MailKind, mail_user
from choriste.application.access.policy import may_administer
from choriste.application.parties.ports import MailingPorts
from choriste.domain.access.principal import Principal
from choriste.domain.parties.structure import Structure
from choriste.i18n.formats import date_text


def mail_administrators(
    ports: MailingPorts, structure: Structure, kind: str, *, page: str = "", **values: object
) -> int:
    """Tell everybody who administers a structure, and return how many were told.

    `values` fill the texts of the kind, beside `structure`, its name. The link leads to the structure's
    page, or to a page below it, such as `/mandates`.
    """
    told = 0
    for user in ports.directory.users_of(structure.id):
        if may_administer(Principal.of_user(user), structure.id) and not user.operator:
            mail_user(
                user,
                MailKind(kind),
                ports=ports,
                path=f"/structures/{structure.id}{page}",
                structure=structure.name,
                **{name: _said(value, user.language) for name, value in values.items()},
            )
            told += 1
    return told


def _said(value: object, language: str) -> object:
    """Return a value as a mail says it: a date in words."""
    return date_text(value, language=language) if isinstance(value, dt.date) else value
