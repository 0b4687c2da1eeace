"""Who may do what: the committed table, and what it may never hold."""

from __future__ import annotations

import pytest

from infra.intake import LOG_DELIVERY, MACHINES
from infra.rights import SNAPSHOT, render, rights
from tests.infra.conftest import Template

pytestmark = pytest.mark.slow


def test_rights_are_those_of_the_committed_table(template: Template) -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == render(template.body), (
        "run python -m infra.rights, and review"
    )


def test_no_action_has_a_wildcard(template: Template) -> None:
    assert [right for right in rights(template.body) if "*" in right[1]] == []


def test_no_resource_is_everything(template: Template) -> None:
    """The log delivery API of Step Functions is the one thing that AWS gives no resource."""
    everything = {(role, action) for role, action, resource in rights(template.body) if resource == "*"}

    assert everything == {(f"{spec.logical_id}Role", action) for spec in MACHINES for action in LOG_DELIVERY}


def test_wildcards_stand_for_keys_and_log_streams_only(template: Template) -> None:
    starred = {resource for _, _, resource in rights(template.body) if "*" in resource and resource != "*"}

    assert all(
        (resource.startswith("arn:aws:s3:::choriste-") and resource.endswith("/*"))
        or (":log-group:/choriste/" in resource and resource.endswith(":*"))
        for resource in starred
    )
    assert all(resource.count("*") == 1 for resource in starred)


def test_audit_can_only_be_appended_to(template: Template) -> None:
    actions = {
        action for _, action, resource in rights(template.body) if resource.endswith("table/choriste-audit")
    }

    assert actions <= {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"}


def test_nobody_can_delete_from_the_archive(template: Template) -> None:
    actions = {action for _, action, resource in rights(template.body) if "s3:::choriste-archive" in resource}

    assert not [
        action for action in actions if "Delete" in action or "Bypass" in action or "Retention" in action
    ]


def test_no_managed_policy_is_attached(template: Template) -> None:
    assert not [
        logical_id for logical_id, role in template.each("AWS::IAM::Role") if role.get("ManagedPolicyArns")
    ]


def test_roles_are_assumed_by_one_service_each(template: Template) -> None:
    for logical_id, role in template.each("AWS::IAM::Role"):
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

        if logical_id == "PartnerRole":  # whose sessions partners get from the API
            assert statement["Principal"] == {"AWS": {"Fn::GetAtt": ["ApiFunctionRole", "Arn"]}}
            continue
        assert list(statement["Principal"]) == ["Service"], logical_id
        assert isinstance(statement["Principal"]["Service"], str), logical_id
