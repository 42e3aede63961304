"""With a customer in hand one begins a deal, an invoice or a call: in the palette, or where it is shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.service import customers
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.journeys.conftest import Opened
from tests.support.companies import MadeCompany, Person, add_member, make_company, viewer_of
from tests.support.loop import loop_thread

NAME, ARABIC = "Palm Court Suites", "أجنحة النخيل"


@pytest.fixture
def marsa(database: Database) -> MadeCompany:
    return loop_thread().run(make_company(database))


@pytest.fixture
def palm(database: Database, marsa: MadeCompany) -> str:
    """A customer's public id."""

    async def make() -> str:
        async with viewer_session(database, await viewer_of(marsa.owner), "test.customer") as session:
            made = await customers.create(session, {"name": NAME, "name_ar": ARABIC})
            await session.flush()
            return str(made.public_id)

    return loop_thread().run(make())


@pytest.fixture
def visitor(database: Database, marsa: MadeCompany) -> Person:
    return loop_thread().run(add_member(database, marsa, "Lina Farah", role=RoleKey.VIEWER))


def found(page: Page, typed: str, palette: str = "Command palette", actions: str = "Actions") -> Locator:
    """The palette's actions for what was typed, once the customer is found; by keys alone."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog", name=palette)
    expect(box).to_be_visible()
    page.keyboard.type(typed)
    expect(box.get_by_role("option").first).to_contain_text(re.compile(f"{NAME}|{ARABIC}"))
    return box.get_by_role("group", name=actions)


def at_home(page: Page, figures: str = "Figures") -> None:
    page.goto("/home")
    # The heading stands there before the page listens to keys; the figures do not.
    expect(page.get_by_role("region", name=figures).get_by_role("link").first).to_be_visible()


def pick(page: Page, option: Locator) -> None:
    """Down to the option, and Enter."""
    expect(option).to_be_visible()
    for _ in range(12):
        if option.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")


def customer_of(form: Locator, label: str = "Customer") -> Locator:
    return form.get_by_role("combobox", name=label)


@pytest.mark.usefixtures("palm")
def test_a_found_customer_offers_what_can_be_begun_and_marks_the_letters(
    someone: Opened, marsa: MadeCompany
) -> None:
    page = someone(marsa)
    at_home(page)
    actions = found(page, "pal")
    expect(actions.get_by_role("option")).to_have_text(
        [f"New deal for {NAME}", f"New invoice for {NAME}", f"Log a call with {NAME}"]
    )
    expect(actions.locator("mark")).to_have_text(["Pal"] * 3)


@pytest.mark.parametrize(
    ("action", "path", "create", "typed"),
    [
        (f"New deal for {NAME}", "/crm/deals", "New deal", {"Deal": "Breakfast line"}),
        (f"New invoice for {NAME}", "/payments/invoices", "New invoice", {"Due": "31/12/2199"}),
    ],
)
def test_what_the_palette_begins_has_the_customer_filled_in_and_is_made_by_keys_alone(
    someone: Opened, marsa: MadeCompany, palm: str, action: str, path: str, create: str, typed: dict[str, str]
) -> None:
    page = someone(marsa)
    at_home(page)
    pick(page, found(page, "pal").get_by_role("option", name=action))
    form = page.get_by_role("dialog", name=create)
    expect(customer_of(form)).to_have_value(NAME)
    expect(page).to_have_url(re.compile(f"{path}\\?new={palm}$"))
    for label, value in typed.items():
        expect(form.get_by_label(label, exact=True)).to_be_focused()
        page.keyboard.type(value)
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    main = page.get_by_role("main")
    if path == "/crm/deals":
        expect(main.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Breakfast line")
    else:
        expect(customer_of(main, "Bill to")).to_have_value(NAME)
    expect(page).not_to_have_url(re.compile("new="))


@pytest.mark.parametrize("is_there", [False, True], ids=["from home", "on the customer's own page"])
def test_a_call_is_logged_with_the_customer_that_the_palette_found_by_keys_alone(
    someone: Opened, marsa: MadeCompany, palm: str, is_there: bool
) -> None:
    page = someone(marsa)
    if is_there:
        page.goto(f"/crm/customers/{palm}")
        expect(page.get_by_role("button", name=f"New invoice for {NAME}")).to_be_visible()
    else:
        at_home(page)
    pick(page, found(page, "court").get_by_role("option", name=f"Log a call with {NAME}"))
    expect(page).to_have_url(re.compile(f"/crm/customers/{palm}$"))
    expect(page.get_by_role("tab", name="Call")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    page.keyboard.type("Wants the quote split in two")
    page.keyboard.press("Enter")
    story = page.get_by_role("list", name="What happened")
    expect(story.get_by_text("Wants the quote split in two")).to_be_visible()


def test_on_the_page_of_the_form_the_palette_opens_it_without_leaving_what_is_shown(
    someone: Opened, marsa: MadeCompany, palm: str
) -> None:
    page = someone(marsa)
    page.goto("/crm/deals?view=list")
    search = page.get_by_role("searchbox", name="Search")
    search.fill("zzz")
    expect(page).to_have_url(re.compile("zzz"))
    page.get_by_role("heading", level=1).click()
    pick(page, found(page, "pal").get_by_role("option", name=f"New deal for {NAME}"))
    form = page.get_by_role("dialog", name="New deal")
    expect(customer_of(form)).to_have_value(NAME)
    expect(page).to_have_url(re.compile(f"zzz.*new={palm}"))
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page).not_to_have_url(re.compile("new="))
    expect(search).to_have_value("zzz")
    # And of nobody, as ever.
    page.keyboard.press("c")
    expect(customer_of(form)).to_have_value("")


def test_the_pages_own_actions_are_done_from_the_palette_too(someone: Opened, marsa: MadeCompany) -> None:
    page = someone(marsa)
    page.goto("/crm/deals")
    expect(page.get_by_role("button", name="New deal", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog", name="Command palette")
    expect(box).to_be_visible()
    page.keyboard.type("new deal")
    pick(page, box.get_by_role("option", name="New deal"))
    expect(page.get_by_role("dialog", name="New deal")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "create"), [("/crm/deals", "New deal"), ("/payments/invoices", "New invoice")]
)
def test_a_form_begun_with_a_customer_is_the_same_after_a_reload_and_in_another_tab(
    someone: Opened, marsa: MadeCompany, palm: str, path: str, create: str
) -> None:
    page = someone(marsa)
    page.goto(f"{path}?new={palm}")
    form = page.get_by_role("dialog", name=create)
    expect(customer_of(form)).to_have_value(NAME)
    label = "Deal" if path == "/crm/deals" else "Note to customer"
    form.get_by_label(label, exact=True).fill("Breakfast line")
    page.reload()
    expect(customer_of(form)).to_have_value(NAME)
    expect(form.get_by_label(label, exact=True)).to_have_value("Breakfast line")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name=create).first).to_be_visible()
    expect(form).to_have_count(0)


@pytest.mark.usefixtures("palm")
def test_in_arabic_the_actions_name_the_customer_as_it_is_called_there(
    someone: Opened, database: Database, marsa: MadeCompany
) -> None:
    reader = loop_thread().run(add_member(database, marsa, "عمر ناصر", role=RoleKey.ADMIN, language="ar"))
    page = someone(reader, language="ar")
    at_home(page, "الأرقام")
    actions = found(page, "نخيل", "لوحة الأوامر", "الإجراءات")
    expect(actions.get_by_role("option")).to_have_count(3)
    expect(actions.locator("mark")).to_have_text(["نخيل"] * 3)
    pick(page, actions.get_by_role("option").first)
    expect(customer_of(page.get_by_role("dialog", name="صفقة جديدة"), "العميل")).to_have_value(ARABIC)


@pytest.mark.usefixtures("palm")
def test_who_may_make_nothing_is_offered_nothing(someone: Opened, visitor: Person, palm: str) -> None:
    page = someone(visitor)
    at_home(page)
    expect(found(page, "pal")).to_have_count(0)
    for path in (f"/crm/deals?new={palm}", f"/payments/invoices?new={palm}"):
        page.goto(path)
        expect(page.get_by_role("searchbox", name="Search").first).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"/crm/customers/{palm}?write=call")
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("New (deal|invoice)"))).to_have_count(0)


@pytest.mark.parametrize("shown", ["/crm/customers?open={}", "/crm/customers/{}"])
def test_an_invoice_is_begun_where_the_customer_is_shown_as_long_as_payments_is_on(
    someone: Opened, marsa: MadeCompany, palm: str, shown: str
) -> None:
    page, owner = someone(marsa), someone(marsa)
    page.goto(shown.format(palm))
    begin = page.get_by_role("button", name=f"New invoice for {NAME}")
    expect(begin).to_be_visible()
    expect(begin).to_have_text("Invoice")
    owner.goto("/settings/modules")
    switch = owner.get_by_role("switch", name="Payments")
    switch.click()
    expect(begin).to_have_count(0)
    expect(page.get_by_role("button", name="New deal").first).to_be_visible()
    switch.click()
    expect(begin).to_be_visible()
    begin.click()
    form = page.get_by_role("dialog", name="New invoice")
    expect(customer_of(form)).to_have_value(NAME)
    form.get_by_role("button", name="Create invoice").click()
    expect(page).to_have_url(re.compile("/payments/invoices/[0-9a-f-]{36}$"))
    expect(customer_of(page.get_by_role("main"), "Bill to")).to_have_value(NAME)
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.usefixtures("palm")
def test_a_module_that_is_off_takes_its_actions_out_of_the_palette(
    someone: Opened, marsa: MadeCompany
) -> None:
    page, owner = someone(marsa), someone(marsa)
    at_home(page)
    actions = found(page, "pal")
    expect(actions.get_by_role("option")).to_have_count(3)
    owner.goto("/settings/modules")
    owner.get_by_role("switch", name="Payments").click()
    expect(actions.get_by_role("option")).to_have_text([f"New deal for {NAME}", f"Log a call with {NAME}"])
