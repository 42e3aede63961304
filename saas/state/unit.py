"""One event, one transaction, one action id; what changed is told to the tabs after the commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from saas.directory import notifications
from saas.state import badges, live
from saas.state.action import AlreadyDone
from saas.tenancy import session as doors
from saas.tenancy.owned import among
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.scope import unlimited, viewer_session
from saas.tenancy.session import TenantSession, Touch
from saas.tenancy.viewer import Viewer, current

# Gives rows as lists show them: {"id": public id, "version": int, ..., "_owner": membership id or None}.
RowsOf = Callable[[TenantSession, list[int]], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    model: Any
    rows: RowsOf | None


@dataclass(slots=True)
class Touched:
    """What one transaction changed of one topic: internal ids, and the members who owned them before."""

    ids: set[int]
    former: set[int]


# A browser's op is a random UUID; a shorter one could be another change of the same name.
UNIQUE_OP_LENGTH = 32
_OPS = UUID("6f1b7a52-7d0e-5c0a-9a54-3f6c1f2b8d11")
_DONE = sa.text("SELECT EXISTS (SELECT FROM wasl.change WHERE tenant_id = :tenant AND action_id = :action)")

# A row that is no more is known by the change record alone, which its deletion has just written.
_DELETED = sa.text(
    "SELECT old ->> 'public_id', (old ->> 'version')::int, (old ->> 'owner_id')::bigint FROM wasl.change"
    " WHERE action_id = :action AND op = 'delete' AND table_name = :table AND row_id IN (SELECT unnest(:ids))"
).bindparams(sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger)))

_REREAD = "topics to read anew"
_topics: dict[str, Topic] = {}
_by_table: dict[str, list[Topic]] = {}


def register_topic(key: str, model: Any, rows: RowsOf, *, permission: str, shared: bool = False) -> None:
    """Let ``session.touch(key, ids)`` tell the tabs of those who hold ``permission``. ``shared`` records are
    everybody's: members who see only their own hear of them too."""
    topic = _topics[key] = Topic(key, model, rows)
    _by_table.setdefault(model.__tablename__, []).append(topic)
    live.open_topic(key, permission, shared=shared)


def register_signal(key: str, *models: Any, permission: str = "") -> None:
    """A topic without rows, of what ``models`` hold: tabs that follow it read anew.

    ``session.touch(key, [])`` gives the sign, and so does an undo that changes such rows."""
    topic = _topics[key] = Topic(key, None, None)
    for model in models:
        _by_table.setdefault(model.__tablename__, []).append(topic)
    live.open_topic(key, permission, shared=True)


def reread(session: TenantSession, tables: Iterable[str]) -> None:
    """So much changed in these tables that every tab which shows them reads anew, after the commit."""
    wanted = session.info.setdefault(_REREAD, set())
    wanted.update(topic.key for table in tables for topic in _by_table.get(table, ()))


@asynccontextmanager
async def reading() -> AsyncIterator[TenantSession]:
    """A transaction of the viewer's company that only reads."""
    async with viewer_session(doors.current(), current()) as session:
        yield session


@asynccontextmanager
async def unit_of_work(
    action: str, *, op: str = "", viewer: Viewer | None = None
) -> AsyncIterator[TenantSession]:
    """One transaction for one thing a person did; ``action`` names it in the change record.

    Patches are drawn up inside the transaction, so that they show what was committed, and published after
    it. Any exception rolls everything back and nothing is told. The action id follows from the member and
    ``op``, so the change record itself says whether this op was committed before: raises ``AlreadyDone``.
    """
    viewer = viewer or current()
    told: list[Callable[[], Awaitable[None]]] = []
    action_id = _action_id(viewer, op)
    async with viewer_session(doors.current(), viewer, action, action_id) as session:
        if action_id and await _is_done(session, action_id):
            raise AlreadyDone
        yield session
        await session.flush()
        await session.cross_bridges()
        anew = session.info.get(_REREAD, set())
        told += [partial(live.publish, viewer, key, op=op, resync=True) for key in sorted(anew)]
        for key, touched in _gathered(session.touched).items():
            if key in anew:
                continue
            if key == notifications.TOPIC:
                told.append(partial(badges.tell, session.tenant_id, touched.former))
                continue
            told.append(await _patch(session, viewer, op, _topics[key], touched))
    for tell in told:
        await tell()


def _action_id(viewer: Viewer, op: str) -> UUID | None:
    if len(op) < UNIQUE_OP_LENGTH:
        return None
    return uuid5(_OPS, f"{viewer.tenant_id}/{viewer.member_id}/{op}")


async def _is_done(session: TenantSession, action_id: UUID) -> bool:
    found = await session.execute(_DONE, {"tenant": session.tenant_id, "action": action_id})
    return bool(found.scalar_one())


def touch_rows(session: TenantSession, rows: dict[str, set[int]]) -> None:
    """Tell of rows by table name, as an undo knows them."""
    for table, ids in rows.items():
        for topic in _by_table.get(table, ()):
            session.touch(topic.key, sorted(ids))


async def tell_of_job(tenant_id: int, touches: Sequence[Touch]) -> None:
    """What a job changed: its lists are read anew, and whom it notified is told."""
    for key, touched in _gathered(touches).items():
        if key == notifications.TOPIC:
            await badges.tell(tenant_id, touched.former)
        else:
            await live.resync(tenant_id, key)


def _gathered(touches: Sequence[Touch]) -> dict[str, Touched]:
    gathered: dict[str, Touched] = {}
    for touch in touches:
        entry = gathered.setdefault(touch.topic, Touched(set(), set()))
        entry.ids.update(touch.row_ids)
        entry.former.update(touch.scope_members)
    return gathered


async def _patch(
    session: TenantSession, viewer: Viewer, op: str, topic: Topic, touched: Touched
) -> Callable[[], Awaitable[None]]:
    if topic.rows is None or len(touched.ids) > live.LARGEST_PATCH:
        return partial(live.publish, viewer, topic.key, op=op, resync=True)
    with unlimited(session):
        archived = await _archived(session, topic.model, touched.ids)
        shown = await topic.rows(session, sorted(touched.ids - archived))
        missing = touched.ids - {row["_key"] for row in shown}
        gone = await _marks(session, topic.model, missing) if missing else []
    return partial(live.publish, viewer, topic.key, op=op, rows=shown, gone=gone, former=touched.former)


async def _archived(session: TenantSession, model: Any, ids: set[int]) -> set[int]:
    """Rows that a list no longer shows, though its archive does."""
    return {row[0] for row in await session.read(_archived_of(model), ids=list(ids))}


@cache
def _archived_of(model: Any) -> Prepared:
    return Prepared(sa.select(model.id).where(any_of(model.id), model.archived_at.is_not(None)))


async def _marks(session: TenantSession, model: Any, ids: set[int]) -> list[dict[str, Any]]:
    """What is left to say of archived rows, and of those that an undo has just deleted."""
    owner = getattr(model, "owner_id", sa.null())
    found = await session.rows(sa.select(model.public_id, model.version, owner).where(among(model.id, ids)))
    deleted = await session.rows(_DELETED, action=session.action_id, table=model.__tablename__, ids=list(ids))
    return [{"id": str(row[0]), "version": row[1], "_owner": row[2]} for row in (*found, *deleted)]
