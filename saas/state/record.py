"""One record, as a drawer or a full page: its facts, and one timeline of changes, comments and files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Literal
from uuid import UUID

import reflex as rx

from saas.directory import attachments, comments, stars
from saas.kernel.errors import NotFound
from saas.kernel.module import About
from saas.kernel.permissions import Gate, Permission
from saas.state.action import (
    AlreadyDone,
    Ids,
    Key,
    Op,
    PublicId,
    Text80,
    Text200,
    Text4000,
    Value,
    action,
    toast,
)
from saas.state.editing import NotEditable, owners_of, refuse_clash
from saas.state.related import NOTHING_RELATED, beside
from saas.state.resource import Kind, Resource
from saas.state.story import changed_fields
from saas.state.unit import reading, unit_of_work
from saas.state.values import parse
from saas.tenancy import roster
from saas.tenancy.session import TenantSession

TIMELINE_PAGE = 30
Verb = Callable[[TenantSession, Any], Awaitable[Any]]
Nobody = Literal[""]


def _see(state_class: Any) -> Permission | Gate:
    return state_class.resource.see


def _edit(state_class: Any) -> Permission | Gate:
    return state_class.resource.edit


class RecordState(rx.State, mixin=True):
    """``found`` is loading, found or missing, ``missing`` then the id that was asked for; ``record`` the row
    as lists show it, with what ``_extra`` adds.

    ``timeline`` holds ``{id, at, kind, by, by_id, body, changes, action}``, newest first: kind ``change``
    with ``changes`` as ``[{field, label, kind, old, new}]``, ``comment``, ``file``, or a module's own.
    ``related`` is what the other modules know about it, read by ``read_related`` after the record is shown.

    What changes a record names it: after an outage a change may arrive when the tab shows another one.
    """

    resource: ClassVar[Resource]
    found: str = "loading"
    missing: str = ""
    record: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    timeline: list[dict[str, Any]] = []  # noqa: RUF012
    files: list[dict[str, Any]] = []  # noqa: RUF012
    options: dict[str, Any] = {"field": "", "text": "", "items": []}  # noqa: RUF012
    related: dict[str, Any] = NOTHING_RELATED

    @action(_see, load=True)
    async def load(self):
        """The record that the address names: the last part of its path."""
        await self._open(_in_address(self))

    @action(_see, writes=False)
    async def open(self, id: PublicId):
        """The record in the drawer beside its list."""
        await self._open(id)

    @action(_see, writes=False)
    async def refresh(self):
        """After a patch says that the record, or something on its timeline, has changed."""
        if self.record:
            await self._open(self.record["id"])

    @action(_edit)
    async def edit(self, op: Op, field: Key, value: Value, version: int, id: PublicId | Nobody = ""):
        """One fact of the record ``id``, or of the open one. Refused as ``Clash`` as a list's cell is."""
        resource = type(self).resource
        column = resource.column(field)
        if column is None or not column.editable or resource.verbs.update is None:
            raise NotEditable(field)
        async with unit_of_work(f"{resource.key}.edit", op=op) as session:
            row = await self._row(session, id, lock=True)
            parsed = await parse(session, column, value, getattr(row, "currency", "") or "")
            await refuse_clash(session, resource, row, version, column, parsed)
            former = owners_of([row])
            await resource.verbs.update(session, row, {field: parsed})
            session.touch(resource.key, [row.id], former)
            await session.flush()
            await self._show_again(session, row)
            action_id = str(session.action_id)
        await toast(self, f"{resource.key}.toast.edited", undo=action_id)

    @action(_edit)
    async def comment(self, op: Op, body: Text4000, mentions: Ids, id: PublicId | Nobody = ""):
        """A comment; those who are mentioned hear of it."""
        key = type(self).resource.key

        async def add(session: TenantSession, row: Any) -> None:
            await comments.add(session, key, row.id, body, mentions)
            session.touch(key, [row.id])

        await self._change(op, "comment.add", add, "kit.toast.comment_added", id)

    @action(_edit)
    async def remove_comment(self, op: Op, comment: PublicId, id: PublicId | Nobody = ""):
        """One's own comment, back by Undo."""

        async def remove(session: TenantSession, row: Any) -> None:
            await comments.remove(session, comment)
            session.touch(type(self).resource.key, [row.id])

        await self._change(op, "comment.remove", remove, "kit.toast.comment_removed", id)

    @action(_edit)
    async def remove_file(self, op: Op, file: PublicId, id: PublicId | Nobody = ""):
        """A file off the record, back by Undo."""

        async def remove(session: TenantSession, row: Any) -> None:
            await attachments.remove(session, type(self).resource.key, row.id, file)
            session.touch(type(self).resource.key, [row.id])

        await self._change(op, "file.remove", remove, "kit.toast.file_removed", id)

    @action(_edit)
    async def archive(self, op: Op, id: PublicId | Nobody = ""):
        """Away from every list; the page goes back to the list, if it still shows the record."""
        resource = type(self).resource
        if resource.verbs.archive is None:
            raise NotEditable
        async with unit_of_work(f"{resource.key}.archive", op=op) as session:
            row = await self._row(session, id)
            await resource.verbs.archive(session, row)
            session.touch(resource.key, [row.id])
            is_shown, action_id = self._is_shown(row), str(session.action_id)
        await toast(self, f"{resource.key}.toast.archived", undo=action_id, n=1)
        return rx.redirect(resource.route) if is_shown else None

    @action(_see, writes=False)
    async def lookup(self, field: Key, text: Text200):
        """The menu of a person or reference fact; ``mention`` looks through the members."""
        column = type(self).resource.column(field)
        async with reading() as session:
            if field == "mention":
                items = await roster.find(session, text, 20, here=True)
            elif column is not None and column.kind == Kind.PERSON:
                items = await roster.find(session, text, 20)
            elif column is not None and column.find is not None:
                items = await column.find(session, text, 20)
            else:
                raise NotEditable(field)
        self.options = {"field": field, "text": text, "items": items}

    @action(_see, writes=False)
    async def earlier(self, before: Text80):
        """The timeline before its last entry shown; ``before`` is that entry's ``at``."""
        async with reading() as session:
            row = await self._row(session)
            self.timeline = [*self.timeline, *await self._timeline(session, row, before)]

    @action(_see, writes=False)
    async def read_related(self):
        """What the other modules know about the record, in their own sections."""
        try:
            async with reading() as session:
                row = await self._row(session)
                about = await self._about(session, row)
                self.related = NOTHING_RELATED if about is None else await beside(session, about)
        except NotFound:
            # The page says by itself that its record is gone.
            self.related = NOTHING_RELATED

    async def _change(self, op: str, action: str, verb: Verb, done: str, id: str = "", **params: Any) -> None:
        """One ``verb(session, row)`` on the record ``id``, or on the open one, as one action: the record is
        shown anew, and the toast ``done`` offers to take it back. A verb that touched nothing, such as a
        second click on Won, is answered without one: there is nothing to take back."""
        async with unit_of_work(action, op=op) as session:
            row = await self._row(session, id)
            await verb(session, row)
            await session.flush()
            await self._show_again(session, row)
            if not session.touched:
                raise AlreadyDone
            action_id = str(session.action_id)
        await toast(self, done, undo=action_id, **params)

    async def _open(self, public_id: str) -> None:
        try:
            UUID(public_id)
            async with reading() as session:
                await self._show(session, await session.by_public_id(type(self).resource.model, public_id))
        except (ValueError, NotFound):
            self.found, self.missing = "missing", public_id
            self.record, self.timeline, self.files = {}, [], []

    async def _row(self, session: TenantSession, id: str = "", *, lock: bool = False) -> Any:
        # A server that was started again knows of no record yet; the address of a page does.
        public_id = id or str(self.record.get("id", "")) or _in_address(self)
        return await session.by_public_id(type(self).resource.model, public_id, lock=lock)

    async def _show(self, session: TenantSession, row: Any) -> None:
        resource = type(self).resource
        shown = await resource.rows(session, [row.id])
        if not shown:
            raise NotFound
        facts = {k: v for k, v in shown[0].items() if not k.startswith("_")}
        starred = await stars.has(session, resource.key, row.id)
        self.record = {**facts, "starred": starred, **await self._extra(session, row)}
        self.timeline = await self._timeline(session, row, "")
        self.files = await attachments.of(session, resource.key, row.id)
        self.found, self.missing = "found", ""

    async def _show_again(self, session: TenantSession, row: Any) -> None:
        """The record as it is now, unless the tab has gone on to another one meanwhile."""
        if self._is_shown(row):
            await self._show(session, row)

    def _is_shown(self, row: Any) -> bool:
        return self.record.get("id", str(row.public_id)) == str(row.public_id)

    async def _extra(self, session: TenantSession, row: Any) -> dict[str, Any]:
        """What the page shows beside the row; a module's page adds its own."""
        return {}

    async def _about(self, session: TenantSession, row: Any) -> About | None:
        """The record in facts that other modules share, for a page that shows what they know of it."""
        return None

    async def _entries(self, session: TenantSession, row: Any, before: str) -> list[dict[str, Any]]:
        """What a module's own records add to the timeline."""
        return []

    async def _timeline(self, session: TenantSession, row: Any, before: str) -> list[dict[str, Any]]:
        resource = type(self).resource
        entries = [
            *await changed_fields(session, resource, row.id, before, TIMELINE_PAGE),
            *await comments.of(session, resource.key, row.id, TIMELINE_PAGE, before),
            *await self._entries(session, row, before),
        ]
        return sorted(entries, key=lambda entry: entry["at"], reverse=True)[:TIMELINE_PAGE]


def _in_address(state: Any) -> str:
    return str(state.router.url).split("?")[0].rstrip("/").rsplit("/", 1)[-1]
