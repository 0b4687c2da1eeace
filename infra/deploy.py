"""Deploy, compare and take away: `python -m infra.deploy COMMAND --sender … --alarm-email …`.

Each command first says what is wrong with its settings, and does nothing until all is right. The CDK command
line is fetched from npm in the version below, and run by the Node that the lock brings. AWS credentials and
region are those of the environment, as for the AWS command line.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.bundles import ROOT, latest_bundles
from infra.catalogue import LayerName
from infra.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CDK: Final = "aws-cdk@2.1148.1"
BUCKETS: Final = ("inbox", "archive", "documents", "access-logs")
_BATCH: Final = 1000
IDLE_DOLLARS: Final = 12
"""What a deployment that nobody uses costs a month: docs/operate/cost.md adds it up."""

EXPLAINED: Final[Mapping[str, str]] = {
    "stage": "trial (default) or production",
    "prefix": "beginning of every name (default: choriste)",
    "sender": "address that notices come from; its domain becomes an SES identity",
    "alarm_email": "address that is told when an alarm rises",
    "mail_identity": "new (default), or existing where the account has verified the mail domain",
    "base_url": "https:// and your own domain, behind CloudFront",
    "web_acl_arn": "firewall of that domain, in us-east-1",
    "certificate_arn": "certificate of that domain, in us-east-1",
    "cost_centre": "value of the tag cost-centre on everything (default: choriste)",
    "archive_mode": "governance or compliance; a production has to say which",
    "archive_years": "how long a production locks originals (default: 10, as the commercial code asks)",
    "factor_reset_hours": "hours in which an owner can stop a factor reset (default: 24)",
    "consumers": "messages of each queue worked on at once (default: 2, for new accounts)",
    "intake_at_once": "documents of archives in the intake at once, for each of those (default: 2)",
    "reserved": "executions kept for the API and the console (default: 0, for new accounts)",
    "warm_writes": "writes a second that the core table stands from its first day (default: 0)",
    "sftp": "on: partners may use SFTP, by a server of about 220 dollars a month (default: off)",
    "recognition": "on: scans and photographs are read, by a function of 250 MB (default: off)",
}
COMMANDS: Final[Mapping[str, str]] = {
    "bootstrap": "prepare the account and region for the CDK, once",
    "diff": "show what a deployment would change",
    "deploy": "create or update the platform",
    "destroy": "take a trial away, with everything in it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; exit code 2 where its settings are refused, else that of the CDK."""
    options = vars(_parser().parse_args(arguments))
    command, agreed = options.pop("command"), options.pop("yes")
    try:
        settings = Settings.of({name: value for name, value in options.items() if value})
    except ValueError as error:
        return _refuse([str(error)])
    faults = list(_faults(command, settings))
    place = _place() if not faults else None
    if place is None:
        return _refuse(faults or ["credentials: set AWS_REGION, and AWS_PROFILE or the keys of an account"])
    sys.stdout.write(f"{summary(command, settings)}\n  into {place}\n")
    if not agreed and not _agrees(command, settings):
        return _refuse(["nothing was done"])
    if command == "destroy":
        _empty_buckets(settings.prefix)
    return _cdk(command, options, agreed=True)


def summary(command: str, settings: Settings) -> str:
    """Return what a command is about to do, and what it costs."""
    where = f"{settings.prefix}, stage {settings.stage}"
    if command == "destroy":
        return f"Takes away {where}: every table, bucket, invoice and account in it. There is no way back."
    archive = settings.archive_mode or "governance"
    lock = f"{settings.archive_years} years" if settings.is_production else "one day"
    return "\n".join(
        (
            f"{command}: {where}",
            f"  notices from {settings.sender}, alarms to {settings.alarm_email}",
            f"  address: {settings.base_url or 'given by AWS (output BaseUrl)'}",
            f"  originals locked for {lock}, mode {archive}",
            f"  costs about {IDLE_DOLLARS} US dollars a month while nobody uses it (docs/operate/cost.md)",
        )
    )


def _place() -> str | None:
    """Return the account and region of the environment; None where AWS knows neither."""
    import boto3  # noqa: PLC0415 - slow to load
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

    session = boto3.Session()
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError):
        return None
    return f"account {account}, region {session.region_name}"


def _faults(command: str, settings: Settings) -> Iterator[str]:
    if command == "bootstrap":
        return
    if command == "destroy":
        if settings.is_production:
            yield "destroy: takes trials away only; see docs/operate/leave.md for production"
        return
    yield from settings.faults()
    if not latest_bundles().deployable:
        yield "bundles: run `make build` first"
    elif settings.reads_pictures and not Path(latest_bundles().layer(LayerName.RECOGNITION)).is_file():
        yield "recognition: run `make build ARGS=--recognition` first"


def _agrees(command: str, settings: Settings) -> bool:
    """Ask before anything is created or lost; what cannot answer has to say `--yes`."""
    if command in {"diff", "bootstrap"}:
        return True
    if not sys.stdin.isatty():
        sys.stderr.write("Say --yes where nobody can answer.\n")
        return False
    word = settings.prefix if command == "destroy" else "yes"
    return input(f"Type “{word}” to go on: ").strip() == word


def _cdk(command: str, given: Mapping[str, str | None], *, agreed: bool) -> int:
    context = [word for name, value in given.items() if value for word in ("-c", f"{name}={value}")]
    words = [command, *context]
    if command == "deploy" and agreed:
        words += ["--require-approval", "never"]
    if command == "destroy":
        words.append("--force")
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    called = [str(binaries / "npx"), "--yes", CDK, *words]
    return subprocess.run(called, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - our own words


def _empty_buckets(prefix: str) -> None:
    """Delete every version of every object of a trial, past its one-day lock: S3 deletes no full bucket."""
    import boto3  # noqa: PLC0415 - only this command needs it

    account = boto3.client("sts").get_caller_identity()["Account"]
    client: S3Client = boto3.client("s3")
    for short in BUCKETS:
        bucket = f"{prefix}-{short}-{account}-{client.meta.region_name}"
        count = empty_bucket(client, bucket)
        sys.stdout.write(f"  {bucket}: {count} versions deleted\n")


def empty_bucket(client: S3Client, bucket: str) -> int:
    """Delete all versions and delete markers of a bucket, and return how many; 0 where there is none such.

    Raises `RuntimeError` with the first key that S3 keeps.
    """
    count = 0
    try:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            count += _delete(client, bucket, found)
    except client.exceptions.NoSuchBucket:
        return 0
    return count


def _delete(client: S3Client, bucket: str, found: Sequence[Mapping[str, Any]]) -> int:
    for start in range(0, len(found), _BATCH):
        named = found[start : start + _BATCH]
        objects: Any = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in named]
        answer = client.delete_objects(
            Bucket=bucket, Delete={"Objects": objects, "Quiet": True}, BypassGovernanceRetention=True
        )
        if answer.get("Errors"):
            kept = answer["Errors"][0]
            raise RuntimeError(f"S3 keeps {kept.get('Key')}: {kept.get('Message')}")
    return len(found)


def _refuse(faults: Sequence[str]) -> int:
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy",
        description="Put the platform into an AWS account, compare it, or take a trial away.",
        epilog="Example: make deploy ARGS='--sender no-reply@you.fr --alarm-email you@you.fr'",
    )
    parser.add_argument("command", choices=COMMANDS, help="; ".join(f"{k}: {v}" for k, v in COMMANDS.items()))
    parser.add_argument("--yes", action="store_true", help="do not ask")
    for name in SETTING_NAMES:
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="VALUE", help=EXPLAINED[name])
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
