"""How PostgreSQL goes about a verb's statements: which rows it looks at to find those that it needs."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event

from saas.tenancy.scope import viewer_session
from saas.tenancy.sealed import Binding
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer, bind

# A count stops at 10,000 rows of an index; whatever looks at more has gone through the whole table.
MOST_ROWS = 12_000
LARGE_TABLE = 10_000
_SIZES = "SELECT relname, reltuples FROM pg_class WHERE relnamespace = 'wasl'::regnamespace AND relkind = 'r'"


@dataclass(frozen=True, slots=True)
class Scan:
    """One node of a plan that reads a table; ``rows`` is how many it looked at, over all its loops."""

    node: str
    table: str
    rows: float
    statement: str

    def __str__(self) -> str:
        sql = " ".join(self.statement.split())[:700]
        return f"{self.node} of {self.table}, {self.rows:,.0f} rows, in: {sql}"


async def statements_of(
    database: Database, viewer: Viewer, work: Callable[[TenantSession], Awaitable[Any]]
) -> list[tuple[str, Any]]:
    """What the verb sends to the database as this member; taken back afterwards."""
    bind(viewer)
    sent: list[tuple[str, Any]] = []

    def note(
        connection: Any, cursor: Any, statement: str, values: Any, context: Any, executemany: bool
    ) -> None:
        sent.append((statement, values[0] if executemany else values))

    engine = database.app.sync_engine
    try:
        async with viewer_session(database, viewer, "test.plans") as session:
            event.listen(engine, "before_cursor_execute", note)
            await work(session)
            await session.flush()
            raise _TakeBack
    except _TakeBack:
        return sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def scans(database: Database, viewer: Viewer, statements: list[tuple[str, Any]]) -> list[Scan]:
    """Run each statement under EXPLAIN ANALYZE as the application does, bound to the company, and undo it."""
    found: list[Scan] = []
    async with await psycopg.AsyncConnection.connect(database.urls.app, autocommit=True) as connection:
        await connection.execute(Binding(viewer.tenant_id, viewer.member_id, "test.plans").begin())
        for statement, values in statements:
            explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            row = await (await connection.execute(explained.encode(), values)).fetchone()
            assert row is not None
            plans = row[0] if isinstance(row[0], list) else json.loads(row[0])
            found += [
                Scan(node["Node Type"], node["Relation Name"], _looked_at(node), statement)
                for node in _nodes(plans[0]["Plan"])
                if "Relation Name" in node
            ]
        await connection.execute("ROLLBACK")
    return found


async def too_much(
    database: Database, viewer: Viewer, statements: list[tuple[str, Any]], most: int = MOST_ROWS
) -> list[str]:
    """The scans that go through a large table: all of it in order, or most of it by an index; with these
    values, or in the plan that is kept for all.

    A scan that a LIMIT ends early is none of them, whatever its kind.
    """
    async with await psycopg.AsyncConnection.connect(database.urls.migrator) as connection:
        sizes = {row[0]: row[1] for row in await (await connection.execute(_SIZES)).fetchall()}
    whole = [
        Scan(node["Node Type"], node["Relation Name"], node["Plan Rows"], statement)
        for statement, node in await _kept(database, viewer, statements)
        if node["Node Type"] == "Seq Scan"
    ]
    large = [scan for scan in await scans(database, viewer, statements) if scan.rows > most]
    return [str(scan) for scan in (*large, *whole) if sizes.get(scan.table, 0) >= LARGE_TABLE]


async def kept_ways(
    database: Database, viewer: Viewer, statements: list[tuple[str, Any]], table: str
) -> set[str]:
    """The indexes by which the plans that are kept for all values reach this table where it is asked for ids;
    the name of the node where it is none."""
    return {
        node.get("Index Name", node["Node Type"])
        for _, node in await _kept(database, viewer, statements)
        if node.get("Relation Name") == table and "ANY" in str(node)
    }


async def _kept(
    database: Database, viewer: Viewer, statements: list[tuple[str, Any]]
) -> list[tuple[str, dict[str, Any]]]:
    """Each statement with the nodes of the plan that PostgreSQL keeps for it, whatever its values."""
    found: list[tuple[str, dict[str, Any]]] = []
    async with await psycopg.AsyncConnection.connect(database.urls.app, autocommit=True) as connection:
        await connection.execute(Binding(viewer.tenant_id, viewer.member_id, "test.plans").begin())
        for statement, _ in statements:
            numbers = itertools.count(1)
            numbered = re.sub(r"%\(\w+\)s", lambda _, n=numbers: f"${next(n)}", statement)
            explained = f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {numbered.replace('%%', '%')}"
            row = await (await connection.execute(explained.encode(), prepare=False)).fetchone()
            assert row is not None
            found += [(statement, node) for node in _nodes(row[0][0]["Plan"])]
        await connection.execute("ROLLBACK")
    return found


class _TakeBack(Exception):
    """Ends a transaction whose statements alone were wanted."""


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _looked_at(node: dict[str, Any]) -> float:
    kept = node.get("Actual Rows", 0)
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return (kept + dropped) * node.get("Actual Loops", 1)
