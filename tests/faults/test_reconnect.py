"""The server goes away under an open page and comes back: nothing typed is lost, nothing is done twice."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, expect

from saas.kernel.permissions import RoleKey
from saas.tenancy.session import Database
from tests.live.conftest import Floor, make_floor
from tests.support import server as servers
from tests.support.companies import sign_in
from tests.support.database import Cluster
from tests.support.loop import loop_thread
from tests.support.server import Server

# A tab tries again in steps; a start takes some seconds on a busy machine.
BACK_MS = 60_000


@dataclass
class Comings:
    """One address at which servers come and go."""

    cluster: Cluster
    port: int = field(default_factory=servers.free_port)
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def start(self) -> Server:
        return self.stack.enter_context(
            servers.running(self.cluster.place.data_dir, "--no-build", port=self.port)
        )


@pytest.fixture
def house(cluster: Cluster, built_front_end: Path, database: Database) -> Iterator[Comings]:
    made = Comings(cluster)
    with made.stack:
        yield made


@pytest.fixture
def floor(database: Database) -> Floor:
    return loop_thread().run(make_floor(database, RoleKey.ADMIN))


@pytest.fixture
def page(browser: Browser, house: Comings, floor: Floor) -> Iterator[Page]:
    url = f"http://localhost:{house.port}"
    context = browser.new_context(base_url=url, locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    sign_in(context, floor.company, url)
    yield context.new_page()
    context.close()


def kill(server: Server) -> None:
    server.process.kill()
    server.process.wait()


def fact(page: Page, label: str) -> Locator:
    return page.locator("dl.kv dt", has_text=label).locator("xpath=following-sibling::dd[1]")


def begin(page: Page, label: str, text: str) -> Locator:
    fact(page, label).hover()
    fact(page, label).get_by_role("button", name=f"Edit {label}").click()
    typed = fact(page, label).get_by_role("textbox")
    typed.fill(text)
    return typed


def phones(database: Database, floor: Floor) -> list[str]:
    """Every value that the customer's phone was set to, in order."""
    query = sa.text(
        "SELECT new ->> 'phone' FROM wasl.change WHERE table_name = 'party' AND op = 'update'"
        " AND jsonb_exists(new, 'phone') ORDER BY id"
    )

    async def read() -> list[str]:
        async with database.tenant_session(floor.company.tenant_id) as session:
            return list(await session.all(query))

    return loop_thread().run(read())


def away(page: Page) -> None:
    expect(page.get_by_text("Connecting again")).to_be_visible(timeout=BACK_MS)


def back(page: Page) -> None:
    expect(page.get_by_text("Connected again")).to_be_visible(timeout=BACK_MS)


def test_what_is_being_typed_outlives_the_server(
    house: Comings, page: Page, database: Database, floor: Floor
) -> None:
    server = house.start()
    page.goto(f"/crm/customers/{floor.customer}")
    note = page.get_by_placeholder("Write a note. Type @ to mention someone.")
    note.fill("Asked for a second grinder")
    typed = begin(page, "Phone", "+965 7777")
    kill(server)
    away(page)
    expect(typed).to_have_value("+965 7777")
    house.start()
    back(page)
    expect(typed).to_have_value("+965 7777")
    expect(note).to_have_value("Asked for a second grinder")
    typed.press("Enter")
    expect(fact(page, "Phone").locator("a")).to_have_text("+965 7777")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert phones(database, floor) == ["+965 7777"]


def test_what_is_saved_meanwhile_is_done_once_when_it_is_back(
    house: Comings, page: Page, database: Database, floor: Floor
) -> None:
    server = house.start()
    page.goto(f"/crm/customers/{floor.customer}")
    typed = begin(page, "Phone", "+965 7777")
    kill(server)
    away(page)
    typed.press("Enter")
    expect(fact(page, "Phone").locator("a")).to_have_text("+965 7777")
    house.start()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=BACK_MS)
    expect(fact(page, "Phone").locator("a")).to_have_text("+965 7777")
    assert phones(database, floor) == ["+965 7777"]


def test_what_a_dying_server_swallowed_is_sent_again(
    house: Comings, page: Page, database: Database, floor: Floor
) -> None:
    server = house.start()
    page.goto("/crm/customers")
    page.get_by_role("link", name="Harbour Roastery", exact=True).click()
    drawer = page.get_by_role("complementary")
    expect(drawer.locator("dl.kv")).to_be_visible()
    typed = begin(page, "Phone", "+965 7777")
    # It takes the event in and never comes to it.
    server.process.send_signal(signal.SIGSTOP)
    typed.press("Enter")
    expect(fact(page, "Phone").locator("a")).to_have_text("+965 7777")
    kill(server)
    away(page)
    house.start()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=BACK_MS)
    expect(fact(page, "Phone").locator("a")).to_have_text("+965 7777")
    assert phones(database, floor) == ["+965 7777"]
