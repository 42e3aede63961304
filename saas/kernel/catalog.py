"""The modules that exist, found by their folders. No list to edit."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from saas.kernel.module import Module, PartyAction
from saas.kernel.permissions import WORKSPACE_DEFAULTS, Permission, RoleKey


class BrokenModule(Exception):
    """A folder of ``saas/modules`` whose manifest contradicts itself or another."""


@functools.cache
def modules() -> dict[str, Module]:
    """Every module by key, those needed before those that need them."""
    package = importlib.import_module("saas.modules")
    found: dict[str, Module] = {}
    for folder in sorted(info.name for info in pkgutil.iter_modules(package.__path__) if info.ispkg):
        module = importlib.import_module(f"saas.modules.{folder}.module").MODULE
        if module.key != folder:
            raise BrokenModule(f"saas/modules/{folder} calls itself {module.key!r}")
        found[module.key] = module
    for module in found.values():
        if missing := set(module.needs) - set(found):
            raise BrokenModule(f"{module.key} needs {sorted(missing)}, which no folder holds")
        foreign = [p for p in module.permissions if not p.value.startswith(f"{module.key}.")]
        if foreign:
            raise BrokenModule(f"{module.key} declares permissions outside its name: {foreign}")
    return found


def party_actions() -> list[tuple[Module, PartyAction]]:
    """What can be begun with a party, of every module, in the order in which it is offered."""
    found = [(module, action) for module in modules().values() for action in module.begins]
    return sorted(found, key=lambda each: each[1].order)


@functools.cache
def bridge_files() -> tuple[str, ...]:
    """Import every bridge, so that each is registered; gives their names."""
    package = importlib.import_module("saas.bridges")
    names = tuple(sorted(info.name for info in pkgutil.iter_modules(package.__path__)))
    for name in names:
        importlib.import_module(f"saas.bridges.{name}")
    return names


def default_permissions(role: RoleKey) -> frozenset[Permission]:
    """What a starting role may do, over the company and every module."""
    of_modules = (module.roles.get(role, frozenset()) for module in modules().values())
    return frozenset().union(WORKSPACE_DEFAULTS[role], *of_modules)


def module_of(permission: Permission) -> str | None:
    """The module that a permission belongs to, or None for the company's own and the gate's."""
    key = permission.value.split(".", 1)[0]
    return key if key in modules() else None
