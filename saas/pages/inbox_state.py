"""The member's inbox: what they were called to or handed, and what is due; read, unread, put away."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import reflex as rx

from saas.directory import notifications, subjects
from saas.directory.notifications import Entry
from saas.kernel.permissions import Gate
from saas.state.action import Op, PublicId, action, toast
from saas.state.unit import reading, unit_of_work
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import current
from saas.tenancy.write_gate import WRITABLE

Part = Literal["all", "unread"]
Cursor = PublicId | Literal[""]


class InboxState(rx.State):
    """``rows``: ``[{id, at, kind, by, read, subject, n, known, title, title_ar, href, body}]``, newest first.

    ``known`` says whether the member may see the record now; of one that they may not, there is neither name
    nor address nor what was said. ``meta``: ``{loaded, part, unread, previous, next}``.
    """

    rows: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    meta: dict[str, Any] = {"loaded": False, "part": "all"}  # noqa: RUF012
    _asked: tuple[str, str, bool] = ("all", "", False)

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        """The newest, or those unread: ``?part=unread``."""
        given = parse_qs(urlsplit(str(self.router.url)).query)
        await self._show("unread" if given.get("part") == ["unread"] else "all", "", False)

    @action(Gate.SIGNED_IN, writes=False)
    async def show(self, part: Part, cursor: Cursor, back: bool):
        """A part of the inbox, from its newest or from beside the entry ``cursor``."""
        await self._show(part, cursor, back)

    @action(Gate.SIGNED_IN, writes=False)
    async def refresh(self):
        """The same page anew, after something has come, or was read in another tab."""
        await self._show(*self._asked)

    @action(Gate.SIGNED_IN, writes=False)
    async def open(self, op: Op, id: PublicId):
        """Its record is opened, so it is read; in a company that may not write it stays as it is."""
        if current().tenant_state in WRITABLE:
            async with unit_of_work("inbox.open", op=op) as session:
                await notifications.mark(session, id, read=True)

    @action(Gate.SIGNED_IN)
    async def mark(self, op: Op, id: PublicId, read: bool):
        """As read, or as new again."""
        async with unit_of_work("inbox.mark", op=op) as session:
            await notifications.mark(session, id, read=read)

    @action(Gate.SIGNED_IN)
    async def read_all(self, op: Op):
        """Everything as read, by one action."""
        async with unit_of_work("inbox.read_all", op=op) as session:
            n = await notifications.read_all(session)
            action_id = str(session.action_id)
        if n:
            await toast(self, "inbox.toast.read_all", undo=action_id, n=n)

    @action(Gate.SIGNED_IN)
    async def archive(self, op: Op, id: PublicId):
        """Out of the inbox, back by Undo."""
        async with unit_of_work("inbox.archive", op=op) as session:
            await notifications.archive(session, id)
            action_id = str(session.action_id)
        await toast(self, "inbox.toast.archived", undo=action_id)

    async def _show(self, part: str, cursor: str, back: bool) -> None:
        member_id = current().member_id
        async with reading() as session:
            found = await notifications.of(session, unread=part == "unread", cursor=cursor, back=back)
            if not found.entries and cursor:  # what was beside it has gone: start over
                cursor, back = "", False
                found = await notifications.of(session, unread=part == "unread")
            rows = await _rows(session, found.entries)
            unread = (await notifications.unread(session, [member_id]))[member_id].n
        self.rows = rows
        self.meta = {
            "loaded": True,
            "part": part,
            "unread": unread,
            "previous": found.previous,
            "next": found.next,
        }
        self._asked = (part, cursor, back)


async def _rows(session: TenantSession, entries: list[Entry]) -> list[dict[str, Any]]:
    notes = [entry.notification for entry in entries]
    seen = await subjects.seen(
        session, [(n.subject, n.subject_id) for n in notes if n.subject_id is not None]
    )
    rows = []
    for entry in entries:
        note = entry.notification
        record = seen.get((note.subject, note.subject_id)) if note.subject_id is not None else None
        several = _several(session, note.subject) if note.subject_id is None else ""
        rows.append(
            {
                "id": str(note.public_id),
                "at": note.created_at.isoformat(),
                "kind": note.kind.value,
                "by": entry.by,
                "read": note.read_at is not None,
                "subject": note.subject,
                "n": note.records,
                "known": record is not None or bool(several),
                "title": record.title if record else "",
                "title_ar": record.title_ar if record else "",
                "href": record.href if record else several,
                "body": entry.body if record else "",
            }
        )
    return rows


def _several(session: TenantSession, key: str) -> str:
    """Where one's own records of that list are, for a member who may see the list."""
    subject = subjects.known(key)
    return subject.mine if subject is not None and session.viewer.may(subject.see) else ""
