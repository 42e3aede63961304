"""The way to the server is cut and mended, with the server alive or another in its place: what was done
meanwhile is neither lost, nor done twice, nor done to another record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from saas.modules.crm.models import Deal
from saas.modules.crm.service import deals
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys import walk
from tests.support import server as servers
from tests.support import wire as wires
from tests.support.companies import MadeCompany, make_company, sign_in
from tests.support.database import Cluster
from tests.support.loop import loop_thread
from tests.support.server import Server
from tests.support.wire import Wire

BACK_MS = 60_000
FIRST, SECOND = "Grinder for the harbour", "Beans for the pier"


@dataclass(frozen=True, slots=True)
class Deals:
    """A company with two open deals in its first stage, by public id."""

    database: Database
    company: MadeCompany
    first: str
    second: str

    def outcome(self, deal: str) -> str:
        async def read() -> str:
            async with self.database.tenant_session(self.company.tenant_id) as session:
                return str((await session.by_public_id(Deal, deal)).outcome)

        return loop_thread().run(read())

    def happened(self, action: str) -> int:
        """How many times members did this."""
        query = sa.text("SELECT count(DISTINCT action_id) FROM wasl.change WHERE action = :action")

        async def read() -> int:
            async with self.database.tenant_session(self.company.tenant_id) as session:
                return int(await session.one(query, action=action) or 0)

        return loop_thread().run(read())


@pytest.fixture
def two_deals(database: Database) -> Deals:
    async def make() -> Deals:
        company = await make_company(database)
        viewer = await recognise(company.session_cookie)
        assert viewer is not None
        async with viewer_session(database, viewer, "test.deals") as session:
            made = [await deals.create(session, {"title": title}) for title in (SECOND, FIRST)]
            await session.flush()
            return Deals(database, company, str(made[1].public_id), str(made[0].public_id))

    return loop_thread().run(make())


@dataclass
class House:
    """Servers at the far end of a wire, one at a time."""

    wire: Wire
    data_dir: Path
    stack: contextlib.ExitStack
    server: Server | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.wire.port}"

    def start(self) -> None:
        more = {"PUBLIC_URL": self.url}
        self.server = self.stack.enter_context(servers.running(self.data_dir, "--no-build", more=more))
        self.wire.url = self.server.url

    def start_another(self) -> None:
        """As after a crash: what the first knew of the tabs is gone."""
        assert self.server is not None
        self.server.process.kill()
        self.server.process.wait()
        self.start()


@pytest.fixture(scope="module")
def house(cluster: Cluster, built_front_end: Path) -> Iterator[House]:
    with contextlib.ExitStack() as stack:
        made = House(stack.enter_context(wires.laid(servers.free_port())), cluster.place.data_dir, stack)
        made.start()
        yield made


@pytest.fixture
def page(browser: Browser, house: House, two_deals: Deals) -> Iterator[Page]:
    context = browser.new_context(base_url=house.url, locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    sign_in(context, two_deals.company, house.url)
    yield context.new_page()
    house.wire.mend()
    context.close()


def away(page: Page) -> None:
    expect(page.get_by_text("Connecting again")).to_be_visible(timeout=BACK_MS)


def same(house: House) -> None:
    """The server is the one that was there."""


def another(house: House) -> None:
    house.start_another()


AT_THE_FAR_END = pytest.mark.parametrize("at_the_far_end", [same, another], ids=lambda end: end.__name__)


@AT_THE_FAR_END
def test_a_drag_during_the_cut_is_done_once(
    page: Page, house: House, two_deals: Deals, at_the_far_end: Callable[[House], None]
) -> None:
    page.goto("/crm/deals")
    stage, other = walk.two_open_stages(page)
    house.wire.cut()
    away(page)
    walk.drag(page, FIRST, other)
    expect(walk.lane(page, other).get_by_role("link", name=FIRST, exact=True)).to_be_visible()
    at_the_far_end(house)
    house.wire.mend()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=BACK_MS)
    expect(walk.lane(page, other).get_by_role("link", name=FIRST, exact=True)).to_be_visible()
    expect(walk.lane(page, stage).get_by_role("link", name=SECOND, exact=True)).to_be_visible()
    assert two_deals.happened("crm.deal.move") == 1


@AT_THE_FAR_END
def test_what_was_done_to_one_deal_during_the_cut_happens_to_no_other(
    page: Page, house: House, two_deals: Deals, at_the_far_end: Callable[[House], None]
) -> None:
    page.goto("/crm/deals")
    for title in (SECOND, FIRST):  # a page that was open before opens without the network too
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
        if title == SECOND:
            page.go_back()
    house.wire.cut()
    away(page)
    page.get_by_role("button", name="Won", exact=True).first.click()
    page.go_back()
    page.get_by_role("link", name=SECOND, exact=True).click()
    page.wait_for_url(f"**/{two_deals.second}")
    at_the_far_end(house)
    house.wire.mend()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=BACK_MS)
    assert (two_deals.outcome(two_deals.first), two_deals.outcome(two_deals.second)) == ("won", "open")
    expect(page.get_by_role("heading", name=SECOND).first).to_be_visible()
    expect(page.get_by_role("heading", name=FIRST)).to_have_count(0)
    assert two_deals.happened("crm.deal.win") == 1
