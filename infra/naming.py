"""Physical names, ARNs and pinned logical ids.

Resources carry physical names that start with the deployment's prefix, so that a policy can name its
resources without referring to them: no dependency cycles, and a permission table a person can read.
Logical ids are pinned because moving a construct between files must never replace a table or a bucket.
"""

from __future__ import annotations

from typing import cast

from aws_cdk import Aws, CfnResource
from constructs import IConstruct


class Naming:
    """Names and ARNs of one deployment, all derived from its prefix."""

    def __init__(self, prefix: str) -> None:
        """Keep the prefix: lowercase letters, digits and hyphens, at most 20 characters."""
        self.prefix = prefix

    def name(self, short: str) -> str:
        """Physical name of anything unique within one account and region; hyphens join its words."""
        return f"{self.prefix}-{short.replace('_', '-')}"

    def bucket(self, short: str) -> str:
        """Physical name of a bucket: bucket names are unique in the whole world."""
        return f"{self.prefix}-{short}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource of this account and region."""
        return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"

    def table_arn(self, short: str) -> str:
        """ARN of one of our tables; add `/index/NAME` for an index."""
        return self.arn("dynamodb", f"table/{self.name(short)}")

    def bucket_arn(self, short: str) -> str:
        """ARN of one of our buckets; add `/*` for its objects."""
        return f"arn:{Aws.PARTITION}:s3:::{self.bucket(short)}"

    def queue_arn(self, short: str) -> str:
        """ARN of one of our queues."""
        return self.arn("sqs", self.name(short))

    def function_arn(self, short: str) -> str:
        """ARN of one of our functions."""
        return self.arn("lambda", f"function:{self.name(short)}")

    def machine_arn(self, short: str) -> str:
        """ARN of one of our state machines."""
        return self.arn("states", f"stateMachine:{self.name(short)}")

    def secret_arn(self, short: str) -> str:
        """ARN of one of our secrets: Secrets Manager adds a hyphen and six characters to its name."""
        return self.arn("secretsmanager", f"secret:{self.name(short)}-??????")

    def role_arn(self, short: str) -> str:
        """ARN of one of our roles that has a name; roles belong to no region."""
        return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{self.name(short)}"

    def log_group(self, short: str) -> str:
        """Name of the log group of a function, a machine or the API."""
        return f"/{self.prefix}/{short.replace('_', '-')}"

    def log_streams(self, short: str) -> str:
        """ARN of the streams of one of our log groups."""
        return self.arn("logs", f"log-group:{self.log_group(short)}:*")


def pin(construct: IConstruct, logical_id: str) -> CfnResource:
    """Give a construct's own CloudFormation resource a logical id of our choice, and return the resource."""
    child = construct if isinstance(construct, CfnResource) else construct.node.default_child
    resource = cast("CfnResource", child)
    resource.override_logical_id(logical_id)
    return resource
