"""An SFTP server for partners whose systems speak nothing else: off by default, since it costs by the hour.

The operator adds a user for each partner, with a session policy and folders of its own
(docs/operate/cost.md#sftp); the role alone reaches every partner's folder.
"""

from __future__ import annotations

from aws_cdk import Aws, CfnOutput
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_transfer as transfer
from constructs import Construct

from infra.functions import LOG_RETENTION
from infra.naming import Naming, pin
from infra.partners import folder_statements

SECURITY_POLICY = "TransferSecurityPolicy-2024-01"


class Sftp(Construct):
    """The server, its log, and the role of its users."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming, key: str) -> None:
        """Declare the server."""
        super().__init__(scope, construct_id)
        service = iam.ServicePrincipal(
            "transfer.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        )
        self.role = iam.Role(
            self,
            "Role",
            role_name=naming.name("sftp"),
            assumed_by=service,
            description="What SFTP users may do at most: each has a policy for its own folders",
            inline_policies={"folders": iam.PolicyDocument(statements=folder_statements(naming, key=key))},
        )
        pin(self.role, "SftpRole")
        log = logs.LogGroup(self, "Log", log_group_name=naming.log_group("sftp"), retention=LOG_RETENTION)
        pin(log, "SftpLog")
        self.server = transfer.CfnServer(
            self,
            "Server",
            domain="S3",
            endpoint_type="PUBLIC",
            identity_provider_type="SERVICE_MANAGED",
            protocols=["SFTP"],
            security_policy_name=SECURITY_POLICY,
            structured_log_destinations=[log.log_group_arn],
        )
        pin(self.server, "SftpServer")
        CfnOutput(self, "SftpServerId", value=self.server.attr_server_id)
        CfnOutput(self, "SftpRoleArn", value=self.role.role_arn)
