"""What opens over a page or is refused in it, in both languages and themes: axe finds nothing serious.

One walk a page, without a reload between its states; what was found is told by the state's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from saas.kernel.permissions import RoleKey
from tests.support import axe, catalogue
from tests.support.browser import complaints_of
from tests.support.companies import MadeCompany, Person, add_member, make_company, sign_in
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server

catalogue.load()
LOOKS = (("en", "light"), ("ar", "dark"))
Check = Callable[[str], None]


@pytest.fixture(scope="module")
def people(doors: Database) -> dict[str, Person]:
    """An owner for each language, in a company with every module's samples."""
    company: MadeCompany = loop_thread().run(furnished_company(doors))
    arabic = add_member(doors, company, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    return {"en": company.owner, "ar": loop_thread().run(arabic)}


@pytest.fixture(params=LOOKS, ids="-".join)
def page(
    request: pytest.FixtureRequest, browser: Browser, server: Server, people: dict[str, Person]
) -> Iterator[Page]:
    language, theme = request.param
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": 1280, "height": 800},
        locale={"en": "en-GB", "ar": "ar-KW"}[language],
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    context.add_cookies(
        [
            {"name": "wasl_lang", "value": language, "url": server.url},
            {"name": "wasl_theme", "value": theme, "url": server.url},
        ]
    )
    sign_in(context, people[language], server.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def check(page: Page) -> Iterator[Check]:
    """``check("a state")`` looks at the page as it stands; at the end nothing may have been found."""
    found: dict[str, list[str]] = {}
    complaints = complaints_of(page)

    def look(state: str) -> None:
        found[state] = axe.serious(page)

    yield look
    assert {state: said for state, said in found.items() if said} == {}
    assert complaints == []


def dialog_of(page: Page) -> None:
    expect(page.locator("dialog[open]")).to_be_visible()


def menu_of(page: Page) -> None:
    expect(page.locator(".menu:popover-open")).to_be_visible()


def away(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open], .menu:popover-open")).to_have_count(0)


def test_the_board_and_what_opens_over_it(page: Page, check: Check) -> None:
    page.goto("/crm/deals")
    card = page.locator(".card").first
    expect(card).to_be_visible()
    for state, opener in (
        ("views", ".views > button"),
        ("order", ".tools .acts [aria-haspopup=menu]"),
        ("filters", ".tools > [aria-haspopup=dialog]"),
        ("companies", ".tenant"),
        ("account", ".side .who"),
    ):
        page.locator(opener).first.click()
        menu_of(page)
        check(state)
        away(page)
    card.hover()
    card.locator(".cardmenu").click()
    menu_of(page)
    check("a card's menu")
    page.locator(".menu:popover-open .it").last.click()
    dialog_of(page)
    check("why it was lost")
    away(page)
    page.keyboard.press("Control+k")
    dialog_of(page)
    check("palette")
    page.keyboard.type("zzqx")
    expect(page.locator("dialog[open] [role=status]")).to_be_visible()
    check("palette without a hit")
    away(page)
    page.keyboard.press("Shift+Slash")
    dialog_of(page)
    check("keys")
    away(page)
    page.keyboard.press("c")
    dialog_of(page)
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("dialog[open] [aria-invalid=true]").first).to_be_focused()
    check("a refused form")
    away(page)
    page.locator("#board-search").fill("zzqx")
    expect(page.locator(".emptyboard")).to_be_visible()
    check("board without a hit")


def test_the_list_and_what_opens_over_it(page: Page, check: Check) -> None:
    page.goto("/crm/customers")
    rows = page.locator(".row1")
    expect(rows.first).to_be_visible()
    page.locator(".tools .acts [aria-haspopup=dialog]").click()
    menu_of(page)
    check("columns")
    away(page)
    page.locator(".tb .th > button").first.click()
    menu_of(page)
    check("a column's menu")
    away(page)
    page.locator(".tools > [aria-haspopup=dialog]").click()
    page.locator(".menu:popover-open .it").nth(1).click()
    page.locator(".menu:popover-open button[type=submit]").click()
    expect(page.locator(".menu:popover-open [role=alert]")).to_be_visible()
    check("a refused filter")
    away(page)
    rows.nth(1).locator(".chk").check()
    expect(page.locator(".bulk")).to_be_visible()
    check("rows picked")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(".cell-edit input")).to_be_focused()
    check("a cell edited")
    away(page)
    rows.nth(2).locator("a.name").click()
    expect(page.locator(".drawer h2")).to_be_visible()
    expect(page.locator(".drawer[aria-busy=true]")).to_have_count(0)
    check("drawer")
    page.keyboard.press("Escape")
    page.locator("main [type=search]").fill("zzqx")
    expect(page.locator(".void")).to_be_visible()
    check("list without a hit")


def test_what_is_asked_and_said_in_settings(page: Page, check: Check) -> None:
    page.goto("/settings/members")
    page.locator(".settings .btn.pri").click()
    dialog_of(page)
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("dialog[open] [aria-invalid=true]")).to_be_focused()
    check("a refused invitation")
    away(page)
    page.locator(".stacks tbody .btn").first.click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    check("a question")
    away(page)
    page.goto("/settings/modules")
    switch = page.get_by_role("switch").last
    switch.click()
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast").hover()
    check("toast")
    page.goto("/warehouse/products")
    expect(page.locator(".void")).to_be_visible()
    check("module off")
    page.locator(".void .btn.pri").click()
    expect(page.locator(".row1").first).to_be_visible()


def test_records_and_their_dialogs(page: Page, check: Check) -> None:
    page.goto("/scheduling/calendar")
    page.locator(".ev").first.click()
    dialog_of(page)
    check("appointment")
    away(page)
    page.locator(".top .btn:not(.pri, .only-phone)").first.click()
    dialog_of(page)
    check("people and services")
    away(page)
    page.goto("/warehouse/products")
    page.locator(".row1 a").first.click()
    page.locator(".top .btn.pri").click()
    dialog_of(page)
    check("receive")
    away(page)
    page.goto("/crm/deals/none")
    expect(page.locator(".void")).to_be_visible()
    check("a record that is gone")


def test_a_page_beyond_ones_role_and_one_without_rows(
    browser: Browser, server: Server, database: Database
) -> None:
    company = loop_thread().run(make_company(database))
    looker = loop_thread().run(add_member(database, company, "Lina Farah", role=RoleKey.VIEWER))
    found = {}
    for person, path in ((looker, "/settings/billing"), (company.owner, "/crm/customers")):
        context = browser.new_context(base_url=server.url, color_scheme="dark")
        sign_in(context, person, server.url)
        page = context.new_page()
        page.goto(path)
        expect(page.locator(".void")).to_be_visible()
        found[path] = axe.serious(page)
        context.close()
    assert {path: said for path, said in found.items() if said} == {}
