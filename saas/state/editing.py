"""What lists and record pages share when a person edits: many rows by id, and a change that came first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from saas.kernel.errors import Stale
from saas.state.resource import Column, Resource
from saas.state.values import WrongValue
from saas.tenancy import changes, roster
from saas.tenancy.session import TenantSession


class NotEditable(WrongValue):
    """The list does not offer this field for editing."""

    key = "errors.not_editable"


class Clash(Stale):
    """Somebody else set this field while the member was writing: both values are shown, to pick from.

    The message carries ``clash``: ``{by, row}``, who it was and the record as lists show it now.
    """

    def __init__(self, column: Column, by: str, row: dict[str, Any]) -> None:
        super().__init__(column.key, by=by)
        self.by, self.row = by, row

    def as_message(self) -> dict[str, Any]:
        return {**super().as_message(), "clash": {"by": self.by, "row": self.row}}


async def by_public_ids(session: TenantSession, model: Any, ids: Sequence[str]) -> Sequence[Any]:
    """The rows that are still there, locked in id order so that two bulk edits cannot block each other."""
    query = sa.select(model).where(model.public_id.in_(ids)).order_by(model.id)
    return await session.all(query.with_for_update())


async def change_many(
    session: TenantSession, resource: Resource, ids: Sequence[str], changes: dict[str, Any]
) -> list[Any]:
    """The same change to each of the rows, told to whom they belonged before; gives those still there."""
    assert resource.verbs.update is not None, "asked before: the list offers no editing else"
    if resource.verbs.hold is not None:
        await resource.verbs.hold(session, changes)
    rows = await by_public_ids(session, resource.model, ids)
    former = owners_of(rows)
    for row in rows:
        await resource.verbs.update(session, row, changes)
    session.touch(resource.key, [row.id for row in rows], former)
    return list(rows)


def owners_of(rows: Sequence[Any]) -> list[int]:
    """Whose records these are before a change: members who see their own alone are told when one goes."""
    return sorted({row.owner_id for row in rows if getattr(row, "owner_id", None)})


async def refuse_clash(
    session: TenantSession, resource: Resource, row: Any, version: int, column: Column, value: Any
) -> None:
    """Raise ``Clash`` when the last who set this very field after ``version`` is somebody else.

    ``value`` is what is to be written: whoever writes what stands there already clashes with nobody.
    """
    if row.version == version:
        return
    field = getattr(column.attr, "key", column.key)
    later = await changes.since(session, type(row).__tablename__, row.id, updates=row.version - version)
    last = next((change for change in later if field in (change.new or {})), None)
    if last is None or last.member_id == session.member_id or getattr(row, field, None) == value:
        return
    names = await roster.names(session, [last.member_id] if last.member_id else [])
    shown = await resource.rows(session, [row.id])
    bare = {name: said for name, said in shown[0].items() if not name.startswith("_")} if shown else {}
    raise Clash(column, names.get(last.member_id or 0, ""), bare)
