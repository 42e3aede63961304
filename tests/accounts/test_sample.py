"""Sample data comes in one click and goes in one, without a trace."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from saas.tenancy import sample
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany, make_company, viewer_of

_TABLES = sa.text(
    "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped"
    " WHERE n.nspname = 'wasl' AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
)
# The board's sums are kept as differences, whose rows may stay when they add up to nothing.
_SUMS = sa.text(
    "SELECT (stage_id, currency, sum(deals), sum(amount_minor))::text FROM wasl.deal_rollup"
    " GROUP BY stage_id, currency HAVING sum(deals) <> 0 OR sum(amount_minor) <> 0 ORDER BY 1"
)


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database, "Sample House")


async def test_sample_data_fills_the_modules_that_are_on(database: Database, company: MadeCompany):
    before = await _contents(database, company)
    await _add(database, company)
    after = await _contents(database, company)
    assert len(after["party"]) > len(before["party"])
    assert len(after["deal"]) > len(before["deal"])


async def test_sample_data_goes_without_a_trace(database: Database, company: MadeCompany):
    before = await _contents(database, company)
    await _add(database, company)
    await _remove(database, company)
    after = await _contents(database, company)
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    assert after == before


async def test_sample_rows_that_were_changed_go_too(database: Database, company: MadeCompany):
    before = await _contents(database, company)
    await _add(database, company)
    async with database.tenant_session(company.tenant_id, company.owner.member_id, "deal.rename") as session:
        await session.execute(sa.text("UPDATE wasl.party SET name = 'Renamed by a person'"))
    await _remove(database, company)
    assert await _contents(database, company) == before


async def test_what_people_added_themselves_stays(database: Database, company: MadeCompany):
    await _add(database, company)
    async with database.tenant_session(company.tenant_id, company.owner.member_id, "party.add") as session:
        await session.execute(
            sa.text("INSERT INTO wasl.party (tenant_id, kind, name) VALUES (:t, 'company', 'Mine')"),
            {"t": company.tenant_id},
        )
    await _remove(database, company)
    async with database.tenant_session(company.tenant_id) as session:
        names = await session.all(sa.text("SELECT name FROM wasl.party"))
        recorded = await session.one(sa.text("SELECT count(*) FROM wasl.change WHERE action = 'party.add'"))
    assert list(names) == ["Mine"]
    assert recorded == 1


async def test_sample_data_is_added_once(database: Database, company: MadeCompany):
    await _add(database, company)
    with pytest.raises(sample.SampleIsIn):
        await _add(database, company)
    await _remove(database, company)
    with pytest.raises(sample.NoSample):
        await _remove(database, company)
    await _add(database, company)


async def test_forgetting_reaches_no_other_company_or_action(database: Database, company: MadeCompany):
    other = await make_company(database, "Neighbour")
    await _add(database, other)
    theirs = await _contents(database, other)
    await _add(database, company)
    await _remove(database, company)
    assert await _contents(database, other) == theirs
    async with database.tenant_session(company.tenant_id) as session:
        kept = await session.all(sa.text("SELECT DISTINCT action FROM wasl.change"))
        await session.execute(sa.text("SELECT wasl.forget_sample()"))
        assert await session.all(sa.text("SELECT DISTINCT action FROM wasl.change")) == kept


async def test_the_record_of_changes_cannot_be_deleted_otherwise(database: Database, company: MadeCompany):
    await _add(database, company)
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(sa.text("DELETE FROM wasl.change"))


async def _add(database: Database, company: MadeCompany) -> None:
    async with viewer_session(database, await viewer_of(company.owner), sample.ADD) as session:
        await sample.add(session)


async def _remove(database: Database, company: MadeCompany) -> None:
    async with viewer_session(database, await viewer_of(company.owner), sample.REMOVE) as session:
        await sample.remove(session)


async def _contents(database: Database, company: MadeCompany) -> dict[str, list[Any]]:
    """Every row of every table of the company, its version and time of change left out; sums for rollups."""
    async with database.tenant_session(company.tenant_id) as session:
        sums = await session.all(_SUMS)
        return {"sums": list(sums)} | {
            table: sorted(
                await session.all(
                    sa.text(f"SELECT (to_jsonb(t) - 'version' - 'updated_at')::text FROM wasl.{table} t")
                )
            )
            for table in await session.all(_TABLES)
            if table != "deal_rollup"
        }
