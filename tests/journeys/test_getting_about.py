"""From page to page, past midnight, and what a toast does while one looks at it."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import activities
from tests.journeys.conftest import Opened
from tests.journeys.walk import address, sign_up
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.support.boards import Line
from tests.support.companies import add_member, make_company
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server


@pytest.fixture
def shop(database: Database) -> Shop:
    """A company with one deal, something to be done about it tomorrow."""

    async def make() -> Shop:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
        async with shop.open() as session:
            deal = await new_deal(session, "Lobby bar", amount_minor=1_000)
            step = {"kind": "call", "subject": "Ring back", "deal_id": deal.id, "due_at": tomorrow}
            await activities.create(session, step)
        return shop

    return loop_thread().run(make())


def entry(page: Page, name: str):
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True)


def test_the_page_one_is_on_is_no_step_that_back_has_to_take(someone: Opened, shop: Shop) -> None:
    page = someone(shop.company)
    page.goto("/home")
    for _ in range(3):
        entry(page, "Deals").click()
        expect(entry(page, "Deals")).to_have_attribute("aria-current", "page")
    expect(page.locator(".card").first).to_be_visible()
    page.go_back()
    page.wait_for_url("**/home")
    expect(entry(page, "Home")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Settings").first.click()
    expect(page.get_by_role("link", name="Settings").first).to_have_attribute("aria-current", "page")


def test_a_link_of_the_sidebar_opens_a_tab_of_its_own_with_ctrl(someone: Opened, shop: Shop) -> None:
    page = someone(shop.company)
    page.goto("/home")
    with page.context.expect_page() as opened:
        entry(page, "Customers").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/crm/customers")
    assert page.url.endswith("/home")


def test_a_record_that_one_left_does_not_stay_under_the_address_of_the_next(
    someone: Opened, database: Database
) -> None:
    page = someone(loop_thread().run(furnished_company(database)))
    line = Line(page)
    heading = page.get_by_role("main").get_by_role("heading").first
    for path in ("/crm/deals?view=list", "/payments/invoices", "/warehouse/products"):
        page.goto(path)
        links = page.get_by_role("table").locator(f"a[href*='{path.split('?')[0]}/']")
        first, second = (links.nth(n).get_attribute("href") or "" for n in (0, 1))
        of_list = heading.inner_text()
        links.nth(0).click()
        page.wait_for_url(f"**{first}")
        expect(heading).not_to_have_text(re.compile(f"^({of_list})?$"))
        left = heading.inner_text()
        page.go_back()
        expect(links.nth(1)).to_be_visible()
        line.hold()
        links.nth(1).click()
        page.wait_for_url(f"**{second}")
        expect(page.get_by_role("main").get_by_text(left, exact=True)).to_have_count(0)
        line.let_go()
        expect(heading).not_to_have_text("")


@pytest.mark.parametrize(("system", "ground"), [("light", "rgb(247, 247, 245)"), ("dark", "rgb(14, 15, 17)")])
def test_whoever_chose_no_theme_gets_that_of_the_system(
    browser: Browser, server: Server, system: Literal["light", "dark"], ground: str
) -> None:
    context = browser.new_context(base_url=server.url, color_scheme=system, locale="en-GB")
    page = context.new_page()
    page.goto("/signin")
    expect(page.locator("html[data-theme=system]")).to_have_count(1)
    expect(page.locator("body")).to_have_css("background-color", ground)
    context.close()


def test_past_midnight_what_was_for_tomorrow_is_for_today(someone: Opened, shop: Shop) -> None:
    page = someone(shop.company)
    page.clock.install()
    page.goto("/crm/deals")
    when = page.locator(".card .when")
    expect(when).to_contain_text("tomorrow")
    page.clock.fast_forward("24:00:00")
    expect(when).to_contain_text("today")


def test_a_toast_waits_under_the_pointer_and_goes_by_itself(someone: Opened, shop: Shop) -> None:
    page = someone(shop.company)
    page.clock.install()
    page.goto("/crm/deals")
    page.locator(".card a").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    toast = page.get_by_role("status").filter(has_text="Moved to")
    expect(toast).to_be_visible()
    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    page.mouse.move(900, 20)
    page.clock.run_for(9_000)
    expect(toast).to_have_count(0)


def test_where_there_is_no_page_one_finds_home_when_signed_in_and_the_door_when_not(
    someone: Opened, shop: Shop
) -> None:
    page = someone(shop.company)
    page.goto("/home")
    expect(entry(page, "Deals")).to_be_visible()
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="No page at this address")).to_be_visible()
    head = page.get_by_role("banner")
    expect(head.get_by_role("link", name="Sign in")).to_have_count(0)
    head.get_by_role("link", name="Home").click()
    page.wait_for_url("**/home")
    stranger = someone()
    stranger.goto("/no/such/page")
    expect(stranger.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    expect(stranger.get_by_role("banner").get_by_role("link", name="Home")).to_have_count(0)


# Which ways in the head offers, at each frame from the first.
DOORS = """() => {
    self.doors = [];
    const look = () => {
        const all = document.querySelectorAll(".pubtop a[href^='/']:not(.brand, nav *)");
        const seen = [...all].filter((a) => a.checkVisibility());
        const said = seen.map((a) => a.getAttribute("href")).join();
        if (seen.length && self.doors.at(-1) !== said) self.doors.push(said);
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.mark.parametrize("address", ["/", "/pricing", "/no/such/page"])
def test_a_public_page_never_shows_the_door_to_whoever_is_in(
    someone: Opened, shop: Shop, address: str
) -> None:
    for person, doors in ((shop.company, "/home"), (None, "/signin,/signup")):
        page = someone(person)
        page.add_init_script(f"({DOORS})()")
        page.goto(address)
        # The server has said who it is.
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("banner").get_by_role("link").last).to_be_visible()
        assert page.evaluate("() => self.doors") == [doors]


def test_a_public_page_does_not_take_whoever_was_signed_out_elsewhere_for_a_member(
    someone: Opened, server: Server
) -> None:
    page = someone()
    page.context.add_cookies([{"name": "wasl_session", "value": "x" * 43, "url": server.url}])
    page.goto("/")
    head = page.get_by_role("banner")
    expect(head.get_by_role("link", name="Sign in")).to_be_visible()
    expect(head.get_by_role("link", name="Home")).to_have_count(0)


def test_a_page_that_is_gone_or_not_ones_own_says_so_once_and_leads_on(
    someone: Opened, database: Database
) -> None:
    company = loop_thread().run(furnished_company(database))
    looker = loop_thread().run(add_member(database, company, "Lina Farah", role=RoleKey.VIEWER))
    page = someone(looker)
    page.goto("/crm/deals")
    page.locator(".stage .card a.t").first.click()
    expect(page.locator(".beside").first).to_be_visible()
    nothing = str(uuid4())
    for room, back in (
        ("/crm/deals", "Deals"),
        ("/payments/invoices", "Invoices"),
        ("/warehouse/products", "Products"),
    ):
        page.goto(f"{room}/{nothing}")
        expect(page.locator(".void")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".toast")).to_have_count(0)
        page.locator(".void").get_by_text(f"Back to {back}").click()
        page.wait_for_url(f"**{room}")
    page.goto("/settings/billing")
    page.get_by_role("link", name="Go to Home").click()
    page.wait_for_url("**/home")


def test_by_keys_alone_each_step_begins_where_the_last_one_led(someone: Opened, tmp_path: Path) -> None:
    page, file = someone(), tmp_path / "customers.csv"
    file.write_text("name,city\nPalm Court,Salmiya\n", encoding="utf-8")
    sign_up(page, "Kite & Kettle", "Layla Haddad", address())
    for step in ("Start with data", "Invite colleagues"):
        page.locator(".firststeps .btn.pri").last.press("Enter")
        expect(page.get_by_role("heading", name=step)).to_be_focused()
    page.goto("/import")
    page.get_by_label("File", exact=True).set_input_files(file)
    expect(page.get_by_role("heading", name="Which column is what")).to_be_focused()
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_role("heading", name="What will happen")).to_be_focused()
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Imported", exact=True)).to_be_focused()
    page.get_by_role("button", name="Import another file").press("Enter")
    expect(page.get_by_label("File", exact=True)).to_be_focused()


def test_the_focus_goes_to_what_an_invoice_lacks(someone: Opened, database: Database) -> None:
    page = someone(loop_thread().run(make_company(database, modules=["payments"])))
    page.goto("/payments/invoices")
    page.get_by_role("button", name="New invoice").click()
    page.get_by_role("dialog").get_by_role("button", name="Create invoice").click()
    page.get_by_role("button", name="Issue invoice").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a customer")
    expect(page.get_by_role("combobox", name="Bill to")).to_be_focused()
