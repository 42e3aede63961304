"""Take back an action, however many rows it changed, from what the change record says.

Changes are reversed from the last to the first, in runs of one kind on one table, each run one statement.
What somebody changed since is kept and reported. An undo is itself an action: undoing it is redo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from saas.kernel.errors import NotAllowed, NotFound
from saas.tenancy.catalogue import columns_of, quoted, references_to
from saas.tenancy.owned import MemberOwned
from saas.tenancy.session import TenantSession

NEVER_SET = {"tenant_id", "id", "version", "updated_at"}
_IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger))
# Ids are joined, not compared with a list: a kept plan does not know the list, and takes each by each.
_FIELDS = sa.text(
    "SELECT DISTINCT k FROM wasl.change c, jsonb_object_keys(c.old) k WHERE c.id IN (SELECT unnest(:ids))"
).bindparams(_IDS)

_HIDDEN = (
    "SELECT t.id FROM {table} t WHERE t.id IN (SELECT unnest(:ids)) "
    "AND (t.owner_id = ANY(:keepers)) IS NOT TRUE AND NOT EXISTS ("
    "SELECT FROM wasl.change c WHERE c.action_id = :action AND c.table_name = :name AND c.row_id = t.id "
    "AND jsonb_exists(c.new, 'owner_id') "
    "AND (c.new ->> 'owner_id')::bigint IS NOT DISTINCT FROM t.owner_id) ORDER BY t.id"
)


class NotYourAction(NotAllowed):
    """Members take back what they did themselves."""

    key = "tenancy.not_your_action"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that stays as it is: ``changed`` since (in ``fields``), ``gone``, ``hidden`` by now from the
    member, or ``refused`` by a rule."""

    table: str
    row_id: int
    reason: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class UndoResult:
    """``rows`` maps tables to the ids that were reverted; ``archived`` are created rows still in use."""

    rows: dict[str, set[int]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    archived: dict[str, set[int]] = field(default_factory=dict)

    def reverted(self, table: str, ids: Sequence[int]) -> None:
        self.rows.setdefault(table, set()).update(ids)


@dataclass(slots=True)
class _Run:
    """Changes of one kind to different rows of one table: change id by row id."""

    table: str
    op: str
    changes: dict[int, int] = field(default_factory=dict)

    def halves(self) -> tuple[_Run, _Run]:
        items, middle = iter(self.changes.items()), len(self.changes) // 2
        first = dict(islice(items, middle))
        return _Run(self.table, self.op, first), _Run(self.table, self.op, dict(items))


async def undo(session: TenantSession, action_id: UUID | str, *, anyones: bool = False) -> UndoResult:
    """Revert what the action did, in the session's own action, and say what could not be.

    Raises ``NotFound`` for an unknown action and ``NotYourAction`` for another member's, unless ``anyones``.
    """
    await session.flush()
    try:
        wanted = UUID(str(action_id))
    except ValueError:
        raise NotFound from None
    found = await session.rows(
        sa.text(
            "SELECT id, table_name, op, row_id, member_id FROM wasl.change "
            "WHERE action_id = :action ORDER BY id DESC"
        ),
        action=wanted,
    )
    if not found:
        raise NotFound
    if (
        not anyones
        and session.member_id is not None
        and any(row.member_id != session.member_id for row in found)
    ):
        raise NotYourAction
    result, runs = UndoResult(), list(_runs(found))
    if not anyones:
        await _leave_hidden(session, runs, wanted, result)
    await _revert_all(session, runs, result)
    # What the session had loaded is history now.
    session.expunge_all()
    return result


def _runs(found: Sequence[sa.Row]) -> Iterator[_Run]:
    run: _Run | None = None
    for id, table, op, row_id, _ in found:
        if run is None or (table, op) != (run.table, run.op) or row_id in run.changes:
            if run is not None:
                yield run
            run = _Run(table, op)
        run.changes[row_id] = id
    if run is not None:
        yield run


async def _leave_hidden(
    session: TenantSession, runs: Sequence[_Run], action: UUID, result: UndoResult
) -> None:
    """Take out of the runs what a member who sees some members' records alone does not see any more, but for
    what the action itself gave away: these statements are not narrowed as those of the ORM are."""
    keepers = session.keepers
    if keepers is None:
        return
    limited = {str(model.__tablename__) for model in MemberOwned.__subclasses__()}
    for run in runs:
        if run.table not in limited:
            continue
        query = _HIDDEN.format(table=quoted(run.table))
        hidden = await session.all(
            sa.text(query).bindparams(_IDS, sa.bindparam("keepers", type_=sa.ARRAY(sa.BigInteger))),
            ids=list(run.changes),
            keepers=sorted(keepers),
            action=action,
            name=run.table,
        )
        known = {(conflict.table, conflict.row_id) for conflict in result.conflicts}
        result.conflicts += [Conflict(run.table, i, "hidden") for i in hidden if (run.table, i) not in known]
        for row_id in hidden:
            del run.changes[row_id]


async def _revert_all(session: TenantSession, runs: list[_Run], result: UndoResult) -> None:
    """Run by run. What a rule refuses waits for the others: of a cascade the parent is recorded first, so its
    children would come back before it. What never passes is tried by halves."""
    while runs:
        waiting: list[_Run] = []
        for run in runs:
            blocked = any(run.table == w.table and run.changes.keys() & w.changes.keys() for w in waiting)
            if blocked or not await _revert(session, run, result):
                waiting.append(run)
        if len(waiting) == len(runs):
            await _revert_by_halves(session, waiting.pop(0), result)
        runs = waiting


async def _revert_by_halves(session: TenantSession, run: _Run, result: UndoResult) -> None:
    """So that only the rows that a rule means stay as they are."""
    if await _revert(session, run, result):
        return
    if len(run.changes) == 1:
        result.conflicts.append(Conflict(run.table, next(iter(run.changes)), "refused"))
        return
    for half in run.halves():
        await _revert_by_halves(session, half, result)


async def _revert(session: TenantSession, run: _Run, result: UndoResult) -> bool:
    """The whole run, or nothing of it when a rule refuses; says which."""
    verb = {"insert": _take_out, "update": _put_back, "delete": _bring_back}[run.op]
    attempt = UndoResult()
    try:
        async with session.begin_nested():
            await verb(session, run, attempt)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    result.conflicts += attempt.conflicts
    for table, ids in attempt.rows.items():
        result.reverted(table, list(ids))
    for table, ids in attempt.archived.items():
        result.archived.setdefault(table, set()).update(ids)
    return True


async def _take_out(session: TenantSession, run: _Run, result: UndoResult) -> None:
    """Delete the rows that were created; archive those that others point at by now."""
    table, ids = quoted(run.table), list(run.changes)
    columns = await columns_of(session, run.table)
    # A row that looks as it was made is nobody's work but the action's.
    untouched = set(
        await session.all(
            sa.text(
                # OFFSET 0 keeps the order: each change, then its row by the key. Rows that have just come in
                # are not in the planner's figures yet, and from rows to changes is quadratic.
                "SELECT t.id FROM wasl.change c CROSS JOIN LATERAL ("
                f"SELECT * FROM {table} x WHERE x.tenant_id = c.tenant_id AND x.id = c.row_id OFFSET 0) t "
                "WHERE c.id IN (SELECT unnest(:ids)) AND c.new = to_jsonb(t) - ARRAY("
                "SELECT k FROM jsonb_object_keys(to_jsonb(t)) k WHERE NOT jsonb_exists(c.new, k))"
            ).bindparams(_IDS),
            ids=list(run.changes.values()),
        )
    )
    present = set(await session.all(_present(run.table), ids=ids))
    result.conflicts += [Conflict(run.table, i, "changed") for i in sorted(present - untouched)]
    used: set[int] = set()
    for reference in await references_to(session, run.table):
        pointing = quoted(reference.table)
        column = '"' + reference.column + '"'
        itself = " AND r.id NOT IN (SELECT unnest(:ids))" if reference.table == run.table else ""
        query = (
            f"SELECT DISTINCT r.{column} FROM {pointing} r WHERE r.{column} IN (SELECT unnest(:ids)){itself}"
        )
        used.update(await session.all(sa.text(query).bindparams(_IDS), ids=list(untouched)))
    gone, kept = sorted(untouched - used), sorted(untouched & used)
    if gone:
        await session.execute(
            sa.text(f"DELETE FROM {table} t WHERE t.id IN (SELECT unnest(:ids))").bindparams(_IDS),
            {"ids": gone},
        )
    if kept and "archived_at" in columns:
        archive = (
            f"UPDATE {table} t SET archived_at = now() "
            f"WHERE t.id IN (SELECT unnest(:ids)) AND archived_at IS NULL"
        )
        await session.execute(sa.text(archive).bindparams(_IDS), {"ids": kept})
        result.archived[run.table] = set(kept)
    elif kept:
        result.conflicts += [Conflict(run.table, i, "in_use") for i in kept]
        kept = []
    result.reverted(run.table, [*gone, *kept])


async def _put_back(session: TenantSession, run: _Run, result: UndoResult) -> None:
    """Old values where the row still holds what the action wrote, field by field."""
    table, changes = quoted(run.table), list(run.changes.values())
    writable = [c for c in await columns_of(session, run.table) if c not in NEVER_SET]
    touched = await session.all(
        _FIELDS,
        ids=changes,
    )
    columns = [column for column in writable if column in set(touched)]
    differing = await session.rows(
        sa.text(
            f"SELECT c.row_id, t.id IS NULL AS gone, array_agg(e.key ORDER BY e.key) AS fields "
            f"FROM wasl.change c CROSS JOIN LATERAL jsonb_each(c.new) e "
            f"LEFT JOIN {table} t ON t.tenant_id = c.tenant_id AND t.id = c.row_id "
            f"WHERE c.id IN (SELECT unnest(:ids)) "
            f"AND (t.id IS NULL OR to_jsonb(t) -> e.key IS DISTINCT FROM e.value) "
            f"GROUP BY c.row_id, t.id"
        ).bindparams(_IDS),
        ids=changes,
    )
    for row_id, gone, fields in differing:
        reason = "gone" if gone else "changed"
        result.conflicts.append(Conflict(run.table, row_id, reason, () if gone else tuple(fields)))
    if not columns:
        return
    assignments = ", ".join(f'"{column}" = (back.v)."{column}"' for column in columns)
    put = sa.text(
        f"UPDATE {table} t SET {assignments} FROM ("
        f"SELECT x.tenant_id, x.id, jsonb_populate_record(x, same.old) AS v FROM {table} x "
        f"JOIN wasl.change c ON c.tenant_id = x.tenant_id AND c.row_id = x.id "
        f"CROSS JOIN LATERAL (SELECT jsonb_object_agg(e.key, c.old -> e.key) AS old FROM jsonb_each(c.new) e "
        f"WHERE to_jsonb(x) -> e.key IS NOT DISTINCT FROM e.value) same "
        f"WHERE c.id IN (SELECT unnest(:ids)) AND same.old IS NOT NULL) back "
        f"WHERE t.tenant_id = back.tenant_id AND t.id = back.id RETURNING t.id"
    ).bindparams(_IDS)
    result.reverted(run.table, list(await session.all(put, ids=changes)))


async def _bring_back(session: TenantSession, run: _Run, result: UndoResult) -> None:
    """Insert what was deleted under its own ids, the version counted on."""
    table, changes = quoted(run.table), list(run.changes.values())
    known = set(
        await session.all(
            _FIELDS,
            ids=changes,
        )
    )
    columns = [c for c in await columns_of(session, run.table) if c in known and c not in NEVER_SET]
    names = "".join(f', "{column}"' for column in columns)
    values = "".join(f', (back.v)."{column}"' for column in columns)
    insert = sa.text(
        f"INSERT INTO {table} (tenant_id, id, version{names}) "
        f"SELECT back.tenant_id, back.row_id, coalesce((back.v).version, 1) + 1{values} FROM ("
        f"SELECT c.id, c.tenant_id, c.row_id, jsonb_populate_record(NULL::{table}, c.old) AS v "
        f"FROM wasl.change c WHERE c.id IN (SELECT unnest(:ids)) OFFSET 0) back ORDER BY back.id DESC "
        f"ON CONFLICT DO NOTHING RETURNING id"
    ).bindparams(_IDS)
    back = set(await session.all(insert, ids=changes))
    result.conflicts += [Conflict(run.table, i, "taken") for i in run.changes if i not in back]
    result.reverted(run.table, list(back))


def _present(table: str) -> sa.TextClause:
    return sa.text(f"SELECT t.id FROM {quoted(table)} t WHERE t.id IN (SELECT unnest(:ids))").bindparams(_IDS)
