"""The board as two people use it at once."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from saas.modules.crm.service import pipelines
from tests.modules.crm.conftest import Shop, new_deal, seen_by, stage_named
from tests.support.boards import Line, board_of, stage, titles
from tests.support.browser import complaints_of
from tests.support.companies import add_member, make_company
from tests.support.database import Database
from tests.support.loop import loop_thread
from tests.support.server import Server


def drag(page: Page, card: Locator, below: Locator) -> None:
    start, end = card.bounding_box(), below.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 90, start["y"] + 60, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] * 0.9, steps=8)
    page.mouse.up()


def test_a_link_to_the_table_shows_the_table_before_the_server_has_answered(
    browser: Browser, server: Server, shown: Shop
):
    lines: list[Line] = []
    page = board_of(browser, server, shown.company, lambda page: lines.append(Line(page)))
    lines[0].hold()
    page.goto("/crm/deals?view=list")
    page.get_by_role("button", name="Filter", exact=True).click()
    menu = page.get_by_role("button", name="Close date", exact=True).last
    expect(menu).to_be_visible()
    expect(page.get_by_role("button", name="Table", pressed=True)).to_be_visible()
    lines[0].let_go()
    expect(page.get_by_role("table").get_by_role("link", name="Grinder lease")).to_be_visible()
    expect(menu).to_be_visible()


def test_a_dragged_card_is_where_it_was_dropped_on_both_screens_and_comes_back_by_undo(
    browser: Browser, server: Server, shown: Shop
):
    colleague = loop_thread().run(add_member(shown.database, shown.company, "Omar Nasser"))
    mine, theirs = board_of(browser, server, shown.company), board_of(browser, server, colleague)
    complaints = complaints_of(mine)
    drag(
        mine,
        stage(mine, "New").get_by_role("listitem").first,
        stage(mine, "Proposal").get_by_role("listitem").first,
    )
    expect(stage(theirs, "Proposal").get_by_role("listitem")).to_have_count(3)
    assert (
        titles(theirs, "Proposal")
        == titles(mine, "Proposal")
        == ["Service plan", "Lobby bar", "Water filters"]
    )
    expect(mine.get_by_role("status").filter(has_text="Moved to Proposal")).to_be_visible()
    mine.keyboard.press("Control+z")
    expect(stage(theirs, "New").get_by_role("listitem")).to_have_count(3)
    assert titles(mine, "New") == ["Lobby bar", "Bean supply", "Grinder lease"]
    mine.reload()
    expect(stage(mine, "New").get_by_role("listitem")).to_have_count(3)
    assert complaints == []


def test_the_menu_of_a_card_is_walked_by_arrows_and_its_choice_taken_back_with_the_focus_on_the_card(
    browser: Browser, server: Server, shown: Shop
):
    page = board_of(browser, server, shown.company)
    opener = page.get_by_role("button", name="Move Bean supply")
    opener.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Move Bean supply")
    chosen = menu.get_by_role("menuitemradio")
    expect(chosen.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(chosen.nth(2)).to_be_focused()
    page.keyboard.press("End")
    expect(chosen.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(chosen.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(stage(page, "Proposal").get_by_role("link", name="Bean supply")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Moved to Proposal")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(stage(page, "New").get_by_role("link", name="Bean supply")).to_be_focused()


def test_a_cards_menu_that_is_closed_and_opened_in_one_go_is_open(
    browser: Browser, server: Server, shown: Shop
):
    page = board_of(browser, server, shown.company)
    opener = page.get_by_role("button", name="Move Bean supply")
    opener.click()
    first = page.get_by_role("menu", name="Move Bean supply").get_by_role("menuitemradio").nth(1)
    expect(first).to_be_focused()
    opener.evaluate(
        "(button) => { document.querySelector('.menu:popover-open').hidePopover(); button.click(); }"
    )
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    expect(first).to_be_focused()


def test_a_card_that_a_stage_refuses_goes_back_and_says_what_is_missing(
    browser: Browser, server: Server, shown: Shop
):
    async def ask_for_a_date() -> None:
        async with shown.open() as session:
            proposal = await stage_named(session, "Proposal")
            await pipelines.update_stage(session, proposal, {"required": ["expected_close_on"]})

    loop_thread().run(ask_for_a_date())
    page = board_of(browser, server, shown.company)
    card = stage(page, "New").get_by_role("listitem").first
    drag(page, card, stage(page, "Proposal").get_by_role("listitem").first)
    expect(page.get_by_role("alert").filter(has_text="Close date")).to_be_visible()
    assert titles(page, "New") == ["Lobby bar", "Bean supply", "Grinder lease"]


def test_keys_alone_make_a_deal_move_it_and_take_each_step_back(
    browser: Browser, server: Server, shown: Shop
):
    page = board_of(browser, server, shown.company)
    page.get_by_role("button", name="New deal").first.focus()
    page.keyboard.press("Enter")
    title = page.get_by_role("dialog", name="New deal").locator("input[name=title]")
    expect(title).to_be_focused()
    page.keyboard.type("Second branch")
    page.keyboard.press("Enter")
    made = stage(page, "New").get_by_role("link", name="Second branch")
    expect(made).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    made.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(stage(page, "Qualified").get_by_role("link", name="Second branch")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="2 changes")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(made).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("link", name="Second branch")).to_have_count(0)


def test_what_is_still_on_its_way_to_the_server_is_what_ctrl_z_takes_back(
    browser: Browser, server: Server, shown: Shop
):
    lines: list[Line] = []
    page = board_of(browser, server, shown.company, lambda page: lines.append(Line(page)))
    line = lines[0]
    stage(page, "New").get_by_role("link", name="Lobby bar").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("status").filter(has_text="Moved to")).to_be_visible()
    line.hold()
    stage(page, "New").get_by_role("link", name="Bean supply").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+z")
    moved = stage(page, "Qualified").get_by_role("link", name="Bean supply")
    expect(moved).to_be_visible()
    line.let_go()
    expect(moved).to_have_count(0)
    expect(stage(page, "New").get_by_role("link", name="Bean supply")).to_be_visible()
    expect(stage(page, "Qualified").get_by_role("link", name="Lobby bar")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(stage(page, "New").get_by_role("link", name="Lobby bar")).to_be_visible()


def test_a_new_deal_takes_arabic_digits_and_stands_on_top(browser: Browser, server: Server, shown: Shop):
    page = board_of(browser, server, shown.company)
    page.get_by_role("button", name="New deal").first.click()
    dialog = page.get_by_role("dialog", name="New deal")
    dialog.locator("input[name=title]").fill("Second branch")
    dialog.locator("input[name=amount_minor]").fill("٧٤٥٠٫٥")
    dialog.get_by_role("button", name="Create deal").click()
    first = stage(page, "New").get_by_role("listitem").first
    expect(first).to_contain_text("Second branch")
    expect(first).to_contain_text("7,450.500")


def count_of(page: Page, name: str) -> Locator:
    return page.locator("section.stage", has=page.get_by_role("heading", name=name, exact=True)).locator(
        "header .num"
    )


def test_more_cards_of_a_stage_change_neither_its_count_nor_what_has_happened_meanwhile(
    browser: Browser, server: Server, database: Database
):
    async def make() -> Shop:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        async with shop.open() as session:
            for n in range(25):
                await new_deal(session, f"Deal {n:02}", amount_minor=1_000)
        return shop

    shop = loop_thread().run(make())
    page = board_of(browser, server, shop.company)
    new = stage(page, "New").get_by_role("listitem")
    expect(new).to_have_count(20)
    moved = new.first.get_by_role("link").inner_text()
    new.first.get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".card.pending")).to_have_count(0)
    head = count_of(page, "New")
    expect(head.first).to_have_text("24")
    sums = head.nth(1).inner_text()
    page.get_by_role("button", name="Show 5 more").click()
    expect(new).to_have_count(24)
    expect(head.first).to_have_text("24")
    assert head.nth(1).inner_text() == sums
    expect(stage(page, "New").get_by_role("link", name=moved)).to_have_count(0)


def test_the_focus_comes_back_to_a_card_whose_move_was_thought_better_of(
    browser: Browser, server: Server, shown: Shop
):
    page = board_of(browser, server, shown.company)
    card = stage(page, "New").get_by_role("listitem").first
    name = card.get_by_role("link").inner_text()
    card.hover()
    card.get_by_role("button", name=f"Move {name}").click()
    page.get_by_role("menuitemradio", name="Lost").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(card.get_by_role("link")).to_be_focused()
    # And it goes with the card that is moved for a reason.
    card.get_by_role("button", name=f"Move {name}").click()
    page.get_by_role("menuitemradio", name="Lost").click()
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(stage(page, "Lost").get_by_role("link", name=name)).to_be_focused()


def test_a_bare_card_takes_as_much_room_out_of_sight_as_in_it(
    browser: Browser, server: Server, database: Database
):
    async def make() -> Shop:
        company = await make_company(database, modules=["crm"])
        shop = Shop(database, company, await seen_by(company.owner))
        async with shop.open() as session:
            for n in range(20):
                await new_deal(session, f"Deal {n:02}")
        return shop

    page = board_of(browser, server, loop_thread().run(make()).company)
    new = stage(page, "New").get_by_role("listitem")
    expect(new).to_have_count(20)
    heights = new.evaluate_all("(cards) => cards.map((card) => card.getBoundingClientRect().height)")
    assert heights[-1] == heights[0]


def test_ctrl_z_right_after_what_has_no_undo_takes_back_what_stands_before_it(
    browser: Browser, server: Server, shown: Shop
):
    page = board_of(browser, server, shown.company)
    stage(page, "New").get_by_role("link", name="Lobby bar").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("status").filter(has_text="Moved to")).to_be_visible()
    stage(page, "Qualified").get_by_role("link", name="Lobby bar").click()
    page.get_by_role("button", name="Star", exact=True).click()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    page.go_back()
    expect(stage(page, "New").get_by_role("link", name="Lobby bar")).to_be_visible()
