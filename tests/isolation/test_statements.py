"""A statement that somebody manages to inject cannot rebind, hide, borrow rights or make objects."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from saas.tenancy.guard import TenancyError, check_statement
from saas.tenancy.session import Database
from tests.isolation.conftest import Estate, driver_of, names_of

REBINDINGS = [
    "SELECT set_config('app.tenant_id', '{them}', true)",
    "SELECT pg_catalog.set_config('app.tenant_id', '{them}', false)",
    "SELECT \"set_config\"('app.tenant_id', '{them}', true)",
    "SET app.tenant_id = '{them}'",
    "set local app.tenant_id = '{them}'",
    "  \n SET SESSION app.tenant_id TO '{them}'",
    'SET "app"."tenant_id" = \'{them}\'',
    "RESET app.tenant_id",
    "RESET ALL",
    "DISCARD ALL",
    "SELECT 1; SET LOCAL app.tenant_id = '{them}'",
    "SELECT name FROM wasl.party; COMMIT; BEGIN",
    "SELECT '' ; SET ROLE wasl_owner --'",
    "SELECT 1 /* ; */ ; SET ROLE wasl_owner",
    "SELECT E'\\'' ; SET ROLE wasl_owner; SELECT E'\\''",
    "SELECT $a$ ' $a$ ; SET ROLE wasl_owner; SELECT $b$ ' $b$",
    "SELECT U&'\\0061' ; SET ROLE wasl_owner",
    "DO $$ BEGIN EXECUTE 'se' || 't app.ten' || 'ant_id = {them}'; END $$",
    "UPDATE pg_settings SET setting = '{them}' WHERE name = 'app.tenant_id'",
    "UPDATE pg_catalog.pg_settings SET setting = '{them}'",
    "ALTER ROLE wasl_app SET app.tenant_id = '{them}'",
    "PREPARE p AS SELECT 1",
    "SET row_security = off",
    "SET SESSION AUTHORIZATION postgres",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "COPY wasl.party TO STDOUT",
    "LISTEN anything",
    "CALL x()",
    "EXECUTE p",
    "CREATE TEMP TABLE party (name text)",
    "GRANT ALL ON wasl.party TO PUBLIC",
]


@pytest.mark.parametrize("statement", REBINDINGS)
async def test_a_session_refuses_a_statement_that_could_rebind_it(
    database: Database, ours: Estate, theirs: Estate, statement: str
) -> None:
    text = statement.format(them=theirs.tenant_id)
    with pytest.raises(TenancyError):
        async with database.tenant_session(ours.tenant_id) as session:
            connection = await session.connection()
            await connection.exec_driver_sql(text)
    async with database.tenant_session(ours.tenant_id) as session:
        assert await session.all(sa.text("SELECT name FROM wasl.party")) == ["Kite"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM wasl.party WHERE note = 'a; b -- c'",
        "UPDATE wasl.party SET name = 'SET ROLE' WHERE id = 1",
        "WITH x AS (SELECT 1) SELECT * FROM x;",
        "SAVEPOINT a",
        "ROLLBACK TO SAVEPOINT a",
        "RELEASE SAVEPOINT a",
    ],
)
def test_honest_statements_pass(statement: str) -> None:
    check_statement(statement)


# Sent past our own guard, on the bare connection: what is left is the database.
DENIED = [
    "SELECT set_config('app.tenant_id', '{them}', true)",
    "UPDATE pg_catalog.pg_settings SET setting = '{them}' WHERE name = 'app.tenant_id'",
    "DO $$ BEGIN PERFORM 1; END $$",
    "SET ROLE wasl_owner",
    "SET ROLE wasl_system",
    "SET ROLE wasl_migrator",
    "SET SESSION AUTHORIZATION postgres",
    "SET LOCAL session_replication_role = replica",
    "CREATE TEMP TABLE party (name text)",
    "CREATE TABLE wasl.mine (name text)",
    "CREATE TABLE public.mine (name text)",
    "CREATE SCHEMA mine",
    "CREATE VIEW wasl.mine AS SELECT * FROM wasl.party",
    "CREATE FUNCTION wasl.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE RULE r AS ON SELECT TO wasl.party DO INSTEAD NOTHING",
    "CREATE POLICY wide ON wasl.party USING (true)",
    "DROP POLICY tenant ON wasl.party",
    "ALTER TABLE wasl.party DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE wasl.party DISABLE TRIGGER record_update",
    "ALTER FUNCTION wasl.current_tenant() RENAME TO other",
    "DROP TRIGGER guard_row ON wasl.party",
    "TRUNCATE wasl.party",
    "TRUNCATE wasl.change",
    "GRANT wasl_owner TO wasl_app",
    "CREATE ROLE mine",
    "COPY wasl.party TO PROGRAM 'cat'",
    "COPY wasl.party TO '/tmp/x'",
    "COPY (SELECT 1) FROM STDIN",
    "COPY wasl.party (name) FROM STDIN",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_create(0)",
    "SELECT * FROM pg_stat_activity",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM jobs.procrastinate_jobs",
    "SELECT wasl.found_company(1, 'x', 'x', 'KW', 'KWD', 'UTC', 'en', now()::date, ARRAY['crm'])",
    "CREATE EXTENSION vector",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "SET LOCAL row_security = off; SELECT count(*) FROM wasl.party",
    "EXPLAIN ANALYZE SELECT * FROM wasl.account",
    "LOCK TABLE wasl.account",
]


@pytest.mark.parametrize("statement", DENIED)
async def test_the_database_itself_denies_it(
    database: Database, ours: Estate, theirs: Estate, statement: str
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        driver = await driver_of(session)
        with pytest.raises(psycopg.Error) as refused:
            await driver.execute(statement.format(them=theirs.tenant_id).encode(), prepare=False)
        assert refused.value.sqlstate in {"42501", "42601", "0A000", "22023", "42809"}, refused.value
        await driver.rollback()
    assert await names_of(database, theirs) == ["Secret"]


async def test_statistics_and_plans_show_no_hidden_values(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(theirs.tenant_id) as session:
        await session.refresh_statistics("party", "search_word")
    async with database.tenant_session(ours.tenant_id) as session:
        for query in (
            "SELECT * FROM pg_catalog.pg_stats WHERE schemaname = 'wasl'",
            "SELECT * FROM pg_catalog.pg_stats_ext",
            "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM wasl.party",
        ):
            assert "Secret" not in repr((await session.execute(sa.text(query))).all())
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(sa.text("SELECT * FROM pg_catalog.pg_statistic"))


async def test_a_search_path_leads_to_no_table_but_ours(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    """Nothing can be made to shadow a table, so another path only leads to nothing."""
    async with database.tenant_session(ours.tenant_id) as session:
        driver = await driver_of(session)
        await driver.execute(b"SET LOCAL search_path = pg_temp, public, wasl")
        cursor = await driver.execute(b"SELECT name FROM party")
        assert await cursor.fetchall() == [("Kite",)]


async def test_a_value_is_never_read_as_a_statement(database: Database, ours: Estate, theirs: Estate) -> None:
    hostile = f"x'; SET LOCAL app.tenant_id = '{theirs.tenant_id}'; SELECT '"
    async with database.tenant_session(ours.tenant_id) as session:
        await session.execute(sa.text("UPDATE wasl.party SET note = :note"), {"note": hostile})
        assert await session.all(sa.text("SELECT note FROM wasl.party")) == [hostile]


async def test_copying_out_on_a_bare_connection_gives_our_rows_alone(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        driver = await driver_of(session)
        async with driver.cursor().copy(b"COPY (SELECT name FROM wasl.party) TO STDOUT") as copy:
            assert b"".join([bytes(part) async for part in copy]) == b"Kite\n"
