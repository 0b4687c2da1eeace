"""The check of a state machine against the table: a walk that finds what the table would refuse.

A machine (an Amazon States Language document, as a dict) moves an invoice where a task's payload names a
`transition`. Between two tasks the platform's automatic transitions may have been taken; at a task that
waits for a token anybody may have acted. Statuses are named in a payload or a choice under `status`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import Status
from choriste.domain.lifecycle.transitions import ACTIONS, Transition, transitions_from

_MACHINE_ROLES = frozenset({Role.PLATFORM, Role.CLOCK})
_ENDS = frozenset({"Succeed", "Fail"})

State = Mapping[str, object]


def check_machine(
    machine: Mapping[str, object], *, frame: Frame, start: frozenset[Status] = frozenset({Status.DEPOSEE})
) -> list[str]:
    """Return every complaint about a machine for invoices of one frame, in the order of its states.

    Complaints: a next state that does not exist, a state that nothing reaches, a state that leads nowhere,
    a task without a catch, an unknown status or transition, a transition that no status then allows.
    """
    states = _states(machine)
    reached = _walk(states, str(machine.get("StartAt")), frame=frame, start=start)
    complaints = [f"{name}: no such state" for name in reached if name not in states]
    for name, state in states.items():
        if name not in reached:
            complaints.append(f"{name}: nothing leads here")
        complaints += [f"{name}: {text}" for text in _own_complaints(state)]
        complaints += [f"{name}: {text}" for text in _moves(state, reached.get(name), frame=frame)]
    return complaints


def transitions_named(machine: Mapping[str, object]) -> frozenset[str]:
    """Return the transitions that a machine's payloads name."""
    states = _states(machine).values()
    return frozenset(value for state in states for key, value in _named(state) if key == "transition")


def _states(machine: Mapping[str, object]) -> dict[str, State]:
    states = machine.get("States")
    return dict(states) if isinstance(states, dict) else {}


def _walk(
    states: dict[str, State], start_at: str, *, frame: Frame, start: frozenset[Status]
) -> dict[str, frozenset[Status]]:
    """Return each state reached, with the statuses that an invoice may have when the machine enters it."""
    entered: dict[str, frozenset[Status]] = {}
    waiting = [(start_at, start)]
    while waiting:
        name, statuses = waiting.pop()
        known = entered.get(name, frozenset())
        if name in entered and statuses <= known:
            continue
        entered[name] = known | statuses
        state = states.get(name, {})
        after = _after(state, entered[name], frame=frame)
        waiting += [(following, after) for following in _followers(state)]
        # a task may fail before or after its step was written
        waiting += [(following, after | entered[name]) for following in _catchers(state)]
    return entered


def _after(state: State, statuses: frozenset[Status], *, frame: Frame) -> frozenset[Status]:
    if state.get("Type") != "Task":
        return statuses
    if str(state.get("Resource", "")).endswith(".waitForTaskToken"):
        return _onward(statuses, frame=frame, automatic=False)
    for key, value in _named(state):
        if key == "transition":
            rows = _rows(statuses, value, frame=frame)
            statuses = frozenset(row.target for row in rows) or statuses
    return _onward(statuses, frame=frame, automatic=True)


def _onward(statuses: frozenset[Status], *, frame: Frame, automatic: bool) -> frozenset[Status]:
    """Return the statuses with all that follow by themselves, or by anybody's act."""
    found, waiting = set(statuses), list(statuses)
    while waiting:
        for row in transitions_from(frame, waiting.pop()):
            if row.target not in found and (row.is_automatic or not automatic):
                found.add(row.target)
                waiting.append(row.target)
    return frozenset(found)


def _rows(statuses: frozenset[Status], name: str, *, frame: Frame) -> list[Transition]:
    return [
        row
        for status in statuses
        for row in transitions_from(frame, status)
        if row.name == name and row.roles & _MACHINE_ROLES
    ]


def _moves(state: State, statuses: frozenset[Status] | None, *, frame: Frame) -> Iterator[str]:
    for key, value in _named(state):
        if key == "transition" and value not in ACTIONS:
            yield f"unknown transition {value}"
        elif key == "transition" and statuses is not None and not _rows(statuses, value, frame=frame):
            yield f"{value} is not legal for {frame.short} from {', '.join(sorted(statuses))}"
        if key == "status" and value not in Status.__members__:
            yield f"unknown status {value}"


def _own_complaints(state: State) -> Iterator[str]:
    kind = str(state.get("Type"))
    if kind not in _ENDS and not state.get("End") and not list(_followers(state)):
        yield "leads nowhere"
    if kind == "Task" and not state.get("Catch") and not _leads_to_failure(state):
        yield "a task without a catch"


def _leads_to_failure(state: State) -> bool:
    """Whether the task is itself the handling of a failure: it is retried and then fails in the open."""
    return bool(state.get("Retry")) and "failure" in str(state.get("Parameters"))


def _followers(state: State) -> Iterator[str]:
    for key in ("Next", "Default"):
        if key in state:
            yield str(state[key])
    for rule in _rules(state, "Choices"):
        yield str(rule.get("Next"))


def _catchers(state: State) -> Iterator[str]:
    return (str(rule.get("Next")) for rule in _rules(state, "Catch"))


def _rules(state: State, key: str) -> list[Mapping[str, object]]:
    rules = state.get(key)
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


def _named(state: State) -> Iterator[tuple[str, str]]:
    """Yield what a state names literally: (`transition` or `status`, value)."""
    yield from _literals(state.get("Parameters"))
    yield from _literals(state.get("Result"))
    for rule in chain(_rules(state, "Choices"), _nested(state)):
        if str(rule.get("Variable", "")).endswith(".status") and "StringEquals" in rule:
            yield "status", str(rule["StringEquals"])


def _nested(state: State) -> Iterator[Mapping[str, object]]:
    for rule in _rules(state, "Choices"):
        for key in ("And", "Or"):
            yield from _rules(rule, key)


def _literals(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"transition", "status"} and isinstance(inner, str):
                yield key, inner
            else:
                yield from _literals(inner)
