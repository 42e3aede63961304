"""The record that is open beside its list stands in the address: reload, copied links, Back and Forward."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import customers
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys.conftest import Opened
from tests.live.conftest import Floor, make_floor
from tests.support.companies import make_company, viewer_of
from tests.support.loop import loop_thread

NAMES = ("Harbour Roastery", "Pier House", "Quay Cafe")


@pytest.fixture
def floor(database: Database) -> Floor:
    async def make() -> Floor:
        floor = await make_floor(database, RoleKey.ADMIN)
        async with viewer_session(
            database, await viewer_of(floor.company.owner), "test.customers"
        ) as session:
            for name in NAMES[1:]:
                await customers.create(session, {"name": name})
        return floor

    return loop_thread().run(make())


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary")


def titled(page: Page, name: str) -> Locator:
    return drawer(page).get_by_role("heading", name=name)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("table").get_by_role("link", name=name, exact=True)


class Asked:
    """How often the page was loaded, and its data asked for."""

    def __init__(self, page: Page) -> None:
        self.times = 0
        page.on("request", lambda request: self._count(request.is_navigation_request()))
        page.on("websocket", lambda socket: socket.on("framesent", lambda said: self._hear(str(said))))

    def _count(self, again: bool) -> None:
        self.times += again

    def _hear(self, said: str) -> None:
        self.times += "on_load_internal" in said or "hydrate_and_load" in said


def test_an_open_record_outlives_a_reload_and_a_copied_link_opens_the_same(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)
    page.goto("/crm/customers")
    page.get_by_role("searchbox").fill("pier")
    expect(page).to_have_url(re.compile("q="))
    row(page, NAMES[1]).click()
    expect(titled(page, NAMES[1])).to_be_visible()
    expect(page).to_have_url(re.compile("open="))
    page.reload()
    expect(titled(page, NAMES[1])).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("pier")
    colleague = someone(floor.mariam)
    colleague.goto(page.url)
    expect(titled(colleague, NAMES[1])).to_be_visible()
    expect(colleague.get_by_role("searchbox")).to_have_value("pier")
    expect(row(colleague, NAMES[0])).to_have_count(0)
    drawer(colleague).get_by_role("button", name="Close").click()
    expect(drawer(colleague)).to_have_count(0)
    expect(colleague).not_to_have_url(re.compile("open="))
    expect(row(colleague, NAMES[1])).to_be_visible()
    # Closed by hand after the reload, it is still a step that Forward makes again.
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("open="))
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_have_value("pier")
    page.go_forward()
    expect(titled(page, NAMES[1])).to_be_visible()


def test_back_closes_the_drawer_and_forward_opens_it_without_another_load(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)
    asked = Asked(page)
    page.goto("/home")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    expect(row(page, NAMES[0])).to_be_visible()
    before = asked.times
    row(page, NAMES[0]).click()
    expect(titled(page, NAMES[0])).to_be_visible()
    page.go_back()
    expect(drawer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile("/crm/customers$"))
    page.go_forward()
    expect(titled(page, NAMES[0])).to_be_visible()
    expect(page).to_have_url(re.compile("open="))
    # Going on to the neighbours is no step of its own, and a search begun since stays.
    page.keyboard.press("j")
    expect(titled(page, NAMES[0])).to_have_count(0)
    expect(drawer(page).get_by_role("heading", level=2)).to_be_visible()
    page.get_by_role("searchbox").fill("quay")
    expect(row(page, NAMES[0])).to_have_count(0)
    page.go_back()
    expect(drawer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile("q="))
    expect(row(page, NAMES[2])).to_be_visible()
    assert asked.times == before
    page.go_back()
    page.wait_for_url("**/home")
    expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    assert asked.times > before


def test_a_drawer_that_was_closed_by_hand_is_no_step_that_back_has_to_take(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)
    page.goto("/home")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    for name in NAMES:
        row(page, name).click()
        expect(titled(page, name)).to_be_visible()
        page.keyboard.press("Escape")
        # At once, before the browser has gone back.
        row(page, NAMES[0]).click()
        expect(titled(page, NAMES[0])).to_be_visible()
        expect(page).to_have_url(re.compile("open="))
        drawer(page).get_by_role("button", name="Close").click()
        expect(page).to_have_url(re.compile("/crm/customers$"))
        expect(drawer(page)).to_have_count(0)
    page.go_back()
    page.wait_for_url("**/home")


def test_from_the_full_page_back_leads_to_the_list_with_its_drawer(someone: Opened, floor: Floor) -> None:
    page = someone(floor.company)
    page.goto("/crm/customers")
    row(page, NAMES[0]).click()
    expect(titled(page, NAMES[0])).to_be_visible()
    drawer(page).get_by_role("button", name="Full page").click()
    expect(page.get_by_role("heading", level=1, name=NAMES[0])).to_be_visible()
    page.go_back()
    expect(row(page, NAMES[1])).to_be_visible()
    expect(titled(page, NAMES[0])).to_be_visible()
    page.go_back()
    expect(drawer(page)).to_have_count(0)
    expect(row(page, NAMES[1])).to_be_visible()


@pytest.mark.parametrize("whose", ["nobody's", "a stranger's", "no id at all"])
def test_a_link_to_a_record_that_is_not_there_says_so_and_leaves_the_list_usable(
    someone: Opened, floor: Floor, database: Database, whose: str
) -> None:
    async def strangers() -> str:
        company = await make_company(database, "Pearl Roasters")
        async with viewer_session(database, await viewer_of(company.owner), "test.customer") as session:
            made = await customers.create(session, {"name": "Secret Tearoom"})
            await session.flush()
            return str(made.public_id)

    of = {"nobody's": lambda: str(uuid4()), "a stranger's": lambda: loop_thread().run(strangers())}
    page = someone(floor.company)
    page.goto(f"/crm/customers?open={of.get(whose, lambda: 'x%22y')()}")
    expect(titled(page, "Not here any more")).to_be_visible()
    expect(page.get_by_text("Secret Tearoom")).to_have_count(0)
    row(page, NAMES[0]).click()
    expect(titled(page, NAMES[0])).to_be_visible()
    drawer(page).get_by_role("button", name="Close").click()
    expect(drawer(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("open="))
