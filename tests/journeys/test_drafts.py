"""What was begun outlives a reload and is its writer's own: a note of its record, a form of what it makes."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import customers, deals
from saas.modules.scheduling.service import offer
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys.conftest import Opened
from tests.live.conftest import Floor, make_floor
from tests.support.companies import make_company, sign_in, viewer_of
from tests.support.loop import loop_thread
from tests.support.server import Server


@pytest.fixture
def floor(database: Database) -> Floor:
    return loop_thread().run(make_floor(database, RoleKey.ADMIN))


@pytest.fixture
def another(database: Database, floor: Floor) -> str:
    """A second customer, by public id."""

    async def make() -> str:
        viewer = await viewer_of(floor.company.owner)
        async with viewer_session(database, viewer, "test.customer") as session:
            made = await customers.create(session, {"name": "Pier House"})
            await session.flush()
            return str(made.public_id)

    return loop_thread().run(make())


@pytest.fixture
def shown_deal(database: Database, floor: Floor) -> str:
    """A deal, by public id."""

    async def make() -> str:
        viewer = await viewer_of(floor.company.owner)
        async with viewer_session(database, viewer, "test.deal") as session:
            return str((await deals.create(session, {"title": "Lobby bar"})).public_id)

    return loop_thread().run(make())


def note(page: Page) -> Locator:
    return page.get_by_placeholder("Write a note. Type @ to mention someone.")


def test_a_note_that_was_begun_stays_with_its_record_until_it_is_sent(
    someone: Opened, floor: Floor, another: str
) -> None:
    page = someone(floor.company)
    page.goto(f"/crm/customers/{floor.customer}")
    note(page).fill("Asked for a second grinder")
    page.goto(f"/crm/customers/{another}")
    expect(note(page)).to_have_value("")
    page.go_back()
    expect(note(page)).to_have_value("Asked for a second grinder")
    page.reload()
    expect(note(page)).to_have_value("Asked for a second grinder")
    note(page).press("Control+Enter")
    expect(
        page.get_by_role("list", name="What happened").get_by_text("Asked for a second grinder")
    ).to_be_visible()
    page.reload()
    expect(page.get_by_text("Asked for a second grinder")).to_be_visible()
    expect(note(page)).to_have_value("")


def test_what_was_sent_does_not_come_back_and_what_was_refused_does(
    someone: Opened, floor: Floor, shown_deal: str
) -> None:
    page = someone(floor.company)
    page.goto(f"/crm/deals/{shown_deal}")
    page.get_by_role("tab", name="Call").click()
    subject, minutes = page.get_by_label("Subject"), page.get_by_label("Minutes")
    subject.fill("Called about the grinder")
    minutes.fill("90000")
    save = page.locator(".composer").get_by_role("button", name="Save")
    save.click()
    expect(page.locator(".composer").get_by_role("alert")).to_contain_text("whole number of minutes")
    expect(subject).to_have_value("Called about the grinder")
    minutes.fill("12")
    save.click()
    expect(page.get_by_role("list", name="What happened")).to_contain_text("Called about the grinder")
    expect(subject).to_have_value("")
    save.click()
    expect(page.locator(".composer").get_by_role("alert")).to_be_visible()
    expect(subject).to_have_value("")


CONTINUED = "Continued from where you left off."
FORMS = [
    ("/crm/deals", "New deal", {"Deal": "Lobby bar", "Amount": "1,250.5"}, "Create deal"),
    ("/crm/customers", "New customer", {"Name": "Kite & Kettle", "City": "Salmiya"}, "Create customer"),
    ("/crm/people", "New person", {"Name": "Huda Salem", "Role": "Buyer"}, "Create person"),
    ("/crm/activities", "New activity", {"Subject": "Ring back", "Kind": "call"}, "Create activity"),
    ("/warehouse/products", "New product", {"Product": "Beans, 1 kg", "SKU": "70-001"}, "Create product"),
    ("/payments/invoices", "New invoice", {"Note to customer": "Gate B"}, "Create invoice"),
    ("/settings/pipelines", "New stage", {"Name": "Pilot", "Probability, %": "35"}, "Save stage"),
    ("/settings/pipelines", "New pipeline", {"Name": "Rentals"}, "Save"),
    ("/settings/members", "Invite", {"E-mail": "huda@example.com"}, "Send invitation"),
    ("/scheduling/calendar", "New appointment", {"Note": "By the window", "Minutes": "45"}, "Book"),
]


def opened(page: Page, route: str, name: str) -> Locator:
    """The form of a new record, as a person opens it."""
    page.goto(route)
    page.get_by_role("main").get_by_role("button", name=name).first.click()
    return page.get_by_role("dialog", name=re.compile(f"^{name}"))


def field(form: Locator, label: str) -> Locator:
    return form.get_by_label(label, exact=label != "Amount").first


def fill(form: Locator, label: str, value: str) -> None:
    if label == "Kind":
        field(form, label).select_option(value)
    else:
        field(form, label).fill(value)


@pytest.fixture
def bookable(database: Database, floor: Floor) -> None:
    """Somebody who can be booked, for something."""

    async def make() -> None:
        viewer = await viewer_of(floor.company.owner)
        async with viewer_session(database, viewer, "test.offer") as session:
            await offer.add_person(session, "Layla")
            await offer.add_service(session, "Tasting", 60)

    loop_thread().run(make())


@pytest.mark.usefixtures("bookable")
@pytest.mark.parametrize(("route", "name", "typed", "create"), FORMS, ids=[form[1] for form in FORMS])
def test_what_was_typed_for_something_new_is_there_again_until_it_is_made(
    someone: Opened, floor: Floor, route: str, name: str, typed: dict[str, str], create: str
) -> None:
    page = someone(floor.company)
    form = opened(page, route, name)
    before = {label: field(form, label).input_value() for label in typed}
    expect(form.get_by_text(CONTINUED)).to_have_count(0)
    for label, value in typed.items():
        fill(form, label, value)
    # The tab breaks down, and later a hand slips to Escape.
    form = opened(page, route, name)
    for label, value in typed.items():
        expect(field(form, label)).to_have_value(value)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    form = opened(page, route, name)
    expect(form.get_by_text(CONTINUED)).to_be_visible()
    form.get_by_role("button", name=create).click()
    expect(form).to_have_count(0)
    expect(page.locator(".toast")).to_be_visible()
    form = opened(page, route, name)
    for label, value in before.items():
        expect(field(form, label)).to_have_value(value)
    expect(form.get_by_text(CONTINUED)).to_have_count(0)


def test_people_and_services_that_were_begun_are_there_again_until_they_are_added(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)

    def people_and_services() -> Locator:
        page.goto("/scheduling/calendar")
        page.get_by_role("button", name="People and services").first.click()
        return page.get_by_role("dialog", name="People and services")

    form = people_and_services()
    expect(form.get_by_text(CONTINUED)).to_have_count(0)
    form.get_by_label("Name", exact=True).fill("Dana Aziz")
    form.get_by_label("Service", exact=True).fill("Tasting")
    form.get_by_role("textbox", name="Minutes").fill("45")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    form = people_and_services()
    expect(form.get_by_text(CONTINUED)).to_have_count(2)
    expect(form.get_by_label("Name", exact=True)).to_have_value("Dana Aziz")
    expect(form.get_by_label("Service", exact=True)).to_have_value("Tasting")
    expect(form.get_by_role("textbox", name="Minutes")).to_have_value("45")
    # What is added is let go of, what is not is kept.
    form.get_by_role("button", name="Add person").click()
    expect(form.get_by_role("listitem").filter(has_text="Dana Aziz")).to_be_visible()
    expect(form.get_by_label("Name", exact=True)).to_have_value("")
    form = people_and_services()
    expect(form.get_by_label("Name", exact=True)).to_have_value("")
    expect(form.get_by_label("Service", exact=True)).to_have_value("Tasting")
    form.get_by_role("button", name="Start over").click()
    expect(form.get_by_label("Service", exact=True)).to_have_value("")
    expect(form.get_by_role("textbox", name="Minutes")).to_have_value("60")
    form.get_by_label("Service", exact=True).fill("Visit")
    form.get_by_role("textbox", name="Minutes").fill("30")
    form.get_by_role("button", name="Add service").click()
    expect(form.get_by_role("listitem").filter(has_text="Visit")).to_be_visible()
    # The next one is begun like it, which is nothing that was begun.
    expect(form.get_by_label("Service", exact=True)).to_have_value("")
    expect(form.get_by_role("textbox", name="Minutes")).to_have_value("30")
    form = people_and_services()
    expect(form.get_by_text(CONTINUED)).to_have_count(0)
    expect(form.get_by_role("textbox", name="Minutes")).to_have_value("60")


def test_whoever_starts_over_has_the_empty_form_and_nothing_comes_back(someone: Opened, floor: Floor) -> None:
    page = someone(floor.company)
    form = opened(page, "/crm/customers", "New customer")
    field(form, "Name").fill("Kite & Kettle")
    form.get_by_role("button", name="Cancel").click()
    form = opened(page, "/crm/customers", "New customer")
    expect(field(form, "Name")).to_have_value("Kite & Kettle")
    form.get_by_role("button", name="Start over").click()
    expect(field(form, "Name")).to_have_value("")
    expect(field(form, "Name")).to_be_focused()
    expect(form.get_by_text(CONTINUED)).to_have_count(0)
    form = opened(page, "/crm/customers", "New customer")
    expect(field(form, "Name")).to_have_value("")


def test_what_a_form_was_opened_with_wins_over_what_was_typed_before(someone: Opened, floor: Floor) -> None:
    page = someone(floor.company)
    form = opened(page, "/crm/deals", "New deal")
    field(form, "Deal").fill("Lobby bar")
    form.get_by_role("combobox", name="Stage").fill("won")
    page.get_by_role("option", name="Won").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New in Qualified").click()
    expect(field(form, "Deal")).to_have_value("Lobby bar")
    expect(form.get_by_role("combobox", name="Stage")).to_have_value("Qualified")


def test_nobody_else_in_the_same_tab_finds_what_was_typed_and_nothing_stays_after_sign_out(
    someone: Opened, floor: Floor, database: Database, server: Server
) -> None:
    page = someone(floor.company)
    field(opened(page, "/crm/customers", "New customer"), "Name").fill("Kite & Kettle")
    other_company = loop_thread().run(make_company(database, "Pearl Roasters"))
    for other in (floor.mariam, other_company):
        sign_in(page.context, other, server.url)
        form = opened(page, "/crm/customers", "New customer")
        expect(field(form, "Name")).to_have_value("")
        expect(form.get_by_text(CONTINUED)).to_have_count(0)
    sign_in(page.context, floor.company, server.url)
    form = opened(page, "/crm/customers", "New customer")
    expect(field(form, "Name")).to_have_value("Kite & Kettle")
    page.keyboard.press("Escape")
    page.locator(".who").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/signin")
    kept = page.evaluate("() => JSON.stringify({...sessionStorage, ...localStorage})")
    assert "Kite & Kettle" not in kept


# Whatever stood in a field of a dialog, at any frame.
FIELDS = """() => {
    self.stood = new Set();
    const look = () => {
        for (const field of document.querySelectorAll("dialog input")) self.stood.add(field.value);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_a_form_waits_for_the_server_to_say_whose_it_is(
    someone: Opened, floor: Floor, server: Server
) -> None:
    page = someone(floor.company)
    field(opened(page, "/crm/customers", "New customer"), "Name").fill("Kite & Kettle")
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    is_held = True

    def meet(socket: WebSocketRoute) -> None:
        far = socket.connect_to_server()
        far.on_message(lambda said: held.append((socket, said)) if is_held else socket.send(said))

    page.route_web_socket("**/_event/**", meet)
    page.add_init_script(f"({FIELDS})()")
    # The browser remembers the one before; the cookie is another's.
    sign_in(page.context, floor.mariam, server.url)
    form = opened(page, "/crm/customers", "New customer")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((r) => r.name.includes('/assets/form-'))"
    )
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    is_held = False
    for socket, said in held:
        socket.send(said)
    expect(field(form, "Name")).to_be_visible()
    assert "Kite & Kettle" not in page.evaluate("() => [...self.stood]")


def test_a_form_sent_by_a_tab_that_broke_down_before_the_answer_makes_no_second_record(
    someone: Opened, floor: Floor
) -> None:
    page, name = someone(floor.company), f"Kite {uuid4().hex[:6]}"
    is_deaf = False

    def meet(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda said: None if is_deaf else socket.send(said))

    page.route_web_socket("**/_event/**", meet)
    form = opened(page, "/crm/customers", "New customer")
    field(form, "Name").fill(name)
    is_deaf = True
    form.get_by_role("button", name="Create customer").click()
    other = someone(floor.company)
    other.goto("/crm/customers")
    made = other.get_by_role("table").get_by_role("link", name=name)
    expect(made).to_have_count(1)
    is_deaf = False
    form = opened(page, "/crm/customers", "New customer")
    expect(field(form, "Name")).to_have_value(name)
    form.get_by_role("button", name="Create customer").click()
    expect(form).to_have_count(0)
    other.reload()
    expect(made).to_have_count(1)
    form = opened(page, "/crm/customers", "New customer")
    expect(field(form, "Name")).to_have_value("")
