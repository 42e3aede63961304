"""What every test may ask for. Async tests and fixtures need no mark: see ``tests/support/loop.py``."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support import browser as browsers
from tests.support import redis
from tests.support import server as servers

if TYPE_CHECKING:
    from tests.support.database import Cluster

pytest_plugins = ["tests.support.workers", "tests.support.loop", "tests.support.database"]


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A data folder for the session, gone after it. Short, for the socket of PostgreSQL lies in it."""
    with tempfile.TemporaryDirectory(prefix="wasl-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def built_front_end() -> Path:
    """The front end as users get it, built when a source changed; gives the folder of its files.

    The first worker to ask builds it, the others wait and find it there.
    """
    from saas.cli import frontend

    root = os.open(servers.ROOT, os.O_RDONLY)
    try:
        fcntl.flock(root, fcntl.LOCK_EX)
        frontend.build(servers.ROOT)
    finally:
        os.close(root)
    return frontend.bundle(servers.ROOT)


@pytest.fixture(scope="session")
def server(cluster: Cluster, built_front_end: Path) -> Iterator[servers.Server]:
    """One running server for the session, on the database of ``cluster``, which ``database`` opens as well.

    Tests that change it beyond their own company start another.
    """
    with servers.running(cluster.place.data_dir, "--no-build") as running:
        yield running


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for the session, empty at its start."""
    with redis.running() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsers.launched(*browsers.SPARING) as launched:
        yield launched


@pytest.fixture
def context(browser: Browser, server: servers.Server) -> Iterator[BrowserContext]:
    """A clean browser profile in English; addresses may be written without host."""
    context = browser.new_context(
        base_url=server.url, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What ``page`` complained of so far; the last line is usually ``assert complaints == []``."""
    return browsers.complaints_of(page)
