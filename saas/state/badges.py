"""The numbers beside one's own entries of the sidebar: what is unread, and what the modules count for one.

They are read once a connection. The unread then follow the live stream, counted after each commit that
changes them; what a module counts is asked for again when something of the viewer's has changed
(``Personal.topics``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from saas.directory import notifications
from saas.kernel.catalog import modules
from saas.state import live
from saas.tenancy import session as doors
from saas.tenancy.scope import viewer_session
from saas.tenancy.viewer import Viewer

INBOX = "/inbox"


async def of(viewer: Viewer) -> dict[str, Any]:
    """``{n: {path: number}, at}`` of the entries that the viewer has; ``at`` orders it among the messages."""
    async with viewer_session(doors.current(), viewer) as session:
        unread = (await notifications.unread(session, [viewer.member_id]))[viewer.member_id]
        n = {INBOX: unread.n}
        for module in modules().values():
            for entry in module.personal:
                if entry.count is not None and viewer.may(entry.permission):
                    n[entry.route] = await entry.count(session)
    return {"n": n, "at": unread.at}


async def tell(tenant_id: int, members: Collection[int]) -> None:
    """Tell these members' tabs how many are unread now. After the commit: two that come at once both count
    what both have written."""
    if not members:
        return
    async with doors.current().tenant_session(tenant_id) as session:
        counted = await notifications.unread(session, members)
    for member_id, unread in counted.items():
        await live.tell_member(tenant_id, member_id, notifications.TOPIC, unread=unread.n, at=unread.at)
