"""Two people write the same field: neither is overwritten unseen, and both values come back to pick from."""

from __future__ import annotations

from typing import Any

from saas.modules.crm.state.customers import CustomersState, CustomerState
from saas.tenancy.session import Database
from tests.live.conftest import Floor
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

LIST = CustomersState.get_full_name()
PAGE = CustomerState.get_full_name()


async def set_phone(opened: Tab, floor: Floor, value: str, version: int) -> dict[str, Any]:
    return await opened.act(f"{LIST}.edit", id=floor.customer, field="phone", value=value, version=version)


async def test_the_second_gets_both_values_and_overwrites_nothing(
    server: Server, database: Database, floor: Floor
) -> None:
    begun = (await floor.customer_row(database)).version
    async with (
        tab(server.url, floor.company.session_cookie, "/crm/customers") as layla,
        tab(server.url, floor.mariam.token, "/crm/customers") as mariam,
    ):
        await set_phone(mariam, floor, "+965 2222", begun)
        answer = await set_phone(layla, floor, "+965 3333", begun)
        assert answer["ok"] is False
        clash = answer["clash"]
        assert (clash["by"], clash["row"]["id"], clash["row"]["phone"]) == (
            "Mariam Saleh",
            floor.customer,
            "+965 2222",
        )
        assert not [name for name in clash["row"] if name.startswith("_")]
        assert (await floor.customer_row(database)).phone == "+965 2222"
        # Her own after all, written on what she has seen.
        answer = await set_phone(layla, floor, "+965 3333", clash["row"]["version"])
        assert [row["phone"] for row in answer["rows"]] == ["+965 3333"]


async def test_a_record_page_answers_in_the_same_way(
    server: Server, database: Database, floor: Floor
) -> None:
    begun = (await floor.customer_row(database)).version
    async with (
        tab(server.url, floor.company.session_cookie, f"/crm/customers/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/crm/customers") as mariam,
    ):
        await set_phone(mariam, floor, "+965 2222", begun)
        answer = await layla.act(f"{PAGE}.edit", field="phone", value="+965 3333", version=begun)
        assert answer["clash"]["row"]["phone"] == "+965 2222"


async def test_other_fields_and_equal_values_do_not_clash(
    server: Server, database: Database, floor: Floor
) -> None:
    begun = (await floor.customer_row(database)).version
    async with (
        tab(server.url, floor.company.session_cookie, "/crm/customers") as layla,
        tab(server.url, floor.mariam.token, "/crm/customers") as mariam,
    ):
        await set_phone(mariam, floor, "+965 2222", begun)
        assert "rows" in await set_phone(layla, floor, "+965 2222", begun)
        answer = await layla.act(
            f"{LIST}.edit", id=floor.customer, field="city", value="Hawally", version=begun
        )
        assert answer["rows"][0]["city"] == "Hawally"


async def test_whoever_wrote_last_does_not_clash_with_an_older_tab_of_their_own(
    server: Server, database: Database, floor: Floor
) -> None:
    begun = (await floor.customer_row(database)).version
    async with (
        tab(server.url, floor.company.session_cookie, "/crm/customers") as layla,
        tab(server.url, floor.mariam.token, "/crm/customers") as mariam,
    ):
        await set_phone(mariam, floor, "+965 2222", begun)
        await set_phone(layla, floor, "+965 3333", begun + 1)
        assert "rows" in await set_phone(layla, floor, "+965 4444", begun)
