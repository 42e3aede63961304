"""The catalogue of PostgreSQL shows every company's table fenced in, and the look at it can fail."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from saas.tenancy.owned import TenantOwned
from saas.tenancy.structure import TABLES, VIOLATIONS
from tests.support.database import Cluster


@pytest.fixture
def copy(cluster: Cluster) -> Iterator[psycopg.Connection]:
    """A superuser's transaction in which the catalogue may be broken; it is rolled back."""
    url = cluster.superuser_url.replace("/postgres?", "/wasl?")
    with psycopg.connect(url) as connection:
        yield connection
        connection.rollback()


def violations(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(VIOLATIONS.encode())]


def test_every_companys_table_is_fenced_in(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls.app) as connection:
        assert violations(connection) == []
        assert len(connection.execute(TABLES.encode()).fetchall()) >= 15


BREAKS = {
    "has no tenant_id NOT NULL": "ALTER TABLE wasl.search_word DROP CONSTRAINT search_word_pkey;"
    "ALTER TABLE wasl.search_word ALTER tenant_id DROP NOT NULL",
    "row level security is off": "ALTER TABLE wasl.party DISABLE ROW LEVEL SECURITY",
    "row level security is not forced on the owner": "ALTER TABLE wasl.party NO FORCE ROW LEVEL SECURITY",
    "is not owned by wasl_owner": "ALTER TABLE wasl.party OWNER TO postgres",
    "has no policy that binds it to the company": "ALTER POLICY tenant ON wasl.party USING (true)",
    "has no policy that binds it": "ALTER POLICY tenant ON wasl.party WITH CHECK (true)",
    "has no policy": "DROP POLICY tenant ON wasl.party",
    "has more than one policy for wasl_app: they add up": (
        "CREATE POLICY more ON wasl.party TO wasl_app USING (true)"
    ),
    "more than one policy": "CREATE POLICY more ON wasl.party USING (true)",
    "lets everybody in by the policy wide": "CREATE POLICY wide ON wasl.party FOR SELECT USING (true)",
    "lets wasl_system in by the policy s": "CREATE POLICY s ON wasl.party TO wasl_system USING (true)",
    "lets wasl_system in by the policy w": (
        "CREATE POLICY w ON wasl.membership FOR UPDATE TO wasl_system USING (true)"
    ),
    "the policy o lets the owner past the company": (
        "CREATE POLICY o ON wasl.party TO wasl_owner USING (true)"
    ),
    "its primary key does not start with tenant_id": (
        "ALTER TABLE wasl.attachment DROP CONSTRAINT attachment_pk;"
        "ALTER TABLE wasl.attachment ADD PRIMARY KEY (id, tenant_id)"
    ),
    "is unique across companies": "CREATE UNIQUE INDEX ON wasl.legal_entity (legal_name) WHERE id < 0",
    "excludes across companies": (
        "ALTER TABLE wasl.legal_entity "
        "ADD EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (id < 0)"
    ),
    "points across companies": "CREATE UNIQUE INDEX team_id ON wasl.team (id);"
    "ALTER TABLE wasl.comment ADD CONSTRAINT x FOREIGN KEY (subject_id) REFERENCES wasl.team (id) NOT VALID",
    "its tenant_id refers to no company": "ALTER TABLE wasl.party DROP CONSTRAINT party_tenant_fk",
    "has no working trigger guard_row": "DROP TRIGGER guard_row ON wasl.party",
    "has no working trigger record_update": "ALTER TABLE wasl.party DISABLE TRIGGER record_update",
    "has no working trigger record_delete": "ALTER TABLE wasl.party ENABLE REPLICA TRIGGER record_delete",
    "may be written while the company is read-only": "DROP TRIGGER refuse_when_read_only ON wasl.deal",
    "may be written while": "ALTER TABLE wasl.party DISABLE TRIGGER refuse_when_read_only",
    "written while the company is read-only": "CREATE OR REPLACE TRIGGER refuse_when_read_only BEFORE UPDATE"
    " ON wasl.party FOR EACH STATEMENT EXECUTE FUNCTION wasl.refuse_when_read_only()",
    "while the company is read-only": "CREATE OR REPLACE TRIGGER refuse_when_read_only"
    " BEFORE INSERT OR UPDATE OR DELETE ON wasl.party FOR EACH STATEMENT WHEN (false)"
    " EXECUTE FUNCTION wasl.refuse_when_read_only()",
    "is kept by triggers, yet wasl_app may write it": "GRANT DELETE ON wasl.change TO wasl_app",
    "may be truncated": "GRANT TRUNCATE ON wasl.party TO wasl_app",
    "is a view that reads with its owner's rights": "CREATE VIEW wasl.v AS SELECT * FROM wasl.party;"
    "GRANT SELECT ON wasl.v TO wasl_app",
    "is a view that reads": (
        "CREATE MATERIALIZED VIEW wasl.v AS SELECT 1 AS one; GRANT SELECT ON wasl.v TO PUBLIC"
    ),
    "without a search path of its own": "ALTER FUNCTION wasl.record_insert() RESET search_path",
    "runs with its owner's rights when wasl_app calls it": (
        "GRANT EXECUTE ON FUNCTION wasl.record_insert() TO wasl_app"
    ),
    "has a power that ends isolation": "ALTER ROLE wasl_app BYPASSRLS",
    "a power that ends isolation": "GRANT wasl_owner TO wasl_system",
    "lets wasl_app create objects": "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "lets wasl_app make temporary tables": "GRANT TEMP ON DATABASE wasl TO PUBLIC",
    "may be called by wasl_app": (
        "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC"
    ),
    "lets wasl_app run DO blocks": "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC",
    "may be written by wasl_app": "GRANT UPDATE ON pg_catalog.pg_settings TO PUBLIC",
    "is the workers' alone": "GRANT SELECT ON jobs.procrastinate_jobs TO wasl_app",
    "a shared table within reach": "GRANT SELECT ON wasl.account TO wasl_app",
}
# What the look says where the key above is our own word for the break.
SAID = {"a shared table within reach": "row level security is off"}


@pytest.mark.parametrize("problem", BREAKS)
def test_a_hole_in_the_fence_is_seen(copy: psycopg.Connection, problem: str) -> None:
    copy.execute(BREAKS[problem].encode())
    found = violations(copy)
    assert any(SAID.get(problem, problem) in said for _, said in found), found


def test_models_and_tables_say_the_same(cluster: Cluster) -> None:
    """A column that a model lacks would lose data unseen; one that the table lacks fails at first use."""
    with psycopg.connect(cluster.urls.migrator) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns "
            "WHERE table_schema = 'wasl'"
        ).fetchall()
    tables: dict[str, dict[str, bool]] = {}
    for table, column, nullable in rows:
        tables.setdefault(table, {})[column] = nullable
    different = []
    for table in SQLModel.metadata.tables.values():
        if table.schema != "wasl":
            continue
        columns = {column.name for column in table.columns}
        if columns != set(tables.get(table.name, {})):
            different.append((table.name, columns ^ set(tables.get(table.name, {}))))
    assert different == []


def test_every_owned_model_has_a_table_of_a_company(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls.app) as connection:
        tables = {row[0] for row in connection.execute(TABLES.encode())}
    mapped = {
        model.__tablename__
        for model in _subclasses(TenantOwned)
        if sa.inspect(model, raiseerr=False) is not None
    }
    assert mapped - tables == set()


def _subclasses(base: type) -> Iterator[type]:
    for child in base.__subclasses__():
        yield child
        yield from _subclasses(child)
