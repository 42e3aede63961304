"""Who may open which door is seen in the sources."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "saas"
# The doors, and the rooms that may use them; the composition root asks the system whether it answers.
DOORS = {
    "system_session": ("tenancy", "billing", "worker.py", "cli", "app.py"),
    "get_raw_connection": ("tenancy",),
    "driver_connection": ("tenancy",),
    "exec_driver_sql": ("tenancy",),
    "create_async_engine": ("tenancy",),
    "create_engine": ("tenancy",),
    "sync_session": (),
    "sync_engine": ("tenancy",),
}


def uses(tree: ast.AST) -> set[str]:
    """The doors that a source names, as an attribute, a name or an import."""
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            named.add(node.attr)
        elif isinstance(node, ast.Name):
            named.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            named.update(alias.name for alias in node.names)
    return named & DOORS.keys()


def test_no_room_opens_a_door_that_is_not_its_own() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        room = file.relative_to(PACKAGE).parts[0]
        wrong += [
            f"{file.relative_to(PACKAGE)}: {d}"
            for d in uses(ast.parse(file.read_text()))
            if room not in DOORS[d]
        ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "async with database.system_session() as s: pass",
        "from saas.tenancy.session import system_session",
        "connection.exec_driver_sql('SELECT 1')",
        "(await c.get_raw_connection()).driver_connection",
    ],
)
def test_an_opened_door_is_noticed(source: str) -> None:
    assert uses(
        ast.parse(f"async def f():\n  {source}" if "await" in source or "async" in source else source)
    )
