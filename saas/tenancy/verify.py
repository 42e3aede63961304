"""The harmless part of the attacks, on a company's own live data: what was tried, what the database said.

Everything happens on bare connections, past every guard of ours, in transactions that are rolled back; only
the last attempts try the guards themselves. Nothing is changed. What is shown names no other company: where
the statement that was sent had its numbers, the shown one says ``#other``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa

from saas.kernel.errors import NotFound
from saas.tenancy.guard import TenancyError, check_statement
from saas.tenancy.models import Membership
from saas.tenancy.sealed import Binding
from saas.tenancy.session import Database
from saas.tenancy.structure import TABLES, VIOLATIONS


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack: ``name_key`` a text key, ``outcome`` what was answered; ``ok``: nothing came through."""

    name_key: str
    statement: str
    outcome: str
    ok: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """A member and a role of another company, found by the system; made up when there is no other."""

    tenant_id: int
    member_id: int
    role_id: int
    public_id: str


# Must be refused by the database, for want of rights or by the policy.
REFUSED = {
    "plant": "INSERT INTO wasl.team (tenant_id, name) VALUES ({them}, 'planted')",
    "move": "UPDATE wasl.role SET tenant_id = {them}",
    "point": "UPDATE wasl.membership SET role_id = {role} WHERE id = {me}",
    "rebind": "SELECT set_config('app.tenant_id', '{them}', true)",
    "rebind_settings": "UPDATE pg_settings SET setting = '{them}' WHERE name = 'app.tenant_id'",
    "hidden_statement": "DO $$ BEGIN EXECUTE 'SET LOCAL app.tenant_id = {them}'; END $$",
    "become_owner": "SET LOCAL ROLE wasl_owner",
    "become_migrator": "SET LOCAL ROLE wasl_migrator",
    "become_superuser": "SET LOCAL SESSION AUTHORIZATION postgres",
    "security_off": "SET LOCAL row_security = off; SELECT count(*) FROM wasl.membership",
    "lift_policy": "DROP POLICY tenant ON wasl.membership",
    "new_policy": "CREATE POLICY wide ON wasl.membership USING (true)",
    "stop_record": "ALTER TABLE wasl.membership DISABLE TRIGGER record_update",
    "erase_history": "DELETE FROM wasl.change",
    "truncate": "TRUNCATE wasl.change",
    "shadow": "CREATE TEMP TABLE membership (tenant_id int)",
    "own_view": "CREATE VIEW wasl.everyone AS SELECT * FROM wasl.membership",
    "accounts": "SELECT count(*) FROM wasl.account",
    "login_sessions": "SELECT count(*) FROM wasl.login_session",
    "letters": "SELECT text_body FROM wasl.mail_message",
    "jobs": "SELECT count(*) FROM jobs.procrastinate_jobs",
    "other_statements": "SELECT query FROM pg_stat_activity",
    "copy_in": "COPY wasl.membership FROM STDIN",
    "copy_to_program": "COPY wasl.membership TO PROGRAM 'cat'",
    "server_files": "SELECT pg_read_file('postgresql.conf')",
    "prolong_trial": "UPDATE wasl.tenant SET trial_ends_on = '2999-01-01'",
}
# Allowed, and must meet no row of another company: the number is of rows found or changed.
NOTHING = {
    "read_companies": "SELECT count(*) FROM wasl.tenant WHERE id <> {us}",
    "read_by_id": "SELECT count(*) FROM wasl.membership WHERE tenant_id = {them} AND id = {member}",
    "change_theirs": "UPDATE wasl.membership SET display_name = display_name WHERE tenant_id = {them}",
    "delete_theirs": "DELETE FROM wasl.team WHERE tenant_id <> {us}",
    "rename_theirs": "UPDATE wasl.tenant SET name = name WHERE id = {them}",
    "read_history": "SELECT count(*) FROM wasl.change WHERE tenant_id <> {us}",
    "search": "SELECT count(*) FROM wasl.search_word WHERE tenant_id <> {us}",
    "by_error": "SELECT count(*) FROM wasl.team WHERE tenant_id <> {us} AND 1 / (tenant_id - {them}) = 0",
    "statistics": "SELECT count(*) FROM pg_stats WHERE schemaname = 'wasl' AND tablename = 'membership'",
}
# Refused before it is sent: statements as somebody might inject them.
GUARDED = {
    "inject_set": "SET LOCAL app.tenant_id = '{them}'",
    "inject_stacked": "SELECT 1; SET LOCAL app.tenant_id = '{them}'",
    "inject_comment": "SELECT '' /* */ ; RESET ALL --",
}


async def verify_isolation(database: Database, tenant_id: int) -> list[Attempt]:
    """Try each attack for the company; some forty statements, under a second. Changes nothing."""
    target = await _target(database, tenant_id)
    shown = {"us": tenant_id, "them": "#other", "member": "#other", "role": "#other", "me": "#own"}
    words: dict[str, Any] = {
        "us": tenant_id,
        "them": target.tenant_id,
        "member": target.member_id,
        "role": target.role_id,
    }
    attempts: list[Attempt] = []
    async with database.app.connect() as connection:
        driver: psycopg.AsyncConnection = (await connection.get_raw_connection()).driver_connection  # pyright: ignore[reportAssignmentType] -- psycopg's
        binding = Binding(tenant_id, action="isolation.verify").begin()
        attempts.append(await _read_everything(driver, binding, tenant_id))
        words["me"] = await _own_member(driver, binding)
        for name, statement in NOTHING.items():
            sent = statement.format(**words)
            attempts.append(
                await _try(driver, binding, name, sent, statement.format(**shown), _meets_nothing)
            )
        for name, statement in REFUSED.items():
            sent = statement.format(**words)
            attempts.append(await _try(driver, binding, name, sent, statement.format(**shown), _came_through))
        unbound = "SELECT count(*) FROM wasl.membership"
        attempts.append(await _try(driver, b"BEGIN", "unbound", unbound, unbound, _came_through))
        attempts.append(await _structure(driver))
    for name, statement in GUARDED.items():
        attempts.append(_guard(name, statement.format(**words), statement.format(**shown)))
    attempts.append(await _by_link(database, tenant_id, target))
    return attempts


async def _target(database: Database, tenant_id: int) -> _Target:
    async with database.system_session() as session:
        rows = await session.rows(
            sa.text(
                "SELECT tenant_id, id, role_id, public_id FROM wasl.membership "
                "WHERE tenant_id <> :us ORDER BY tenant_id, id LIMIT 1"
            ),
            us=tenant_id,
        )
    if not rows:
        return _Target(tenant_id + 1, 1, 2**40, "00000000-0000-7000-8000-000000000000")
    them, member_id, role_id, public_id = rows[0]
    return _Target(them, member_id, role_id, str(public_id))


Judge = Callable[[int], tuple[str, bool]]


def _meets_nothing(rows: int) -> tuple[str, bool]:
    return f"{rows} rows", rows == 0


def _came_through(rows: int) -> tuple[str, bool]:
    return f"allowed, {rows} rows", False


async def _try(
    driver: psycopg.AsyncConnection, binding: bytes, name: str, statement: str, shown: str, judge: Judge
) -> Attempt:
    await driver.execute(binding, prepare=False)
    try:
        cursor = await driver.execute(statement.encode(), prepare=False)
        while cursor.nextset():
            pass
        counted = statement.startswith("SELECT count") or "; SELECT count" in statement
        row = await cursor.fetchone() if counted else None
        outcome, ok = judge(row[0] if row else max(cursor.rowcount, 0))
    except psycopg.Error as error:
        outcome, ok = str(error).splitlines()[0], judge is _came_through
    finally:
        await driver.rollback()
    return Attempt(f"isolation.attack.{name}", shown, outcome, ok)


async def _read_everything(driver: psycopg.AsyncConnection, binding: bytes, tenant_id: int) -> Attempt:
    """Each table within reach, all of it, for rows of another company; the catalogue names the tables."""
    tables = [row[0] for row in await (await driver.execute(TABLES.encode())).fetchall()]
    came = []
    for table in tables:
        query = f'SELECT count(*) FROM wasl."{table}" WHERE tenant_id <> {tenant_id}'
        attempt = await _try(driver, binding, "read_all", query, query, _meets_nothing)
        if not attempt.ok:
            came.append(f"{table}: {attempt.outcome}")
    said = f"SELECT count(*) FROM {', '.join(tables)} WHERE tenant_id <> {tenant_id}"
    outcome = "; ".join(came) or f"0 rows in {len(tables)} tables"
    return Attempt("isolation.attack.read_all", said, outcome, not came)


async def _own_member(driver: psycopg.AsyncConnection, binding: bytes) -> int:
    await driver.execute(binding, prepare=False)
    try:
        row = await (await driver.execute(b"SELECT min(id) FROM wasl.membership", prepare=False)).fetchone()
        return int(row[0] or 0) if row else 0
    finally:
        await driver.rollback()


async def _structure(driver: psycopg.AsyncConnection) -> Attempt:
    holes = await (await driver.execute(VIOLATIONS.encode())).fetchall()
    said = "; ".join(f"{what}: {problem}" for what, problem in holes) or "0 holes"
    return Attempt(
        "isolation.attack.structure", "the catalogue of tables, keys, policies and rights", said, not holes
    )


def _guard(name: str, statement: str, shown: str) -> Attempt:
    try:
        check_statement(statement)
    except TenancyError as refused:
        return Attempt(f"isolation.attack.{name}", shown, f"not sent: {refused}", True)
    return Attempt(f"isolation.attack.{name}", shown, "would be sent", False)


async def _by_link(database: Database, tenant_id: int, target: _Target) -> Attempt:
    name, statement = "isolation.attack.forged_link", "…/#other"
    async with database.tenant_session(tenant_id, action="isolation.verify") as session:
        try:
            await session.by_public_id(Membership, target.public_id)
        except NotFound:
            return Attempt(name, statement, "not found", True)
        except TenancyError as stopped:
            return Attempt(name, statement, str(stopped), False)
    return Attempt(name, statement, "found", False)
