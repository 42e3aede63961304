"""Take back one row of an action over what somebody wrote since: what ``undo`` leaves to a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from saas.kernel.errors import NotFound
from saas.tenancy.catalogue import columns_of, quoted
from saas.tenancy.session import TenantSession
from saas.tenancy.undo import NEVER_SET, NotYourAction

_OF_ROW = sa.text(
    "SELECT op, old, member_id FROM wasl.change "
    "WHERE action_id = :action AND table_name = :table AND row_id = :row ORDER BY id DESC"
)


async def insist(session: TenantSession, action_id: UUID | str, table: str, row_id: int) -> None:
    """Give the fields that the member's own action set in this row the values from before it, whatever they
    hold now; archive a row that it created.

    Raises ``NotFound`` when the action did nothing to the row, or the row is gone, and ``NotYourAction``.
    """
    done = await session.rows(_OF_ROW, action=UUID(str(action_id)), table=table, row=row_id)
    if not done:
        raise NotFound
    if any(change.member_id != session.member_id for change in done):
        raise NotYourAction
    writable = [column for column in await columns_of(session, table) if column not in NEVER_SET]
    if any(change.op == "insert" for change in done):
        if "archived_at" not in writable:
            raise NotFound
        await _set(session, table, row_id, "archived_at = now()")
        return
    # From the last to the first, so that what stood before the action is what remains.
    before: dict[str, Any] = {}
    for change in done:
        before |= change.old or {}
    columns = [column for column in writable if column in before]
    if not columns or any(change.op == "delete" for change in done):
        raise NotFound
    values = ", ".join(f'"{column}" = (back.v)."{column}"' for column in columns)
    await _set(session, table, row_id, values, before)


async def _set(
    session: TenantSession, table: str, row_id: int, values: str, before: dict[str, Any] | None = None
) -> None:
    name = quoted(table)
    back = f"(SELECT jsonb_populate_record(NULL::{name}, :before) AS v) back"
    query = sa.text(f"UPDATE {name} t SET {values} FROM {back} WHERE t.id = :row RETURNING t.id")  # noqa: S608 -- from the catalogue
    bound = query.bindparams(sa.bindparam("before", type_=JSONB))
    if await session.one(bound, row=row_id, before=before or {}) is None:
        raise NotFound
    # What the session had loaded of it is history now.
    session.expunge_all()
