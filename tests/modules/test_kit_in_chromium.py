"""What lists, records and the calendar do under a person's hands."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import APIResponse, Locator, Page, Route, WebSocket, expect

from saas.kernel import clock
from saas.modules.crm.service import customers, deals, pipelines
from saas.modules.payments.service import invoices
from saas.modules.scheduling.models import Bookable, Service
from saas.modules.scheduling.service import appointments, hours, offer
from saas.modules.scheduling.service.queries import day_bounds
from saas.tenancy.models import Membership
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany, add_member, make_company, sign_in, viewer_of
from tests.support.loop import loop_thread
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    """Four deals of a customer with an invoice, a goal, and two appointments today at nine and at eleven."""
    made = await make_company(database)
    viewer = await recognise(made.session_cookie)
    assert viewer is not None
    today = clock.today("Asia/Kuwait")
    async with viewer_session(database, viewer, "test") as session:
        kite = await customers.create(session, {"name": "Kite & Kettle"})
        await invoices.draft(session, party_id=kite.id)
        stages = await pipelines.stages(session)
        won = next(s for s in stages if s.name == "Won")
        await pipelines.set_goal(session, await pipelines.pipeline_or_default(session), 10_000)
        for n, (title, tag) in enumerate((("Bar", "Hotel"), ("Lobby", "Refit"), ("Pool", "Hotel"))):
            sold = {"party_id": kite.id, "amount_minor": (n + 1) * 1_000, "tags": [tag]}
            await deals.create(session, {"title": title, **sold})
        await deals.create(session, {"title": "Terrace", "amount_minor": 2_500, "stage_id": won.id})
        await hours.say(session, {today.weekday(): (8 * 60, 18 * 60)})
        person = await offer.add_person(session, "Layla")
        service = await offer.add_service(session, "Tasting", 60)
        ids = person.id, service.id
    for hour in (9, 11):
        async with viewer_session(database, viewer, "test") as session:
            begins: datetime = day_bounds(today, "Asia/Kuwait")[0] + timedelta(hours=hour)
            who, what = await session.get(Bookable, ids[0]), await session.get(Service, ids[1])
            await appointments.book(session, person=who, service=what, starts_at=begins)
    return made


@pytest.fixture
def signed_in(page: Page, company: MadeCompany, server: Server) -> Page:
    sign_in(page.context, company, server.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    return page


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))


def test_a_list_takes_arrows_space_enter_and_escape_and_sums_its_amounts(
    signed_in: Page, complaints: list[str]
) -> None:
    page = signed_in
    page.goto("/crm/deals?view=list")
    expect(page.locator(".tfoot")).to_contain_text("KWD 8.500")
    expect(row(page, "Terrace")).to_be_visible()
    for key in ("ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("toolbar")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Amount, Pool")
    expect(field).to_be_focused()
    field.fill("٤")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Amount KWD", exact=True)).to_be_visible()
    expect(row(page, "Pool").get_by_text("4.000", exact=True)).to_be_visible()
    expect(page.locator(".tfoot")).to_contain_text("KWD 9.500")
    assert complaints == []


def test_what_a_person_arranged_is_so_again_at_the_next_visit(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/deals?view=list")
    page.get_by_role("columnheader", name="Source").get_by_role("button").click()
    page.get_by_role("menuitem", name="Hide column").click()
    page.get_by_role("columnheader", name="Amount").get_by_role("button").click()
    page.get_by_role("menuitemcheckbox", name="Show total").click()
    expect(page.locator(".tfoot")).not_to_contain_text("KWD")
    page.goto("/home")
    page.goto("/crm/deals?view=list")
    expect(row(page, "Terrace")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Source")).to_have_count(0)
    expect(page.locator(".tfoot")).not_to_contain_text("KWD")


def test_the_board_says_the_share_of_the_goal_and_sorts_and_filters_by_tag(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/deals")
    won = page.locator("section", has=page.get_by_role("list", name="Won", exact=True))
    expect(won).to_contain_text("25% of goal")
    new = page.get_by_role("list", name="New", exact=True)
    expect(new.get_by_role("link")).to_have_text(["Pool", "Lobby", "Bar"])
    page.get_by_role("button", name="Sort: by hand").click()
    page.get_by_role("menuitemradio", name="highest amount").click()
    expect(page.get_by_role("button", name="Sort: highest amount")).to_be_visible()
    expect(new.get_by_role("link")).to_have_text(["Pool", "Lobby", "Bar"])
    page.get_by_role("button", name="Filter").first.click()
    page.get_by_role("button", name="Tags").click()
    page.get_by_role("dialog").locator("input[role=combobox]").fill("hot")
    page.get_by_role("option", name="Hotel").click()
    page.get_by_role("button", name="Apply").click()
    expect(new.get_by_role("link")).to_have_text(["Pool", "Bar"])


def test_a_record_is_starred_linked_walked_from_and_shows_what_other_modules_know(
    signed_in: Page, server: Server
) -> None:
    page = signed_in
    page.goto("/crm/deals?view=list")
    row(page, "Lobby").get_by_role("link", name="Lobby", exact=True).click()
    expect(page.get_by_role("region", name="Invoices")).to_contain_text("Draft")
    page.get_by_role("button", name="Star").click()
    expect(page.get_by_role("button", name="Star")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.get_by_role("button", name="Next", exact=False).last.click()
    expect(page.get_by_role("heading", level=1, name="Bar")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1, name="Lobby")).to_be_visible()
    page.keyboard.press("Control+k")
    starred = page.get_by_role("dialog", name="Command palette").get_by_role("group", name="Starred")
    expect(starred.get_by_role("option", name="Lobby")).to_be_visible()


def test_an_appointment_is_dragged_and_one_on_another_goes_back_kindly(
    signed_in: Page, complaints: list[str]
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto("/scheduling/calendar")
    first = page.get_by_role("button", name="Tasting, Layla, 09:00–10:00")
    expect(first).to_be_visible()

    def drag(event: Locator, hours_down: float) -> None:
        box = event.bounding_box()
        assert box
        # Each lasts an hour, drawn with a pixel of air above and below.
        hour = box["height"] + 2
        x, y = box["x"] + box["width"] / 2, box["y"] + 10
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 20, steps=3)
        page.mouse.move(x, y + hours_down * hour, steps=6)
        page.mouse.up()

    drag(first, 4)
    moved = page.get_by_role("button", name="Tasting, Layla, 13:00–14:00")
    expect(moved).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="moved")).to_be_visible()
    drag(moved, -2)
    expect(page.get_by_role("alert").filter(has_text="Layla is booked then")).to_be_visible()
    expect(moved).to_be_visible()
    page.keyboard.press("Control+z")
    expect(first).to_be_visible()
    assert complaints == []


def test_on_a_phone_a_filter_is_chosen_without_a_false_alarm(signed_in: Page, complaints: list[str]) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/crm/customers")
    expect(page.get_by_role("link", name="Kite & Kettle")).to_be_visible()
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("dialog").get_by_role("button", name="Owner", exact=True).click()
    editor = page.get_by_role("dialog")
    expect(editor.get_by_role("combobox").first).to_be_visible()
    box = editor.get_by_role("button", name="Apply").bounding_box()
    assert box is not None
    assert box["height"] >= 40
    editor.get_by_label("Me").check()
    editor.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("group", name="Filter on Owner")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)
    assert complaints == []


def test_a_click_beside_a_form_does_not_empty_it(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/customers")
    page.get_by_role("button", name="New customer").click()
    form = page.get_by_role("dialog", name="New customer")
    form.get_by_label("Name", exact=True).fill("Palm Court")
    page.mouse.click(5, 5)
    expect(form.get_by_label("Name", exact=True)).to_have_value("Palm Court")
    form.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("link", name="Palm Court")).to_be_visible()
    page.get_by_role("button", name="New customer").click()
    expect(form).to_be_visible()
    page.mouse.click(5, 5)
    expect(form).to_have_count(0)


def test_a_new_appointment_begins_at_the_next_quarter_and_says_which_field_is_wrong(
    signed_in: Page,
) -> None:
    page = signed_in
    noon = datetime.combine(clock.today("Asia/Kuwait"), time(12, 7), ZoneInfo("Asia/Kuwait"))
    page.clock.set_fixed_time(noon)
    page.goto("/scheduling/calendar")
    page.get_by_role("button", name="New appointment").click()
    form = page.get_by_role("dialog", name="New appointment")
    expect(form.get_by_label("Time", exact=True)).to_have_value("12:15")
    minutes = form.get_by_label("Minutes")
    minutes.fill("abc")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("abc")
    expect(minutes).to_have_attribute("aria-invalid", "true")
    expect(minutes).to_be_focused()


def test_on_a_phone_the_table_of_deals_leads_back_to_the_board(signed_in: Page) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/crm/deals?view=list")
    expect(page.get_by_role("link", name="Pool")).to_be_visible()
    page.get_by_role("button", name="Board", exact=True).click()
    expect(page.get_by_role("group", name="Stages")).to_be_visible()


@pytest.fixture
async def elsewhere(company: MadeCompany, database: Database) -> str:
    """The name of another company that the owner works in."""
    other = await make_company(database, "Pearl Coast")
    async with database.tenant_session(other.tenant_id, action="test.member") as session:
        role = await session.one(sa.text("SELECT id FROM wasl.role WHERE key = 'rep'"))
        owner = company.owner
        session.add(
            Membership(account_id=owner.account_id, display_name=owner.name, email=owner.email, role_id=role)
        )
    return other.name


def test_on_a_phone_one_goes_to_another_of_ones_companies(signed_in: Page, elsewhere: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/crm/deals")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitemradio", name=elsewhere).click()
    page.wait_for_url("**/home")
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("menuitemradio", name=elsewhere)).to_be_checked()


def test_whoever_goes_to_another_company_is_led_there_once(signed_in: Page, elsewhere: str) -> None:
    page = signed_in
    sockets: list[WebSocket] = []
    page.on("websocket", lambda opened: sockets.append(opened))
    page.goto("/crm/deals")
    expect(page.get_by_role("listitem").first).to_be_visible()
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/switch", lambda route: answers.append((route, route.fetch())))
    with sockets[-1].expect_event("framereceived", lambda said: '"moved"' in str(said)):
        page.get_by_role("button", name="Company").first.click()
        page.get_by_role("menuitemradio", name=elsewhere).click()
    # The stream has said so, the answer is still on its way.
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    assert page.url.endswith("/crm/deals")
    route, answer = answers[0]
    route.fulfill(response=answer)
    page.wait_for_url("**/home")


def test_a_column_is_filtered_from_its_head_and_f_opens_all_filters(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/deals?view=list")
    expect(row(page, "Terrace")).to_be_visible()
    page.get_by_role("columnheader", name="Deal", exact=True).get_by_role("button").click()
    page.get_by_role("menuitem", name="Filter…").click()
    expect(page.get_by_role("dialog", name="Filter on Deal").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Po")
    page.keyboard.press("Enter")
    expect(row(page, "Terrace")).to_have_count(0)
    expect(row(page, "Pool")).to_be_visible()
    expect(page.get_by_role("group", name="Filter on Deal")).to_be_visible()
    page.get_by_role("button", name="Remove the filter on Deal").click()
    expect(row(page, "Terrace")).to_be_visible()
    page.locator("body").press("f")
    adder = page.get_by_role("dialog", name="Add a filter")
    adder.get_by_role("button", name="Amount", exact=True).focus()
    page.keyboard.press("Enter")
    expect(adder.get_by_role("textbox", name="Amount")).to_be_focused()
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    expect(row(page, "Bar")).to_have_count(0)
    expect(row(page, "Terrace")).to_be_visible()


def test_chosen_rows_are_tagged_and_handed_over_in_one_step(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/deals?view=list")
    for title in ("Bar", "Pool"):
        row(page, title).get_by_role("checkbox").check()
    page.get_by_role("toolbar").get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("dialog", name="Tag").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("Season")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    for title in ("Bar", "Pool"):
        expect(row(page, title)).to_contain_text("Season")
    expect(row(page, "Lobby")).not_to_contain_text("Season")
    page.get_by_role("toolbar").get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("dialog", name="Assign").get_by_role("combobox")).to_be_focused()


def test_a_deal_is_begun_and_what_is_next_is_ticked_off_where_the_customer_is_shown(
    signed_in: Page, complaints: list[str]
) -> None:
    page = signed_in
    page.goto("/crm/customers")
    page.get_by_role("link", name="Kite & Kettle").click()
    drawer = page.get_by_role("complementary")
    drawer.get_by_role("button", name="New deal").first.click()
    dialog = page.get_by_role("dialog", name="New deal")
    expect(dialog.get_by_label("Customer")).to_have_value("Kite & Kettle")
    dialog.get_by_label("Deal").fill("Courtyard")
    dialog.get_by_role("button", name="Create deal").click()
    drawer.get_by_role("link", name="Courtyard").click()
    page.get_by_role("button", name="New activity").click()
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    page.keyboard.type("Send the drawing")
    page.locator(".composer").get_by_role("button", name="Save").click()
    rail = page.locator(".rail")
    expect(rail.get_by_role("checkbox", name="Mark Send the drawing as done")).to_be_visible()
    page.locator(".facts").get_by_role("link", name="Kite & Kettle").click()
    rail.get_by_role("checkbox", name="Mark Send the drawing as done").check()
    expect(rail.get_by_text("Send the drawing")).to_have_count(0)
    assert complaints == []


def test_a_filter_says_whom_it_names_although_no_row_does(
    signed_in: Page, company: MadeCompany, database: Database
) -> None:
    omar = loop_thread().run(viewer_of(loop_thread().run(add_member(database, company, "Omar Nasser"))))
    query = json.dumps({"filters": [{"key": "owner", "op": "any", "values": [omar.member_public_id]}]})
    for layout in ("board", "list"):
        signed_in.goto(f"/crm/deals?view={layout}&q={quote(query)}")
        expect(signed_in.get_by_role("group", name="Filter on Owner")).to_contain_text("Omar Nasser")


def test_a_menu_that_is_closed_and_opened_in_one_go_has_the_focus(signed_in: Page) -> None:
    page = signed_in
    page.goto("/crm/deals")
    opener = page.get_by_role("button", name="Sort: by hand")
    opener.click()
    first = page.get_by_role("menu", name="Sort").get_by_role("menuitemradio").first
    expect(first).to_be_focused()
    opener.evaluate(
        "(button) => { document.querySelector('.menu:popover-open').hidePopover(); button.click(); }"
    )
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio").nth(1)).to_be_focused()
