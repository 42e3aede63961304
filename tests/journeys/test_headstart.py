"""A page's connection is opened by its head, before the scripts that read from it have come."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, WebSocket, WebSocketRoute, expect

from saas.kernel.permissions import RoleKey
from saas.modules.crm.state.customers import CustomersState
from tests.journeys.conftest import Opened
from tests.live.conftest import Floor, make_floor
from tests.support.database import Database
from tests.support.loop import loop_thread
from tests.support.server import Server
from tests.support.socket_client import tab

FRAMEWORK = "**/assets/framework-*.js"
NAME = "Harbour Roastery"
LIST = CustomersState.get_full_name()


@pytest.fixture
def floor(database: Database) -> Floor:
    return loop_thread().run(make_floor(database, RoleKey.ADMIN))


class Line:
    """What goes over a page's sockets, as it is seen from outside."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocket] = []
        self.asked: list[str] = []
        self.heard: list[str] = []
        self._page = page
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framesent", lambda frame: self.asked.append(str(frame)))
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))

    def wait_for(self, text: str) -> None:
        """Until the server has said it; it may have been said already."""
        if not self.sockets:
            self._page.wait_for_event("websocket")
        if not any(text in frame for frame in self.heard):
            self.sockets[0].wait_for_event("framereceived", lambda frame: text in str(frame))

    @property
    def questions(self) -> int:
        """How often this page's data was asked for."""
        return sum("hydrate_and_load" in frame for frame in self.asked)


class Held:
    """The framework, kept from coming."""

    def __init__(self, page: Page) -> None:
        self._waiting: list[Route] | None = []
        page.route(FRAMEWORK, self._meet)

    def _meet(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


@pytest.mark.parametrize("where", ["/crm/customers", "/crm/customers?sort=-name#top", "record", "/home"])
def test_a_page_has_its_answer_before_its_scripts_have_come(
    someone: Opened, floor: Floor, where: str
) -> None:
    page = someone(floor.company)
    line, scripts = Line(page), Held(page)
    address = f"/crm/customers/{floor.customer}" if where == "record" else where
    page.goto(address, wait_until="commit")
    line.wait_for(NAME)
    expect(page.get_by_text(NAME)).to_have_count(0)
    scripts.let_go()
    expect(page.get_by_text(NAME).first).to_be_visible()
    # The page itself asked nothing a second time, and opened nothing.
    assert (len(line.sockets), line.questions) == (1, 1)


def test_a_page_whose_connection_breaks_off_before_its_scripts_have_come_connects_anew(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)
    scripts = Held(page)
    opened: list[WebSocketRoute] = []

    def meet(socket: WebSocketRoute) -> None:
        opened.append(socket)
        if len(opened) == 1:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket("**/_event/**", meet)
    page.goto("/crm/customers", wait_until="commit")
    # Parsed as far as the page itself, so the head has done its part.
    page.locator("main").wait_for(state="attached")
    assert len(opened) == 1
    scripts.let_go()
    expect(page.get_by_text(NAME)).to_be_visible()
    assert len(opened) == 2


def test_a_page_whose_address_changed_before_its_scripts_had_come_is_that_of_the_new_address(
    someone: Opened, floor: Floor
) -> None:
    page = someone(floor.company)
    line, scripts = Line(page), Held(page)
    page.goto("/crm/customers", wait_until="commit")
    line.wait_for(NAME)
    page.evaluate(
        "() => history.replaceState(null, '', '/crm/customers?q=' + JSON.stringify({search: 'nobody'}))"
    )
    scripts.let_go()
    expect(page.get_by_role("searchbox")).to_have_value("nobody")
    expect(page.get_by_text(NAME)).to_have_count(0)


def test_a_page_that_is_loaded_again_stays_the_same_tab(someone: Opened, floor: Floor) -> None:
    page = someone(floor.company)
    line = Line(page)
    page.goto("/crm/customers")
    for _ in range(5):
        expect(page.get_by_text(NAME)).to_be_visible()
        page.reload(wait_until="commit")
    expect(page.get_by_text(NAME)).to_be_visible()
    tokens = {socket.url.partition("token=")[2].partition("&")[0] for socket in line.sockets}
    assert (len(line.sockets), len(tokens)) == (6, 1)
    assert not any("new_token" in frame for frame in line.heard)


def test_what_happens_while_the_scripts_are_on_their_way_is_not_lost(
    someone: Opened, server: Server, floor: Floor
) -> None:
    page = someone(floor.company)
    line, scripts = Line(page), Held(page)
    page.goto("/crm/customers", wait_until="commit")
    line.wait_for(NAME)

    async def rename() -> None:
        async with tab(server.url, floor.mariam.token, "/crm/customers") as mariam:
            await mariam.act(
                f"{LIST}.edit", id=floor.customer, field="name", value="Quay Roastery", version=0
            )

    loop_thread().run(rename())
    line.wait_for("Quay Roastery")
    scripts.let_go()
    expect(page.get_by_text("Quay Roastery")).to_be_visible()
    expect(page.get_by_text(NAME)).to_have_count(0)
    assert line.questions == 1
