"""An invoice is written in one place, so that no write can forget the waits for decisions."""

from __future__ import annotations

import ast
from pathlib import Path

import choriste.application
import functions

ROOM = Path(choriste.application.__file__).parent
DOORS = Path(functions.__file__).parent
WRITER = ROOM / "invoices" / "write.py"


def _writes(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "save"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "invoices"
    ) or (isinstance(node, ast.Name) and node.id == "follow_waits" and isinstance(node.ctx, ast.Load))


def test_invoices_are_saved_and_waits_followed_in_one_module_only() -> None:
    elsewhere = [
        str(path)
        for folder in (ROOM, DOORS)
        for path in sorted(folder.rglob("*.py"))
        if path != WRITER and any(map(_writes, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    ]

    assert elsewhere == []
