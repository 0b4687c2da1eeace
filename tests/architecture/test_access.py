"""Rights are decided in two modules, and every use case that has a principal asks them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import choriste.application
import functions

ROOM = Path(choriste.application.__file__).parent
DOORS = Path(functions.__file__).parent
POLICY = {ROOM / "access" / "policy.py", ROOM / "invoices" / "access.py"}
RIGHTS = {"may", "require", "services_with", "grants"}


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in (ROOM, DOORS):
        for path in sorted(folder.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _asks_for_a_right(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RIGHTS


def test_rights_are_decided_in_the_modules_of_the_policy_only() -> None:
    elsewhere = [
        f"{path}:{node.lineno}"
        for path, module in _modules()
        if path not in POLICY
        for node in ast.walk(module)
        if isinstance(node, ast.expr) and _asks_for_a_right(node)
    ]

    assert elsewhere == []


def test_use_case_with_a_principal_asks_what_it_may_do() -> None:
    silent = [
        f"{path.relative_to(ROOM)}:{function.name}"
        for path, module in _modules()
        if path.is_relative_to(ROOM) and path not in POLICY
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        for name in _principals(function)
        if not _passes_on(function, name)
    ]

    assert silent == []


def _principals(function: ast.FunctionDef) -> list[str]:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    named = (arg for arg in arguments if isinstance(arg.annotation, ast.Name))
    return [
        arg.arg for arg in named if isinstance(arg.annotation, ast.Name) and arg.annotation.id == "Principal"
    ]


def _passes_on(function: ast.FunctionDef, name: str) -> bool:
    """Whether a function hands its principal to another one: to the policy, or to a use case that asks."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(value, ast.Name) and value.id == name for value in values):
            return True
    return False
