"""Owners can see for themselves that nothing comes through, and would see if something did."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from saas.kernel.i18n import load_texts
from saas.tenancy.session import Database
from saas.tenancy.verify import verify_isolation
from tests.isolation.conftest import Estate, names_of
from tests.support.database import Cluster


@pytest.fixture
def admin(cluster: Cluster) -> Iterator[psycopg.Connection]:
    url = cluster.superuser_url.replace("/postgres?", "/wasl?")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


async def test_nothing_comes_through_and_nothing_is_changed(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        before = await session.one(sa.text("SELECT count(*) FROM wasl.change"))
    attempts = await verify_isolation(database, ours.tenant_id)
    assert [attempt for attempt in attempts if not attempt.ok] == []
    assert len(attempts) >= 40
    assert str(theirs.tenant_id) not in {word for attempt in attempts for word in attempt.statement.split()}
    async with database.tenant_session(ours.tenant_id) as session:
        assert await session.one(sa.text("SELECT count(*) FROM wasl.change")) == before
    assert (await names_of(database, ours), await names_of(database, theirs)) == (["Kite"], ["Secret"])


async def test_each_attempt_says_what_it_is_in_both_languages(database: Database, ours: Estate) -> None:
    keys = {attempt.name_key for attempt in await verify_isolation(database, ours.tenant_id)}
    texts = load_texts()
    assert keys - set(texts["en"]) == keys - set(texts["ar"]) == set()


@pytest.mark.parametrize(
    ("hole", "mend", "seen"),
    [
        (
            "ALTER TABLE wasl.party DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE wasl.party ENABLE ROW LEVEL SECURITY",
            {"read_all", "structure"},
        ),
        (
            "CREATE POLICY wide ON wasl.membership USING (true)",
            "DROP POLICY wide ON wasl.membership",
            {"read_all", "read_by_id", "change_theirs", "structure"},
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC",
            "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
            {"rebind", "structure"},
        ),
        (
            "GRANT wasl_owner TO wasl_app",
            "REVOKE wasl_owner FROM wasl_app",
            {"become_owner", "structure"},
        ),
    ],
)
async def test_a_hole_is_reported(
    database: Database,
    admin: psycopg.Connection,
    ours: Estate,
    theirs: Estate,
    hole: str,
    mend: str,
    seen: set[str],
) -> None:
    admin.execute(hole.encode())
    try:
        attempts = await verify_isolation(database, ours.tenant_id)
    finally:
        admin.execute(mend.encode())
    failed = {attempt.name_key.rsplit(".", 1)[1] for attempt in attempts if not attempt.ok}
    assert seen <= failed
