"""Importing, driven by the browser; what is decided is in the database, so a reload goes on where it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import reflex as rx
from pydantic import StringConstraints

from saas.directory.imports import intake, jobs, running, runs, showing
from saas.directory.imports.dates import Order
from saas.directory.imports.decisions import Duplicates, Missing
from saas.directory.imports.models import ImportRun
from saas.kernel.errors import NotFound
from saas.kernel.permissions import WorkspacePermission
from saas.state import live
from saas.state.action import Key, PublicId, Text200, action, toast
from saas.state.unit import reading, register_topic, touch_rows, unit_of_work
from saas.tenancy.models import Membership
from saas.tenancy.session import TenantSession, tenant_session
from saas.tenancy.viewer import current

IMPORT = WorkspacePermission.IMPORT
# A finding is named by its column and its value, which may be long.
FindingKey = Annotated[str, StringConstraints(max_length=600)]
MissingChoice = Annotated[str, StringConstraints(pattern="^(create|empty)$")]
DuplicatesChoice = Annotated[str, StringConstraints(pattern="^(skip|update|merge)$")]
OrderChoice = Annotated[str, StringConstraints(pattern="^(dmy|mdy)$")]

register_topic(runs.TOPIC, ImportRun, showing.rows, permission=IMPORT)


@dataclass(frozen=True, slots=True)
class _Author:
    """Who imports, as far as the live stream needs to know."""

    tenant_id: int
    member_public_id: str
    member_name: str


async def _tell(tenant_id: int, member_id: int | None, run_id: int, topics: tuple[str, ...]) -> None:
    """Progress reaches those who may import; the rows themselves are read anew once, not told one by one."""
    async with tenant_session(tenant_id) as session:
        shown = await showing.rows(session, [run_id])
        member = await session.get(Membership, member_id) if member_id else None
    author = _Author(
        tenant_id, str(member.public_id) if member else "", member.display_name if member else ""
    )
    await live.publish(author, runs.TOPIC, rows=shown)
    for topic in topics:
        await live.publish(author, topic, resync=True)


running.listen(_tell)


class ImportState(rx.State):
    """``run`` is the import under way as ``showing.describe`` gives it, ``{}`` before a file is chosen."""

    run: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    earlier: list[dict[str, Any]] = []  # noqa: RUF012
    limit_mb: int = 0
    loaded: bool = False

    @action(IMPORT, load=True)
    async def load(self):
        """The import that the address names, and those before it."""
        wanted = parse_qs(urlsplit(str(self.router.url)).query).get("run", [""])[0]
        async with reading() as session:
            self.run = await _found(session, wanted) if wanted else {}
            self.earlier = await _earlier(session)
        self.limit_mb = intake.limit_bytes() // 1024 // 1024
        self.loaded = True

    @action(IMPORT, writes=False)
    async def open(self, id: PublicId):
        """Show this import, as it is now."""
        async with reading() as session:
            self.run = await _found(session, id)
            self.earlier = await _earlier(session)

    @action(IMPORT, writes=False)
    async def close(self):
        """Back to choosing a file."""
        async with reading() as session:
            self.earlier = await _earlier(session)
        self.run = {}

    @action(IMPORT)
    async def choose_kind(self, id: PublicId, kind: Key):
        async with self._change(id, "imports.kind") as (session, run):
            await runs.choose_target(session, run, kind, current().may)

    @action(IMPORT)
    async def choose_sheet(self, id: PublicId, sheet: Text200):
        async with reading() as session:
            folder = runs.sheet_of(session, await session.by_public_id(ImportRun, id), sheet)
        # A large sheet takes its time, and no connection to the database with it.
        read = await runs.read_sheet(folder, sheet)
        async with self._change(id, "imports.sheet") as (session, run):
            await runs.choose_sheet(session, run, read)

    @action(IMPORT)
    async def map_column(self, id: PublicId, column: int, field: Key):
        async with self._change(id, "imports.map") as (session, run):
            await runs.map_column(session, run, column, field)

    @action(IMPORT)
    async def check(self, id: PublicId):
        async with self._change(id, "imports.check") as (session, run):
            await runs.check(session, run, jobs.queue_check)

    @action(IMPORT)
    async def take_fix(self, id: PublicId, finding: FindingKey, taken: bool):
        async with self._change(id, "imports.decide") as (session, run):
            await runs.decide(session, run, fixes={finding: taken}, queue=jobs.queue_check)

    @action(IMPORT)
    async def treat_missing(self, id: PublicId, reference: Key, choice: MissingChoice):
        async with self._change(id, "imports.decide") as (session, run):
            await runs.decide(session, run, missing={reference: Missing(choice)}, queue=jobs.queue_check)

    @action(IMPORT)
    async def treat_duplicates(self, id: PublicId, choice: DuplicatesChoice):
        async with self._change(id, "imports.decide") as (session, run):
            await runs.decide(session, run, duplicates=Duplicates(choice), queue=jobs.queue_check)

    @action(IMPORT)
    async def order_dates(self, id: PublicId, field: Key, order: OrderChoice):
        async with self._change(id, "imports.decide") as (session, run):
            await runs.decide(session, run, orders={field: Order(order)}, queue=jobs.queue_check)

    @action(IMPORT)
    async def go_back(self, id: PublicId):
        async with self._change(id, "imports.back") as (session, run):
            await runs.back(session, run)

    @action(IMPORT)
    async def start(self, id: PublicId):
        async with self._change(id, "imports.start") as (session, run):
            await runs.start(session, run, current().may, jobs.queue)

    @action(IMPORT)
    async def cancel(self, id: PublicId):
        async with self._change(id, "imports.cancel") as (session, run):
            await runs.cancel(session, run)

    @action(IMPORT)
    async def undo(self, id: PublicId):
        async with self._change(id, "imports.undo") as (session, run):
            touch_rows(session, await runs.undo(session, run))
        await toast(self, "imports.toast.undone")

    @action(IMPORT)
    async def forget(self, id: PublicId):
        async with self._change(id, "imports.forget") as (session, run):
            await runs.discard(session, run)
        self.run = {}
        await toast(self, "imports.toast.removed")

    @asynccontextmanager
    async def _change(self, id: str, name: str) -> AsyncIterator[tuple[TenantSession, ImportRun]]:
        """One step on one import, seen as it stands once the step is committed."""
        async with unit_of_work(name) as session:
            yield session, await session.by_public_id(ImportRun, id, lock=True)
            await session.flush()
            # An undo forgets what the session had loaded.
            shown = _shown(await session.by_public_id(ImportRun, id))
            earlier = await _earlier(session)
        self.run, self.earlier = shown, earlier


async def _found(session: TenantSession, id: str) -> dict[str, Any]:
    """The import as its page shows it; ``{}`` for one that is not here (any more)."""
    try:
        run = await session.by_public_id(ImportRun, id)
    except NotFound:
        return {}
    return {} if run.archived_at else _shown(run)


async def _earlier(session: TenantSession) -> list[dict[str, Any]]:
    return [_bare(row) for row in await showing.as_rows(session, await runs.earlier(session))]


def _shown(run: ImportRun) -> dict[str, Any]:
    return _bare(showing.describe(run, current().may))


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not key.startswith("_")}
