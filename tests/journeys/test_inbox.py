"""Somebody is called by a colleague: their open tab says so, they go there, and it is done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from saas.kernel import clock
from saas.kernel.permissions import RoleKey
from tests.journeys.conftest import Opened
from tests.support import axe
from tests.support.companies import MadeCompany, Person, add_member
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread


@pytest.fixture
def marsa(database: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(database))


@pytest.fixture
def omar(database: Database, marsa: MadeCompany) -> Person:
    return loop_thread().run(add_member(database, marsa, "Omar Nasser", role=RoleKey.ADMIN))


@pytest.fixture
def samir(database: Database, marsa: MadeCompany) -> Person:
    return loop_thread().run(add_member(database, marsa, "سمير الطويل", role=RoleKey.ADMIN, language="ar"))


NBSP = "\u00a0"


def entry(page: Page, name: str = "Main", path: str = "/inbox") -> Locator:
    return page.get_by_role("navigation", name=name).first.locator(f'a[href="{path}"]')


def open_first_deal(page: Page) -> str:
    """The page of a deal; gives its name."""
    page.goto("/crm/deals")
    card = page.locator("[data-stage] .card[data-id] a").first
    title = card.inner_text()
    card.click()
    page.wait_for_url("**/crm/deals/*")
    return title


def mention(page: Page, typed: str, name: str, rest: str) -> None:
    """With the keyboard, as one writes: the first letters of a name, then the choice."""
    field = page.locator(".composer textarea")
    field.click()
    page.keyboard.type(f"@{typed}")
    # Only whom the letters fit is offered, whatever the server has answered so far.
    expect(page.get_by_role("option")).to_have_text([name])
    page.keyboard.press("Enter")
    page.keyboard.type(rest.strip())
    expect(field).to_have_value(f"@{name} ".replace(" ", NBSP, name.count(" ")) + rest.strip())
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tl").get_by_text(rest.strip())).to_be_visible()


def test_who_is_mentioned_sees_it_at_once_goes_there_and_the_badge_is_gone(
    someone: Opened, marsa: MadeCompany, omar: Person
) -> None:
    sara, his, other = someone(marsa), someone(omar), someone(omar, theme="dark")
    his.goto("/home")
    other.goto("/home")
    expect(entry(his)).to_have_accessible_name("Inbox")
    title = open_first_deal(sara)
    mention(sara, "Om", "Omar Nasser", " can you call them?")
    for page in (his, other):
        expect(entry(page)).to_have_accessible_name("Inbox 1 unread")
    expect(entry(sara)).to_have_accessible_name("Inbox")

    his.keyboard.press("Control+k")
    his.keyboard.type("inb")
    expect(his.get_by_role("option", name="Inbox")).to_be_visible()
    his.keyboard.press("Escape")
    # The keys alone: to the inbox, down to the entry, into its record.
    his.keyboard.press("g")
    his.keyboard.press("n")
    his.wait_for_url("**/inbox")
    row = his.get_by_role("list", name="Inbox").get_by_role("listitem").filter(has_text=title)
    expect(row).to_contain_text("can you call them?")
    expect(row).to_contain_text("Unread")
    assert axe.serious(his) == []
    his.keyboard.press("j")
    his.keyboard.press("Enter")
    his.wait_for_url("**/crm/deals/*")
    expect(his.get_by_role("heading", name=title).first).to_be_visible()
    for page in (his, other):
        expect(entry(page)).to_have_accessible_name("Inbox")

    # It is still there, read, and a key makes it new again.
    his.go_back()
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("Unread")
    his.keyboard.press("j")
    his.keyboard.press("u")
    expect(row).to_contain_text("Unread")
    expect(entry(other)).to_have_accessible_name("Inbox 1 unread")
    his.keyboard.press("e")
    expect(row).to_have_count(0)
    expect(entry(other)).to_have_accessible_name("Inbox")
    his.keyboard.press("Control+z")
    expect(row).to_be_visible()


def test_all_are_marked_as_read_and_undo_makes_them_new_again(
    someone: Opened, marsa: MadeCompany, omar: Person
) -> None:
    sara, his = someone(marsa), someone(omar)
    his.goto("/inbox")
    expect(his.get_by_role("heading", name="You are up to date")).to_be_visible()
    open_first_deal(sara)
    for said in (" one", " two"):
        mention(sara, "Om", "Omar Nasser", said)
    rows = his.get_by_role("list", name="Inbox").get_by_role("listitem")
    expect(rows).to_have_count(2)
    his.get_by_role("tab", name="Unread").click()
    expect(rows).to_have_count(2)
    his.get_by_role("button", name="Mark all as read").click()
    expect(rows).to_have_count(0)
    expect(his.get_by_role("heading", name="Nothing unread")).to_be_visible()
    his.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    expect(entry(his)).to_have_accessible_name("Inbox 2 unread")
    his.get_by_role("tab", name="All").click()
    rows.first.get_by_role("button", name="Archive").click()
    expect(rows).to_have_count(1)


def test_the_inbox_in_arabic_and_on_a_phone(someone: Opened, marsa: MadeCompany, samir: Person) -> None:
    sara, his = someone(marsa), someone(samir, language="ar", theme="dark", width=390, height=844)
    his.goto("/home")
    title = open_first_deal(sara)
    mention(sara, "سم", "سمير الطويل", " please look")
    more = his.locator(".tabbar > button")
    expect(more).to_have_accessible_name("المزيد إشعار غير مقروء")
    more.click()
    his.get_by_role("menuitem", name="الوارد").click()
    row = his.get_by_role("list", name="الوارد").get_by_role("listitem").filter(has_text=title)
    expect(row).to_contain_text("أشار إليك")
    assert axe.serious(his) == []
    row.get_by_role("button").click()
    his.get_by_role("menuitem", name="تعليم كمقروء").click()
    expect(more).to_have_accessible_name("المزيد")
    row.get_by_role("button").click()
    his.get_by_role("menuitem", name="تعليم كغير مقروء").click()
    expect(more).to_have_accessible_name("المزيد إشعار غير مقروء")
    row.get_by_role("link").click()
    his.wait_for_url("**/crm/deals/*")
    expect(more).to_have_accessible_name("المزيد")


def test_my_tasks_are_counted_and_found_from_every_page(someone: Opened, omar: Person) -> None:
    page = someone(omar)
    page.goto("/home")
    tasks = entry(page, path="/crm/activities?whose=mine")
    expect(tasks).to_have_accessible_name("My tasks")
    tasks.click()
    expect(page.get_by_role("tab", selected=True)).to_contain_text("My tasks")
    page.get_by_role("button", name="New activity").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Subject").fill("Call the roastery")
    dialog.get_by_label("Due").fill(clock.today("Asia/Kuwait").strftime("%d/%m/%Y"))
    dialog.get_by_role("button", name="Create activity").click()
    expect(tasks).to_have_accessible_name("My tasks 1 due")
    page.get_by_role("checkbox", name="Mark Call the roastery as done").check()
    expect(tasks).to_have_accessible_name("My tasks")


def test_a_task_that_a_colleague_hands_over_is_counted_in_the_open_tab(
    someone: Opened, database: Database, marsa: MadeCompany, omar: Person
) -> None:
    sara, his = someone(marsa), someone(omar)
    his.goto("/home")
    sara.goto("/crm/activities")
    sara.get_by_role("button", name="New activity").first.click()
    dialog = sara.get_by_role("dialog")
    dialog.get_by_label("Subject").fill("Call the roastery")
    dialog.get_by_label("Due").fill(clock.today("Asia/Kuwait").strftime("%d/%m/%Y"))
    owner = dialog.get_by_label("Owner")
    owner.fill("Omar")
    sara.get_by_role("option", name="Omar Nasser").click()
    dialog.get_by_role("button", name="Create activity").click()
    expect(entry(his)).to_have_accessible_name("Inbox 1 unread")
    expect(entry(his, path="/crm/activities?whose=mine")).to_have_accessible_name("My tasks 1 due")
    # A module that is off takes its entry with it.
    sara.goto("/settings/modules")
    sara.get_by_role("switch", name="CRM").click()
    expect(entry(his, path="/crm/activities?whose=mine")).to_have_count(0)
    entry(his).click()
    expect(his.get_by_role("listitem").filter(has_text="not open to you")).to_be_visible()
