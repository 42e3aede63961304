"""The programs that tests need beside Python: found on PATH, else installed by ``main``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotInstall(Exception):
    """One line: which program is missing and how a person gets it."""


def chromium() -> Path | None:
    """A Chromium: one on PATH, else Playwright's own; None when there is neither."""
    for name in _CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def redis_server() -> Path | None:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def install_missing() -> list[str]:
    """Install what lacks and give its names. Raises ``CannotInstall``."""
    installed = []
    if chromium() is None:
        _install_chromium()
        installed.append("Chromium")
    if redis_server() is None:
        _apt("redis-server")
        if redis_server() is None:
            raise CannotInstall("redis-server is missing; install it with the system's package manager")
        installed.append("redis-server")
    return installed


def _install_chromium() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"])
    if chromium() is None:
        _apt("chromium")
    if chromium() is None:
        raise CannotInstall("Chromium is missing; install it so that `chromium` is on PATH")


def _apt(package: str) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update"], quiet)
    # A package's own service would listen on its usual port beside the one that the tests start.
    _run(["apt-get", "install", "-y", "--no-install-recommends", package], quiet | {"RUNLEVEL": "1"})


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def main() -> int:
    began = time.monotonic()
    try:
        installed = install_missing()
    except CannotInstall as error:
        print(f"wasl: {error}", file=sys.stderr)
        return 2
    if installed:
        print(f"  test tools  {', '.join(installed)}  {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
