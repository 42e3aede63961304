"""Composes the app: the catalogue's pages, our plain HTTP around them, and nothing of Reflex's own on top."""

from __future__ import annotations

import reflex as rx

from saas.kernel.settings import settings
from saas.web import metrics
from saas.web.edge import edge


def _front_page() -> rx.Component:
    return rx.el.main(rx.el.h1("Wasl"))


def _compose() -> rx.App:
    chosen = settings()
    app = rx.App(
        toaster=None,
        # The kit's own style sheet resets; Reflex's reset belongs to Radix.
        reset_style=False,
        html_lang="en",
        api_transformer=edge,
    )
    if chosen.metrics_port:
        app.register_lifespan_task(metrics.serve, host=chosen.host, port=chosen.metrics_port)
    _add_pages(app)
    return app


def _add_pages(app: rx.App) -> None:
    app.add_page(_front_page, route="/", title="Wasl")


app = _compose()
