"""What people do in the browser, said once: sign up, read letters, import, drag."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

_numbers = itertools.count(1)
PASSWORD = "harbour lantern 42"
# A file of 8,800 rows is written in the background.
IMPORT_MS = 90_000


def address() -> str:
    """An e-mail address that nobody has yet."""
    return f"person-{next(_numbers)}-{uuid4().hex[:8]}@example.com"


def sign_up(page: Page, company: str, name: str, email: str) -> None:
    """From the form to the first steps."""
    page.goto("/signup")
    page.get_by_label("Company", exact=True).fill(company)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Start free trial").click()
    page.wait_for_url("**/onboarding")


def link_in_letter(page: Page, email: str, part: str) -> str:
    """The path of the first link to ``part`` in the letters to this address, as /dev/mail shows them."""
    page.goto("/dev/mail")
    letter = page.get_by_role("article").filter(has_text=email).filter(has_text=part).first
    href = letter.get_by_role("link").filter(has_text=part).first.get_attribute("href")
    assert href
    return re.sub(r"^https?://[^/]+", "", href)


def invite(page: Page, email: str, role: str) -> None:
    page.goto("/settings/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill(email)
    dialog.get_by_label("Role").select_option(label=role)
    dialog.get_by_role("button", name=re.compile("send|invite", re.I)).click()
    expect(dialog).to_be_hidden()


def join(page: Page, link: str, name: str) -> None:
    """Accept an invitation as somebody new."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/home")


def bring_in(page: Page, file: Path) -> Locator:
    """Import a file with what is proposed; gives the outcome's panel."""
    page.goto("/import")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Continue").and_(page.locator(":enabled")).click()
    page.get_by_role("button", name="Import", exact=True).click()
    outcome = page.get_by_role("region", name="Imported")
    expect(outcome).to_be_visible(timeout=IMPORT_MS)
    return outcome


def lane(page: Page, stage: str) -> Locator:
    return page.get_by_role("list", name=stage, exact=True)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True))


def drag(page: Page, title: str, stage: str) -> None:
    """With the pointer, as a hand does: press, pull, let go over the top of the stage."""
    source, target = card(page, title).bounding_box(), lane(page, stage).bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + source["width"] / 2, source["y"] + 12)
    page.mouse.down()
    page.mouse.move(source["x"] + source["width"] / 2 + 12, source["y"] + 20, steps=4)
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 24, steps=12)
    page.mouse.up()


def two_open_stages(page: Page) -> tuple[str, str]:
    """An open stage with cards in it, and another open one."""
    lanes = page.locator("ul.cards")
    expect(lanes.get_by_role("listitem").first).to_be_visible()
    named = [
        (one.get_attribute("aria-label") or "", one.get_by_role("listitem").count()) for one in lanes.all()
    ]
    names = [(name, cards) for name, cards in named if name not in ("Won", "Lost")]
    full = max(names, key=lambda stage: stage[1])[0]
    return full, next(name for name, _ in names if name != full)


def first_title(page: Page, stage: str) -> str:
    """The name of the first card in a stage."""
    link = lane(page, stage).get_by_role("listitem").first.get_by_role("link").first
    expect(link).to_be_visible()
    return link.inner_text()
