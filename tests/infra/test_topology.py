from __future__ import annotations

import pytest

from infra.topology import TARGET, reduce_template, render
from tests.infra.conftest import Template


@pytest.mark.slow
def test_topology_shipped_is_the_one_synthesised(template: Template) -> None:
    assert TARGET.read_text(encoding="utf-8") == render(reduce_template(template.body)), (
        "run python -m infra.topology"
    )


def test_topology_leaves_out_what_refers_to_nothing_local() -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"TableName": "core", "Key": {"Fn::GetAtt": ["Key", "Arn"]}, "Tags": [{"Key": "a"}]},
    }
    template = {"Resources": {"CoreTable": table, "Key": {"Type": "AWS::KMS::Key", "Properties": {}}}}

    reduced = reduce_template(template)

    assert reduced["Resources"] == {
        "CoreTable": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "core"}}
    }


def test_topology_gives_buckets_a_name_that_people_can_type() -> None:
    name = {"Fn::Join": ["", ["choriste-inbox-", {"Ref": "AWS::AccountId"}, "-", {"Ref": "AWS::Region"}]]}
    template = {"Resources": {"InboxBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}}}

    reduced = reduce_template(template)

    assert reduced["Resources"]["InboxBucket"]["Properties"] == {"BucketName": "choriste-inbox"}
