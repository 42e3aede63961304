"""What users would pick instead, row by row: from the user's step to its result on the screen, in Chromium.

The clock is the page's own: it starts at the event of the click or key, and stops in the frame after the one
in which the result stands in the document, so that layout and paint are in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench import seed
from bench.house import House
from bench.table import Row, row, single
from tests.support.browser import launched

AREA = "browser"
N = 20
REST_S, REST_AT_MOST_S = 0.2, 5.0
TENANT = seed.PEER_TENANT
SCRIPT = """
(() => {
  const steps = ["pointerdown", "click", "keydown", "input"];
  const holds = (wanted) => wanted.every(({ selector, text, absent }) => {
    const found = [...document.querySelectorAll(selector)];
    const there = text == null ? found.length > 0 : found.some((one) => one.textContent.includes(text));
    return absent ? !there : there;
  });
  window.__until = (wanted) => new Promise((done) => {
    const look = () => requestAnimationFrame(holds(wanted) ? () => done(performance.now()) : look);
    look();
  });
  window.__arm = (each, on) => {
    let began = 0;
    const first = (event) => { if (!began && (!on || event.type === on)) began = event.timeStamp; };
    for (const step of steps) addEventListener(step, first, { capture: true });
    const met = each.filter(holds);
    window.__result = Promise.all(each.map(window.__until)).then((all) => {
      for (const step of steps) removeEventListener(step, first, { capture: true });
      return { took: all.map((at) => at - began), met };
    });
  };
})();
"""
FETCHED = "(part) => performance.getEntriesByType('resource').some((one) => one.name.includes(part))"
LOADED = "() => performance.getEntriesByType('resource').map((one) => one.name)"
ONE_WORD = """() => {
  const button = document.createElement("button");
  button.textContent = "before";
  button.onclick = () => { button.textContent = "after"; };
  document.body.append(button);
}"""
Wanted = list[dict[str, Any]]


def rows(house: House) -> Iterator[Row]:
    """One by one, so that those before a step that fails are kept."""
    with launched() as browser:
        yield from _first_load(house, browser)
        yield from _pages(house, browser)
        yield from _floor(house, browser)
    yield from asyncio.run(_new_tenant(house))


def window(context: BrowserContext) -> Page:
    """An empty page in a browser that is at rest: with each new one Chromium draws two of its own, those
    under its address bar, and what follows at once would share the processors with them."""
    page = context.new_page()
    ends = time.monotonic() + REST_AT_MOST_S
    while time.monotonic() < ends:
        before = _idle_s()
        time.sleep(REST_S)
        if _idle_s() - before > 0.9 * REST_S * (os.cpu_count() or 1):
            break
    return page


def _idle_s() -> float:
    """Seconds in which the processors had nothing to do, all together, since the machine began."""
    return int(Path("/proc/stat").read_text().split(maxsplit=5)[4]) / os.sysconf("SC_CLK_TCK")


def see(selector: str, text: str | None = None, *, absent: bool = False) -> dict[str, Any]:
    return {"selector": selector, "text": text, "absent": absent}


def timed(page: Page, wanted: Wanted, step: Callable[[], Any], on: str = "click") -> float:
    """Seconds from the step's event (of the kind ``on``) until all that is wanted stands on the screen."""
    return timed_each(page, [wanted], step, on)[0]


def timed_each(page: Page, each: list[Wanted], step: Callable[[], Any], on: str = "click") -> list[float]:
    """The same for several states of the screen that one step leads to."""
    page.evaluate("([each, on]) => { window.__arm(each, on); }", [each, on])
    step()
    result = page.evaluate("() => window.__result")
    assert not result["met"], f"it stood there before the step: {result['met']}"
    return [took / 1000 for took in result["took"]]


@contextlib.contextmanager
def person(house: House, browser: Browser) -> Iterator[BrowserContext]:
    """The owner of the company that is as large as the peers' was."""
    context = browser.new_context(
        base_url=house.server.url, locale="en-GB", viewport={"width": 1400, "height": 900}
    )
    context.set_default_timeout(30_000)
    context.add_init_script(SCRIPT)
    cookie = {"name": "wasl_session", "value": seed.secret_of(TENANT, 1), "url": house.server.url}
    context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # pyright: ignore[reportArgumentType] -- a dict of the right keys
    try:
        yield context
    finally:
        context.close()


def _pages(house: House, browser: Browser) -> Iterator[Row]:
    with person(house, browser) as context:
        page = context.new_page()
        page.goto("/home")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Deals").wait_for()
        yield _opening(page, "open the deal board", "Deals", [see(".board .card[data-id]")], 70)
        yield from _contacts(page)
        yield _moving(page)
        yield _searching(page)
        yield _opening(page, "open invoices", "Invoices", [see("[role=table] [role=row][data-id]")], 110)
        yield _opening(page, "open stock", "Products", [see("[role=table] [role=row][data-id]")], 110)
        yield from _page_changes(house, browser)
        yield _switching(page)


def link(page: Page, name: str) -> Any:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True)


def _home(page: Page) -> None:
    """Away from what is to be opened, everything of it gone from the screen."""
    link(page, "Home").click()
    page.wait_for_url("**/home")
    expect(page.locator("header.top h1")).not_to_have_text(re.compile("Deals|Customers|Invoices|Products"))
    page.locator(".board, [role=table] [role=row][data-id]").first.wait_for(state="detached")


def _opening(page: Page, name: str, of: str, wanted: Wanted, budget: float) -> Row:
    took = []
    for _ in range(N + 2):
        _home(page)
        took.append(timed(page, wanted, link(page, of).click))
    return row(AREA, name, took[2:], budget=budget, judged_by="p50")


def _contacts(page: Page) -> Iterator[Row]:
    """One opens beside the list; one is made and stands in the list, by the server's word."""
    link(page, "People").click()
    page.locator("[role=row][data-id]").first.wait_for()
    took = []
    names = page.locator("[role=row][data-id] .name")
    for i in range(N + 2):
        shown = [see("aside.drawer[aria-busy=false]", names.nth(i).inner_text())]
        took.append(timed(page, shown, names.nth(i).click))
        page.locator("aside.drawer").get_by_role("button", name="Close").click()
        page.locator("aside.drawer").wait_for(state="detached")
    yield row(AREA, "open a contact", took[2:], budget=110, judged_by="p50")
    took = []
    for _ in range(N + 2):
        named = f"Contact {uuid.uuid4().hex[:8]}"
        page.get_by_role("button", name="New person").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill(named)
        done = [see("dialog[open]", absent=True)]
        took.append(timed(page, done, dialog.locator("button[type=submit]").click))
        page.goto("/crm/people")
        page.locator("[role=row][data-id]").first.wait_for()
    yield row(AREA, "create a contact", took[2:], budget=105, judged_by="p50")


def _moving(page: Page) -> Row:
    """By keyboard, to where the server has said yes and the card no longer waits."""
    page.goto("/crm/deals")
    page.locator(".board .card[data-id]").first.wait_for()
    lanes = [one.get_attribute("data-stage") for one in page.locator("[data-stage]").all()]
    card = page.locator(f'[data-stage="{lanes[0]}"] .card[data-id]').first
    moved = card.get_attribute("data-id")
    took = []
    for i in range(N + 2):
        to = lanes[1] if i % 2 == 0 else lanes[0]
        page.locator(f'.card[data-id="{moved}"] a').first.focus()
        there = [see(f'[data-stage="{to}"] .card[data-id="{moved}"]:not(.pending)')]
        key = "Shift+ArrowRight" if i % 2 == 0 else "Shift+ArrowLeft"
        took.append(timed(page, there, lambda key=key: page.keyboard.press(key), on="keydown"))
    return row(AREA, "move a deal, to the server's word", took[2:], budget=40, judged_by="p50")


def _searching(page: Page) -> Row:
    """A customer's number typed in one go; the list shows that one and no other page of rows."""
    page.goto("/crm/customers")
    page.locator("[role=row][data-id]").first.wait_for()
    field = page.get_by_role("searchbox", name="Search")
    took = []
    for i in range(N + 2):
        number = str(1100 + i * 37)
        # Before the answer, the first row is somebody else's.
        found = [see("[role=row][data-id]:first-child .name", f" {number}")]
        took.append(timed(page, found, lambda number=number: field.fill(number), on="input"))
    return row(AREA, "search a name", took[2:], budget=45, judged_by="p50")


def _page_changes(house: House, browser: Browser) -> Iterator[Row]:
    """Click to paint of the next page's frame, and of its rows: in a tab that was never there, and in one
    that was."""
    first: list[list[float]] = []
    again: list[list[float]] = []
    wanted = [[see("header.top h1", "Customers")], [see("[role=table] [role=row][data-id]")]]
    for _ in range(8):
        with person(house, browser) as context:
            page = window(context)
            page.goto("/home")
            link(page, "Customers").wait_for()
            page.wait_for_load_state("networkidle")
            # At rest: what the sidebar leads to has been fetched.
            page.wait_for_function(FETCHED, arg="customers")
            first.append(timed_each(page, wanted, link(page, "Customers").click))
            for _ in range(3):
                _home(page)
                again.append(timed_each(page, wanted, link(page, "Customers").click))
    for name, took, budget in (("first visit", first, 60), ("again", again, 30)):
        frames, rows = zip(*took, strict=True)
        yield row(AREA, f"page change, {name}", frames, budget=budget, judged_by="p50")
        yield row(AREA, f"page change, {name}, to its rows", rows, judged_by="p50")


def _switching(page: Page) -> Row:
    page.goto("/settings/modules")
    switch = page.get_by_role("switch", name="Warehouse")
    switch.wait_for()
    took = []
    for _ in range(N + 2):
        switch.click()
        link(page, "Products").wait_for(state="detached")
        entry = [see('nav a[href^="/warehouse/products"]')]
        took.append(timed(page, entry, switch.click))
    return row(AREA, "switch a module on", took[2:], budget=300, judged_by="p50")


def _first_load(house: House, browser: Browser) -> Iterator[Row]:
    took: list[float] = []
    files: set[str] = set()
    wanted = [see("[role=table] [role=row][data-id]")]
    html = ""
    for _ in range(12):
        with person(house, browser) as context:
            page = window(context)
            # Nothing is asked of the page while it loads but to say when the rows stand.
            answer = page.goto("/crm/customers", wait_until="commit")
            took.append(page.evaluate("(wanted) => window.__until(wanted)", wanted) / 1000)
            page.wait_for_load_state("networkidle")
            files |= {urlsplit(address).path for address in page.evaluate(LOADED)}
            html = answer.text() if answer else ""
    yield row(AREA, "cold load to rows, loopback", took[2:], budget=400, judged_by="p50")
    # What the document itself names is what the page waits for; the rest comes when the browser is at rest.
    first = set(re.findall(r'"(/(?:assets|texts)/[^"]+\.(?:js|css))"', html)) & files
    script, style = (_gzipped(house, first, ending) for ending in (".js", ".css"))
    yield single(AREA, "first load, script, gzip", script, "kB", 230)
    yield single(AREA, "first load, script and style, gzip", script + style, "kB", 250)
    yield single(AREA, "at rest afterwards, script, gzip", _gzipped(house, files - first, ".js"), "kB")


def _floor(house: House, browser: Browser) -> Iterator[Row]:
    """What this machine, Chromium and this clock take by themselves: no row can lie below."""
    loads, clicks = [], []
    for _ in range(N + 2):
        with person(house, browser) as context:
            page = window(context)
            page.goto("/livez", wait_until="commit")
            loads.append(page.evaluate("(wanted) => window.__until(wanted)", [see("pre")]) / 1000)
            page.evaluate(ONE_WORD)
            clicks.append(timed(page, [see("button", "after")], page.get_by_role("button").click))
    yield row(AREA, "floor: one line of text, loaded cold", loads[2:], judged_by="p50")
    yield row(AREA, "floor: a click that changes one word", clicks[2:], judged_by="p50")


def _gzipped(house: House, paths: set[str], ending: str) -> float:
    """Kilobytes of those files that end so, each by itself."""
    with httpx.Client(base_url=house.server.url, headers={"accept-encoding": "identity"}) as http:
        bodies = [http.get(path).content for path in paths if path.endswith(ending)]
    return sum(len(gzip.compress(body, 6)) for body in bodies) / 1000


async def _new_tenant(house: House) -> list[Row]:
    """From the form sent to the company being there, its modules provisioned and its owner signed in."""
    took = []
    for i in range(N + 2):
        # Each from an address of its own, as strangers come; one address may found only a few companies.
        sender = {"x-forwarded-for": f"10.{i}.0.7", "origin": house.server.url, "accept": "application/json"}
        async with httpx.AsyncClient(base_url=house.server.url, headers=sender, timeout=60) as http:
            token = (await http.get("/csrf")).json()["token"]
            name = uuid.uuid4().hex[:10]
            form = {"company": f"Bench {name}", "name": "Noor", "password": "harbour lantern 42"}
            form |= {"email": f"{name}@bench.test", "country": "KW", "time_zone": "Asia/Kuwait"}
            began = time.perf_counter()
            answer = await http.post("/signup", json=form, headers={"x-csrf-token": token})
            took.append(time.perf_counter() - began)
            assert answer.is_success or answer.is_redirect, answer.text
    return [row(AREA, "a new tenant, ready", took[2:], budget=500, judged_by="p50")]
