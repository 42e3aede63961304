"""What a phone has room for can be read, and touched."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlmodel import col

from saas.directory.models import Product
from saas.kernel.permissions import RoleKey
from saas.modules.crm.models import Deal
from saas.modules.payments.models import Invoice
from tests.journeys.conftest import Opened
from tests.support.companies import MadeCompany, Person, add_member
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread

FINGER_PX = 40
IN_SIGHT = "e => { const r = e.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth; }"


@pytest.fixture(scope="module")
def furnished(doors: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(doors))


@pytest.fixture(scope="module")
def people(doors: Database, furnished: MadeCompany) -> dict[str, Person]:
    """Somebody who reads each language."""
    arabic = add_member(doors, furnished, "ليلى حداد", role=RoleKey.OWNER, language="ar")
    return {"en": furnished.owner, "ar": loop_thread().run(arabic)}


@pytest.fixture(params=["en", "ar"])
def phone(request: pytest.FixtureRequest, someone: Opened, people: dict[str, Person]) -> Page:
    return someone(people[request.param], language=request.param, width=390, height=844)


def found(database: Database, company: MadeCompany, query: sa.Select[UUID]) -> str:
    async def ask() -> str:
        async with database.tenant_session(company.tenant_id) as session:
            return str(await session.one(query.limit(1)))

    return loop_thread().run(ask())


def test_a_week_of_appointments_is_pushed_aside_not_squeezed(phone: Page) -> None:
    phone.goto("/scheduling/calendar")
    expect(phone.locator(".ev").first).to_be_visible()
    phone.locator(".cal-tools .seg > *").nth(1).click()
    days = phone.locator(".cal .day")
    expect(days.nth(1)).to_be_attached()
    widths = phone.locator(".ev").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    assert min(widths) >= FINGER_PX
    hours = phone.locator(".cal-hours")
    phone.locator(".cal").evaluate("cal => cal.scrollBy(document.dir === 'rtl' ? -300 : 300, 0)")
    assert hours.evaluate(IN_SIGHT)


def test_where_a_deal_stands_is_in_sight(phone: Page, doors: Database, furnished: MadeCompany) -> None:
    deal = found(doors, furnished, sa.select(col(Deal.public_id)).where(col(Deal.outcome) == "won"))
    phone.goto(f"/crm/deals/{deal}")
    now = phone.locator(".path [aria-current=step]")
    expect(now).to_be_visible()
    expect(now).to_be_in_viewport(ratio=0.9)


def test_an_invoice_is_issued_by_a_button_that_says_so(
    phone: Page, doors: Database, furnished: MadeCompany
) -> None:
    draft = found(doors, furnished, sa.select(col(Invoice.public_id)).where(col(Invoice.state) == "draft"))
    phone.goto(f"/payments/invoices/{draft}")
    arabic = phone.locator("html").get_attribute("lang") == "ar"
    issue = phone.get_by_role("button", name="إصدار الفاتورة" if arabic else "Issue invoice", exact=True)
    expect(issue).to_have_count(1)
    assert issue.locator(".lbl").evaluate("e => e.getBoundingClientRect().width") > FINGER_PX
    heading = phone.get_by_role("heading", level=1)
    assert heading.evaluate("h => h.scrollWidth <= h.clientWidth")


def test_what_an_import_came_to_is_all_within_the_screen(phone: Page, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    holding = "Palm Court Suites International Hospitality Holding Company W.L.L."
    file.write_text(f"deal,account,amount\nLobby,{holding},1200\nBar,Marsa,a thousand\n", encoding="utf-8")
    phone.goto("/import")
    phone.locator("input[type=file]").set_input_files(file)
    expect(phone.locator("#import-columns")).to_be_visible()
    on = phone.locator(".import .btn.pri")
    on.click()
    expect(phone.locator("#import-check")).to_be_visible()
    for name in phone.locator(".asks .names > .bdg").all():
        assert name.evaluate(IN_SIGHT)
    on.click()
    expect(phone.locator("#import-run")).to_be_visible()
    for button in phone.locator(".import footer .btn").all():
        assert button.evaluate(IN_SIGHT)


def test_stock_is_counted_and_adjusted_on_a_phone_too(
    phone: Page, doors: Database, furnished: MadeCompany
) -> None:
    product = found(doors, furnished, sa.select(col(Product.public_id)).where(col(Product.sku) != ""))
    phone.goto(f"/warehouse/products/{product}")
    arabic = phone.locator("html").get_attribute("lang") == "ar"
    for verb in ("جرد", "تسوية") if arabic else ("Count", "Adjust"):
        phone.locator(".top [aria-haspopup=menu]").click()
        phone.get_by_role("menuitem", name=verb, exact=True).click()
        expect(phone.get_by_role("dialog")).to_contain_text(verb)
        phone.keyboard.press("Escape")
        expect(phone.get_by_role("dialog")).to_have_count(0)
