"""The page of importing, as people use it: four steps, taken back, taken up again after a reload."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from saas.kernel.permissions import RoleKey
from tests.imports.desk import as_csv
from tests.support import axe
from tests.support.browser import complaints_of
from tests.support.companies import MadeCompany, Person, add_member, make_company, sign_in
from tests.support.database import Database
from tests.support.server import Server

CUSTOMERS = as_csv(
    ["Client", "sector", "employees", "subsidiary of"],
    ["Café Marsa", "technolgy", "12", ""],
    ["Beta", "retail", "many", "Omega"],
    ["شركة النور", "retail", "٣٠", "Café Marsa"],
)
ARABIC = as_csv(
    ["العميل", "القطاع", "عدد الموظفين", "تاريخ"],
    ["شركة الوصل \u202etxt", "تجزئة", "١٢", "01/02/2026"],
    ["مؤسسة الأفق", "تجزئه", "كثير", "03/04/2026"],
)
Opened = Callable[..., Page]


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database)


@pytest.fixture
async def rep(database: Database, marsa: MadeCompany) -> Person:
    return await add_member(database, marsa, role=RoleKey.REP)


@pytest.fixture
def opened(browser: Browser, server: Server) -> Iterator[Opened]:
    """``opened(person, language="en", theme="light", width=1280)`` gives a page that may not complain."""
    contexts: list[BrowserContext] = []
    complaints: list[list[str]] = []

    def open_for(
        person: MadeCompany | Person, language: str = "en", theme: str = "light", width: int = 1280
    ) -> Page:
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 800}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        context.add_cookies(
            [
                {"name": "wasl_lang", "value": language, "url": server.url},
                {"name": "wasl_theme", "value": theme, "url": server.url},
            ]
        )
        sign_in(context, person, server.url)
        contexts.append(context)
        page = context.new_page()
        complaints.append(complaints_of(page))
        page.goto("/import")
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert [said for said in complaints if said] == []


def choose(page: Page, folder: Path, content: bytes, name: str = "clients.csv") -> None:
    (folder / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files(folder / name)


def step(page: Page, name: str) -> None:
    """The step that the page says it is at."""
    expect(page.locator("[aria-current=step]")).to_contain_text(name, timeout=30_000)


def test_what_lies_below_the_screen_is_scrolled_to(
    opened: Opened, marsa: MadeCompany, tmp_path: Path
) -> None:
    page = opened(marsa)
    page.set_viewport_size({"width": 1280, "height": 420})
    choose(page, tmp_path, CUSTOMERS)
    page.get_by_role("button", name="Continue").and_(page.locator(":enabled")).click()
    last = page.get_by_role("heading").last
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()
    expect(last).not_to_be_in_viewport()
    page.mouse.move(640, 300)
    page.mouse.wheel(0, 4000)
    expect(last).to_be_in_viewport()


def test_a_file_goes_through_its_steps_and_is_taken_back(
    opened: Opened, marsa: MadeCompany, tmp_path: Path
) -> None:
    page = opened(marsa)
    step(page, "File")
    assert axe.serious(page) == []
    choose(page, tmp_path, CUSTOMERS)
    step(page, "Columns")
    expect(page.get_by_label("Client goes to")).to_have_value("name")
    assert axe.serious(page) == []
    page.get_by_role("button", name="Continue").click()
    step(page, "Check")
    fix = page.get_by_role("checkbox", name="Use technology in place of technolgy")
    expect(fix).to_be_checked()
    expect(page.get_by_role("row", name=re.compile("not a whole number|not a number"))).to_be_visible()
    assert axe.serious(page) == []
    fix.uncheck()
    expect(page.get_by_role("cell", name="technolgy")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 created")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1 refused")).to_be_visible()
    assert axe.serious(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download refused rows").click()
    refused = download.value.path().read_text("utf-8-sig")
    assert "Beta,retail,many,Omega,3," in refused
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible(timeout=60_000)
    page.goto("/crm/customers")
    expect(page.get_by_text("Café Marsa")).to_have_count(0)


def test_a_large_file_shows_how_far_its_check_is_and_can_be_stopped(
    opened: Opened, marsa: MadeCompany, tmp_path: Path
) -> None:
    page = opened(marsa)
    rows = [[f"Customer {n}", f"{n}@example.com"] for n in range(120_000)]
    choose(page, tmp_path, as_csv(["Client", "E-mail"], *rows))
    step(page, "Columns")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checking")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Import progress")).to_be_visible()
    assert axe.serious(page) == []
    page.get_by_role("button", name="Stop").click()
    step(page, "Columns")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checking")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible(timeout=120_000)
    assert axe.serious(page) == []


def test_a_file_of_which_no_row_can_be_written_does_not_pass_for_one_that_is_here_already(
    opened: Opened, marsa: MadeCompany, tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(as_csv(["Client", "e-mail"], ["Beta", "not an address"], ["", "a@b.example"]))
    page = opened(marsa)
    page.goto("/import")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Continue").and_(page.locator(":enabled")).click()
    expect(page.get_by_role("heading", name="Rows that cannot be imported")).to_be_visible()
    expect(page.get_by_text("Nothing will be imported")).to_be_visible()
    expect(page.get_by_text("Every row of this file is here already")).to_be_hidden()


def test_a_reload_goes_on_where_it_was(opened: Opened, marsa: MadeCompany, tmp_path: Path) -> None:
    page = opened(marsa)
    choose(page, tmp_path, CUSTOMERS)
    step(page, "Columns")
    page.reload()
    step(page, "Columns")
    page.get_by_role("button", name="Continue").click()
    step(page, "Check")
    page.get_by_role("checkbox", name="Use technology in place of technolgy").uncheck()
    expect(page.get_by_role("cell", name="technolgy")).to_be_visible()
    page.reload()
    step(page, "Check")
    expect(page.get_by_role("checkbox", name="Use technology in place of technolgy")).not_to_be_checked()
    page.get_by_role("button", name="Back to columns").click()
    step(page, "Columns")


def test_arabic_files_in_arabic_in_the_dark_on_a_phone(
    opened: Opened, marsa: MadeCompany, database: Database, tmp_path: Path, arabic: Person
) -> None:
    page = opened(arabic, "ar", "dark", 390)
    choose(page, tmp_path, ARABIC, "عملاء.csv")
    step(page, "الأعمدة")
    expect(page.get_by_text("علامات اتجاه خفية")).to_be_visible()
    assert axe.serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="متابعة").click()
    step(page, "المراجعة")
    assert axe.serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="استيراد", exact=True).click()
    expect(page.get_by_role("button", name="التراجع عن الاستيراد")).to_be_visible(timeout=60_000)
    assert axe.serious(page) == []


@pytest.fixture
async def arabic(database: Database, marsa: MadeCompany) -> Person:
    return await add_member(database, marsa, "ليلى حداد", role=RoleKey.ADMIN, language="ar")


def test_a_file_that_is_too_large_or_no_table_is_refused_in_words(
    opened: Opened, marsa: MadeCompany, tmp_path: Path
) -> None:
    page = opened(marsa)
    step(page, "File")
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as sparse:
        sparse.truncate(60 * 1024 * 1024)
    page.locator("input[type=file]").set_input_files(huge)
    expect(page.get_by_role("alert").filter(has_text="huge.csv is 60 MB")).to_be_visible()
    choose(page, tmp_path, b"%PDF-1.7", "quote.csv")
    expect(page.get_by_role("alert").filter(has_text="This is not a table")).to_be_visible()
    step(page, "File")


def test_who_may_not_import_is_told_so(opened: Opened, rep: Person) -> None:
    page = opened(rep)
    expect(page.get_by_text("Your role does not include this page")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)


def test_an_admin_sees_a_colleagues_import_and_its_end(
    opened: Opened, marsa: MadeCompany, arabic: Person, tmp_path: Path
) -> None:
    colleague = opened(arabic, "ar")
    step(colleague, "الملف")
    page = opened(marsa)
    choose(page, tmp_path, CUSTOMERS)
    step(page, "Columns")
    page.get_by_role("button", name="Continue").click()
    step(page, "Check")
    colleague.reload()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(
        colleague.get_by_role("row", name=re.compile("clients.csv")).get_by_text("تم الاستيراد")
    ).to_be_visible(timeout=60_000)
