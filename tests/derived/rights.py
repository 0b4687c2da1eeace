"""The page `docs/reference/rights.md`: who may do what for a structure, asked of the policy itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from choriste.application.access import policy
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.access.user import (
    Habilitation,
    Level,
    Membership,
    Space,
    StructureRole,
    User,
    UserId,
)
from choriste.domain.parties.mandate import Held, Scope
from choriste.domain.parties.structure import ServiceCode, StructureId
from choriste.domain.shared.errors import ChoristeError

_HOME: Final = StructureId("1001")
_OTHER: Final = StructureId("2002")
_SERVICE: Final = ServiceCode("ECOLES")

_HEAD: Final = """# Who may do what

Made from `application/access/policy.py`, by asking each of its functions for each kind of actor; `●`
means that it allows. A `require_…` that only raises where its `may_…` says no is left out. All questions
are about one structure. What may be done with one invoice follows from the actor's rights at the
structure that wears a role in it ([lifecycle.md](../lifecycle.md), `application/invoices/access.py`): a
party's people, each within their services.

- *stranger*: the primary manager of another structure. *attached*: a member without any right.
- *service*: the right to change received invoices, for one service only. The other columns are rights on the
  whole structure, for reading (*R*) or for changing (*C*).
- *mandate*: who changes the invoices issued by a structure that holds a billing mandate of this one, with
  every scope.
- *program*: a technical account or an API connection with the rights to change issued and received invoices.
"""


_ABOUT_NO_STRUCTURE: Final = frozenset({"operates", "require_operator"})
"""Questions about the platform itself; others without a structure ask which ones an actor has."""


def _user(*rights: Habilitation, role: StructureRole | None = None, at: StructureId = _HOME) -> Principal:
    memberships = (Membership(structure=at, role=role),) if role is not None else ()
    user = User(
        id=UserId("u"), email="u@example.fr", name="U", memberships=memberships, rights=frozenset(rights)
    )
    return Principal.of_user(user)


def _right(space: Space, level: Level, service: ServiceCode | None = None) -> Habilitation:
    return Habilitation(structure=_HOME, space=space, level=level, service=service)


def _actors() -> dict[str, Principal]:
    spaces = (Space.ISSUE, Space.RECEIVE, Space.WORKS, Space.ORGANISATION, Space.API)
    holders = {
        f"{space.value} {letter}": _user(_right(space, level))
        for space in spaces
        for letter, level in (("R", Level.CONSULT), ("C", Level.MODIFY))
    }
    program = frozenset({_right(Space.ISSUE, Level.MODIFY), _right(Space.RECEIVE, Level.MODIFY)})
    return {
        "stranger": _user(role=StructureRole.PRIMARY_MANAGER, at=_OTHER),
        "attached": _user(role=StructureRole.SIMPLE),
        **holders,
        "service": _user(_right(Space.RECEIVE, Level.MODIFY, _SERVICE)),
        "mandate": Principal(
            kind=PrincipalKind.USER,
            id="m",
            name="M",
            attached=frozenset({_OTHER}),
            mandates=frozenset({Held(giver=_HOME, holder=_OTHER, scopes=frozenset(Scope))}),
        ),
        "program": Principal(
            kind=PrincipalKind.TECHNICAL_ACCOUNT,
            id="t",
            name="T",
            rights=program,
            attached=frozenset({_HOME}),
        ),
        "manager": _user(role=StructureRole.PRIMARY_MANAGER),
        "operator": Principal(kind=PrincipalKind.OPERATOR, id="o", name="O"),
        "platform": Principal.platform("p"),
    }


def _questions() -> Iterator[tuple[str, Callable[[Principal], Any]]]:
    """Yield what the policy can be asked about one structure: its name, and the question itself."""
    for name, function in inspect.getmembers(policy, inspect.isfunction):
        wanted = list(inspect.signature(function).parameters)
        twin = hasattr(policy, name.replace("require_", "may_")) and name.startswith("require_")
        if function.__module__ != policy.__name__ or twin or wanted[:1] != ["principal"]:
            continue
        match wanted[1:]:
            case [] if name in _ABOUT_NO_STRUCTURE:
                yield name, function
            case ["structure"] | ["structure", "service"]:
                yield name, partial(function, structure=_HOME)
            case ["space", "structure"]:
                for space in (Space.ISSUE, Space.RECEIVE, Space.WORKS):
                    yield f"{name} ({space.value})", partial(function, space=space, structure=_HOME)


def _allows(question: Callable[[Principal], Any], principal: Principal) -> bool:
    try:
        answer = question(principal)
    except ChoristeError:
        return False
    return answer is None or bool(answer)


def matrix() -> dict[str, dict[str, bool]]:
    """Return for each question what each kind of actor is answered."""
    actors = _actors()
    return {
        name: {actor: _allows(question, principal) for actor, principal in actors.items()}
        for name, question in _questions()
    }


def page() -> str:
    """Return the page."""
    found = matrix()
    actors = list(next(iter(found.values())))
    lines = [
        _HEAD,
        "| | " + " | ".join(actors) + " |",
        "|---" * (len(actors) + 1) + "|",
        *(
            f"| `{name}` | " + " | ".join("●" if answers[actor] else "" for actor in actors) + " |"
            for name, answers in found.items()
        ),
    ]
    return "\n".join(lines) + "\n"


DERIVED: Final[dict[str, Callable[[], str]]] = {"docs/reference/rights.md": page}
