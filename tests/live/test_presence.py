"""Who is here and who writes where: seen by those who may see the record, in every process, and no longer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from saas.modules.crm.service import deals
from saas.modules.crm.state.deals import DealsState
from saas.state.workspace import PresenceState
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.live.conftest import Floor
from tests.support import server as servers
from tests.support.companies import MadeCompany, Person, add_member, make_company
from tests.support.database import Cluster
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

WRITING = f"{PresenceState.get_full_name()}.writing"
DEALS = DealsState.get_full_name()
BEAT = "0.4"


async def write_on(opened: Tab, id: str, field: str, topic: str = "crm.customer") -> None:
    await opened.send(WRITING, {"topic": topic, "id": id, "field": field})


def open_fields(listener: Tab) -> dict[str, tuple[str, str]]:
    """Record and field by who has it open, as the tab would show them."""
    shown: dict[str, tuple[str, str, str]] = {}
    for message in listener.live:
        if message["topic"] != "editing":
            continue
        if "all" in message:
            shown = {w["tab"]: (w["by"], w["id"], w["field"]) for w in message["all"]}
        elif message["field"]:
            shown[message["tab"]] = (message["by"], message["id"], message["field"])
        else:
            shown.pop(message["tab"], None)
    return {by: (id, field) for by, id, field in shown.values()}


def here(listener: Tab) -> list[str]:
    """The names of those who are here, as the tab was told last."""
    said = [m["members"] for m in listener.live if m.get("kind") == "presence"]
    entered = listener.values("viewer_state").get("viewer", {}).get("present", [])
    return [member["name"] for member in (said[-1] if said else entered)]


async def test_a_field_is_shown_from_its_opening_to_its_leaving(server: Server, floor: Floor) -> None:
    async with tab(server.url, floor.company.session_cookie, "/crm/customers") as layla:
        async with tab(server.url, floor.mariam.token, "/crm/customers") as mariam:
            await write_on(mariam, floor.customer, "phone")
            await layla.eventually(lambda t: open_fields(t) == {"Mariam Saleh": (floor.customer, "phone")})
            await write_on(mariam, floor.customer, "city")
            await layla.eventually(lambda t: open_fields(t) == {"Mariam Saleh": (floor.customer, "city")})
            await mariam.send(WRITING, {"topic": "", "id": "", "field": ""})
            await layla.eventually(lambda t: open_fields(t) == {})
            await write_on(mariam, floor.customer, "phone")
            await layla.eventually(open_fields)
            async with tab(server.url, floor.company.session_cookie, "/crm/customers") as late:
                await late.eventually(lambda t: open_fields(t) == {"Mariam Saleh": (floor.customer, "phone")})
            mariam.cut()
            await layla.eventually(lambda t: open_fields(t) == {})
        await layla.eventually(lambda t: here(t) == ["Layla Haddad"])


async def test_whoever_may_not_see_the_record_hears_nothing(
    server: Server, database: Database, floor: Floor
) -> None:
    omar = await add_member(database, floor.company, "Omar Nasser", visibility="own")
    dana = await add_member(database, floor.company, "Dana Aziz", visibility="own")
    rival = await make_company(database, "Rival Supplies")
    deal = await _deal_of(database, floor.company, omar)
    async with (
        tab(server.url, floor.company.session_cookie, "/crm/deals") as layla,
        tab(server.url, omar.token, "/crm/deals") as his,
        tab(server.url, dana.token, "/crm/deals") as hers,
        tab(server.url, rival.session_cookie, "/crm/deals") as stranger,
    ):
        await write_on(layla, deal, "title", "crm.deal")
        await his.eventually(lambda t: open_fields(t) == {"Layla Haddad": (deal, "title")})
        # Nor does one who may not see it make others believe that she writes there.
        await write_on(hers, deal, "title", "crm.deal")
        await write_on(stranger, deal, "title", "crm.deal")
        for listener in (hers, stranger):
            await listener.fence()
            assert open_fields(listener) == {}
        await his.fence()
        assert open_fields(his) == {"Layla Haddad": (deal, "title")}
        async with tab(server.url, dana.token, "/crm/deals") as late:
            assert open_fields(late) == {}


async def test_only_fields_that_exist_and_may_be_edited_are_told(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, "/crm/customers") as layla,
        tab(server.url, floor.mariam.token, "/crm/customers") as mariam,
    ):
        await write_on(mariam, floor.customer, "made_up")
        await write_on(mariam, floor.customer, "phone", "no.such.list")
        await write_on(mariam, "01a20000-0000-7000-8000-000000000000", "phone")
        await mariam.fence()
        await layla.fence()
        assert open_fields(layla) == {}
        assert not [m for m in mariam.live if m["topic"] == "ack"], "it is no error either"


@pytest.fixture(params=["redis", "database"])
def bus(request: pytest.FixtureRequest) -> dict[str, str]:
    """What carries messages between two servers."""
    if request.param == "redis":
        return {"REDIS_URL": request.getfixturevalue("redis_url")}
    return {}


@contextlib.contextmanager
def beside(cluster: Cluster, bus: dict[str, str]) -> Iterator[Server]:
    more = {**bus, "PRESENCE_SECONDS": BEAT, "WORKER_INSIDE": "false"}
    with servers.running(cluster.place.data_dir, "--no-build", more=more) as running:
        yield running


async def test_two_servers_show_each_others_people_and_forget_those_of_a_killed_one(
    cluster: Cluster, bus: dict[str, str], built_front_end: Any, database: Database, floor: Floor
) -> None:
    with beside(cluster, bus) as first, beside(cluster, bus) as second:
        async with tab(first.url, floor.company.session_cookie, "/crm/customers") as layla:
            async with tab(second.url, floor.mariam.token, "/crm/customers") as mariam:
                for listener in (layla, mariam):
                    await listener.eventually(lambda t: here(t) == ["Layla Haddad", "Mariam Saleh"])
                await write_on(mariam, floor.customer, "phone")
                await layla.eventually(
                    lambda t: open_fields(t) == {"Mariam Saleh": (floor.customer, "phone")}
                )
            # Her tab is closed.
            await layla.eventually(lambda t: (here(t), open_fields(t)) == (["Layla Haddad"], {}))
            async with tab(second.url, floor.mariam.token, "/crm/customers") as mariam:
                await write_on(mariam, floor.customer, "phone")
                await layla.eventually(open_fields)
                second.process.kill()
                second.process.wait()
                # Nobody says goodbye: it is the silence that counts.
                await layla.eventually(lambda t: (here(t), open_fields(t)) == (["Layla Haddad"], {}))


async def _deal_of(database: Database, company: MadeCompany, owner: Person) -> str:
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test.floor") as session:
        deal = await deals.create(session, {"title": "Lobby bar refit", "owner_id": owner.member_id})
        await session.flush()
        return str(deal.public_id)
