"""Switching a module for the company: in every open tab at once, and back by Undo."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import WorkspacePermission
from saas.state import live
from saas.state.action import Key, Op, action, toast
from saas.state.unit import unit_of_work
from saas.state.viewer import modules_off
from saas.tenancy import module_switches
from saas.tenancy import session as doors
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import Viewer, current


class SwitchState(rx.State):
    """The verbs behind the switches of Settings → Modules and of a page whose module is off."""

    @action(WorkspacePermission.SWITCH_MODULES)
    async def switch(self, module: Key, on: bool, op: Op = ""):
        """On or off for everybody. What it hides is said in the toast, with Undo."""
        await self._switch(module, on, op)

    @action(WorkspacePermission.SWITCH_MODULES)
    async def switch_on(self, module: Key):
        """From the page of a module that is off."""
        await self._switch(module, True, "")

    async def _switch(self, module: str, on: bool, op: str) -> None:
        async with unit_of_work("workspace.switch_module", op=op) as session:
            switched = await module_switches.switch(session, module, on, by=current())
            action_id = str(session.action_id) if switched.changed else ""
        await announce_modules(current())
        said = "modules.toast.on" if on else "modules.toast.off"
        name = {"key": f"{module}.name"}
        # Counted when every tab has heard of it: the records of a large module are long to count.
        async with viewer_session(doors.current(), current().unlimited) as session:
            n = await module_switches.waiting(session, module)
        await toast(self, said, undo=action_id, module=name, n=n)


async def announce_modules(viewer: Viewer) -> None:
    """Tell every tab of the company which modules are on now, as the database has it."""
    async with viewer_session(doors.current(), viewer) as session:
        enabled = await session.enabled_modules()
    off: dict[str, Any] = await modules_off(viewer)
    await live.announce(viewer.tenant_id, "modules", modules=sorted(enabled), off=off)
    await live.rejoin(viewer.tenant_id, enabled)
