"""A company with two people in it whose tabs are open beside each other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from saas.directory.models import Party
from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import customers
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.faults.conftest import house  # noqa: F401 -- a fixture for the tests here as well
from tests.support.companies import MadeCompany, Person, add_member, make_company


@dataclass(frozen=True, slots=True)
class Floor:
    """A company, a colleague who may do everything, and one of its customers by public id."""

    company: MadeCompany
    mariam: Person
    customer: str

    async def customer_row(self, database: Database) -> Party:
        async with database.tenant_session(self.company.tenant_id) as session:
            return await session.by_public_id(Party, self.customer)


@pytest.fixture
async def floor(database: Database) -> Floor:
    return await make_floor(database, RoleKey.ADMIN)


async def make_floor(database: Database, role: RoleKey) -> Floor:
    """``role`` is the colleague's."""
    company = await make_company(database)
    mariam = await add_member(database, company, "Mariam Saleh", role=role)
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test.floor") as session:
        made = await customers.create(session, {"name": "Harbour Roastery", "phone": "+965 1111"})
        await session.flush()
        return Floor(company, mariam, str(made.public_id))
