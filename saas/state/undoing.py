"""Taking back: one action however many rows it changed, and what had to stay, row by row."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.directory import notifications
from saas.directory.models import Notification
from saas.kernel.errors import NotFound
from saas.kernel.permissions import Gate, Permission, WorkspacePermission
from saas.state import kept, live
from saas.state.action import Key, Op, PublicId, action, toast
from saas.state.gate import allow_permission
from saas.state.resource import RESOURCES
from saas.state.switching import announce_modules
from saas.state.unit import touch_rows, unit_of_work
from saas.tenancy import changes, members
from saas.tenancy.changes import UndoResult
from saas.tenancy.insisting import insist
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer, current

# Undos whose rest can still be looked at.
REMEMBERED = 5


# What no list shows, and the right that doing it needs: by table.
GUARDED: dict[str, Permission] = {
    "membership": WorkspacePermission.MANAGE_MEMBERS,
    "invitation": WorkspacePermission.MANAGE_MEMBERS,
    "enabled_module": WorkspacePermission.SWITCH_MODULES,
}


def guard(permission: Permission, *models: Any) -> None:
    """Let changes of ``models``, which no list shows, be taken back by those alone who may make them."""
    GUARDED.update({model.__tablename__: permission for model in models})


class UndoState(rx.State):
    """``left``: ``[{action, n, rows}]``, newest first: what undos had to leave, rows as ``kept.describe``."""

    left: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN)
    async def undo(self, op: Op, action_id: PublicId):
        """Revert the member's own action; rows that others changed since are kept and shown."""
        left: list[dict[str, Any]] = []
        async with unit_of_work("undo", op=op) as session:
            await _allow(session, current(), action_id)
            owners = await members.owners(session)
            await notifications.withdraw_action(session, action_id)
            result = await changes.undo(session, action_id)
            await _tell_members(session, result)
            if "membership" in result.rows:
                await members.keep_owners(session, owners, by=current())
            touch_rows(session, result.rows)
            undone = str(session.action_id)
            if result.conflicts:
                left = await kept.describe(session, current(), action_id, result.conflicts)
        if "enabled_module" in result.rows:
            await announce_modules(current())
        if "membership" in result.rows:
            await live.refresh_viewers(current().tenant_id)
        if not result.conflicts:
            await toast(self, "kit.toast.undone", undo=undone)
            return
        entry = {"action": action_id, "n": len(result.conflicts), "rows": left}
        self.left = [entry, *(e for e in self.left if e["action"] != action_id)][:REMEMBERED]
        await toast(
            self,
            "kit.toast.undone_but",
            kind="warn",
            undo=undone if result.rows else "",
            left=action_id,
            n=len(result.conflicts),
        )

    @action(Gate.SIGNED_IN)
    async def insist(self, op: Op, action_id: PublicId, topic: Key, id: PublicId):
        """One of those rows as it was before one's action, over what a colleague wrote since."""
        resource = RESOURCES.get(topic)
        if resource is None:
            raise NotFound
        allow_permission(resource.edit, current())
        async with unit_of_work("undo.insist", op=op) as session:
            row = await session.by_public_id(resource.model, id, lock=True)
            table, row_id = str(resource.model.__tablename__), row.id
            await insist(session, action_id, table, row_id)
            touch_rows(session, {table: {row_id}})
            undone = str(session.action_id)
        self.left = [
            {**e, "rows": [r for r in e["rows"] if (e["action"], r["id"]) != (action_id, id)]}
            for e in self.left
        ]
        await toast(self, "kit.toast.undone", undo=undone)


async def _tell_members(session: TenantSession, result: UndoResult) -> None:
    """Notifications that an undo brought back or marked as before are in nobody's list but their members'.
    What a member marked otherwise since is theirs to mark: nothing was left that they would look at."""
    table = str(Notification.__tablename__)
    await notifications.tell_again(session, result.rows.get(table, ()))
    result.conflicts = [conflict for conflict in result.conflicts if conflict.table != table]


async def _allow(session: TenantSession, viewer: Viewer, action_id: str) -> None:
    """Taking back needs the right that doing it needs now: somebody who has lost it since does not have it.

    Raises ``NotAllowed`` or ``ModuleOff``. Tables of details, which no list shows, go with their records.
    """
    for table in sorted(await changes.tables_of(session, action_id)):
        needed = [r.edit for r in RESOURCES.values() if r.model.__tablename__ == table]
        needed += [GUARDED[table]] if table in GUARDED else []
        if needed and not any(viewer.may(permission) for permission in needed):
            allow_permission(needed[0], viewer)
