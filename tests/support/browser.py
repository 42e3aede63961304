"""Chromium as a person's browser: one for the session, one clean context a test."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support import tools

# Chromium's own calls to the outside fail in a closed network, slowly.
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
# Chromium says this of any answer of 400 and above, also of those that a page expects.
_EXPECTED = "Failed to load resource"


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium. Raises ``CannotInstall`` when the machine has none."""
    executable = tools.chromium()
    if executable is None:
        raise tools.CannotInstall("Chromium is missing; run `make test`, or install `chromium`")
    arguments = [*_QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(_QUIET)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


def complaints_of(page: Page) -> list[str]:
    """A list that fills with what the page complains of: script errors, refused content, failed hydration."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
