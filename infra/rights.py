"""The least-privilege table, read back from the synthesised template: role × action × resource.

`python -m infra.rights` writes it to the snapshot that a test compares
(`tests/infra/permissions.txt`); with `--check` it only says whether that is up to date. The table is made
from the template, not from `infra.permissions`: it shows what AWS would be told.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from infra.bundles import ROOT
from infra.topology import synthesise

SNAPSHOT = ROOT / "tests" / "infra" / "permissions.txt"
HEADER = "# role | action | resource. Written by `python -m infra.rights` from the synthesised template.\n"
_SHORT = {
    "AWS::Partition": "aws",
    "AWS::Region": "REGION",
    "AWS::AccountId": "ACCOUNT",
    "AWS::URLSuffix": "amazonaws.com",
}


def rights(template: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every allowed action of every role, one by one: role, action, resource."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in _statements(resource["Properties"]):
                for action in _many(statement["Action"]):
                    for target in _many(statement["Resource"]):
                        yield logical_id, action, plain(target)


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if role.get("ManagedPolicyArns"):
        raise ValueError("a managed policy widens by itself: write the statements out")
    for policy in role.get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]


def _many(value: Any) -> list[Any]:  # noqa: ANN401 - a template value is any JSON
    return list(value) if isinstance(value, list) else [value]


def plain(value: Any) -> str:  # noqa: ANN401 - a template value is any JSON
    """A template value as one line of text; pseudo parameters in capitals, references as `${Id}`."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(plain(part) for part in parts)
    if "Fn::GetAtt" in value:
        return "${" + ".".join(value["Fn::GetAtt"]) + "}"
    reference = str(value["Ref"])
    return _SHORT.get(reference, f"${{{reference}}}")


def render(template: Mapping[str, Any]) -> str:
    """The table as text, one right in each line, sorted."""
    lines = sorted({" | ".join(right) for right in rights(template)})
    return HEADER + "\n".join(lines) + "\n"


def main() -> int:
    """Write the snapshot, or with `--check` compare it (exit code 1 when it differs)."""
    text = render(synthesise())
    if "--check" in sys.argv[1:]:
        return int(not SNAPSHOT.is_file() or SNAPSHOT.read_text(encoding="utf-8") != text)
    SNAPSHOT.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{SNAPSHOT.name}: {text.count(chr(10)) - 1} rights\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
