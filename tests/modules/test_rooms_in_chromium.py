"""The first rooms of payments, scheduling and warehouse, as a person uses them."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from saas.directory import parties
from saas.kernel import clock
from saas.modules.payments.service import invoices
from saas.modules.scheduling.models import Bookable, Service
from saas.modules.scheduling.service import appointments, hours, offer
from saas.modules.scheduling.service.queries import day_bounds
from saas.modules.warehouse.service import products
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany, make_company, sign_in
from tests.support.loop import loop_thread
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    made = await make_company(database)
    viewer = await recognise(made.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test") as session:
        await parties.create(session, {"name": "Palm Court Suites", "city": "Salmiya"})
        await products.create(
            session, {"name": "Beans, 1 kg", "sku": "70-001", "price": 6_250, "reorder_at": 5}
        )
    return made


@pytest.fixture
def signed_in(page: Page, company: MadeCompany, server: Server) -> Page:
    sign_in(page.context, company, server.url)
    return page


def test_an_invoice_is_drafted_written_issued_and_voided(signed_in: Page) -> None:
    page = signed_in
    page.goto("/payments/invoices")
    page.get_by_role("button", name="New invoice").first.click()
    form = page.get_by_role("dialog", name="New invoice")
    form.get_by_role("combobox", name="Customer").fill("palm")
    page.get_by_role("option", name="Palm Court Suites").click()
    form.get_by_role("button", name="Create invoice").click()
    expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("combobox", name="Item, Line 1").fill("beans")
    page.get_by_role("option", name="Beans, 1 kg").click()
    expect(page.get_by_label("Price, Line 1")).to_have_value("6.250")
    page.get_by_label("Qty, Line 1").fill("٢")
    page.get_by_label("VAT %, Line 1").fill("5")
    expect(page.locator(".inv-sums")).to_contain_text("13.125")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("button", name="Save changes")).to_be_disabled()
    page.get_by_role("button", name="Issue invoice").click()
    expect(page.get_by_role("heading", name="INV-0001")).to_be_visible()
    expect(page.get_by_role("button", name="Add line")).to_have_count(0)
    page.get_by_role("button", name="Void invoice").click()
    asked = page.get_by_role("alertdialog")
    asked.get_by_label("Reason").fill("Sent twice")
    asked.get_by_role("button", name="Void invoice").click()
    expect(page.locator(".top .bdg")).to_have_text("Void")
    page.goto("/payments/invoices")
    page.get_by_role("searchbox", name="Search").fill("inv-1")
    row = page.get_by_role("table").get_by_role("row").filter(has_text="INV-0001")
    expect(row).to_contain_text("13.125")


def test_a_line_that_does_not_fit_is_marked_and_nothing_is_lost(signed_in: Page) -> None:
    page = signed_in
    page.goto("/payments/invoices")
    page.get_by_role("button", name="New invoice").first.click()
    page.get_by_role("dialog", name="New invoice").get_by_role("button", name="Create invoice").click()
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("combobox", name="Item, Line 1").fill("Survey")
    page.get_by_label("Price, Line 1").fill("1.23456")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert").filter(has_text="Not an amount")).to_be_visible()
    expect(page.get_by_label("Price, Line 1")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Price, Line 1").fill("100")
    page.get_by_role("button", name="Issue invoice").click()
    expect(page.get_by_role("alert").filter(has_text="Choose a customer")).to_be_visible()


def test_lines_that_were_being_written_outlive_a_reload_until_they_are_discarded(signed_in: Page) -> None:
    page = signed_in
    page.goto("/payments/invoices")
    page.get_by_role("button", name="New invoice").first.click()
    page.get_by_role("dialog", name="New invoice").get_by_role("button", name="Create invoice").click()
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("combobox", name="Item, Line 1").fill("Site survey")
    page.get_by_label("Price, Line 1").fill("75")
    page.reload()
    expect(page.get_by_role("combobox", name="Item, Line 1")).to_have_value("Site survey")
    expect(page.get_by_label("Price, Line 1")).to_have_value("75")
    page.get_by_role("button", name="Add line").click()
    page.get_by_role("combobox", name="Item, Line 2").fill("Travel")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("button", name="Save changes")).to_be_disabled()
    page.reload()
    expect(page.get_by_role("combobox", name="Item, Line 2")).to_have_value("Travel")
    page.get_by_label("Price, Line 1").fill("80")
    page.get_by_role("button", name="Discard").click()
    page.reload()
    expect(page.get_by_label("Price, Line 1")).to_have_value(re.compile(r"^75(\.0+)?$"))


def test_a_taken_hour_offers_two_free_ones_and_one_click_takes_one(
    signed_in: Page, company: MadeCompany, database: Database
) -> None:
    day = clock.today("Asia/Kuwait").isoformat()
    loop_thread().run(_one_booking(database, company))
    page = signed_in
    page.goto("/scheduling/calendar")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("button", name="Training, Layla")).to_have_count(1)
    page.get_by_role("button", name="New appointment").click()
    form = page.get_by_role("dialog", name="New appointment")
    form.get_by_label("Date").fill(day)
    form.get_by_label("Time").fill("١٠:٣٠")
    form.get_by_role("button", name="Book").click()
    taken = form.get_by_role("alert")
    expect(taken).to_contain_text("Layla is booked then")
    expect(taken.get_by_role("button")).to_have_count(2)
    taken.get_by_role("button").filter(has_text="Omar").click()
    expect(page.get_by_role("status")).to_contain_text("Appointment booked")
    page.get_by_role("button", name="List").click()
    expect(page.get_by_role("table").get_by_role("row").filter(has_text="Omar")).to_have_count(1)


def test_an_error_of_the_appointment_form_stands_at_its_field_and_a_closed_hour_is_said_before(
    signed_in: Page, company: MadeCompany, database: Database
) -> None:
    loop_thread().run(_one_booking(database, company))
    page = signed_in
    page.goto("/scheduling/calendar")
    page.get_by_role("button", name="New appointment").click()
    form = page.get_by_role("dialog", name="New appointment")
    date, time, minutes = (form.get_by_label(name, exact=True) for name in ("Date", "Time", "Minutes"))
    book = form.get_by_role("button", name="Book")
    for field, wrong, right, said in (
        (date, "31/02/2026", "22/11/2026", "Type a date"),
        (time, "25:00", "١٠:٠٠", "Type a time"),
        (minutes, "2", "60", "An appointment lasts from 5 minutes"),
    ):
        field.fill(wrong)
        book.click()
        expect(field).to_have_accessible_description(re.compile(said))
        expect(field).to_be_focused()
        expect(form.get_by_role("alert")).to_have_count(1)
        field.fill(right)
        expect(form.get_by_role("alert")).to_have_count(0)
    note = form.get_by_role("status")
    expect(note).to_have_count(0)
    date.fill("20/11/2026")
    expect(note).to_contain_text("is not a working day")
    date.fill("22/11/2026")
    time.fill("17:30")
    expect(note).to_have_text(re.compile("Outside the working hours of Sun 22 Nov.*, 08:00 to 18:00"))
    form.get_by_role("button", name="Book anyway").click()
    expect(form).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="booked, outside working hours")).to_be_visible()


def test_a_new_appointment_begins_where_it_fits_into_the_working_hours(
    signed_in: Page, company: MadeCompany, database: Database
) -> None:
    zone = ZoneInfo("Asia/Kuwait")
    today = clock.today("Asia/Kuwait")
    loop_thread().run(_one_booking(database, company))
    loop_thread().run(_closed_tomorrow_and_an_hour_the_day_after(database, company))
    page = signed_in
    page.goto("/scheduling/calendar")
    new, form = page.get_by_role("button", name="New appointment"), page.get_by_role("dialog")
    for now, days, begins in (
        (time(7, 10), 0, "08:00"),
        (time(9, 5), 0, "09:15"),
        (time(17, 0), 0, "17:00"),
        # It would end after closing; tomorrow nobody works.
        (time(17, 1), 2, "10:00"),
        (time(23, 55), 2, "10:00"),
    ):
        page.clock.set_fixed_time(datetime.combine(today, now, zone))
        new.click()
        on = today + timedelta(days=days)
        expect(form.get_by_label("Date", exact=True)).to_have_value(f"{on:%d/%m/%Y}")
        expect(form.get_by_label("Time", exact=True)).to_have_value(begins)
        expect(form.get_by_role("status")).to_have_count(0)
        page.keyboard.press("Escape")


def test_an_error_of_people_and_services_stands_at_its_field(
    signed_in: Page, company: MadeCompany, database: Database
) -> None:
    loop_thread().run(_one_booking(database, company))
    page = signed_in
    page.goto("/scheduling/calendar")
    page.get_by_role("button", name="People and services").click()
    form = page.get_by_role("dialog", name="People and services")
    person, service, minutes, opens, closes = (
        form.get_by_label(name, exact=True)
        for name in ("Name", "Service", "Minutes", "Sunday, from", "Sunday, until")
    )
    alerts = form.get_by_role("alert")
    save = form.get_by_role("button", name="Save hours")
    for field, wrong, right, said, button in (
        (person, "  ", "Omar Nasser", "Fill this in", form.get_by_role("button", name="Add person")),
        (service, "", "Tasting", "Fill this in", form.get_by_role("button", name="Add service")),
        (opens, "25:00", "9", "Type a time", save),
        (closes, "soon", "17:00", "Type a time", save),
        (closes, "08:30", "00:00", "A working day ends after it begins", save),
    ):
        field.fill(wrong)
        button.click()
        expect(field).to_have_accessible_description(re.compile(said))
        expect(field).to_be_focused()
        expect(alerts).to_have_count(1)
        field.fill(right)
        expect(alerts).to_have_count(0)
        expect(field).not_to_have_attribute("aria-invalid", "true")
    save.click()
    expect(page.get_by_role("status").filter(has_text="Working hours")).to_be_visible()
    # Both at once: each keeps its own, the first has the focus, and mending one leaves the other.
    service.fill("")
    minutes.fill("2")
    form.get_by_role("button", name="Add service").click()
    expect(service).to_be_focused()
    expect(minutes).to_have_accessible_description(re.compile("from 5 to 1440 minutes"))
    service.fill("Tasting")
    expect(alerts).to_have_count(1)
    minutes.fill("٤٥")
    form.get_by_role("button", name="Add service").click()
    expect(form.get_by_text("45 minutes")).to_be_visible()
    expect(alerts).to_have_count(0)


def test_stock_is_received_and_no_more_can_leave_than_is_there(signed_in: Page) -> None:
    page = signed_in
    page.goto("/warehouse/products")
    page.get_by_role("table").get_by_role("link", name="Beans, 1 kg").click()
    page.get_by_role("button", name="Receive").click()
    page.get_by_role("dialog").get_by_label("Units received").fill("12")
    page.get_by_role("dialog").get_by_role("button", name="Receive").click()
    expect(page.locator(".facts .kpi")).to_have_text("12")
    page.get_by_role("button", name="Ship").click()
    moving = page.get_by_role("dialog")
    moving.get_by_label("Units shipped").fill("13")
    moving.get_by_role("button", name="Ship").click()
    expect(moving.get_by_role("alert")).to_contain_text("Only 12 on hand")
    moving.get_by_label("Units shipped").fill("8")
    moving.get_by_role("button", name="Ship").click()
    expect(page.locator(".facts .kpi")).to_have_text("4")
    expect(page.locator(".top .bdg")).to_have_text("Low")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)


def test_an_invoice_written_in_one_tab_shows_in_the_list_of_another(
    signed_in: Page, company: MadeCompany, database: Database, server: Server
) -> None:
    page, other = signed_in, signed_in.context.new_page()
    other.goto("/payments/invoices")
    expect(other.get_by_role("heading", name="Invoices")).to_be_visible()
    expect(other.get_by_text("Write your first invoice")).to_be_visible()
    page.goto("/payments/invoices")
    page.get_by_role("button", name="New invoice").first.click()
    page.get_by_role("dialog", name="New invoice").get_by_role("button", name="Create invoice").click()
    expect(other.get_by_role("link", name="Draft invoice")).to_be_visible()
    loop_thread().run(_no_invoice_is_issued(database, company))


async def _one_booking(database: Database, company: MadeCompany) -> None:
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test") as session:
        layla: Bookable = await offer.add_person(session, "Layla")
        await offer.add_person(session, "Omar")
        training: Service = await offer.add_service(session, "Training", 60)
        begins, _ = day_bounds(viewer.today(), viewer.time_zone)
        await appointments.book(
            session, person=layla, service=training, starts_at=begins.replace(hour=10), duration_min=60
        )


async def _closed_tomorrow_and_an_hour_the_day_after(database: Database, company: MadeCompany) -> None:
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    weekday = viewer.today().weekday()
    spans = {weekday: (8 * 60, 18 * 60), (weekday + 1) % 7: None, (weekday + 2) % 7: (10 * 60, 11 * 60)}
    async with viewer_session(database, viewer, "test") as session:
        await hours.say(session, spans)


async def _no_invoice_is_issued(database: Database, company: MadeCompany) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        assert not [i for i in await session.all(invoices.select(invoices.Invoice)) if i.number is not None]
