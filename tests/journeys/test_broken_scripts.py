"""A script of ours that fails: the person reads what helps, the log says what it was, neither too much."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from saas.modules.crm.service import customers
from saas.tenancy.scope import viewer_session
from saas.web.trouble import line_of
from tests.support.companies import MadeCompany, make_company, sign_in, viewer_of
from tests.support.database import Database
from tests.support.loop import loop_thread
from tests.support.server import Server

pytestmark = pytest.mark.browser
THROWS = "setTimeout(() => { throw new TypeError('cards of \"Palm Court\" is undefined'); })"
REJECTS = "void Promise.reject(new RangeError('no such lane'))"
GONE = "This is not here any more"


@pytest.fixture
def company(database: Database) -> MadeCompany:
    return loop_thread().run(make_company(database, modules=["crm"]))


@pytest.fixture
def customer(database: Database, company: MadeCompany) -> str:
    async def make() -> str:
        async with viewer_session(database, await viewer_of(company.owner), "test.customer") as session:
            made = await customers.create(session, {"name": "Palm Court Suites"})
            await session.flush()
            return str(made.public_id)

    return loop_thread().run(make())


@pytest.fixture
def page(browser: Browser, server: Server, company: MadeCompany) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, locale="en-GB")
    context.set_default_timeout(10_000)
    sign_in(context, company, server.url)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("script", "name"), [(THROWS, "TypeError"), (REJECTS, "RangeError")])
def test_a_broken_script_is_said_as_what_it_is_and_told_to_the_server(
    page: Page, server: Server, script: str, name: str
) -> None:
    page.goto("/home")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Deals")).to_be_visible()
    start = server.log.stat().st_size
    with page.expect_response("**/trouble") as told:
        page.evaluate(script)
    assert told.value.status == 204
    toast = page.get_by_role("alert")
    expect(toast).to_contain_text("Something on this page went wrong.")
    expect(page.get_by_text(GONE)).to_have_count(0)
    with server.log.open("rb") as file:
        file.seek(start)
        said = file.read().decode()
    assert "script error" in said
    assert f"on /home: {name}" in said
    assert "Palm Court" not in said
    with page.expect_navigation():
        toast.get_by_role("button", name="Load again").click()


def test_a_page_that_cannot_be_drawn_leaves_the_way_to_the_others(page: Page) -> None:
    page.add_init_script(
        "HTMLDialogElement.prototype.showModal = () => { throw new TypeError('no dialogs'); }"
    )
    page.goto("/crm/deals")
    page.get_by_role("button", name="New deal").first.click()
    failed = page.get_by_role("alert").filter(has_text="This page could not be shown")
    expect(failed).to_be_visible()
    expect(failed).to_contain_text("nothing that was saved is lost")
    expect(failed.get_by_role("button", name="Load again")).to_be_visible()
    expect(page.get_by_text("Reflex")).to_have_count(0)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(failed).to_have_count(0)


ABSENT = "This did not load"


@pytest.mark.parametrize(
    ("part", "key", "opens"),
    [
        ("palette", "Control+k", "Command palette"),
        ("keysheet", "Shift+Slash", "All keys"),
        ("form", "c", "New deal"),
    ],
)
def test_a_part_that_does_not_arrive_is_said_quietly_and_asked_for_at_its_next_use(
    page: Page, part: str, key: str, opens: str
) -> None:
    pattern = f"**/assets/{part}-*.js"
    page.route(pattern, lambda route: route.abort())
    page.goto("/crm/deals")
    main = page.get_by_role("main")
    expect(main.get_by_role("list", name="New", exact=True)).to_be_visible()
    heading = page.get_by_role("heading", level=1, name="Deals")
    heading.click()
    page.keyboard.press(key)
    said = page.get_by_role("alert").filter(has_text=ABSENT)
    expect(said).to_be_visible()
    expect(heading).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("This page could not be shown")).to_have_count(0)
    said.get_by_role("button", name="Close").click()
    expect(said).to_have_count(0)
    page.unroute(pattern)
    page.keyboard.press(key)
    expect(page.get_by_role("dialog", name=opens)).to_be_visible()


def test_a_part_of_a_page_that_does_not_arrive_says_so_in_its_place(page: Page, customer: str) -> None:
    pattern = "**/assets/customer-*.js"
    page.route(pattern, lambda route: route.abort())
    page.goto(f"/crm/customers?open={customer}")
    failed = page.get_by_role("alert").filter(has_text="This did not load")
    expect(failed).to_be_visible()
    expect(page.get_by_role("row", name="Palm Court Suites")).to_be_visible()
    page.unroute(pattern)
    failed.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=2, name="Palm Court Suites")).to_be_visible()
    expect(failed).to_have_count(0)


def test_what_is_no_trouble_of_the_page_is_not_said(page: Page) -> None:
    """A note of the browser without an error, a request that was given up, an extension's script."""
    page.goto("/home")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Deals")).to_be_visible()
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/trouble") else None)
    page.evaluate(
        """async () => {
          dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop limit exceeded" }));
          Promise.reject(new DOMException("gone", "AbortError"));
          const theirs = new Error("theirs");
          theirs.stack = "Error: theirs at chrome-extension://abc/content.js:1:1";
          Promise.reject(theirs);
          await new Promise((done) => setTimeout(done));
        }"""
    )
    with page.expect_response("**/trouble"):
        page.evaluate(REJECTS)
    expect(page.get_by_role("alert")).to_have_count(1)
    assert len(told) == 1


def test_a_flood_of_reports_fills_the_log_only_so_far(server: Server) -> None:
    start = server.log.stat().st_size
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as stranger:
        report = {"code": "0123abcd", "text": "x" * 500, "stack": "", "path": "/home"}
        answers = {stranger.post("/trouble", json=report).status_code for _ in range(40)}
        assert answers == {204}
        for wrong in (b"", b"[]", b'{"text": 5}', b"x" * 9_000, b"[" * 8_000):
            assert stranger.post("/trouble", content=wrong).status_code in (400, 422)
        assert (
            stranger.post("/trouble", json=report, headers={"origin": "https://evil.example"}).status_code
            == 403
        )
        assert stranger.get("/trouble").status_code == 404
    with server.log.open("rb") as file:
        file.seek(start)
        lines = [line for line in file.read().decode().splitlines() if "script error" in line]
    assert len(lines) <= 5


def test_a_line_of_the_log_holds_no_more_than_what_failed_and_where() -> None:
    line = line_of(
        {
            "code": "0123abcd",
            "text": 'SyntaxError: Unexpected token in "Noura, +965 5555" of noura@palm.example\nINFO forged '
            + "x" * 999,
            "stack": "at draw (https://wasl.example/assets/board-9a.js?q=noura:1:20)\n"
            "at https://wasl.example/assets/root-1.js:3:44",
            "path": '/crm/deals?q={"search":"Noura"}',
        }
    )
    assert line.startswith("script error 0123abcd on /crm/deals: SyntaxError")
    assert line.endswith("/assets/root-1.js:3:44")
    assert [word for word in ("Noura", "noura", "5555", "\n") if word in line] == []
    assert len(line) < 400
