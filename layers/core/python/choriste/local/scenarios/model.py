"""What a scenario file says, read and checked: a title, its invoices, and steps with what must follow."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from choriste.domain.deposits.flow import Outcome
from choriste.domain.lifecycle import ACTIONS, ReasonCode, Status
from choriste.domain.shared.findings import Message
from choriste.local.data.sample_data import sample_structures

_STRUCTURE = re.compile(r"@(?P<id>\d{4})(?P<name>\.name)?")
_DAY = re.compile(r"@today(?P<step>[+-]\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Deposit invoices made from a sample: `changes` per invoice, in a `form`, by a channel.

    `form` is `cii`, `ubl`, `facturx` or `archive` (a tar.gz of CII); `channel` is `api`, `s3` or `cli`.
    By the API, `by` is the depositing structure (the partner when it is empty), `parties` are the named
    parties as the API's parameters, and `previous` the numbers of the pieces that it answers.
    """

    channel: str
    form: str
    changes: tuple[Mapping[str, Any], ...]
    by: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)
    previous: tuple[str, ...] = ()
    adjust: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Begin a draft by the API, as the structure `by`; `entry` is what the API calls so."""

    by: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Take a step on the invoice with this number, as a structure of the sample data."""

    number: str
    structure: str
    action: str
    reason: ReasonCode | None = None
    text: str = ""
    correction: Mapping[str, str] = field(default_factory=dict)
    party: str | None = None
    refused: str | None = None
    """The code of the refusal that must follow; the step goes through when it is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must be true after a step: by invoice number, an outcome, a status, or a broken rule."""

    number: str
    outcome: Outcome | None = None
    status: Status | None = None
    rule: str | None = None
    says: str | None = None
    """Words that the last row of the history must hold, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what is done (one of the first four), and what must follow."""

    says: Message
    deposit: Deposit | None = None
    act: Act | None = None
    draft: Draft | None = None
    wait_days: float = 0
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story in steps."""

    name: str
    title: Message
    steps: tuple[Step, ...]


def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios, by name; raises ValueError for a word that the domain does not know."""
    found = sorted(
        (entry for entry in files(__package__).iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return tuple(
        _scenario(entry.name.removesuffix(".toml"), _read(entry.read_text("utf-8"))) for entry in found
    )


def first_run(today: dt.date) -> tuple[Scenario, ...]:
    """Return the stories that fill a platform at its first start, dated from `today`."""
    text = (files("choriste.local.data") / "first_run.toml").read_text("utf-8")
    dated = _DAY.sub(lambda found: (today + dt.timedelta(days=int(found["step"]))).isoformat(), text)
    return tuple(_scenario(story["name"], story) for story in _read(dated)["stories"])


def _read(text: str) -> Mapping[str, Any]:
    return tomllib.loads(_STRUCTURE.sub(_sample, text))


def _scenario(name: str, content: Mapping[str, Any]) -> Scenario:
    return Scenario(name=name, title=Message(**content["title"]), steps=tuple(map(_step, content["steps"])))


def _sample(found: re.Match[str]) -> str:
    """Return what `@2001` (its SIRET) or `@2001.name` refers to: a structure of the sample data."""
    structure = sample_structures()[found["id"]]
    return structure.name if found["name"] else structure.identifier.value


def _step(content: Mapping[str, Any]) -> Step:
    deposit, act, draft = content.get("deposit"), content.get("act"), content.get("draft")
    return Step(
        says=Message(**content["says"]),
        deposit=_deposit(deposit) if deposit is not None else None,
        act=_act(act) if act is not None else None,
        draft=Draft(**draft) if draft is not None else None,
        wait_days=content.get("wait_days", 0),
        expect=tuple(_expectations(content.get("expect", []))),
    )


def _deposit(content: Mapping[str, Any]) -> Deposit:
    return Deposit(
        channel=content["channel"],
        form=content["form"],
        changes=tuple(content["invoices"]),
        by=content.get("by", ""),
        parties=content.get("parties", {}),
        previous=tuple(content.get("previous", ())),
        adjust=content.get("adjust", {}),
    )


def _act(content: Mapping[str, Any]) -> Act:
    if content["action"] not in ACTIONS:
        raise ValueError(f"unknown action {content['action']}")
    reason = content.get("reason")
    return Act(
        number=content["number"],
        structure=content["structure"],
        action=content["action"],
        reason=ReasonCode(reason) if reason is not None else None,
        text=content.get("text", ""),
        correction=content.get("correction", {}),
        party=content.get("party"),
        refused=content.get("refused"),
    )


def _expectations(content: list[Mapping[str, Any]]) -> Iterator[Expectation]:
    for row in content:
        outcome, status = row.get("outcome"), row.get("status")
        yield Expectation(
            number=row["number"],
            outcome=Outcome(outcome) if outcome is not None else None,
            status=Status(status) if status is not None else None,
            rule=row.get("rule"),
            says=row.get("says"),
        )
