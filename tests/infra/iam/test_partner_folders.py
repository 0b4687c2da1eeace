"""No partner lists, reads or writes another's folder: session and role policies as IAM evaluates them.

The evaluator is `@cloud-copilot/iam-simulate` of npm, at the versions of `package-lock.json`. It checks
actions, resources and context keys against AWS's service definitions too: a misspelt action is an error.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from choriste.adapters.aws.sts.folder_keys import Place, folder_policy
from choriste.cli.open_folders import FolderRole, trust_of
from tests.infra.conftest import Template

HERE = Path(__file__).parent
FOLDERS = HERE.parents[2] / "build" / "iam"
ACCOUNT, REGION = "123456789012", "eu-west-3"
INBOX, OUTBOX, ARCHIVE = (f"choriste-{name}" for name in ("inbox", "outbox", "archive"))
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/choriste-partner"
ACCOUNTS: Final = (
    *("ABC001", "ABC00", "ABC0011", "abc001", "TECH_1_00000001@cpro.fr", "a-client_Id-24", "u.user+x=y"),
)
"""Partners, technical accounts, clients; some begin as another does, or differ in case only."""

pytestmark = [pytest.mark.slow, pytest.mark.clients]


@pytest.fixture(scope="module")
def evaluator() -> Path:
    """Return the folder where the evaluator is installed, by the hashes of its lock, once."""
    lock = HERE / "package-lock.json"
    folder = FOLDERS / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder / name)
        npm = shutil.which("npm", path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin") or "npm"
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)  # noqa: S603 - our own lock
        (folder / "made").touch()
    return folder


def _answers(evaluator: Path, simulations: Sequence[dict[str, Any]]) -> list[str]:
    node = shutil.which("node") or "node"
    run = subprocess.run(  # noqa: S603 - our own script
        [node, str(HERE / "evaluate.mjs"), str(evaluator)],
        input=json.dumps(simulations),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    answers: list[str] = json.loads(run.stdout)
    assert len(answers) == len(simulations)
    return answers


def _role_policy(template: Template) -> dict[str, Any]:
    """Return what the platform's role for sessions may do, its names as on AWS."""
    (policy,) = template.of_type("AWS::IAM::Role")["PartnerRole"]["Policies"]
    named = json.dumps(policy["PolicyDocument"])
    parts = {
        '{"Ref": "AWS::Partition"}': '"aws"',
        '{"Ref": "AWS::AccountId"}': f'"{ACCOUNT}"',
        '{"Ref": "AWS::Region"}': f'"{REGION}"',
        '{"Fn::GetAtt": ["PlatformKey", "Arn"]}': f'"{KEY}"',
    }
    for reference, text in parts.items():
        named = named.replace(reference, text)
    document: dict[str, Any] = json.loads(named, object_hook=_joined)
    return json.loads(json.dumps(document).replace(f"-{ACCOUNT}-{REGION}", ""))  # type: ignore[no-any-return]


def _joined(node: dict[str, Any]) -> Any:
    return "".join(node["Fn::Join"][1]) if "Fn::Join" in node else node


def _session_policy(account: str) -> dict[str, Any]:
    return folder_policy(account, inbox=INBOX, outbox=OUTBOX, place=Place(partition="aws", region=REGION))


def _own_role_policy(account: str) -> dict[str, Any]:
    return FolderRole(ROLE, account).policy(INBOX, OUTBOX, region=REGION, key=KEY)


def _requests(holder: str) -> Iterator[tuple[str, str, dict[str, str], bool]]:
    """Yield action, resource, context, and whether the holder's credentials should be allowed it."""
    for owner in ACCOUNTS:
        mine = owner == holder
        folder = f"partners/{owner}/"
        for bucket in (INBOX, OUTBOX):
            objects = f"arn:aws:s3:::{bucket}/{folder}a-file"
            yield "s3:PutObject", objects, {}, mine and bucket == INBOX
            yield "s3:GetObject", objects, {}, mine and bucket == OUTBOX
            yield "s3:DeleteObject", objects, {}, mine and bucket == OUTBOX
            listed = {"s3:prefix": folder}
            yield "s3:ListBucket", f"arn:aws:s3:::{bucket}", listed, mine
            yield "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": f"{folder}FSO"}, mine
    for prefix in ("", "partners/", "uploads/", "partners/A"):
        for bucket in (INBOX, OUTBOX):
            yield "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix}, False
    for bucket in (INBOX, OUTBOX):
        yield "s3:ListBucket", f"arn:aws:s3:::{bucket}", {}, False
    yield "s3:GetObject", f"arn:aws:s3:::{ARCHIVE}/partners/{holder}/x", {}, False
    yield "s3:PutObject", f"arn:aws:s3:::{INBOX}/uploads/1001/{holder}/1/x", {}, False
    yield "s3:PutObjectAcl", f"arn:aws:s3:::{INBOX}/partners/{holder}/x", {}, False
    through, elsewhere = (
        {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"} for service in ("s3", "sqs")
    )
    yield "kms:Decrypt", KEY, through, True
    yield "kms:GenerateDataKey", KEY, through, True
    yield "kms:Decrypt", KEY, {}, False
    yield "kms:Decrypt", KEY, elsewhere, False
    yield "kms:Decrypt", KEY.replace("1111", "9999"), through, False


def _simulation(
    request: tuple[str, str, dict[str, str], bool], *, principal: str, role: Any, session: Any = None
) -> dict[str, Any]:
    action, resource, context, _ = request
    return {
        "request": {
            "principal": principal,
            "action": action,
            "resource": {"resource": resource, "accountId": ACCOUNT},
            "contextVariables": context,
        },
        "identityPolicies": [{"name": "role", "policy": role}],
        **({"sessionPolicy": session} if session is not None else {}),
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        "additionalSettings": {},
        **({"resourcePolicy": _KEY_POLICY} if action.startswith("kms:") else {}),
    }


_KEY_POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
"""What CDK writes for a key: the account's own policies decide."""


@pytest.mark.parametrize("way", ["session", "own role"])
def test_credentials_reach_their_own_folders_and_nothing_else(
    evaluator: Path, template: Template, way: str
) -> None:
    role = _role_policy(template)
    asked = [(holder, request) for holder in ACCOUNTS for request in _requests(holder)]
    simulations = [
        _simulation(
            request,
            principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/choriste-partner/s",
            role=role,
            session=_session_policy(holder),
        )
        if way == "session"
        else _simulation(
            request,
            principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/choriste-partner-x/s",
            role=_own_role_policy(holder),
        )
        for holder, request in asked
    ]

    answers = _answers(evaluator, simulations)

    wrong = [
        (holder, request[:3], answer)
        for (holder, request), answer in zip(asked, answers, strict=True)
        if (answer == "Allowed") is not request[3]
    ]
    assert wrong == []
    assert sum(request[3] for _, request in asked) == len(ACCOUNTS) * 9
    print(f"{way}: {len(asked)} requests evaluated, {answers.count('Allowed')} allowed")  # noqa: T201 - the count of the report


def test_role_of_a_partner_is_assumed_by_its_own_role_with_the_external_id_only(evaluator: Path) -> None:
    theirs, others = (f"arn:aws:iam::999999999999:role/{name}" for name in ("erp", "other"))
    asked = list(product((theirs, others), ("the-id", "another", None)))
    simulations = [
        {
            "request": {
                "principal": principal,
                "action": "sts:AssumeRole",
                "resource": {"resource": f"{ROLE}-ABC001", "accountId": ACCOUNT},
                "contextVariables": {"sts:ExternalId": given} if given else {},
            },
            "identityPolicies": [{"name": "own", "policy": _MAY_ASSUME}],
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
            "resourcePolicy": trust_of(theirs, "the-id"),
        }
        for principal, given in asked
    ]

    answers = _answers(evaluator, simulations)

    assert [pair for pair, answer in zip(asked, answers, strict=True) if answer == "Allowed"] == [
        (theirs, "the-id")
    ]


_MAY_ASSUME: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}
