"""Temporary credentials for the folders of one account: a role, and a session policy that narrows it.

The role may reach every folder and nobody but the API assumes it; each session has what both allow, so one
account's folders only. A partner's own AWS role gets the same policy, as that of a role made for it
(`choriste.cli.partner_role`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

from choriste.application.exchange.ports import FolderCredentials
from choriste.domain.exchange.partner import inbox_prefix, outbox_prefix

_NOT_IN_SESSION_NAMES: Final = re.compile(r"[^\w+=,.@-]", re.ASCII)
_SESSION_NAME: Final = 64
_DROP: Final = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_FETCH: Final = ("s3:GetObject", "s3:DeleteObject")


class StsClient(Protocol):
    """What we ask of the client of boto3, whose own stubs are not among our tools."""

    @property
    def meta(self) -> Any:  # noqa: ANN401 - `region_name` is all we read of it
        """What the client knows of itself."""
        ...

    def assume_role(self, **request: object) -> dict[str, Any]:
        """Return the credentials of a session."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the buckets are: `aws` and `eu-west-3`."""

    partition: str
    region: str


class StsFolderKeys:
    """Implements `choriste.application.exchange.ports.FolderKeys`."""

    def __init__(self, client: StsClient, *, role: str, inbox: str, outbox: str) -> None:
        self._client = client
        self._role = role
        self._inbox = inbox
        self._outbox = outbox

    def issue(self, account: str, *, seconds: int) -> FolderCredentials:
        """Return credentials that drop files in an account's inbox and fetch those of its outbox."""
        region = self._client.meta.region_name
        place = Place(partition=self._role.split(":")[1], region=region)
        policy = folder_policy(account, inbox=self._inbox, outbox=self._outbox, place=place)
        answer = self._client.assume_role(
            RoleArn=self._role,
            RoleSessionName=_NOT_IN_SESSION_NAMES.sub("-", account)[:_SESSION_NAME],
            DurationSeconds=seconds,
            Policy=json.dumps(policy, separators=(",", ":")),
        )["Credentials"]
        return FolderCredentials(
            access_key_id=answer["AccessKeyId"],
            secret_access_key=answer["SecretAccessKey"],
            session_token=answer["SessionToken"],
            expires_at=answer["Expiration"],
            region=region,
            inbox_bucket=self._inbox,
            outbox_bucket=self._outbox,
        )


def folder_policy(
    account: str, *, inbox: str, outbox: str, place: Place, key: str | None = "*"
) -> dict[str, Any]:
    """Return the policy of one account's folders: drop in the inbox, fetch from the outbox, list both.

    `key` is the ARN of the key that encrypts both buckets, which is used through S3 only: every key for a
    session, whose role names the one that counts; None where nothing is encrypted.
    """
    arn = f"arn:{place.partition}:s3:::"
    drop, fetch = inbox_prefix(account), outbox_prefix(account)
    through_s3 = {"kms:ViaService": f"s3.{place.region}.amazonaws.com"}
    statements = [
        _allow([*_DROP], f"{arn}{inbox}/{drop}*"),
        _allow([*_FETCH], f"{arn}{outbox}/{fetch}*"),
        _allow(["s3:ListBucket"], arn + inbox, StringLike={"s3:prefix": f"{drop}*"}),
        _allow(["s3:ListBucket"], arn + outbox, StringLike={"s3:prefix": f"{fetch}*"}),
    ]
    if key is not None:
        statements.append(_allow(["kms:Decrypt", "kms:GenerateDataKey"], key, StringEquals=through_s3))
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(actions: list[str], resource: str, **conditions: dict[str, str]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": conditions} if conditions else statement
