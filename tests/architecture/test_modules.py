"""Each module says what it is, who may use it, and what waits behind its switch; and keeps to itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from saas.kernel.catalog import bridge_files, module_of, modules, party_actions
from saas.kernel.events import _BRIDGES
from saas.kernel.i18n import PACKAGE, Language, translate
from saas.kernel.module import Module
from saas.kernel.permissions import Gate, Permission, RoleKey
from saas.state.page import pages
from tests.support import catalogue

FIRST_FOUR = {"crm", "payments", "scheduling", "warehouse"}
# Floors of a module that know nothing of browsers.
DOMAIN = ("service", "models", "events", "jobs", "demo", "permissions", "bridges")


def each_module() -> list[Module]:
    return list(modules().values())


def test_the_first_four_modules_are_found_by_their_folders() -> None:
    assert set(modules()) >= FIRST_FOUR


@pytest.mark.parametrize("module", each_module(), ids=lambda module: module.key)
def test_a_module_says_who_may_do_what(module: Module) -> None:
    assert len(module.permissions) > 0
    granted = frozenset().union(*module.roles.values())
    assert granted == frozenset(module.permissions), "a right that no role holds from the start"
    assert module.roles[RoleKey.OWNER] == frozenset(module.permissions), "an owner may do everything"
    assert set(module.roles) == set(RoleKey), "each starting role, also the one that may do nothing"
    assert all(item.permission in frozenset(module.permissions) for item in module.nav)


@pytest.mark.parametrize("module", each_module(), ids=lambda module: module.key)
def test_a_viewer_may_only_look(module: Module) -> None:
    rights = {permission.value.split(".", 1)[1] for permission in module.roles[RoleKey.VIEWER]}
    assert all(right.startswith("see") for right in rights), rights


@pytest.mark.parametrize("module", each_module(), ids=lambda module: module.key)
def test_a_module_shows_its_way_in_and_counts_what_it_hides(module: Module) -> None:
    assert module.nav
    assert callable(module.counts)
    assert all(item.route.startswith(f"/{module.key}/") for item in module.nav)


def test_every_entry_of_the_sidebar_leads_to_a_page() -> None:
    catalogue.load()
    routes = {page.route for page in pages()}
    for module in each_module():
        assert {item.route for item in module.nav} <= routes, module.key


def test_what_begins_with_a_party_leads_to_a_page_of_its_module_and_names_the_party() -> None:
    catalogue.load()
    routes = {page.route for page in pages()}
    assert {module.key for module, _ in party_actions()} >= {"crm", "payments"}
    for module, action in party_actions():
        assert module_of(action.permission) == module.key
        assert "{party}" in action.href
        path = action.href.split("?")[0]
        pattern = [part for part in path.strip("/").split("/") if part != "{party}"]
        assert any(route.split("/[")[0].strip("/").split("/") == pattern for route in routes), action.href
        for language in Language:
            assert "Palm Court" in translate(language, action.text, name="Palm Court")
            assert not action.short or translate(language, action.short) != action.short


def test_a_page_of_a_module_needs_a_right_of_that_module() -> None:
    catalogue.load()
    wrong = []
    for page in pages():
        key = page.route.strip("/").split("/")[0]
        if key in modules() and page.permission is not Gate.PUBLIC:
            needed = page.permission
            if not isinstance(needed, Permission) or module_of(needed) != key:
                wrong.append(page.route)
    assert wrong == []


def test_a_state_of_a_module_needs_a_right_of_that_module() -> None:
    wrong = []
    for handler in catalogue.handlers():
        parts = handler.state.__module__.split(".")
        if parts[:2] != ["saas", "modules"] or handler.mark is None:
            continue
        required = handler.mark.required(handler.state)
        if required is Gate.PUBLIC:
            continue
        if not isinstance(required, Permission) or module_of(required) != parts[2]:
            wrong.append(str(handler))
    assert wrong == []


def test_a_bridge_names_both_its_ends() -> None:
    assert bridge_files()
    assert all(len(bridge.needs) >= 2 and bridge.needs <= set(modules()) for bridge in _BRIDGES)


def test_no_verb_or_table_knows_of_reflex() -> None:
    assert [str(file.relative_to(PACKAGE)) for file in domain_files() if "reflex" in imported(file)] == []


def test_modules_do_not_import_each_other() -> None:
    wrong = []
    for file in sorted((PACKAGE / "modules").rglob("*.py")):
        own = file.relative_to(PACKAGE / "modules").parts[0]
        for name in imported_modules(file):
            parts = name.split(".")
            if parts[:2] == ["saas", "modules"] and len(parts) > 2 and parts[2] != own:
                wrong.append(f"{file.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_an_import_of_reflex_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "verbs.py"
    file.write_text("def move():\n    import reflex as rx\n    return rx\n")
    assert "reflex" in imported(file)


def domain_files() -> Iterator[Path]:
    for folder in sorted((PACKAGE / "modules").iterdir()):
        for floor in DOMAIN:
            single = folder / f"{floor}.py"
            yield from [single] if single.exists() else sorted((folder / floor).rglob("*.py"))
    for room in ("kernel", "tenancy", "directory", "billing", "bridges"):
        yield from sorted((PACKAGE / room).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """The top names of everything a file imports, also inside functions."""
    return {name.split(".")[0] for name in imported_modules(file)}


def imported_modules(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
