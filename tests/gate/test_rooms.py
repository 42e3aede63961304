"""A tab hears what its member may see, at once, and nothing else; and no more once that has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from saas.kernel.permissions import RoleKey
from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import deals
from saas.modules.crm.state.deals import DealsState
from saas.state.switching import SwitchState
from saas.tenancy.models import Membership
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany, Person, add_member
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

DEALS = DealsState.get_full_name()
BOARD = "/crm/deals"


@dataclass(frozen=True)
class Floor:
    """A company with two salespeople who see their own deals alone, and a deal of the first."""

    company: MadeCompany
    omar: Person
    dana: Person
    dana_id: str
    deal: str
    stages: list[str]


@pytest.fixture
async def floor(database: Database, company: MadeCompany) -> Floor:
    omar = await add_member(database, company, "Omar Nasser", visibility="own")
    dana = await add_member(database, company, "Dana Aziz", visibility="own")
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test.floor") as session:
        deal = await deals.create(session, {"title": "Lobby bar refit", "owner_id": omar.member_id})
        dana_id = await session.one(sa.select(Membership.public_id).where(Membership.id == dana.member_id))
        stages = await session.all(
            sa.select(Stage.public_id).where(Stage.kind == "open").order_by(Stage.position)
        )
        return Floor(company, omar, dana, str(dana_id), str(deal.public_id), [str(s) for s in stages])


async def version_of(database: Database, floor: Floor) -> int:
    async with database.tenant_session(floor.company.tenant_id) as session:
        return (await session.by_public_id(Deal, floor.deal)).version


def told(listener: Tab, part: str) -> list[str]:
    """The ids that the tab was told of under ``part``: rows or gone."""
    return [row["id"] for m in listener.live if m["topic"] == "crm.deal" for row in m.get(part) or []]


async def test_a_move_is_seen_by_colleagues_who_may_see_the_deal_and_by_no_other(
    server: Server, database: Database, floor: Floor, rival: MadeCompany, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, BOARD) as owner,
        tab(server.url, floor.omar.token, BOARD) as omar,
        tab(server.url, floor.dana.token, BOARD) as dana,
        tab(server.url, rival.session_cookie, BOARD) as stranger,
    ):
        move = {"deal": floor.deal, "stage": floor.stages[1], "after": "", "reason": "", "note": ""}
        answer = await owner.act(f"{DEALS}.move", **move)
        assert [row["id"] for row in answer["rows"]] == [floor.deal]
        await omar.eventually(lambda t: floor.deal in told(t, "rows"))
        await dana.fence()
        await stranger.fence()
        assert told(dana, "rows") == told(dana, "gone") == []
        assert told(stranger, "rows") == told(stranger, "gone") == []


async def test_whoever_loses_a_record_sees_it_go_and_whoever_gets_it_sees_it_come(
    server: Server, database: Database, floor: Floor, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, BOARD) as owner,
        tab(server.url, floor.omar.token, BOARD) as omar,
        tab(server.url, floor.dana.token, BOARD) as dana,
    ):
        version = await version_of(database, floor)
        await owner.act(f"{DEALS}.edit", id=floor.deal, field="owner", value=floor.dana_id, version=version)
        await omar.eventually(lambda t: floor.deal in told(t, "gone"))
        await dana.eventually(lambda t: floor.deal in told(t, "rows"))
        assert told(omar, "rows") == []


async def test_a_member_limited_to_own_records_cannot_move_a_colleagues_deal(
    server: Server, database: Database, floor: Floor, log: Callable[[], str]
) -> None:
    async with tab(server.url, floor.dana.token, BOARD) as dana:
        before = await version_of(database, floor)
        move = {"deal": floor.deal, "stage": floor.stages[1], "after": "", "reason": "", "note": ""}
        answer = await dana.act(f"{DEALS}.move", **move)
        assert answer["key"] == "errors.not_found"
        assert await version_of(database, floor) == before


async def test_switching_a_module_off_reaches_every_tab_and_closes_its_handlers_and_rooms(
    server: Server, database: Database, floor: Floor, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, "/settings/modules") as owner,
        tab(server.url, floor.omar.token, BOARD) as omar,
    ):
        await owner.send(f"{SwitchState.get_full_name()}.switch", {"module": "crm", "on": False})
        said = await omar.eventually(lambda t: [m for m in t.live if m.get("kind") == "modules"])
        assert "crm" not in said[-1]["modules"]
        move = {"deal": floor.deal, "stage": floor.stages[1], "after": "", "reason": "", "note": ""}
        assert (await omar.act(f"{DEALS}.move", **move))["key"] == "errors.module_off"
        await owner.send(f"{SwitchState.get_full_name()}.switch", {"module": "crm", "on": True})
        await omar.eventually(
            lambda t: any("crm" in m["modules"] for m in t.live if m.get("kind") == "modules")
        )
        moved = await omar.act(f"{DEALS}.move", **move)
        assert [row["id"] for row in moved["rows"]] == [floor.deal], "all is as it was"


async def test_a_member_who_may_only_look_switches_nothing(
    server: Server, database: Database, company: MadeCompany, log: Callable[[], str]
) -> None:
    person = await add_member(database, company, role=RoleKey.VIEWER)
    async with tab(server.url, person.token, "/home") as visitor:
        answer = await visitor.act(f"{SwitchState.get_full_name()}.switch", module="crm", on=False)
        assert answer["key"] == "errors.not_allowed"
