"""Two companies with the same kinds of rows: one acts, the other must stay out of reach."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from saas.directory import comments, parties, people
from saas.tenancy.models import Role
from saas.tenancy.session import Database, TenantSession
from tests.support.database import Cluster, Company


@dataclass(frozen=True)
class Estate:
    """What a company owns: ids inside and outside."""

    company: Company
    party_id: int
    party_public_id: str
    person_id: int
    role_id: int

    @property
    def tenant_id(self) -> int:
        return self.company.tenant_id


async def settle(database: Database, company: Company, name: str) -> Estate:
    async with database.tenant_session(company.tenant_id, company.owner_id) as session:
        party = await parties.create(session, {"name": name, "tax_number": name, "credit_limit_minor": 700})
        person = await people.create(session, {"name": f"Buyer of {name}", "party_id": party.id})
        await comments.add(session, "crm.customers", party.id, f"About {name}")
        role = Role(name=f"Helper of {name}", permissions=[])
        session.add(role)
        await session.flush()
        return Estate(company, party.id, str(party.public_id), person.id, role.id)


@pytest.fixture
async def ours(database: Database, company: Company) -> Estate:
    return await settle(database, company, "Kite")


@pytest.fixture
async def theirs(database: Database, rival: Company) -> Estate:
    return await settle(database, rival, "Secret")


async def names_of(database: Database, estate: Estate) -> list[str]:
    """What the company's parties are called now, for a look after the attack."""
    async with database.tenant_session(estate.tenant_id) as session:
        return list(await session.all(sa.text("SELECT name FROM wasl.party ORDER BY id")))


async def driver_of(session: TenantSession) -> psycopg.AsyncConnection:
    """The bare connection under a bound session, past every guard of ours: only the database is left."""
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, psycopg.AsyncConnection)
    return raw


async def bare(cluster: Cluster) -> psycopg.AsyncConnection:
    """A connection with the application's own password, as somebody who stole it would open it."""
    return await psycopg.AsyncConnection.connect(cluster.urls.app)
