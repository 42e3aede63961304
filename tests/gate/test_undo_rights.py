"""What one may not do any more one does not take back either, nor what a module that is off holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from saas.directory.models import Product
from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import pipelines
from saas.modules.scheduling.models import Colour
from saas.modules.scheduling.service import appointments, hours, offer
from saas.modules.warehouse.service import products, stock
from saas.state.undoing import UndoState
from saas.tenancy import members, module_switches
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import TenantSession
from tests.support.companies import MadeCompany, Person, add_member, viewer_of
from tests.support.database import Database
from tests.support.server import Server
from tests.support.socket_client import tab

UNDO = f"{UndoState.get_full_name()}.undo"


async def _pipeline(session: TenantSession) -> None:
    await pipelines.add_pipeline(session, "Renewals")


async def _stage(session: TenantSession) -> None:
    first, *_ = await pipelines.stages(session)
    await pipelines.place_stage(session, first, 1)


async def _offer(session: TenantSession) -> None:
    await offer.add_person(session, "Training room")


async def _hours(session: TenantSession) -> None:
    await hours.say(session, {0: (480, 960)})


async def _to_book(session: TenantSession) -> None:
    await offer.add_person(session, "Layla")
    await offer.add_service(session, "Training", 60, Colour.INFO)


async def _booking(session: TenantSession) -> None:
    person, service = (await offer.people(session))[0], (await offer.services(session))[0]
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    await appointments.book(session, person=person, service=service, starts_at=at)


async def _to_receive(session: TenantSession) -> None:
    await products.create(session, {"name": "Beans"})


async def _receipt(session: TenantSession) -> None:
    product = await session.one(select(Product))
    assert product is not None
    await stock.receive(session, product, 5)


Work = Callable[[TenantSession], Awaitable[None]]
DONE: list[tuple[str, Work]] = [
    ("crm", _pipeline),
    ("crm", _stage),
    ("scheduling", _offer),
    ("scheduling", _hours),
    ("scheduling", _booking),
    ("warehouse", _receipt),
]
FIRST: dict[Work, Work] = {_booking: _to_book, _receipt: _to_receive}


async def do(database: Database, person: Person, what: Work) -> str:
    """The id of the action that the person has done."""
    if what in FIRST:
        await do(database, person, FIRST[what])
    async with viewer_session(database, await viewer_of(person), "test.done") as session:
        await what(session)
        await session.flush()
        return str(session.action_id)


async def answer_to_undo(server: Server, person: Person, action_id: str) -> dict[str, Any]:
    async with tab(server.url, person.token) as opened:
        return await opened.act(UNDO, action_id=action_id)


@pytest.mark.parametrize("what", [what for _, what in DONE])
async def test_whoever_lost_the_right_does_not_take_back_what_they_did_with_it(
    server: Server, database: Database, company: MadeCompany, what: Work
) -> None:
    omar = await add_member(database, company, role=RoleKey.ADMIN)
    done = await do(database, omar, what)
    owner, his = await viewer_of(company.owner), await viewer_of(omar)
    async with viewer_session(database, owner, "test.demote") as session:
        await members.change_role(session, his.member_public_id, RoleKey.VIEWER, by=owner)
    answer = await answer_to_undo(server, omar, done)
    assert (answer["ok"], answer["key"]) == (False, "errors.not_allowed")


@pytest.mark.parametrize(("module", "what"), DONE)
async def test_what_a_module_that_is_off_holds_is_not_taken_back(
    server: Server, database: Database, company: MadeCompany, module: str, what: Work
) -> None:
    done = await do(database, company.owner, what)
    owner = await viewer_of(company.owner)
    async with viewer_session(database, owner, "test.off") as session:
        await module_switches.switch(session, module, False, by=owner)
    answer = await answer_to_undo(server, company.owner, done)
    assert (answer["ok"], answer["key"]) == (False, "errors.module_off")
