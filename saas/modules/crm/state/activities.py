"""What is to be done: mine or everyone's, late, today and later; done, put off, planned."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import reflex as rx

from saas.modules.crm.models import Activity
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import activities
from saas.modules.crm.service.activities import COUNT_CAP, PAGE, When
from saas.modules.crm.state.activity_list import ACTIVITIES
from saas.modules.crm.state.due import due_values
from saas.state.action import Op, PublicId, Text80, action, toast
from saas.state.list_state import ListState
from saas.state.resource import Resource
from saas.state.unit import reading, unit_of_work
from saas.tenancy.session import TenantSession


class ActivitiesState(ListState, rx.State):
    """``tasks``: soonest first or, of those done, latest first, 50 at once; ``sums``: ``{late, count, more,
    counts, loaded, whose, shown}``, ``count`` of all that the list is of, ``counts`` of one's own and of
    everybody's, ``more`` of those that come next, ``late`` of what is to be done."""

    resource: ClassVar[Resource] = ACTIVITIES
    tasks: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    sums: dict[str, Any] = {"loaded": False, "whose": "mine", "shown": "open"}  # noqa: RUF012

    @action(CrmPermission.SEE_ACTIVITIES, load=True)
    async def load(self):
        """As the address says, ``?whose=all&shown=done``: whose tasks, and whether those to be done or those
        done. An address that does not say shows what this tab did last, at first one's own open ones."""
        given = parse_qs(urlsplit(str(self.router.url)).query)
        whose, shown = self.sums["whose"], self.sums["shown"]
        if given.get("whose") in (["mine"], ["all"]):
            whose, shown = given["whose"][0], "done" if given.get("shown") == ["done"] else "open"
        async with reading() as session:
            await self._show_tasks(session, whose, shown)

    @action(CrmPermission.SEE_ACTIVITIES, writes=False)
    async def reload(self):
        """Read anew, as far as the list was shown."""
        await self._show_as_far(len(self.tasks))

    @action(CrmPermission.SEE_ACTIVITIES, writes=False)
    async def read_more(self):
        """The next ones too, below the last one shown."""
        await self._show_as_far(len(self.tasks) + PAGE)

    @action(CrmPermission.EDIT_ACTIVITIES)
    async def complete(self, op: Op, activity: PublicId):
        """Done; or, when it was done, to be done again."""
        async with unit_of_work("crm.activity.complete", op=op) as session:
            task = await session.by_public_id(Activity, activity)
            done = task.done_at is None
            await activities.toggle(session, task)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.done" if done else "crm.toast.undone", undo=action_id)

    @action(CrmPermission.EDIT_ACTIVITIES)
    async def reschedule(self, op: Op, activity: PublicId, due_on: Text80, due_time: Text80):
        """To another day, or hour."""
        async with unit_of_work("crm.activity.reschedule", op=op) as session:
            task = await session.by_public_id(Activity, activity)
            await activities.reschedule(session, task, due_values(session, due_on, due_time))
            action_id = str(session.action_id)
        await toast(self, "crm.toast.rescheduled", undo=action_id)

    async def _show_as_far(self, rows: int) -> None:
        async with reading() as session:
            await self._show_tasks(
                session, self.sums["whose"], self.sums["shown"], min(max(rows, PAGE), COUNT_CAP)
            )

    async def _show_tasks(self, session: TenantSession, whose: str, shown: str, limit: int = PAGE) -> None:
        owner = session.viewer.member_id if whose == "mine" else None
        found = await activities.due(session, when=When(shown), owner_id=owner, limit=limit)
        mine = await activities.count(session, session.viewer.member_id, When(shown))
        counts = {"mine": mine, "all": await activities.count(session, None, When(shown))}
        self.tasks = [{k: v for k, v in row.items() if not k.startswith("_")} for row in found]
        self.sums = {
            "loaded": True,
            "whose": whose,
            "shown": shown,
            "late": await activities.count(session, owner, When.LATE),
            "count": counts[whose],
            "counts": counts,
            "more": min(max(counts[whose] - len(found), 0), PAGE),
        }
