"""A select that was made ready for the whole process brings each company, and each member, their own rows."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party, Person
from saas.kernel.permissions import Visibility
from saas.tenancy.guard import TenancyError
from saas.tenancy.prepared import COMPANY, Prepared, any_of
from saas.tenancy.scope import unlimited, viewer_session
from saas.tenancy.session import Database
from tests.isolation.conftest import Estate
from tests.support.database import Cluster
from tests.support.viewers import viewer_of

PARTIES = Prepared(
    sa.select(col(Party.id), col(Party.name), col(Person.name).label("person"))
    .outerjoin(Person, col(Person.party_id) == col(Party.id))
    .where(any_of(col(Party.id)))
    .order_by(col(Party.id))
)


async def test_it_brings_the_rows_of_the_company_that_asks(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    both = [ours.party_id, theirs.party_id]
    for estate in (ours, theirs, ours):
        async with database.tenant_session(estate.tenant_id) as session:
            assert [row.id for row in await session.read(PARTIES, ids=both)] == [estate.party_id]


async def test_it_names_the_company_itself_where_row_level_security_does_not_hold(
    database: Database, cluster: Cluster, ours: Estate, theirs: Estate
) -> None:
    text, fixed = PARTIES.ready(database.app.dialect, limited=False)
    values = {**fixed, "ids": [ours.party_id, theirs.party_id], COMPANY.key: ours.tenant_id}
    async with await psycopg.AsyncConnection.connect(cluster.urls.migrator) as past_it:
        found = await (await past_it.execute(text.encode(), values)).fetchall()
        everything = await (await past_it.execute("SELECT count(*) FROM wasl.party")).fetchone()
    assert [row[0] for row in found] == [ours.party_id]
    assert everything is not None
    assert everything[0] > 1


async def test_a_company_named_among_its_values_is_not_listened_to(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        forged = {"ids": [theirs.party_id], COMPANY.key: theirs.tenant_id}
        assert list(await session.read(PARTIES, **forged)) == []


async def test_a_member_limited_to_own_records_reads_those_alone(database: Database, ours: Estate) -> None:
    viewer = viewer_of(ours.company, visibility=Visibility.OWN)
    async with database.tenant_session(ours.tenant_id) as session:
        mine = await parties.create(session, {"name": "Mine", "owner_id": viewer.member_id})
        ids = [ours.party_id, mine.id]
    async with viewer_session(database, viewer) as session:
        assert [row.name for row in await session.read(PARTIES, ids=ids)] == ["Mine"]
        with unlimited(session):
            assert [row.name for row in await session.read(PARTIES, ids=ids)] == ["Kite", "Mine"]


async def test_it_sees_what_was_changed_before_it(database: Database, ours: Estate) -> None:
    async with database.tenant_session(ours.tenant_id) as session:
        (await session.get(Party, ours.party_id)).name = "Heron"
        assert [row.name for row in await session.read(PARTIES, ids=[ours.party_id])] == ["Heron"]


async def test_one_that_would_rebind_the_session_is_refused(database: Database, ours: Estate) -> None:
    rebinding = Prepared(sa.select(sa.func.set_config("app.tenant_id", "1", True)))
    async with database.tenant_session(ours.tenant_id) as session:
        with pytest.raises(TenancyError):
            await session.read(rebinding)


async def test_one_whose_text_follows_from_its_values_is_refused(database: Database, ours: Estate) -> None:
    listed = Prepared(sa.select(col(Party.id)).where(col(Party.id).in_([ours.party_id])))
    async with database.tenant_session(ours.tenant_id) as session:
        with pytest.raises(TypeError):
            await session.read(listed)
