"""What lists and record pages share when a person edits: many rows by id, and a change that came first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from saas.kernel.errors import Stale
from saas.state.resource import Column
from saas.state.values import WrongValue
from saas.tenancy import changes, roster
from saas.tenancy.session import TenantSession


class NotEditable(WrongValue):
    """The list does not offer this field for editing."""

    key = "errors.not_editable"


async def by_public_ids(session: TenantSession, model: Any, ids: Sequence[str]) -> Sequence[Any]:
    """The rows that are still there, locked in id order so that two bulk edits cannot block each other."""
    query = sa.select(model).where(model.public_id.in_(ids)).order_by(model.id)
    return await session.all(query.with_for_update())


def owners_of(rows: Sequence[Any]) -> list[int]:
    """Whose records these are before a change: members who see their own alone are told when one goes."""
    return sorted({row.owner_id for row in rows if getattr(row, "owner_id", None)})


async def refuse_stale(session: TenantSession, row: Any, version: int, column: Column) -> None:
    """Raise ``Stale`` when somebody else changed this very field after ``version``; others do not clash."""
    if row.version == version:
        return
    field = getattr(column.attr, "key", column.key)
    later = await changes.since(session, type(row).__tablename__, row.id, updates=row.version - version)
    for change in later:
        if change.member_id != session.member_id and field in (change.new or {}):
            names = await roster.names(session, [change.member_id] if change.member_id else [])
            raise Stale(column.key, by=names.get(change.member_id or 0, ""))
