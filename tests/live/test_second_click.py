"""Who clicks twice is not offered to take back what the second click did not do."""

from __future__ import annotations

from saas.modules.crm.service import deals
from saas.modules.crm.state.deal import DealState
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import make_company, viewer_of
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

WIN = f"{DealState.get_full_name()}.win"


def toasts(opened: Tab) -> list[str]:
    return [message["key"] for message in opened.live if message.get("topic") == "toast"]


async def test_a_second_click_on_won_is_answered_and_says_nothing_more(
    server: Server, database: Database
) -> None:
    company = await make_company(database)
    async with viewer_session(database, await viewer_of(company.owner), "test.deal") as session:
        made = await deals.create(session, {"title": "Grinder for the harbour"})
        await session.flush()
        deal = str(made.public_id)
    async with tab(server.url, company.session_cookie, f"/crm/deals/{deal}") as opened:
        await opened.act(WIN, id=deal)
        await opened.eventually(toasts)
        second = await opened.act(WIN, id=deal)
        await opened.fence()
        assert (second["ok"], second["repeated"]) == (True, True)
        assert toasts(opened) == ["crm.toast.won"]
        assert opened.values("deal_state")["record"]["outcome"] == "won"
