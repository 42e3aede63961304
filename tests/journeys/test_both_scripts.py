"""What is written in one script, on a page of the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from saas.directory import products
from saas.directory.models import Party
from saas.kernel.permissions import RoleKey
from saas.modules.crm.models import Deal
from saas.modules.crm.service import activities, customers, deals, people, pipelines
from saas.modules.crm.service.deals import Line
from tests.journeys.conftest import Opened
from tests.modules.crm.conftest import Shop, new_deal, seen_by, stage_named
from tests.support.companies import Person, add_member, make_company
from tests.support.database import Database
from tests.support.loop import loop_thread

LONG = "which finds no room in a column"
# Of each long name that is cut, the empty text; or which it is, when its first letter lies beyond its box.
BEGIN_BEYOND = """(long) => [...document.querySelectorAll("*")].filter((box) => {
  const style = getComputedStyle(box);
  return style.textOverflow === "ellipsis" && style.overflowX !== "visible" && style.display !== "inline"
    && box.getClientRects().length && box.scrollWidth > box.clientWidth;
}).map((box) => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let text = walk.nextNode();
  while (text && !text.data.includes(long)) text = walk.nextNode();
  if (!text) return null;
  const first = document.createRange(), room = box.getBoundingClientRect();
  first.setStart(text, 0); first.setEnd(text, 1);
  const { left, right } = first.getBoundingClientRect();
  return left < room.left - 1 || right > room.right + 1 ? `${box.className}: ${box.innerText}` : "";
}).filter((found) => found !== null)"""


def beginnings(page: Page) -> tuple[int, list[str]]:
    """How many long names the page cuts, and those of them whose beginning cannot be read."""
    found = page.evaluate(BEGIN_BEYOND, LONG)
    return len(found), [each for each in found if each]


@pytest.fixture
async def english(database: Database) -> tuple[Person, dict[str, str]]:
    """Somebody who reads Arabic where English is written, at length; and the pages of what is written."""
    company = await make_company(database, modules=["crm"])
    shop = Shop(database, company, await seen_by(company.owner))
    reader = await add_member(database, company, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    async with shop.open() as session:
        stage = await stage_named(session, "New")
        await pipelines.update_stage(session, stage, {"name": f"Stage, {LONG}", "name_ar": ""})
        party = await customers.create(session, {"name": f"Customer, {LONG}"})
        buyer = await people.create(session, {"name": f"Person, {LONG}", "party_id": party.id})
        deal = await new_deal(
            session, f"Deal, {LONG}", party_id=party.id, contact_id=buyer.id, stage="Qualified"
        )
        bean = await products.create(session, {"name": f"Product, {LONG}"})
        await deals.set_lines(session, deal, [Line(bean.id, Decimal(1))])
        task = {"subject": f"Task, {LONG}", "deal_id": deal.id, "owner_id": reader.member_id}
        await activities.create(session, task)
        pages = {
            "customer": f"/crm/customers/{party.public_id}",
            "deal": f"/crm/deals/{deal.public_id}",
            "board": "/crm/deals",
        }
    return reader, pages


def test_a_long_english_name_on_an_arabic_page_is_cut_at_its_end(
    someone: Opened, english: tuple[Person, dict[str, str]]
) -> None:
    reader, pages = english
    page = someone(reader, language="ar")
    for name, path in pages.items():
        page.goto(path)
        expect(page.get_by_role("main").get_by_text(LONG).first).to_be_visible()
        expect(page.locator("[aria-busy=true], .skel, .skeleton")).to_have_count(0)
        cut, beyond = beginnings(page)
        assert cut, name
        assert beyond == [], name


MAIL = "abdulrahman.al-mutairi@palm-court-serviced-apartments.example"
WHOLE = "box => box.scrollWidth <= box.clientWidth"


@pytest.fixture
async def desk(database: Database) -> tuple[Person, str, str]:
    """Somebody who reads Arabic, and the pages of a person and of a customer."""
    company = await make_company(database, modules=["crm"], owner="Yousef Haddad")
    shop = Shop(database, company, await seen_by(company.owner))
    reader = await add_member(database, company, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    async with shop.open() as session:
        stage = await stage_named(session, "New")
        await pipelines.update_stage(session, stage, {"name": f"Stage, {LONG}", "name_ar": ""})
        party = await customers.create(session, {"name": "Palm Court"})
        person = await people.create(session, {"name": "Salma", "party_id": party.id, "email": MAIL})
        owner = company.owner.member_id
        await new_deal(session, "Lobby bar refit", party_id=party.id, amount_minor=1_250_500, owner_id=owner)
        return reader, f"/crm/people/{person.public_id}", f"/crm/customers/{party.public_id}"


def test_owners_facts_and_a_customers_deals_are_read_whole_at_a_desk(
    someone: Opened, desk: tuple[Person, str, str]
) -> None:
    reader, person, customer = desk
    page = someone(reader, language="ar", width=1440, height=900)
    page.goto("/crm/deals?view=list")
    named = page.locator("[data-col=owner] bdi").first
    expect(named).to_have_text("Yousef Haddad")
    expect(named).to_have_attribute("title", "Yousef Haddad")
    assert named.evaluate(WHOLE)
    page.emulate_media(media="print")
    # The letters of a heading reach beyond their boxes; nothing on paper cuts them there.
    heading = page.get_by_role("heading", level=1)
    assert heading.evaluate("h => getComputedStyle(h).overflowX") == "visible"
    assert heading.evaluate("h => innerWidth - h.getBoundingClientRect().right") >= 4
    page.emulate_media(media="screen")
    page.goto(person)
    mail = page.locator(".kv").get_by_role("link", name=MAIL)
    expect(mail).to_be_visible()
    assert mail.evaluate(WHOLE)
    page.goto(customer)
    line = page.locator(".mini").filter(has_text="Lobby bar refit")
    expect(line).to_be_visible()
    assert line.get_by_role("link").evaluate(WHOLE)
    assert line.locator("bdi.num").evaluate("n => n.scrollWidth <= n.parentElement.clientWidth")
    assert line.evaluate(WHOLE)


async def _moved_abroad(database: Database) -> tuple[Person, str]:
    company = await make_company(database, modules=["crm"])
    shop = Shop(database, company, await seen_by(company.owner))
    reader = await add_member(database, company, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Palm Court", "country": "KW"})
    async with shop.open() as session:
        party = await session.by_public_id(Party, str(party.public_id))
        party.country = "BH"
    return reader, f"/crm/customers/{party.public_id}"


def test_what_happened_names_a_stage_as_its_reader_does(someone: Opened, database: Database) -> None:
    async def make() -> tuple[Person, str]:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        reader = await add_member(database, company, "ليلى حداد", role=RoleKey.OWNER, language="ar")
        async with shop.open() as session:
            deal = await new_deal(session, "Lobby bar", stage="New")
        async with shop.open() as session:
            deal = await session.by_public_id(Deal, str(deal.public_id))
            await deals.update(session, deal, {"stage_id": (await stage_named(session, "Qualified")).id})
        return reader, f"/crm/deals/{deal.public_id}"

    reader, deal = loop_thread().run(make())
    page = someone(reader, language="ar", width=1440)
    page.goto(deal)
    change = page.locator(".tl .diff").filter(has_text="مؤهلة")
    expect(change).to_contain_text("جديدة")
    expect(page.locator(".tl")).not_to_contain_text("Qualified")


def test_what_happened_names_a_country_as_its_reader_does(someone: Opened, database: Database) -> None:
    reader, customer = loop_thread().run(_moved_abroad(database))
    page = someone(reader, language="ar", width=1440)
    page.goto(customer)
    change = page.locator(".tl .diff").filter(has_text="البحرين")
    expect(change).to_contain_text("الكويت")
    expect(page.locator(".tl")).not_to_contain_text("KW")
