"""cdk-nag and cfn-lint on what would be deployed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.app import STACK, build_app, passes_lint
from tests.infra.conftest import Template

pytestmark = pytest.mark.slow


def test_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(template: Template) -> None:
    acknowledged = [
        rule
        for resource in template.resources.values()
        for rule in resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", ())
    ]

    assert acknowledged
    assert all(len(rule["reason"]) > 30 for rule in acknowledged)


def test_nag_stops_a_synthesis_with_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.acknowledged.acknowledge", lambda _platform: None)

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        build_app(outdir=tmp_path, checks=True).synth()


def test_operator_may_put_cloudfront_and_a_firewall_in_front(tmp_path: Path) -> None:
    context = {
        "base_url": "https://factures.example",
        "web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/choriste/1",
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
        "alarm_email": "operations@factures.example",
    }

    build_app(outdir=tmp_path, checks=True, context=context).synth()

    text = (tmp_path / f"{STACK}.template.json").read_text(encoding="utf-8")
    resources: Mapping[str, Any] = json.loads(text)["Resources"]
    front = resources["FrontDistribution"]["Properties"]["DistributionConfig"]
    assert front["WebACLId"] == context["web_acl_arn"]
    assert front["Aliases"] == ["factures.example"]
    assert front["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert "operations@factures.example" in text


def test_template_passes_cfn_lint(assembly: Path) -> None:
    assert passes_lint(assembly / f"{STACK}.template.json")


def test_template_of_production_passes_cfn_lint(tmp_path: Path, production: Template) -> None:
    path = tmp_path / "production.template.json"
    path.write_text(json.dumps(production.body), encoding="utf-8")

    assert passes_lint(path)
