"""Composes the app: the catalogue's pages in their frame, the gate before every event, our HTTP around it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import pkgutil
import sys
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
import sqlalchemy as sa

from saas import pages as own_pages
from saas.kernel import collector
from saas.kernel.catalog import bridge_files, modules
from saas.kernel.permissions import Gate
from saas.kernel.settings import settings
from saas.pages.frame import frame
from saas.state import live, presence, wire
from saas.state.bus import DatabaseBus, RedisBus
from saas.state.doorman import Doorman, keep_cookies_out_of_logs
from saas.state.gate import GateKeeper
from saas.state.page import Page, pages
from saas.state.viewer import ViewerState
from saas.tenancy import accounts
from saas.tenancy import session as doors
from saas.tenancy.database import urls_of
from saas.tenancy.recognition import recognise
from saas.ui.headstart import headstart
from saas.ui.shell import boundary
from saas.ui.text import head_script
from saas.ui.theme import MARK, STYLESHEETS
from saas.web import health, metrics
from saas.web.edge import edge
from saas.worker import working

SWITCH_SECONDS = 0.0005


def _compose() -> rx.App:
    chosen = settings()
    app = rx.App(
        toaster=None,
        # The kit's own style sheet resets; Reflex's reset belongs to Radix.
        reset_style=False,
        html_lang="en",
        stylesheets=STYLESHEETS,
        head_components=[headstart(), head_script(), rx.el.link(rel="icon", href=MARK, type="image/png")],
        extra_app_wraps={(1, "Shell"): lambda _: frame()},
        api_transformer=edge,
    )
    # Reflex's own banner for a lost connection and its page for a broken script: English, and not of our kit.
    del app.app_wraps[5, "Overlay"]
    app.app_wraps[55, "ErrorBoundary"] = lambda _: boundary()
    app.add_middleware(GateKeeper(recognise), index=0)
    wire.take_over(app)
    if chosen.metrics_port:
        app.register_lifespan_task(metrics.serve, host=chosen.host, port=chosen.metrics_port)
    app.register_lifespan_task(_open_house)
    _load_pages()
    for page in pages():
        _add(app, page)
    return app


def _load_pages() -> None:
    """Import every file that registers a page, the modules' and our own, and every bridge."""
    for module in modules().values():
        module.pages()
    for info in pkgutil.iter_modules(own_pages.__path__):
        importlib.import_module(f"{own_pages.__name__}.{info.name}")
    bridge_files()


def _add(app: rx.App, page: Page) -> None:
    # A stranger may read public pages; every other page asks who is there first.
    entry: list[Any] = [] if page.permission is Gate.PUBLIC else [ViewerState.enter]
    app.add_page(page.build, route=page.route, title="Wasl", on_load=[*entry, *page.on_load])


@contextlib.asynccontextmanager
async def _open_house() -> AsyncIterator[None]:
    """What a serving process holds open: the database pools and the live stream."""
    chosen = settings()
    # A thread that reckons lets the loop in this soon; each answer of the database asks for it anew.
    sys.setswitchinterval(SWITCH_SECONDS)
    database = doors.Database(urls_of(chosen))
    await database.check()
    doors.use(database)
    health.needs("database", lambda: _answers(database))
    # Alone, this process delivers by itself and listens to a worker beside it.
    bus = RedisBus(chosen.redis_url) if chosen.redis_url else DatabaseBus(database.urls.system)
    live.connect(app.event_namespace, bus.send if chosen.redis_url else None)
    Doorman(app.event_namespace).take_place()
    keep_cookies_out_of_logs()
    await bus.start()
    # The first sign-up should not wait for what every other finds ready.
    warming = asyncio.create_task(asyncio.to_thread(accounts.warm_up))
    try:
        async with (
            collector.putting_aside(),
            presence.beating(bus.send, chosen.presence_seconds),
            working(database) if chosen.worker_inside else contextlib.nullcontext(),
        ):
            yield
    finally:
        warming.cancel()
        await bus.stop()
        doors.use(None)
        await database.close()


async def _answers(database: doors.Database) -> None:
    async with database.system_session() as session:
        await session.one(sa.text("SELECT 1"))


app = _compose()
