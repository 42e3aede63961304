"""A company with CRM on, and sessions as its people."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from saas.kernel.permissions import RoleKey, Visibility
from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import deals, pipelines
from saas.tenancy.models import Membership, Team
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer
from tests.support.companies import MadeCompany, Person, add_member, make_company
from tests.support.loop import loop_thread


@dataclass(frozen=True)
class Shop:
    """A company of one test. ``open()`` is a transaction of its owner, ``open(viewer)`` of another member."""

    database: Database
    company: MadeCompany
    owner: Viewer

    def open(
        self, viewer: Viewer | None = None, action: str = "test"
    ) -> AbstractAsyncContextManager[TenantSession]:
        return viewer_session(self.database, viewer or self.owner, action)

    async def hire(self, name: str, visibility: Visibility = Visibility.ALL) -> Viewer:
        """A rep who sees own, team or all records."""
        person = await add_member(
            self.database, self.company, name, role=RoleKey.REP, visibility=visibility.value
        )
        return await seen_by(person)

    async def team_up(self, *members: Viewer) -> list[Viewer]:
        """The members as one team, as they see the company from then on."""
        async with self.open() as session:
            team = Team(name="Sales")
            session.add(team)
            await session.flush()
            for member in members:
                (await session.get(Membership, member.member_id)).team_id = team.id
        return [await self._again(member) for member in members]

    async def _again(self, member: Viewer) -> Viewer:
        async with self.open() as session:
            me = await session.get(Membership, member.member_id)
            mates = await session.all(select(col(Membership.id)).where(col(Membership.team_id) == me.team_id))
            return replace(member, team_id=me.team_id, team_member_ids=frozenset(mates))


async def seen_by(person: Person) -> Viewer:
    viewer = await recognise(person.token)
    assert viewer is not None
    return viewer


@pytest.fixture
async def shop(database: Database) -> Shop:
    company = await make_company(database, modules=["crm"])
    return Shop(database, company, await seen_by(company.owner))


async def stage_named(session: TenantSession, name: str) -> Stage:
    return next(stage for stage in await pipelines.stages(session) if stage.name == name)


async def new_deal(session: TenantSession, title: str = "Lobby bar refit", **values: Any) -> Deal:
    """A deal; ``stage`` may name where it stands."""
    if "stage" in values:
        values["stage_id"] = (await stage_named(session, values.pop("stage"))).id
    return await deals.create(session, {"title": title, **values})


@pytest.fixture
def shown(database: Database) -> Shop:
    """A company with three deals in New and two in Proposal."""

    async def make() -> Shop:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        async with shop.open() as session:
            for title in ("Grinder lease", "Bean supply", "Lobby bar"):
                await new_deal(session, title, amount_minor=1_000_000)
            for title in ("Water filters", "Service plan"):
                await new_deal(session, title, stage="Proposal")
        return shop

    return loop_thread().run(make())
