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
        unnamed = Unnamed(key=key, secrets="", stream="", identity="", mailset="")
        statements = [
            iam.PolicyStatement(
                actions=list(entry.actions),
                resources=[resolve(short, naming=naming, unnamed=unnamed) for short in entry.resources],
            )
            for entry in PARTNER_ROLE
        ]
        self.role = iam.Role(
            self,
            "Role",
            role_name=naming.name("partner"),
            assumed_by=iam.ArnPrincipal(functions.roles["api"].role_arn),
            description="What a partner may do at most: its session policy leaves its own folders of it",
            inline_policies={"folders": iam.PolicyDocument(statements=statements)},
        )
        pin(self.role, "PartnerRole")
