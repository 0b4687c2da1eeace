"""What the operations of the file exchange are asked and answered with."""

from __future__ import annotations

from pydantic import Field

from choriste.application.exchange.issue_credentials import Folders
from choriste.application.exchange.partners import PartnerSettings
from choriste.domain.exchange.partner import Dispatch, Partner, inbox_prefix, outbox_prefix
from functions.api.http.models import Answer, Body, Moment


class PartnerChange(Body):
    """A partner as it shall be: its name, what it is sent, an AWS role of its own, whether it is open."""

    name: str = Field(min_length=1, max_length=100)
    pivots: bool = True
    statuses: bool = True
    role: str | None = Field(default=None, max_length=600)
    active: bool = True

    def settings(self) -> PartnerSettings:
        """Return what is asked for."""
        return PartnerSettings(
            name=self.name,
            pivots=self.pivots,
            statuses=self.statuses,
            role=self.role,
            active=self.active,
        )


class PartnerRequest(PartnerChange):
    """A partner to register; a `code` that is not given is chosen."""

    code: str | None = Field(default=None, max_length=6)
    structure: str | None = Field(default=None, max_length=20)


class PartnerDetails(Answer):
    """A partner: its application code and folders; `role` may reach them if it names `external_id`."""

    code: str
    structure: str
    name: str
    pivots: bool
    statuses: bool
    role: str | None
    external_id: str | None
    active: bool
    registered_at: Moment
    inbox_prefix: str
    outbox_prefix: str


class PartnerList(Answer):
    """The partners of a structure, by code."""

    items: list[PartnerDetails]


class SentFile(Answer):
    """A file that was sent to a partner: `subject` is what it tells of; `sent_at` null while it waits."""

    name: str
    interface: str
    subject: str
    begun_at: Moment
    sent_at: Moment | None


class SentFileList(Answer):
    """A page of the files of a partner, newest first; `next` is null on the last one."""

    items: list[SentFile]
    next: str | None


class CredentialRequest(Body):
    """Whose folders: those of a partner, or the caller's own where none is named."""

    partner: str | None = Field(default=None, max_length=6)


class Folder(Answer):
    """A folder of a bucket."""

    bucket: str
    prefix: str


class FolderAccess(Answer):
    """Temporary AWS credentials, the folder to drop files in, and the one to fetch files from."""

    account: str
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: Moment
    region: str
    inbox: Folder
    outbox: Folder


def partner_out(partner: Partner) -> PartnerDetails:
    """Return a partner as an answer holds it."""
    return PartnerDetails(
        code=partner.code,
        structure=partner.structure,
        name=partner.name,
        pivots=partner.pivots,
        statuses=partner.statuses,
        role=partner.role,
        external_id=partner.external_id,
        active=partner.active,
        registered_at=partner.registered_at,
        inbox_prefix=inbox_prefix(partner.code),
        outbox_prefix=outbox_prefix(partner.code),
    )


def sent_out(dispatch: Dispatch) -> SentFile:
    """Return a sent file as an answer holds it."""
    return SentFile(
        name=dispatch.filename,
        interface=dispatch.interface,
        subject=dispatch.subject,
        begun_at=dispatch.begun_at,
        sent_at=dispatch.sent_at,
    )


def access_out(folders: Folders) -> FolderAccess:
    """Return credentials as an answer holds them."""
    issued = folders.credentials
    return FolderAccess(
        account=folders.account,
        access_key_id=issued.access_key_id,
        secret_access_key=issued.secret_access_key,
        session_token=issued.session_token,
        expires_at=issued.expires_at,
        region=issued.region,
        inbox=Folder(bucket=issued.inbox_bucket, prefix=folders.inbox),
        outbox=Folder(bucket=issued.outbox_bucket, prefix=folders.outbox),
    )
