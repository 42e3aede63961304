"""Sample data: added by every module that is on as one action, removed again without a trace."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from saas.kernel.catalog import modules
from saas.kernel.errors import AppError
from saas.tenancy.catalogue import quoted
from saas.tenancy.session import TenantSession
from saas.tenancy.undo import undo

ADD, REMOVE = "sample.add", "sample.remove"
TOPIC = "workspace.sample"
_IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger))
_IS_IN = sa.text("SELECT EXISTS (SELECT FROM wasl.change WHERE action = 'sample.add')")
_ACTIONS = sa.text("SELECT DISTINCT action_id FROM wasl.change WHERE action = 'sample.add'")
_MADE = sa.text(
    "SELECT table_name, row_id FROM wasl.change WHERE action = 'sample.add' AND op = 'insert'"
    " ORDER BY id DESC"
)
_FORGET = sa.text("SELECT wasl.forget_sample()")


class SampleIsIn(AppError):
    key = "accounts.errors.sample_is_in"
    status = 409


class NoSample(AppError):
    key = "accounts.errors.no_sample"
    status = 409


async def is_in(session: TenantSession) -> bool:
    """Whether the company has sample data now."""
    return bool(await session.one(_IS_IN))


async def tables(session: TenantSession) -> list[str]:
    """The tables that sample data stands in."""
    return sorted({row.table_name for row in await session.rows(_MADE)})


async def add(session: TenantSession) -> None:
    """Each module that is on adds its samples; the session's action must be named ``ADD``.

    Raises ``SampleIsIn``.
    """
    if session.binding.action != ADD:
        raise ValueError(f"sample data is found again by its action's name, {ADD}")
    if await is_in(session):
        raise SampleIsIn
    enabled = await session.enabled_modules()
    for module in modules().values():
        if module.key in enabled and module.sample is not None:
            await module.sample(session)


async def remove(session: TenantSession) -> int:
    """Take every sample row out, changed since or not, and every record of it; gives how many rows went.

    What people added themselves stays: a sample row that such a row needs stays with it. The session's action
    must be named ``REMOVE``. Raises ``NoSample``.
    """
    if session.binding.action != REMOVE:
        raise ValueError(f"sample data goes under the name {REMOVE}")
    actions = await session.all(_ACTIONS)
    if not actions:
        raise NoSample
    left: dict[str, list[int]] = defaultdict(list)
    for row in await session.rows(_MADE):
        left[row.table_name].append(row.row_id)
    gone = await _delete(session, left)
    # What the samples changed in rows that were there before, such as a counter, is put back.
    for action_id in actions:
        await undo(session, action_id, anyones=True)
    await session.execute(_FORGET)
    return gone


async def _delete(session: TenantSession, left: dict[str, list[int]]) -> int:
    """Table by table, the last made first; again as long as that frees others, then row by row."""
    gone = 0
    while left:
        before = len(left)
        for table in list(left):
            if await _try(session, table, left[table]):
                gone += len(left.pop(table))
        if len(left) == before:
            break
    for table, ids in left.items():
        gone += sum([await _try(session, table, [one]) for one in ids])
    return gone


async def _try(session: TenantSession, table: str, ids: list[int]) -> bool:
    statement = sa.text(f"DELETE FROM {quoted(table)} t WHERE t.id = ANY (:ids)")  # noqa: S608 -- a quoted name
    try:
        async with session.begin_nested():
            await session.execute(statement.bindparams(_IDS), {"ids": ids})
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    return True
