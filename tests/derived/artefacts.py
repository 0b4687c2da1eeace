"""What is published from the table: `schemas/lifecycle.json`.

Pure: these functions return text and values. A test compares `schemas/lifecycle.json` with `lifecycle_json`,
so the file cannot drift; `make docs` writes it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from choriste.domain.codes.edi import edi_code
from choriste.domain.codes.reform import REFORM_REASONS, reform_code, reform_reason
from choriste.domain.lifecycle.acts import ACTS
from choriste.domain.lifecycle.deadlines import DEADLINES, Deadline
from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.reasons import REASON_RULES, REASON_TEXT_LIMIT, ReasonCode, ReasonRule
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import DRAFTS, ENDED, REFUSED, Status
from choriste.domain.lifecycle.transitions import TRANSITIONS, Transition
from choriste.domain.shared.findings import Message
from tests.derived.coverage import UNREACHED
from tests.derived.texts import vocabulary

Json = dict[str, object]


def _text(message: Message) -> Json:
    return {"fr": message.fr, "en": message.en}


def shorts(frames: Iterable[Frame]) -> list[str]:
    """Return the short codes of frames in the order of the official list."""
    wanted = set(frames)
    return [frame.short for frame in Frame if frame in wanted]


def in_order(statuses: Iterable[Status]) -> list[str]:
    """Return the codes of statuses in the order of the official list."""
    wanted = set(statuses)
    return [status.value for status in Status if status in wanted]


def _roles(roles: Iterable[Role]) -> list[str]:
    wanted = set(roles)
    return [role.value for role in Role if role in wanted]


def _status(status: Status) -> Json:
    reform = {frame.short: code for frame in Frame if (code := reform_code(status, frame=frame))}
    unreached = UNREACHED.get(status)
    return {
        "code": status.value,
        "label": _text(label(Kind.STATUS, status)),
        "draft": status in DRAFTS,
        "ended": status in ENDED,
        "refused": status in REFUSED,
        "edi": edi_code(status),
        "reform": reform,
        "unreached": _text(unreached) if unreached else None,
    }


def _frame(frame: Frame) -> Json:
    return {
        "code": frame.value,
        "short": frame.short,
        "label": _text(label(Kind.FRAME, frame)),
        "depositors": _roles(frame.depositors),
        "addressee": frame.addressee.value,
        "works": frame.is_works,
        "payable": frame.is_payable,
        "validator_1": frame.needs_validator_1,
        "validator_2": frame.may_have_validator_2,
        "followers": shorts(frame.followers),
    }


def _transition(row: Transition) -> Json:
    return {
        "name": row.name,
        "frames": shorts(row.frames),
        "sources": in_order(row.sources),
        "target": row.target.value,
        "roles": _roles(row.roles),
        "guards": sorted(row.guards),
        "reason": row.reason.name,
        "carries": row.carries.value,
        "emits": row.emits,
        "mark": row.mark.value,
    }


def _reason(code: ReasonCode) -> Json:
    reform = {status: reform_reason(code, status=status, frame=Frame.A1) for status in REFORM_REASONS}
    return {"code": code.value, "label": _text(label(Kind.REASON, code)), "reform": reform}


def _rule(rule: ReasonRule) -> Json:
    return {"need": rule.need.value, "codes": sorted(rule.codes), "blocked": sorted(rule.blocked)}


def _deadline(row: Deadline) -> Json:
    return {
        "code": row.code,
        "label": _text(label(Kind.DEADLINE, row.code)),
        "frames": shorts(row.frames),
        "statuses": in_order(row.statuses),
        "days": row.days,
        "silent": row.silent.value,
        "outcome": row.outcome,
        "opens": row.opens,
    }


def lifecycle() -> Json:
    """Return the whole lifecycle as JSON values; the keys are those of `schemas/lifecycle.json`."""
    acts = [
        {"name": act.name, "roles": _roles(act.roles), "statuses": in_order(act.statuses)} for act in ACTS
    ]
    return {
        "statuses": [_status(status) for status in Status],
        "frames": [_frame(frame) for frame in Frame],
        "roles": {role.value: _text(label(Kind.ROLE, role)) for role in Role},
        "actions": {name: _text(text) for name, text in vocabulary(Kind.ACTION).items()},
        "transitions": [_transition(row) for row in TRANSITIONS],
        "reasons": [_reason(code) for code in ReasonCode],
        "reason_rules": {name: _rule(rule) for name, rule in REASON_RULES.items()},
        "reason_text_limit": REASON_TEXT_LIMIT,
        "deadlines": [_deadline(row) for row in DEADLINES],
        "acts": acts,
        "refusals": {code: _text(text) for code, text in vocabulary(Kind.REFUSAL).items()},
    }


def lifecycle_json() -> str:
    """Return the text of `schemas/lifecycle.json`."""
    return json.dumps(lifecycle(), ensure_ascii=False, indent=1) + "\n"
