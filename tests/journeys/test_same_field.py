"""Two people at one record in two browsers: each sees where the other writes, and nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from saas.kernel.permissions import RoleKey
from tests.journeys.conftest import Opened
from tests.live.conftest import Floor, make_floor
from tests.support.database import Database
from tests.support.loop import loop_thread

NAME = "Harbour Roastery"


@pytest.fixture
def floor(database: Database) -> Floor:
    return loop_thread().run(make_floor(database, RoleKey.ADMIN))


def fact(page: Page, label: str) -> Locator:
    """The value of one fact of the record that is open."""
    return page.locator("dl.kv dt", has_text=label).locator("xpath=following-sibling::dd[1]")


def write_fact(page: Page, label: str, text: str) -> Locator:
    fact(page, label).hover()
    fact(page, label).get_by_role("button", name=f"Edit {label}").click()
    field = fact(page, label).get_by_role("textbox")
    field.fill(text)
    return field


def phone_cell(page: Page) -> Locator:
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=NAME, exact=True))
    return row.locator("[data-edit=phone]")


def test_a_colleague_is_seen_where_she_writes_and_no_longer(someone: Opened, floor: Floor) -> None:
    layla, mariam = someone(floor.company), someone(floor.mariam)
    for page in (layla, mariam):
        page.goto(f"/crm/customers/{floor.customer}")
    write_fact(mariam, "Phone", "+965 22")
    ring = fact(layla, "Phone").get_by_title("Mariam Saleh is writing here")
    expect(ring).to_be_visible()
    # To the next field, and away with the page.
    mariam.keyboard.press("Tab")
    expect(ring).to_have_count(0)
    expect(layla.get_by_title("Mariam Saleh is writing here")).to_have_count(1)
    mariam.close()
    expect(layla.get_by_title("Mariam Saleh is writing here")).to_have_count(0)


def test_whoever_opens_the_record_later_sees_it_at_once(someone: Opened, floor: Floor) -> None:
    mariam = someone(floor.mariam)
    mariam.goto(f"/crm/customers/{floor.customer}")
    write_fact(mariam, "Phone", "+965 22")
    layla = someone(floor.company)
    layla.goto("/crm/customers")
    expect(phone_cell(layla).get_by_title("Mariam Saleh is writing here")).to_be_visible()
    mariam.keyboard.press("Escape")
    expect(phone_cell(layla).get_by_title("Mariam Saleh is writing here")).to_have_count(0)


def test_both_values_are_shown_and_ones_own_is_written_by_keyboard(someone: Opened, floor: Floor) -> None:
    layla, mariam = someone(floor.company), someone(floor.mariam)
    for page in (layla, mariam):
        page.goto(f"/crm/customers/{floor.customer}")
    mine = write_fact(layla, "Phone", "+965 3333")
    write_fact(mariam, "Phone", "+965 2222").press("Enter")
    # Her value is here already, under the editor: it must not become what one writes on.
    expect(layla.get_by_text("+965 2222").first).to_be_attached()
    expect(mine).to_have_value("+965 3333")
    mine.press("Enter")
    box = layla.get_by_role("dialog", name="Mariam Saleh set Phone while you were writing")
    expect(box).to_contain_text("+965 2222")
    expect(box).to_contain_text("+965 3333")
    expect(box.get_by_role("button", name="Keep theirs")).to_be_focused()
    # Decided later: the mark stays at the field and opens it again.
    layla.keyboard.press("Escape")
    expect(box).to_be_hidden()
    layla.keyboard.press("Enter")
    expect(box).to_be_visible()
    box.get_by_role("button", name="Use mine").press("Enter")
    expect(box).to_have_count(0)
    for page in (layla, mariam):
        expect(fact(page, "Phone")).to_contain_text("+965 3333")


def test_a_cell_of_the_list_and_the_drawer_offer_the_same(someone: Opened, floor: Floor) -> None:
    layla, mariam = someone(floor.company), someone(floor.mariam)
    for page in (layla, mariam):
        page.goto("/crm/customers")
        expect(phone_cell(page)).to_be_visible()
    phone_cell(layla).click()
    phone_cell(layla).click()
    layla.keyboard.type("+965 3333")
    phone_cell(mariam).click()
    phone_cell(mariam).click()
    mariam.keyboard.type("+965 2222")
    mariam.keyboard.press("Enter")
    expect(phone_cell(layla)).to_contain_text("+965 2222")
    layla.keyboard.press("Shift+Tab")
    # She types on in the cell before: nothing takes the focus from her.
    box = layla.get_by_role("dialog", name="Mariam Saleh set Phone while you were writing")
    expect(box).to_be_visible()
    expect(layla.locator(".cell-edit input")).to_be_focused()
    box.get_by_role("button", name="Keep theirs").click()
    expect(box).to_have_count(0)
    expect(phone_cell(layla)).to_contain_text("+965 2222")
    layla.keyboard.press("Escape")

    layla.get_by_role("link", name=NAME, exact=True).click()
    drawer = layla.get_by_role("complementary")
    expect(drawer.locator("dl.kv")).to_be_visible()
    mine = write_fact(layla, "Phone", "+965 4444")
    phone_cell(mariam).click()
    phone_cell(mariam).click()
    mariam.keyboard.type("+965 5555")
    mariam.keyboard.press("Enter")
    expect(phone_cell(layla)).to_contain_text("+965 5555")
    mine.press("Enter")
    expect(box).to_be_visible()
    box.get_by_role("button", name="Use mine").click()
    for page in (layla, mariam):
        expect(phone_cell(page)).to_contain_text("+965 4444")


def test_what_was_typed_is_kept_when_the_page_is_left_before_the_answer(
    someone: Opened, floor: Floor
) -> None:
    layla, mariam = someone(floor.company), someone(floor.mariam)
    for page in (layla, mariam):
        page.goto(f"/crm/customers/{floor.customer}")
    mine = write_fact(layla, "Phone", "+965 3333")
    write_fact(mariam, "Phone", "+965 2222").press("Enter")
    expect(layla.get_by_text("+965 2222").first).to_be_attached()
    # Leaving the field by a click elsewhere saves it; the click is on another page's link.
    expect(mine).to_have_value("+965 3333")
    layla.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    layla.wait_for_url("**/home")
    layla.get_by_role("button", name="Show both").click()
    mark = layla.get_by_role("button", name="Mariam Saleh set Phone while you were writing")
    mark.click()
    layla.get_by_role("button", name="Use mine").click()
    expect(fact(layla, "Phone")).to_contain_text("+965 3333")


def test_what_an_undo_left_is_shown_and_taken_back_all_the_same(someone: Opened, floor: Floor) -> None:
    layla, mariam = someone(floor.company), someone(floor.mariam)
    for page in (layla, mariam):
        page.goto(f"/crm/customers/{floor.customer}")
    write_fact(layla, "Phone", "+965 3333").press("Enter")
    expect(fact(mariam, "Phone")).to_contain_text("+965 3333")
    write_fact(mariam, "Phone", "+965 2222").press("Enter")
    expect(fact(layla, "Phone")).to_contain_text("+965 2222")
    layla.keyboard.press("Control+z")
    layla.get_by_role("button", name="Show them").click()
    box = layla.get_by_role("dialog", name="Kept as they are")
    expect(box.get_by_role("link", name=NAME)).to_be_visible()
    expect(box.get_by_text("Mariam Saleh changed it since")).to_be_visible()
    expect(box.get_by_role("listitem")).to_contain_text("+965 2222")
    box.get_by_role("button", name=f"Take back anyway: {NAME}").click()
    expect(box.get_by_role("listitem")).to_have_count(0)
    for page in (layla, mariam):
        expect(fact(page, "Phone")).to_contain_text("+965 1111")
