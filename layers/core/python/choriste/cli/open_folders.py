"""`choriste operator open-folders`: a role for a partner's own AWS role, confined to the partner's folders.

The partner's manager registers the role; the operator's own AWS credentials make what it may assume, so that
no function of the platform may change IAM.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from choriste.cli.files import complain

_POLICY: Final = "folders"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", help="the partner's application code")
    parser.add_argument("--remove", action="store_true", help="take the role away")
    parser.add_argument(
        "--print-policy", action="store_true", help="make nothing: print the policy, for an SFTP user"
    )


def run(options: argparse.Namespace) -> int:
    """Make, change or remove the role of a partner, and print its ARN."""
    import boto3  # noqa: PLC0415 - slow to load

    from choriste.runtime.ports import built_ports  # noqa: PLC0415 - slow to load
    from choriste.runtime.settings import settings  # noqa: PLC0415 - slow to load

    names = settings()
    role = FolderRole(names.partner_role_arn, options.code)
    iam = boto3.client("iam")
    if options.remove:
        return _remove(iam, role)
    region, key = boto3.client("sts").meta.region_name, _key_of(boto3.client("s3"), names.inbox_bucket)
    policy = role.policy(names.inbox_bucket, names.outbox_bucket, region=region, key=key)
    partner = built_ports().accounts.partner(options.code)
    if options.print_policy and partner is not None:
        sys.stdout.write(f"{json.dumps(policy)}\n")
        return 0
    if partner is None or not partner.active or partner.role is None or partner.external_id is None:
        complain(f"no open partner {options.code} has a role registered: its manager names it first")
        return 2
    _put(iam, role, trust_of(partner.role, partner.external_id), policy)
    sys.stdout.write(
        f"{partner.role} may now assume this role, with the partner's external id:\n{role.arn}\n"
    )
    return 0


@dataclass(frozen=True, slots=True)
class FolderRole:
    """The role of one partner: named after the platform's own role for sessions, with the partner's code."""

    sessions: str
    code: str

    @property
    def name(self) -> str:
        """The name of the role."""
        return f"{self.sessions.rpartition('/')[2]}-{self.code}"

    @property
    def arn(self) -> str:
        """What the partner assumes."""
        return f"{self.sessions}-{self.code}"

    def policy(self, inbox: str, outbox: str, *, region: str, key: str | None) -> dict[str, Any]:
        """Return what the role may do: the partner's folders, and the key of the buckets if there is one."""
        from choriste.adapters.aws.sts.folder_keys import Place, folder_policy  # noqa: PLC0415 - slow to load

        place = Place(partition=self.sessions.split(":")[1], region=region)
        return folder_policy(self.code, inbox=inbox, outbox=outbox, place=place, key=key)


def trust_of(role: str, external_id: str) -> dict[str, Any]:
    """Return the trust policy: that role alone, and only if it names the external id."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _put(iam: Any, role: FolderRole, trust: dict[str, Any], policy: dict[str, Any]) -> None:  # noqa: ANN401 - a client of boto3
    try:
        iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=json.dumps(trust))
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName=role.name, PolicyName=_POLICY, PolicyDocument=json.dumps(policy))


def _remove(iam: Any, role: FolderRole) -> int:  # noqa: ANN401 - a client of boto3
    removals: tuple[Callable[[], object], ...] = (
        lambda: iam.delete_role_policy(RoleName=role.name, PolicyName=_POLICY),
        lambda: iam.delete_role(RoleName=role.name),
    )
    try:
        for remove in removals:
            remove()
    except iam.exceptions.NoSuchEntityException:
        complain(f"there is no role {role.name}")
        return 2
    sys.stdout.write(f"{role.arn} is removed\n")
    return 0


def _key_of(s3: Any, bucket: str) -> str | None:  # noqa: ANN401 - a client of boto3
    """Return the ARN of the key that encrypts a bucket; None on the local platform, which has none."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to load

    try:
        found = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        return None
    key: str | None = found["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    return key
