"""Change what is one's own of an account: the name, the language, and whether to hear of billing events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import require_own_session
from choriste.application.access.resume_session import SignedIn
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


def change_own_account(ports: MemberPorts, signed_in: SignedIn, entry: AccountEntry) -> User:
    """Store what a user entered of the own account, and return the user; rights are no part of it.

    Raises `FactorNeededError` in an organisation's session, `BadRequestError` for a name that is empty or too
    long, or `StaleRecordError`.
    """
    require_own_session(signed_in.principal, now=ports.clock.now())
    name = " ".join(entry.name.split())
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise BadRequestError(
            field="name", expected=message("expected", "max-length", max_length=LONGEST_NAME)
        )
    stored = ports.members.member(signed_in.user.id)
    if stored is None:
        raise NotFoundError(kind="user", id=signed_in.user.id)
    changed = replace(stored.user, name=name, language=entry.language, notices=entry.notices)
    ports.members.save(Change(acts=(), users=((stored, changed),)))
    return changed
