"""What people, screen readers and outside tests hold on to: routes, roles and names, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import complaints_of
from tests.support.companies import MadeCompany, make_company, sign_in
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server

# A desk and a phone; a browser in a language that we do not have reads English.
PLACES = ((1280, "en-GB"), (390, "de-DE"))
NAVIGATION = ("Home", "Deals", "Customers", "Calendar")
BOARD = ("New", "Qualified", "Proposal", "Negotiation", "Won")


@pytest.fixture(scope="module")
def furnished(doors: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(doors))


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]}-{place[1]}")
def stranger(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    width, locale = request.param
    context = browser.new_context(
        base_url=server.url,
        locale=locale,
        viewport={"width": width, "height": 844},
        has_touch=width < 500,
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints = complaints_of(page)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def begun(doors: Database) -> MadeCompany:
    """A company that has done nothing yet."""
    return loop_thread().run(make_company(doors))


@pytest.fixture
def page(stranger: Page, furnished: MadeCompany, server: Server) -> Page:
    """Of the owner of a company with everything in it."""
    sign_in(stranger.context, furnished, server.url)
    return stranger


def test_the_pages_before_sign_in(stranger: Page) -> None:
    for route in ("/", "/pricing"):
        stranger.goto(route)
        expect(stranger.get_by_role("heading", level=1)).to_be_visible()
        expect(stranger.get_by_role("button", name="Language")).to_be_visible()
    stranger.goto("/signup")
    for label in ("Company", "Your name", "E-mail", "Password"):
        expect(stranger.get_by_label(label, exact=True)).to_be_visible()
    expect(stranger.get_by_role("button", name="Start free trial", exact=True)).to_be_enabled()
    stranger.goto("/signin")
    for label in ("E-mail", "Password"):
        expect(stranger.get_by_label(label, exact=True)).to_be_visible()
    expect(stranger.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()


def test_a_wrong_password_is_an_alert(stranger: Page) -> None:
    stranger.goto("/signin")
    stranger.get_by_label("E-mail", exact=True).fill("nobody@example.com")
    stranger.get_by_label("Password", exact=True).fill("not the password")
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.get_by_role("alert")).to_be_visible()


def test_the_language_button_turns_every_page(stranger: Page) -> None:
    stranger.goto("/")
    stranger.get_by_role("button", name="Language").click()
    expect(stranger.locator("html[lang=ar][dir=rtl]")).to_have_count(1)


def test_the_frame_of_the_app(page: Page) -> None:
    page.goto("/home")
    main = page.get_by_role("navigation", name="Main", exact=True)
    expect(main).to_have_count(1)
    wide = (page.viewport_size or {})["width"] > 720
    for name in NAVIGATION if wide else NAVIGATION[:3]:
        expect(main.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Command palette", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Language", exact=True).click()
    expect(page.locator("html[lang=ar][dir=rtl]")).to_have_count(1)
    # Kept with the person: the button's Arabic name leads back.
    page.get_by_role("button", name="اللغة", exact=True).click()
    expect(page.locator("html[lang=en][dir=ltr]")).to_have_count(1)


def test_settings(page: Page) -> None:
    page.goto("/settings/modules")
    for module in ("CRM", "Payments", "Scheduling", "Warehouse"):
        expect(page.get_by_role("switch", name=module, exact=True)).to_be_checked()
    for name in ("company", "billing", "isolation", "sessions"):
        page.goto(f"/settings/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/settings/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("E-mail", exact=True)).to_be_visible()
    expect(dialog.get_by_label("Role", exact=True)).to_be_visible()


def test_the_board(page: Page) -> None:
    page.goto("/crm/deals")
    expect(page.get_by_role("list", name="New", exact=True)).to_be_visible()
    wide = (page.viewport_size or {})["width"] > 720
    for stage in BOARD if wide else BOARD[:1]:
        lane = page.get_by_role("list", name=stage, exact=True)
        expect(lane.get_by_role("listitem").first.get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("button", name="New deal", exact=True)).to_be_visible()
    page.goto("/crm/deals?view=list")
    expect(page.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize(
    ("route", "role", "button"),
    [
        ("/crm/customers", "table", "New customer"),
        ("/crm/people", "table", "New person"),
        ("/payments/invoices", "table", "New invoice"),
        ("/scheduling/calendar", "grid", "New appointment"),
        ("/warehouse/products", "table", "New product"),
    ],
)
def test_a_list_is_a_table_with_a_search_and_a_button(
    page: Page, route: str, role: Literal["table", "grid"], button: str
) -> None:
    page.goto(route)
    expect(page.get_by_role(role).first).to_be_visible()
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    if role == "table":
        search = page.get_by_label("Search", exact=True).and_(page.locator("input"))
        search.fill("no such thing anywhere")
        expect(page.get_by_role("heading", name=re.compile("^No"))).to_be_visible()


def test_importing(page: Page) -> None:
    page.goto("/import")
    expect(page.get_by_label("File", exact=True)).to_be_attached()
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_visible()


def test_what_is_changed_is_said_as_a_status(page: Page) -> None:
    page.goto("/crm/deals")
    page.get_by_role("button", name="New deal", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Deal", exact=True).fill("Two grinders")
    dialog.get_by_role("button", name="Create deal").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="Undo")).to_be_visible()


def test_letters_and_health(page: Page) -> None:
    page.goto("/dev/mail")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for probe in ("/livez", "/readyz"):
        assert page.request.get(probe).ok


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_address_that_leads_nowhere_says_so_and_leads_on(
    browser: Browser, server: Server, language: str
) -> None:
    context = browser.new_context(base_url=server.url, locale={"en": "en-GB", "ar": "ar-KW"}[language])
    page = context.new_page()
    complaints = complaints_of(page)
    answer = page.goto("/no/such/page")
    assert answer
    assert answer.status == 404
    title = {"en": "No page at this address", "ar": "لا صفحة في هذا العنوان"}[language]
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator(f"html[lang={language}]")).to_have_count(1)
    expect(page.get_by_role("main").get_by_role("link").first).to_have_attribute("href", "/home")
    assert complaints == []
    context.close()


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("/crm/deals", "New deal"),
        ("/crm/deals?view=list", "New deal"),
        ("/crm/customers", "New customer"),
        ("/crm/people", "New person"),
        ("/payments/invoices", "New invoice"),
        ("/warehouse/products", "New product"),
    ],
)
def test_a_name_means_one_thing_also_where_nothing_is_yet(
    stranger: Page, begun: MadeCompany, server: Server, route: str, name: str
) -> None:
    sign_in(stranger.context, begun, server.url)
    stranger.goto(route)
    expect(stranger.get_by_role("button", name="Add the first one")).to_be_visible()
    expect(stranger.get_by_role("button", name=name)).to_have_count(1)
