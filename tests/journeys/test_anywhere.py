"""What works on every page: find anything, go by keys, take back, switch the language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from saas.directory.models import Party
from saas.kernel.permissions import RoleKey
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys.conftest import Opened
from tests.support.companies import MadeCompany, Person, add_member, make_company


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    company = await make_company(database)
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test.fill") as session:
        session.add_all([Party(name="Rasif Bakery"), Party(name="مخبز الرصيف"), Party(name="Kite & Kettle")])
    return company


@pytest.mark.parametrize(("typed", "found"), [("rasif", "Rasif Bakery"), ("رصيف", "مخبز الرصيف")])
def test_the_palette_finds_a_record_by_any_word_of_its_name(
    someone: Opened, marsa: MadeCompany, typed: str, found: str
) -> None:
    page = someone(marsa)
    page.goto("/home")
    # The heading stands there before the page listens to keys; the figures do not.
    expect(page.get_by_role("region", name="Figures").get_by_role("link").first).to_be_visible()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Command palette")
    expect(palette).to_be_visible()
    page.keyboard.type(typed)
    expect(palette.get_by_role("group", name="Records").get_by_text(found)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/crm/customers/"))
    expect(page.get_by_role("heading", name=found).first).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "path"),
    [("invi", "/settings/members"), ("theme", "/settings/profile"), ("modu", "/settings/modules")],
)
def test_the_palette_leads_to_settings_by_what_one_wants_there(
    someone: Opened, marsa: MadeCompany, typed: str, path: str
) -> None:
    page = someone(marsa)
    page.goto("/home")
    expect(page.get_by_role("region", name="Figures").get_by_role("link").first).to_be_visible()
    page.keyboard.press("Control+k")
    places = page.get_by_role("dialog", name="Command palette").get_by_role("group", name="Go to")
    expect(places).not_to_contain_text("Settings")
    page.keyboard.type(typed)
    expect(places.get_by_role("option").first).to_contain_text("Settings")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(path))


def test_two_keys_lead_to_a_page_and_stay_silent_in_a_field(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/home")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/crm/customers"))
    search = page.get_by_role("searchbox", name="Search")
    search.fill("")
    page.keyboard.type("gh")
    expect(search).to_have_value("gh")
    expect(page).to_have_url(re.compile("/crm/customers"))


def test_archiving_is_taken_back_with_ctrl_z(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/crm/customers")
    row = page.get_by_role("row", name=re.compile("Kite & Kettle"))
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Archive").last.click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=re.compile("archived", re.IGNORECASE))).to_be_visible()
    page.keyboard.press("Control+z")
    expect(row).to_be_visible()


def test_the_language_is_switched_at_once_and_remembered(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/crm/customers")
    page.get_by_role("button", name="Language").first.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", name="العملاء")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.get_by_role("heading", name="العملاء")).to_be_visible()


def test_what_was_created_leaves_every_tab_when_it_is_taken_back(someone: Opened, marsa: MadeCompany) -> None:
    page, colleague = someone(marsa), someone(marsa)
    for tab in (page, colleague):
        tab.goto("/crm/customers")
        expect(tab.get_by_role("row", name=re.compile("Rasif Bakery"))).to_be_visible()
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Oryx & Olive")
    page.keyboard.press("Control+Enter")
    made = re.compile("Oryx & Olive")
    expect(colleague.get_by_role("row", name=made)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("row", name=made)).to_have_count(0)
    expect(colleague.get_by_role("row", name=made)).to_have_count(0)


def test_ctrl_z_walks_back_step_by_step(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/crm/customers")
    rows = [page.get_by_role("row", name=re.compile(name)) for name in ("Kite & Kettle", "Rasif Bakery")]
    for row, said in zip(rows, ("archived", "2 changes"), strict=True):
        row.get_by_role("checkbox").check()
        page.get_by_role("button", name="Archive").last.click()
        expect(row).to_have_count(0)
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(rows[1]).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(rows[0]).to_be_visible()
    expect(rows[1]).to_be_visible()


@pytest.fixture
async def begun(database: Database) -> MadeCompany:
    return await make_company(database)


def test_an_empty_company_says_how_to_begin(someone: Opened, begun: MadeCompany) -> None:
    page = someone(begun)
    for path in ("/home", "/crm/customers", "/crm/deals", "/warehouse/products"):
        page.goto(path)
        begin = page.get_by_role("main").get_by_role("link", name=re.compile("^Import"))
        expect(begin).to_have_attribute("href", "/import")


def test_a_page_whose_module_is_switched_on_again_shows_its_rows(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/settings/modules")
    page.get_by_role("switch", name="CRM").click()
    expect(page.get_by_role("switch", name="CRM")).not_to_be_checked()
    page.goto("/crm/customers")
    page.get_by_role("button", name="Switch CRM on").click()
    expect(page.get_by_role("row", name=re.compile("Rasif Bakery"))).to_be_visible()


@pytest.fixture
async def visitor(database: Database, begun: MadeCompany) -> Person:
    return await add_member(database, begun, "Lina Farah", role=RoleKey.VIEWER)


@pytest.mark.parametrize("path", ["/settings/billing", "/settings/pipelines", "/import"])
def test_a_page_beyond_ones_role_says_so(someone: Opened, visitor: Person, path: str) -> None:
    page = someone(visitor)
    page.goto(path)
    expect(page.get_by_role("heading", name="Your role does not include this page")).to_be_visible()


@pytest.fixture(params=["en", "ar"])
async def reader(
    request: pytest.FixtureRequest, database: Database, begun: MadeCompany
) -> tuple[Person, str]:
    """A member and the language that they read."""
    name = "Sara Al-Mutairi"
    return await add_member(database, begun, name, role=RoleKey.REP, language=request.param), request.param


def test_ones_name_stands_whole_at_the_foot_of_the_sidebar(
    someone: Opened, reader: tuple[Person, str]
) -> None:
    person, language = reader
    page = someone(person, language=language)
    page.goto("/home")
    name = page.locator(".side .me").get_by_text("Sara Al-Mutairi")
    expect(name).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert name.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
    own_menu = page.get_by_role("button", name="Sara Al-Mutairi")
    expect(own_menu).to_have_attribute("title", "Sara Al-Mutairi")


def test_a_dead_invitation_leads_on(someone: Opened) -> None:
    page = someone()
    page.goto("/invitation?token=spent")
    expect(page.get_by_role("alert")).to_contain_text("cannot be used")
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_have_attribute("href", "/signin")


def test_history_says_choices_in_words(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/crm/deals")
    page.get_by_role("button", name="New deal", exact=True).click()
    page.get_by_role("dialog").get_by_label("Deal", exact=True).fill("Two grinders")
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="Two grinders", exact=True).click()
    page.get_by_role("button", name="Won", exact=True).last.click()
    change = page.get_by_role("listitem").filter(has_text="Outcome")
    expect(change.get_by_text("Open", exact=True)).to_be_visible()
    expect(change.get_by_text("open", exact=True)).to_have_count(0)
