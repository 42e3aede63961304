"""What an undo had to leave is shown row by row, and a person decides about each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from saas.modules.crm.state.customers import CustomersState
from saas.pages.members_state import MembersState
from saas.state.undoing import UndoState
from saas.tenancy.session import Database
from tests.live.conftest import Floor
from tests.support.companies import Person, add_member
from tests.support.server import Server
from tests.support.socket_client import Tab, tab, told

LIST = CustomersState.get_full_name()
UNDO = UndoState.get_full_name()
PAGE = "/crm/customers"


async def edit(opened: Tab, floor: Floor, database: Database, field: str, value: str) -> str:
    """Set a field as it stands now; gives the action's id, as the toast offers it for Undo."""
    version = (await floor.customer_row(database)).version
    update = opened.expect(lambda u: told(u, topic="toast", key="crm.customer.toast.edited"))
    await opened.act(f"{LIST}.edit", id=floor.customer, field=field, value=value, version=version)
    return next(m["undo"] for m in (await update).live if m["topic"] == "toast")


async def undo(opened: Tab, action: str) -> dict[str, Any]:
    """Take it back; gives the toast."""
    update = await opened.call(
        f"{UNDO}.undo", {"op": "", "action_id": action}, lambda u: told(u, topic="toast")
    )
    toast = next(m for m in update.live if m["topic"] == "toast")
    await opened.fence()
    return toast


def left(opened: Tab) -> list[dict[str, Any]]:
    entries = opened.values("undo_state").get("left") or [{"rows": []}]
    return entries[0]["rows"]


async def test_the_field_its_value_and_who_set_it_are_named(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, PAGE) as layla,
        tab(server.url, floor.mariam.token, PAGE) as mariam,
    ):
        action = await edit(layla, floor, database, "phone", "+965 2222")
        await edit(mariam, floor, database, "phone", "+965 3333")
        toast = await undo(layla, action)
        assert (toast["key"], toast["left"], toast["params"]) == ("kit.toast.undone_but", action, {"n": 1})
        row = left(layla)[0]
        assert (row["title"], row["href"]) == ("Harbour Roastery", f"{PAGE}/{floor.customer}")
        assert (row["reason"], row["by"], row["can"]) == ("changed", "Mariam Saleh", True)
        said = [(line["label"], line["old"], line["new"]) for line in row["lines"]]
        assert said == [("crm.customers.phone", "+965 1111", "+965 3333")]
        assert (await floor.customer_row(database)).phone == "+965 3333"


async def test_it_can_be_taken_back_all_the_same_and_that_again(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, PAGE) as layla,
        tab(server.url, floor.mariam.token, PAGE) as mariam,
    ):
        action = await edit(layla, floor, database, "phone", "+965 2222")
        await edit(mariam, floor, database, "phone", "+965 3333")
        await edit(mariam, floor, database, "city", "Hawally")
        await undo(layla, action)
        done = await layla.call(
            f"{UNDO}.insist",
            {"op": "", "action_id": action, "topic": "crm.customer", "id": floor.customer},
            lambda u: told(u, topic="toast"),
        )
        row = await floor.customer_row(database)
        assert (row.phone, row.city) == ("+965 1111", "Hawally"), "only what the action had set"
        await mariam.eventually(
            lambda t: any(r["phone"] == "+965 1111" for m in t.live for r in m.get("rows") or ())
        )
        await layla.fence()
        assert left(layla) == []
        await undo(layla, next(m["undo"] for m in done.live if m["topic"] == "toast"))
        assert (await floor.customer_row(database)).phone == "+965 3333"


async def test_nobody_takes_back_a_colleagues_action_or_what_they_may_not_see(
    server: Server, database: Database, floor: Floor
) -> None:
    dana = await add_member(database, floor.company, "Dana Aziz", visibility="own")
    async with (
        tab(server.url, floor.company.session_cookie, PAGE) as layla,
        tab(server.url, floor.mariam.token, PAGE) as mariam,
        tab(server.url, dana.token, PAGE) as hers,
    ):
        action = await edit(layla, floor, database, "phone", "+965 2222")
        wanted: dict[str, Any] = {"action_id": action, "topic": "crm.customer", "id": floor.customer}
        assert (await mariam.act(f"{UNDO}.insist", **wanted))["key"] == "tenancy.not_your_action"
        assert (await hers.act(f"{UNDO}.insist", **wanted))["ok"] is False
        assert (await layla.act(f"{UNDO}.insist", **{**wanted, "topic": "no.list"}))["ok"] is False
        assert (await floor.customer_row(database)).phone == "+965 2222"


@asynccontextmanager
async def lent_to_dana(
    server: Server, database: Database, floor: Floor
) -> AsyncIterator[tuple[Tab, Tab, Callable[[Tab, int], Awaitable[str]], Person]]:
    """The customer is Dana's, who sees her own alone. Gives the owner's tab, hers, what gives the customer to
    a member in one of them, and Dana."""
    dana = await add_member(database, floor.company, "Dana Aziz", visibility="own")

    async def give(opened: Tab, member_id: int) -> str:
        return await edit(opened, floor, database, "owner", await _public_id(database, member_id, floor))

    async with (
        tab(server.url, floor.company.session_cookie, PAGE) as layla,
        tab(server.url, dana.token, PAGE) as hers,
    ):
        await give(layla, dana.member_id)
        yield layla, hers, give, dana


@pytest.mark.parametrize("phone", ["+965 2222", "+965 3333"])
async def test_undo_leaves_a_record_that_one_may_not_see_any_more_and_tells_the_reason_alone(
    server: Server, database: Database, floor: Floor, phone: str
) -> None:
    async with lent_to_dana(server, database, floor) as (layla, hers, give, _):
        action = await edit(hers, floor, database, "phone", "+965 2222")
        if phone != "+965 2222":
            await edit(layla, floor, database, "phone", phone)
        await give(layla, floor.mariam.member_id)
        toast = await undo(hers, action)
        assert (toast["key"], toast["left"]) == ("kit.toast.undone_but", action)
        row = left(hers)[0]
        assert (row["reason"], row["title"], row["lines"], row["can"]) == ("hidden", "", [], False)
        assert (await floor.customer_row(database)).phone == phone


async def test_what_one_gave_away_oneself_can_be_taken_back(
    server: Server, database: Database, floor: Floor
) -> None:
    async with lent_to_dana(server, database, floor) as (_, hers, give, dana):
        action = await give(hers, floor.mariam.member_id)
        assert (await undo(hers, action))["key"] == "kit.toast.undone"
        assert (await floor.customer_row(database)).owner_id == dana.member_id


async def _public_id(database: Database, member_id: int, floor: Floor) -> str:
    from saas.tenancy.models import Membership

    async with database.tenant_session(floor.company.tenant_id) as session:
        member = await session.get(Membership, member_id)
        assert member is not None
        return str(member.public_id)


async def test_a_role_is_taken_back_only_by_who_may_still_give_it(
    server: Server, database: Database, floor: Floor
) -> None:
    omar = await add_member(database, floor.company, "Omar Nasser")
    members = MembersState.get_full_name()
    page = "/settings/members"
    async with (
        tab(server.url, floor.company.session_cookie, page) as layla,
        tab(server.url, floor.mariam.token, page) as mariam,
    ):
        ids = {p["name"]: p["id"] for p in layla.values("members_state")["people"]}
        given = {"member": ids["Omar Nasser"], "role": "admin"}
        for n in range(2):
            update = await mariam.call(
                f"{members}.change_role", given, lambda u: told(u, topic="toast", kind="done")
            )
            action = next(m["undo"] for m in update.live if m["topic"] == "toast")
            await mariam.fence()
            assert await _role(database, omar.member_id, floor) == "admin"
            if n == 0:
                assert (await undo(mariam, action))["key"] == "kit.toast.undone"
                assert await _role(database, omar.member_id, floor) == "rep"
        lowered = {"member": ids["Mariam Saleh"], "role": "viewer"}
        await layla.call(f"{members}.change_role", lowered, lambda u: told(u, topic="toast", kind="done"))
        answer = await mariam.act(f"{UNDO}.undo", action_id=action)
        assert answer["key"] == "errors.not_allowed"
        assert await _role(database, omar.member_id, floor) == "admin"


async def _role(database: Database, member_id: int, floor: Floor) -> str:
    query = sa.text(
        "SELECT r.key FROM wasl.membership m JOIN wasl.role r ON r.id = m.role_id WHERE m.id = :member"
    )
    async with database.tenant_session(floor.company.tenant_id) as session:
        return str(await session.one(query, member=member_id))
