"""What a page sent just before it went does not disturb the page that comes after it in the same tab."""

from __future__ import annotations

from typing import Any

from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.state.viewer import ViewerState
from tests.support import catalogue
from tests.support.companies import MadeCompany
from tests.support.server import Server
from tests.support.socket_client import Update, returning, tab

VIEWER = ViewerState.get_full_name()
LIST = next(
    state.get_full_name()
    for state in catalogue.own_states()
    if getattr(state, "resource", None) is CUSTOMERS and "rows" in state.base_vars
)


async def test_a_page_that_follows_one_in_mid_load_never_hears_that_nobody_is_signed_in(
    server: Server, company: MadeCompany
) -> None:
    cookie = company.session_cookie
    async with tab(server.url, cookie, "/crm/customers") as before:
        for _ in range(20):
            await before.send(f"{LIST}.query", {"wanted": {}})
            await before.send(f"{VIEWER}.enter")
        before.cut()
        async with returning(server.url, cookie, before.token, "/crm/customers") as after:
            heard: list[Any] = []

            def listens(update: Update) -> None:
                if "viewer" in update.delta.get(VIEWER, {}):
                    heard.append(update.delta[VIEWER]["viewer"].get("signed_in"))

            after.expect(listens)
            await after.fence()
            assert False not in heard
            assert after.values(VIEWER)["viewer"]["signed_in"] is True
