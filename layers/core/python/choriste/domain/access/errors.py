"""What identity refuses, beside the errors of the whole domain: a stable code and parameters."""

from __future__ import annotations

import datetime as dt

from choriste.domain.shared.errors import ChoristeError


class UnauthenticatedError(ChoristeError):
    """The request proves no identity; parameter: `what`, `bearer`, `account` or `session`.

    `client_id` is the API client whose token was good, where only the technical account was not.
    """

    code = "unauthenticated"

    def __init__(self, *, what: str, client_id: str | None = None) -> None:
        super().__init__(what=what)
        self.client_id = client_id


class AlreadyExistsError(ChoristeError):
    """The identifier, e-mail address, login or client id is taken; parameters: `kind`, `id`."""

    code = "already-exists"


class StaleRecordError(ChoristeError):
    """Somebody else changed the same account first; parameters: `kind`, `id`."""

    code = "stale-record"


class InvalidClientError(ChoristeError):
    """OAuth2 `invalid_client`: unknown, revoked or with a wrong secret; it does not say which."""

    code = "invalid_client"


class UnsupportedGrantError(ChoristeError):
    """OAuth2 `unsupported_grant_type`: only `client_credentials` is given here."""

    code = "unsupported_grant_type"


class WrongCredentialsError(ChoristeError):
    """The e-mail address and password do not go together; the same for an address nobody has."""

    code = "wrong-credentials"


class AccountLockedError(ChoristeError):
    """Too many wrong attempts; nothing is accepted for this address before `until` (aware, UTC)."""

    code = "account-locked"

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(until=until)
        self.until = until


class WrongCodeError(ChoristeError):
    """The six digits are not the code of this account."""

    code = "wrong-code"


class CodeOutOfDateError(ChoristeError):
    """The code was right a few minutes ago, or was already used: a new one is needed."""

    code = "code-out-of-date"


class SessionEndedError(ChoristeError):
    """The sign-in took too long, was finished already or never began: start again."""

    code = "session-ended"


class WeakPasswordError(ChoristeError):
    """The password is none to choose; parameters: `weakness` (a `Weakness`), `shortest`, `longest`."""

    code = "weak-password"


class LinkEndedError(ChoristeError):
    """The link of a mail is unknown, was used or is too old; it does not say which."""

    code = "link-ended"


class MailNotSentError(ChoristeError):
    """A mail did not leave, as when the mail service allows no more for now; what it tells of is done."""

    code = "mail-not-sent"


class LastFactorError(ChoristeError):
    """What should be removed is the only factor that the account has: another must be enrolled first."""

    code = "last-factor"


class FactorNeededError(ChoristeError):
    """What was asked needs the second factor to be proved again; it was not within the last ten minutes."""

    code = "factor-needed"


class KeyRefusedError(ChoristeError):
    """What a security key or its browser answered proves nothing; it does not say what was wrong with it."""

    code = "key-refused"


class KeyLateError(ChoristeError):
    """What a security key answers was asked too long ago, was answered already, or was asked elsewhere."""

    code = "key-late"


class KeyCopiedError(ChoristeError):
    """The signature counter of a security key has not grown: there may be a copy of the key."""

    code = "key-copied"


class KeyKnownError(ChoristeError):
    """The security key is one of this account already."""

    code = "key-known"


class TooManyKeysError(ChoristeError):
    """The account has as many security keys as it may; parameter: `most`."""

    code = "too-many-keys"
