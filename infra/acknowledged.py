"""The cdk-nag findings we accept, each with its reason.

An acknowledgement names one finding on one construct wherever cdk-nag lets it; nothing is switched off
for the whole application.
"""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

from infra.stack import Platform


def acknowledge(platform: Platform) -> None:
    """Record every accepted finding on the construct it concerns."""
    del platform


def _accept(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
