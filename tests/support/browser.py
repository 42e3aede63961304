"""Chromium as a person's browser: one for the session, one clean context a test."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support import tools

# Chromium's own calls to the outside fail in a closed network, slowly.
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
# Chromium draws the suggestions under its address bar as two pages of its own, anew for each of ours, whether
# anybody types there or not: half of what opening a page costs. Only the last such switch counts, so what
# Playwright switches off is said again.
_FEATURES = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
# For tests, which open hundreds of pages; what is measured is measured in the browser that people have.
SPARING = ("--disable-gpu", f"--disable-features={','.join(_FEATURES)}")
# Chromium says this of any answer of 400 and above, also of those that a page expects.
_EXPECTED = "Failed to load resource"


@contextlib.contextmanager
def launched(*switches: str) -> Iterator[Browser]:
    """A headless Chromium, with these switches beside its usual ones. Raises ``CannotInstall`` when the
    machine has none."""
    executable = tools.chromium()
    if executable is None:
        raise tools.CannotInstall("Chromium is missing; run `make test`, or install `chromium`")
    arguments = [*_QUIET, *switches]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
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
