"""The way in for partners: the role whose sessions drop and fetch files, each in the folders of one account.

The API alone assumes it, with a session policy for one account. An SFTP server is an option (`infra.sftp`).
"""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.functions import Functions
from infra.naming import Naming, pin
from infra.permissions import PARTNER_ROLE, Unnamed, resolve


class PartnerAccess(Construct):
    """The role of partners' sessions."""

    def __init__(
        self, scope: Construct, construct_id: str, *, naming: Naming, functions: Functions, key: str
    ) -> None:
        """Declare the role."""
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            role_name=naming.name("partner"),
            assumed_by=iam.ArnPrincipal(functions.roles["api"].role_arn),
            description="What a partner may do at most: its session policy leaves its own folders of it",
            inline_policies={"folders": iam.PolicyDocument(statements=folder_statements(naming, key=key))},
        )
        pin(self.role, "PartnerRole")


def folder_statements(naming: Naming, *, key: str) -> list[iam.PolicyStatement]:
    """Return what a role for partners may do at most: drop and fetch files in the folders of all of them."""
    unnamed = Unnamed(key=key, secrets="", stream="", identity="", mailset="")
    return [
        iam.PolicyStatement(
            actions=list(entry.actions),
            resources=[resolve(short, naming=naming, unnamed=unnamed) for short in entry.resources],
        )
        for entry in PARTNER_ROLE
    ]
