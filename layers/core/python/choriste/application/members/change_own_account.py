"""Change what is one's own of an account: the name, the language, and whether to hear of billing events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from choriste.application.members.ports import Change, MemberPorts
from choriste.domain.access.user import Language, NoticeRhythm, User
from choriste.domain.shared.errors import BadRequestError, NotFoundError
from choriste.i18n.catalogue import message

LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """What a user enters of the own account."""

    name: str
    language: Language
    notices: NoticeRhythm


def change_own_account(ports: MemberPorts, user: User, entry: AccountEntry) -> User:
    """Store what a user entered of the own account, and return the user; rights are no part of it.

    Raises `BadRequestError` for a name that is empty or too long, or `StaleRecordError`.
    """
    name = " ".join(entry.name.split())
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise BadRequestError(
            field="name", expected=message("expected", "max-length", max_length=LONGEST_NAME)
        )
    stored = ports.members.member(user.id)
    if stored is None:
        raise NotFoundError(kind="user", id=user.id)
    changed = replace(stored.user, name=name, language=entry.language, notices=entry.notices)
    ports.members.save(Change(acts=(), users=((stored, changed),)))
    return changed
