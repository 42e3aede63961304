"""Who changed what, from what to what: the history of a row, of an action, of a company; and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from saas.kernel.errors import Invalid
from saas.tenancy.catalogue import columns_of, quoted
from saas.tenancy.models import Change
from saas.tenancy.session import TenantSession
from saas.tenancy.undo import Conflict, NotYourAction, UndoResult, undo

__all__ = [
    "Change",
    "Conflict",
    "NotYourAction",
    "Recent",
    "UndoResult",
    "as_of",
    "changes_of",
    "history",
    "instant",
    "recent",
    "since",
    "tables_of",
    "undo",
]


# Of an import of thousands it is enough to know that there are as many.
COUNT_CAP = 1_000


@dataclass(frozen=True, slots=True)
class Recent:
    """One action as a line of news: what was done to how many rows of which table, and one of them.

    ``rows`` is at most ``COUNT_CAP``, which then means "that many or more"; ``cursor`` goes to
    ``recent(before=...)`` for the page after this line.
    """

    action_id: UUID
    action: str
    at: datetime
    member_id: int | None
    table: str
    op: str
    rows: int
    row_id: int
    cursor: int


async def history(
    session: TenantSession, table: str, row_id: int, limit: int = 50, before: datetime | str | None = None
) -> Sequence[Change]:
    """A row's changes, newest first; ``before`` is an instant (ISO 8601 when text)."""
    query = _of_row(table, row_id).order_by(col(Change.id).desc()).limit(limit)
    if before:
        query = query.where(col(Change.at) < instant(before))
    return await session.all(query)


async def since(session: TenantSession, table: str, row_id: int, updates: int) -> Sequence[Change]:
    """The row's last ``updates`` updates, newest first: what came after a version that a tab still shows."""
    query = _of_row(table, row_id).where(col(Change.op) == "update").order_by(col(Change.id).desc())
    return await session.all(query.limit(max(updates, 0)))


async def changes_of(session: TenantSession, action_id: UUID | str) -> Sequence[Change]:
    """All that one action did, in the order in which it happened."""
    query = sa.select(Change).where(col(Change.action_id) == action_id).order_by(col(Change.id))
    return await session.all(query)


async def tables_of(session: TenantSession, action_id: UUID | str) -> frozenset[str]:
    """The tables that one action wrote to."""
    query = sa.select(col(Change.table_name)).where(col(Change.action_id) == action_id).distinct()
    return frozenset(await session.all(query))


async def as_of(session: TenantSession, table: str, row_id: int, at: datetime) -> dict[str, Any] | None:
    """A row's recorded columns as they were at an instant, as JSON values; None when it was not there."""
    await columns_of(session, table)
    present: dict[str, Any] | None = await session.one(
        sa.text(f"SELECT to_jsonb(t) FROM {quoted(table)} t WHERE t.id = :id"),  # noqa: S608 -- looked up in the catalogue
        id=row_id,
    )
    later = _of_row(table, row_id).where(col(Change.at) > at).order_by(col(Change.id).desc())
    for change in await session.all(later):
        match change.op:
            case "insert":
                present = None
            case "update":
                present = {**(present or {}), **(change.old or {})}
            case "delete":
                present = dict(change.old or {})
    return present


async def recent(
    session: TenantSession,
    limit: int = 20,
    *,
    visible: Mapping[str, sa.Select[Any] | None],
    before: int | None = None,
) -> Sequence[Recent]:
    """The latest actions of the company, newest first, one line each.

    ``visible`` names the tables that the reader may hear of, with the ids that they may see as a select, or
    None for every row. A line speaks of the action's first visible change in the order of ``visible``.
    """
    if not visible:
        return []
    shown = sa.or_(
        *(
            sa.and_(
                col(Change.table_name) == table, *([col(Change.row_id).in_(ids)] if ids is not None else [])
            )
            for table, ids in visible.items()
        )
    )
    # One index step per action, however many rows it has: an import of thousands is one line.
    newest = sa.select(col(Change.id), col(Change.action_id)).where(shown)
    if before is not None:
        newest = newest.where(col(Change.id) < before)
    chain = newest.order_by(col(Change.id).desc()).limit(1).cte("chain", recursive=True)
    first = (
        sa.select(sa.func.min(Change.id)).where(col(Change.action_id) == chain.c.action_id).correlate(chain)
    )
    following = (
        sa.select(col(Change.id), col(Change.action_id))
        .where(shown, col(Change.id) < first.scalar_subquery())
        .order_by(col(Change.id).desc())
        .limit(1)
        .correlate(chain)
        .lateral()
    )
    chain = chain.union_all(
        sa.select(following.c.id, following.c.action_id).select_from(chain.join(following, sa.true()))
    )
    marks = {
        row[1]: row[0] for row in await session.rows(sa.select(chain.c.id, chain.c.action_id).limit(limit))
    }
    ids = sa.func.unnest(sa.literal(list(marks), sa.ARRAY(sa.Uuid)))
    action = ids.table_valued(sa.column("id", sa.Uuid)).render_derived(name="wanted")
    part = (
        sa.select(Change)
        .where(col(Change.action_id) == action.c.id, shown)
        .order_by(col(Change.id).desc())
        .limit(COUNT_CAP)
        .correlate(action)
        .lateral()
    )
    counted = await session.rows(
        sa.select(
            part.c.action_id,
            part.c.table_name,
            part.c.op,
            sa.func.min(part.c.action),
            sa.func.max(part.c.at),
            sa.func.max(part.c.member_id),
            sa.func.count(part.c.row_id.distinct()),
            sa.func.max(part.c.row_id),
        )
        .select_from(action)
        .join(part, sa.true())
        .group_by(part.c.action_id, part.c.table_name, part.c.op)
    )
    order = {table: place for place, table in enumerate(visible)}
    lines: dict[UUID, Recent] = {}
    for id, table, op, action, at, member_id, rows, row_id in sorted(counted, key=lambda row: order[row[1]]):
        lines.setdefault(id, Recent(id, action, at, member_id, table, op, rows, row_id, marks[id]))
    return sorted(lines.values(), key=lambda line: line.cursor, reverse=True)


class NotAnInstant(Invalid):
    key = "errors.invalid"


def instant(value: datetime | str) -> datetime:
    """An aware instant from ISO 8601 text. Raises ``NotAnInstant``."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise NotAnInstant("before") from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _of_row(table: str, row_id: int) -> sa.Select[Any]:
    return sa.select(Change).where(col(Change.table_name) == table, col(Change.row_id) == row_id)
