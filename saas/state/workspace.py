"""What every page can do: take something back, find anything, keep preferences."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.catalog import modules
from saas.kernel.permissions import Gate
from saas.state.action import Key, Op, PublicId, Text200, action, toast
from saas.state.unit import reading, touch_rows, unit_of_work
from saas.tenancy import changes
from saas.tenancy import session as doors
from saas.tenancy.preferences import save_preferences
from saas.tenancy.viewer import current

FOUND_PER_KIND = 6


class UndoState(rx.State):
    """Takes back one action, however many rows it changed; taking back can itself be taken back."""

    @action(Gate.SIGNED_IN)
    async def undo(self, op: Op, action_id: PublicId):
        """Revert the member's own action; rows that others changed since are kept and counted."""
        async with unit_of_work("undo", op=op) as session:
            result = await changes.undo(session, action_id)
            touch_rows(session, result.rows)
            undone = str(session.action_id)
        if result.conflicts:
            await toast(self, "kit.toast.undone_but", kind="warn", undo=undone, n=len(result.conflicts))
        else:
            await toast(self, "kit.toast.undone", undo=undone)


class PaletteState(rx.State):
    """Records for the command palette: ``found`` as ``{text, groups: [{key, items}]}``."""

    found: dict[str, Any] = {"text": "", "groups": []}  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN, writes=False)
    async def search(self, text: Text200):
        """What starts with the words typed, from each module that is on and that the member may see."""
        viewer = current()
        wanted = text.strip()
        groups = []
        if wanted:
            async with reading() as session:
                for module in modules().values():
                    for provider in module.search:
                        if viewer.may(provider.permission):
                            items = await provider.find(session, viewer, wanted, FOUND_PER_KIND)
                            groups.append({"key": provider.key, "items": items})
        self.found = {"text": text, "groups": [group for group in groups if group["items"]]}


class PreferencesState(rx.State):
    """Language, theme, digits and single keys follow the person to every browser."""

    @action(Gate.SIGNED_IN, writes=False)
    async def prefer(self, name: Key, value: Text200):
        """``language`` en|ar, ``theme`` light|dark|system, ``digits`` latin|arabic, ``shortcuts`` on|off."""
        await save_preferences(doors.current(), current().account_id, name, value)
