"""In Chromium: forms by keyboard, and what one tab does to the others that are open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from saas.kernel.permissions import RoleKey
from saas.tenancy.session import Database
from tests.accounts.people import PASSWORD, someone
from tests.support.companies import MadeCompany, Person, add_member, make_company, sign_in
from tests.support.server import Server

_AT_SIGN_IN = re.compile(r"/signin")


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database, "Open Tabs", modules=("crm",))


@pytest.fixture
async def colleague(database: Database, company: MadeCompany) -> Person:
    return await add_member(database, company, "Omar Nasser")


@pytest.fixture
async def admin(database: Database, company: MadeCompany) -> Person:
    return await add_member(database, company, "Dana Aziz", role=RoleKey.ADMIN)


@pytest.fixture
def owners(browser: Browser, server: Server, company: MadeCompany) -> Iterator[Page]:
    yield from _tab(browser, server, company)


@pytest.fixture
def colleagues(browser: Browser, server: Server, colleague: Person) -> Iterator[Page]:
    yield from _tab(browser, server, colleague)


def _tab(browser: Browser, server: Server, who: MadeCompany | Person) -> Iterator[Page]:
    context = browser.new_context(
        base_url=server.url, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(15_000)
    sign_in(context, who, server.url)
    yield context.new_page()
    context.close()


def test_signing_up_needs_no_mouse_and_a_refusal_takes_the_focus_to_its_field(
    page: Page, complaints: list[str]
) -> None:
    page.goto("/signup")
    page.get_by_label("Company").focus()
    for text in ("Keyboard House", "Layla Haddad", someone(), "short"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_label("Password", exact=True).press("Enter")
    field = page.get_by_label("Password", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Use 10 characters or more"))
    expect(page.get_by_label("Company")).to_have_value("Keyboard House")
    field.fill(PASSWORD)
    field.press("Enter")
    page.wait_for_url("**/onboarding")
    expect(page.get_by_role("heading", name="Welcome, Layla Haddad")).to_be_visible()
    assert complaints == []


def test_the_first_steps_can_all_be_skipped(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("Company").fill("Skipping House")
    page.get_by_label("Your name").fill("Layla Haddad")
    page.get_by_label("E-mail").fill(someone())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Start free trial").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("main").get_by_role("link", name="Go to work").click()
    page.wait_for_url("**/home")


def test_removing_a_member_sends_their_open_tab_to_sign_in(owners: Page, colleagues: Page) -> None:
    colleagues.goto("/home")
    expect(
        colleagues.get_by_role("navigation", name="Main").get_by_role("link", name="Deals")
    ).to_be_visible()
    owners.goto("/settings/members")
    owners.get_by_role("button", name="Remove Omar Nasser").click()
    owners.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(colleagues).to_have_url(_AT_SIGN_IN)
    expect(owners.get_by_role("rowheader", name="Omar Nasser")).to_have_count(0)


def test_signing_out_in_one_tab_signs_out_the_others(colleagues: Page) -> None:
    other = colleagues.context.new_page()
    for tab in (colleagues, other):
        tab.goto("/home")
        expect(tab.get_by_role("navigation", name="Main")).to_be_visible()
    main = colleagues.get_by_role("navigation", name="Main")
    main.get_by_role("button", name=re.compile("Omar Nasser|Your account")).click()
    colleagues.get_by_role("menuitem", name="Sign out").click()
    expect(colleagues).to_have_url(_AT_SIGN_IN)
    expect(other).to_have_url(_AT_SIGN_IN)


def test_switching_a_module_shows_in_a_colleagues_tab_without_loading_it_anew(
    owners: Page, colleagues: Page
) -> None:
    colleagues.goto("/home")
    main = colleagues.get_by_role("navigation", name="Main")
    expect(main.get_by_role("link", name="Deals")).to_be_visible()
    colleagues.evaluate("window.stillHere = true")
    owners.goto("/settings/modules")
    owners.get_by_role("switch", name="Payments").click()
    expect(main.get_by_role("link", name="Invoices")).to_be_visible()
    expect(owners.get_by_role("status").filter(has_text="Payments")).to_be_visible()
    owners.get_by_role("switch", name="Payments").click()
    expect(main.get_by_role("link", name="Invoices")).to_have_count(0)
    assert colleagues.evaluate("window.stillHere")


def test_an_invitation_is_sent_from_a_dialog_and_its_refusal_stays_in_it(owners: Page) -> None:
    owners.goto("/settings/members")
    owners.get_by_role("button", name="Invite").click()
    dialog = owners.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("nobody")
    dialog.get_by_role("button", name="Send invitation").click()
    expect(dialog.get_by_label("E-mail")).to_have_accessible_description(re.compile("such as layla"))
    email = someone()
    dialog.get_by_label("E-mail").fill(email)
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_role("button", name="Send invitation").click()
    expect(owners.get_by_role("rowheader", name=email)).to_be_visible()
    expect(owners.get_by_role("dialog")).to_have_count(0)


def test_an_admin_is_not_offered_what_owners_alone_may_do(
    browser: Browser, server: Server, company: MadeCompany, colleague: Person, admin: Person
) -> None:
    for page in _tab(browser, server, admin):
        page.goto("/settings/members")
        owner = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=company.owner.name))
        expect(owner).to_contain_text("Owner")
        expect(owner.get_by_role("combobox")).to_have_count(0)
        expect(owner.get_by_role("button", name="Remove")).to_have_count(0)
        role = page.get_by_role("combobox", name="Role of Omar Nasser")
        expect(role.get_by_role("option")).to_have_text(["Admin", "Rep", "Viewer"])
        page.get_by_role("button", name="Invite").click()
        offered = page.get_by_role("dialog").get_by_label("Role").get_by_role("option")
        expect(offered).to_have_text(["Admin", "Rep", "Viewer"])


def test_somebody_without_the_right_may_look_but_not_change(colleagues: Page) -> None:
    colleagues.goto("/settings/members")
    expect(colleagues.get_by_role("rowheader", name="Omar Nasser")).to_be_visible()
    expect(colleagues.get_by_role("button", name="Invite")).to_have_count(0)
    colleagues.goto("/settings/modules")
    expect(colleagues.get_by_role("switch", name="CRM")).to_be_disabled()
    colleagues.goto("/settings/company")
    expect(colleagues.get_by_label("Name", exact=True)).to_be_disabled()
