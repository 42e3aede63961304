"""The board of deals as a browser shows it, for the tests that work on it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.support.companies import MadeCompany, Person, sign_in
from tests.support.server import Server


class Line:
    """What the server says to a page, which can be kept back for a while."""

    def __init__(self, page: Page) -> None:
        self._kept: list[tuple[WebSocketRoute, str | bytes]] | None = None
        page.route_web_socket("**/_event/**", self._meet)

    def _meet(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda said: self._hear(socket, said))

    def _hear(self, socket: WebSocketRoute, said: str | bytes) -> None:
        if self._kept is None:
            socket.send(said)
        else:
            self._kept.append((socket, said))

    def hold(self) -> None:
        self._kept = []

    def let_go(self) -> None:
        kept, self._kept = self._kept or [], None
        for socket, said in kept:
            socket.send(said)


def board_of(
    browser: Browser,
    server: Server,
    person: MadeCompany | Person,
    meet: Callable[[Page], object] | None = None,
) -> Page:
    context = browser.new_context(
        base_url=server.url, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(10_000)
    sign_in(context, person, server.url)
    page = context.new_page()
    if meet:
        meet(page)
    page.goto("/crm/deals")
    expect(stage(page, "New").get_by_role("listitem").first).to_be_visible()
    return page


def stage(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name=name, exact=True)


def titles(page: Page, name: str) -> list[str]:
    return stage(page, name).get_by_role("link").all_inner_texts()
