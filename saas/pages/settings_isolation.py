"""Settings → Isolation: the attacks, tried on the company's own live data, and what came of each."""

from __future__ import annotations

import re
import time
from typing import Any

import reflex as rx

from saas.kernel.permissions import WorkspacePermission
from saas.state.action import action
from saas.state.page import page
from saas.tenancy import session as doors
from saas.tenancy.verify import verify_isolation
from saas.tenancy.viewer import current
from saas.ui.parts import badge, button
from saas.ui.settings_frame import panel, settings_page
from saas.ui.text import T

# A forged id is a real one of somebody else, and stays on the server.
_PUBLIC_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class IsolationState(rx.State):
    """``attempts``: [{name, statement, outcome, ok}], ``name`` a text key; ``took_ms`` for all of them."""

    attempts: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    held: bool = True
    took_ms: int = 0

    @action(WorkspacePermission.VERIFY_ISOLATION, load=True)
    async def load(self):
        self.attempts = []

    @action(WorkspacePermission.VERIFY_ISOLATION, writes=False)
    async def run(self):
        """Try all of them now. Nothing is changed: every attempt is rolled back."""
        began = time.monotonic()
        found = await verify_isolation(doors.current(), current().tenant_id)
        self.took_ms = round((time.monotonic() - began) * 1000)
        # What came through, if anything did, stands first.
        self.attempts = [
            {
                "name": a.name_key,
                "statement": _PUBLIC_ID.sub("…", a.statement),
                "outcome": _PUBLIC_ID.sub("…", a.outcome),
                "ok": a.ok,
            }
            for a in sorted(found, key=lambda attempt: attempt.ok)
        ]
        self.held = all(a.ok for a in found)


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = IsolationState


@page(
    "/settings/isolation",
    title="settings_isolation.title",
    permission=WorkspacePermission.VERIFY_ISOLATION,
    on_load=IsolationState.load,
)
def settings_isolation() -> rx.Component:
    tried = _STATE.attempts.length() > 0
    return settings_page(
        "/settings/isolation",
        "settings_isolation.title",
        "settings_isolation.lead",
        rx.el.div(
            rx.cond(
                tried,
                rx.cond(
                    _STATE.held,
                    _verdict("settings_isolation.held", "ok"),
                    _verdict("settings_isolation.leaked", "bad"),
                ),
                panel(
                    rx.el.p(T("settings_isolation.none"), class_name="b5"),
                    rx.el.p(T("settings_isolation.what"), class_name="muted"),
                ),
            ),
            role="status",
        ),
        rx.cond(tried, _table(), rx.fragment()),
        end=button(
            rx.cond(tried, T("settings_isolation.again"), T("settings_isolation.run")),
            icon="shield-check",
            kind="pri",
            on_click=_STATE.run,
        ),
    )


def _verdict(key: str, tone: str) -> rx.Component:
    return rx.el.p(
        rx.el.b(T(key)),
        rx.el.span(T("settings_isolation.count", n=_STATE.attempts.length(), ms=_STATE.took_ms)),
        class_name=f"notice {tone} spaced",
    )


def _table() -> rx.Component:
    heads = ("tried", "seen", "outcome")
    return rx.el.div(
        rx.el.table(
            rx.el.caption(T("settings_isolation.title"), class_name="vh"),
            rx.el.thead(
                rx.el.tr(*[rx.el.th(T(f"settings_isolation.{head}"), scope="col") for head in heads])
            ),
            rx.el.tbody(rx.foreach(_STATE.attempts, _attempt)),
            class_name="plain tries",
        ),
        class_name="panel scrolls-x",
    )


def _attempt(attempt: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.div(T(attempt["name"]), class_name="b5"),
            rx.el.code(attempt["statement"], dir="ltr"),
            scope="row",
            class_name="wraps",
        ),
        rx.el.td(rx.el.code(attempt["outcome"], dir="ltr"), class_name="wraps"),
        rx.el.td(
            rx.cond(
                attempt["ok"].to(bool),
                badge(T("settings_isolation.held_one"), tone="ok", icon="shield-check"),
                badge(T("settings_isolation.leaked_one"), tone="bad", icon="alert"),
            )
        ),
    )
