"""A company's modules: which are on, what switching means, and the switch itself. A row, never DDL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.kernel import clock
from saas.kernel.catalog import modules
from saas.kernel.errors import AppError, Invalid
from saas.kernel.module import Module
from saas.tenancy import roster
from saas.tenancy.models import EnabledModule
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer


class UnknownModule(Invalid):
    key = "accounts.errors.unknown_module"
    status = 404


class NeedsOthers(AppError):
    """``params``: the ``module`` and the first that it ``needed``, both by name."""

    key = "modules.errors.needs"
    status = 409


class NeededByOthers(AppError):
    key = "modules.errors.needed_by"
    status = 409


@dataclass(frozen=True, slots=True)
class Switched:
    """``changed`` is False when it stood so already."""

    module: str
    on: bool
    changed: bool


async def overview(session: TenantSession, *, count_all: bool = True) -> list[dict[str, Any]]:
    """Every module: ``{key, name (a text key), icon, on, counts, needs, needed_by, since, by}``.

    ``counts`` is what waits behind the switch, by text key; without ``count_all`` only of modules that are
    off, for a large module is long to count. ``needs`` and ``needed_by`` are the keys that stand in the way
    of switching it on or off now.
    """
    switches = {row.key: row for row in await session.all(sa.select(EnabledModule))}
    on = {key for key, row in switches.items() if row.enabled}
    names = await roster.names(session, {row.changed_by for row in switches.values() if row.changed_by})
    return [
        {
            "key": module.key,
            "name": _name(module),
            "icon": module.icon,
            "on": module.key in on,
            "counts": await module.counts(session) if count_all or module.key not in on else {},
            "needs": [key for key in module.needs if key not in on],
            "needed_by": [m.key for m in modules().values() if m.key in on and module.key in m.needs],
            "by": names.get(switches[module.key].changed_by or 0, "") if module.key in switches else "",
            "since": switches[module.key].changed_at.isoformat() if module.key in switches else "",
        }
        for module in modules().values()
    ]


async def switch(session: TenantSession, key: str, on: bool, *, by: Viewer) -> Switched:
    """Switch a module of the company. Nothing is deleted; what it starts with is made at the first time.

    Raises ``UnknownModule``, ``NeedsOthers``, ``NeededByOthers``.
    """
    module = modules().get(key)
    if module is None:
        raise UnknownModule
    # One at a time per company, so that two dependent switches cannot pass each other.
    await session.execute(sa.text("SELECT id FROM wasl.enabled_module ORDER BY id FOR UPDATE"))
    row = await session.one(sa.select(EnabledModule).where(EnabledModule.key == key))  # pyright: ignore[reportArgumentType] -- a column expression
    enabled = await session.enabled_modules()
    if (key in enabled) == on:
        return Switched(key, on, False)
    _refuse(module, on, enabled)
    if row is None:
        row = EnabledModule(key=key)
        session.add(row)
    row.enabled = on
    row.changed_by = by.member_id
    row.changed_at = clock.now()
    await session.flush()
    if on:
        await provision(session)
    return Switched(key, on, True)


async def provision(session: TenantSession) -> None:
    """Make what modules that are on start with, such as a pipeline, where it was not made yet.

    One at a time a company, all of it or nothing; costs one look when nothing is to be made.
    """
    unmade = sa.select(EnabledModule).where(
        col(EnabledModule.enabled).is_(True), col(EnabledModule.provisioned_at).is_(None)
    )
    if await session.one(unmade.limit(1)) is None:
        return
    for row in await session.all(unmade.with_for_update().execution_options(populate_existing=True)):
        module = modules().get(row.key)
        if module is not None and module.provision is not None:
            await module.provision(session)
        row.provisioned_at = clock.now()
    await session.flush()


async def waiting(session: TenantSession, key: str) -> int:
    """How many records of the module the switch has hidden, or brought back."""
    return sum((await modules()[key].counts(session)).values())


def _refuse(module: Module, on: bool, enabled: frozenset[str]) -> None:
    if on:
        for needed in module.needs:
            if needed not in enabled:
                raise NeedsOthers(module={"key": _name(module)}, needed={"key": _name(modules()[needed])})
        return
    for other in modules().values():
        if other.key in enabled and module.key in other.needs:
            raise NeededByOthers(module={"key": _name(module)}, needed={"key": _name(other)})


def _name(module: Module) -> str:
    """The text key of the module's name."""
    return f"{module.key}.name"
