"""Prove the second factor by a security key, at sign-in and later on; or both factors by a passkey.

A passkey that has verified its owner, by a PIN or a finger, signs in without a password: it is something that
one has, and something that one knows or is (NIST SP 800-63B, 5.1.9.1). Nobody can guess a signature, so
nothing is counted here and nobody can be locked out.
"""

from __future__ import annotations

from dataclasses import replace

from choriste.application.access.attempts import know_device
from choriste.application.access.challenges import new_challenge, spend_challenge
from choriste.application.access.mails import MailKind
from choriste.application.access.ports import AccessPorts
from choriste.application.access.prove_factor import forget_wrong_codes, tell_owner
from choriste.application.access.records import (
    ChallengePurpose,
    Credentials,
    SecurityKey,
    Session,
    SessionStage,
)
from choriste.application.access.reset_factors import give_up_reset
from choriste.application.access.sessions import (
    StartedSession,
    Visitor,
    open_signed_in,
    open_step,
    rotate,
    session_at,
)
from choriste.application.access.webauthn import Proof, check_proof, claim_of, proof_options
from choriste.domain.access.errors import KeyCopiedError, KeyRefusedError, SessionEndedError, StaleRecordError
from choriste.domain.access.user import User, UserId

_NOBODY = Visitor()


def ask_for_key(token: str, stage: SessionStage, *, access: AccessPorts) -> str | None:
    """Return what the browser of a session asks one of its user's keys, as JSON; None without any key.

    Raises `SessionEndedError`.
    """
    session = session_at(token, stage, access=access)
    keys = _keys(session.user, access=access)
    if not keys:
        return None
    challenge = new_challenge(token, ChallengePurpose.PROVE, access=access, user=session.user)
    return proof_options(keys, challenge, access.base_url)


def verify_key(token: str, answer: str, *, access: AccessPorts, visitor: Visitor = _NOBODY) -> StartedSession:
    """Turn a session that awaits its second factor into a signed-in one with a new token; the old one ends.

    Raises `SessionEndedError`, `KeyRefusedError`, `KeyLateError` or `KeyCopiedError`.
    """
    session = session_at(token, SessionStage.AWAITS_CODE, access=access)
    _prove(token, session, answer, access=access)
    _welcome(session.user, visitor, access=access)
    return open_signed_in(session, access=access)


def confirm_key(token: str, answer: str, *, access: AccessPorts) -> StartedSession:
    """Move a signed-in session to a new token whose factor is fresh (`policy.require_fresh_factor`).

    Raises `SessionEndedError`, `KeyRefusedError`, `KeyLateError` or `KeyCopiedError`.
    """
    session = session_at(token, SessionStage.SIGNED_IN, access=access)
    _prove(token, session, answer, access=access)
    return rotate(session, access=access, factor_at=access.clock.now())


def ask_for_passkey(token: str, *, access: AccessPorts) -> str:
    """Return what a browser in which nobody is signed in asks any passkey, as JSON."""
    challenge = new_challenge(token, ChallengePurpose.SIGN_IN, access=access)
    return proof_options((), challenge, access.base_url, verified=True)


def sign_in_with_passkey(
    token: str, answer: str, *, access: AccessPorts, visitor: Visitor = _NOBODY
) -> StartedSession:
    """Open a signed-in session for the owner of the passkey that answered, without a password.

    Raises `KeyLateError`, `KeyCopiedError`, or `KeyRefusedError`: the same for an unknown owner, a closed
    account, another's key, and a key that has not verified its owner.
    """
    claim = claim_of(answer)
    spend_challenge(token, claim.challenge, ChallengePurpose.SIGN_IN, access=access)
    user = access.accounts.user(claim.user) if claim.user else None
    keys = _keys(user.id, access=access) if user is not None and user.active else ()
    proof = check_proof(answer, keys, claim.challenge, access.base_url)
    if user is None or not proof.verified:
        raise KeyRefusedError
    _count_use(user.id, proof, access=access)
    _welcome(user.id, visitor, access=access)
    begun = open_step(user.id, SessionStage.AWAITS_CODE, browser=visitor.browser, access=access)
    return open_signed_in(begun.session, access=access)


def _prove(token: str, session: Session, answer: str, *, access: AccessPorts) -> None:
    claim = claim_of(answer)
    purpose = ChallengePurpose.PROVE
    spend_challenge(token, claim.challenge, purpose, access=access, user=session.user)
    keys = _keys(session.user, access=access)
    _count_use(session.user, check_proof(answer, keys, claim.challenge, access.base_url), access=access)


def _count_use(user: UserId, proof: Proof, *, access: AccessPorts) -> None:
    """Keep the counter of a key that has one; one that has not grown may be a copy's (WebAuthn, 6.1.1)."""
    if proof.uses == proof.key.uses == 0:
        return
    credentials = access.accounts.credentials(user)
    if credentials is None or proof.uses <= proof.key.uses:
        tell_owner(user, MailKind.KEY_COPIED, access=access, key=proof.key.name)
        raise KeyCopiedError
    used = replace(proof.key, uses=proof.uses)
    try:
        access.accounts.save_credentials(_with(credentials, used))
    except StaleRecordError as error:
        raise KeyRefusedError from error


def _with(credentials: Credentials, used: SecurityKey) -> Credentials:
    keys = tuple(used if key.id == used.id else key for key in credentials.security_keys)
    return replace(credentials, security_keys=keys, version=credentials.version + 1)


def _welcome(user_id: UserId, visitor: Visitor, *, access: AccessPorts) -> None:
    user = _user(user_id, access=access)
    forget_wrong_codes(user_id, access=access)
    give_up_reset(user, access=access)
    know_device(user.email, visitor.device, access=access)


def _keys(user: UserId, *, access: AccessPorts) -> tuple[SecurityKey, ...]:
    credentials = access.accounts.credentials(user)
    return credentials.security_keys if credentials is not None else ()


def _user(user_id: UserId, *, access: AccessPorts) -> User:
    user = access.accounts.user(user_id)
    if user is None:
        raise SessionEndedError
    return user
