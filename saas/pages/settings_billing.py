"""Settings → Billing, its first room: the trial as it stands. Nothing that cannot be bought is shown."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.catalog import modules
from saas.kernel.permissions import WorkspacePermission
from saas.kernel.settings import settings
from saas.state.action import action
from saas.state.page import page
from saas.state.unit import reading
from saas.tenancy import members
from saas.tenancy.viewer import current
from saas.ui.parts import tile, when
from saas.ui.settings_frame import panel, settings_page
from saas.ui.text import T


class BillingState(rx.State):
    """``trial``: {left, of, day, percent, ends_on, over}; ``people`` how many; ``on``: the modules."""

    trial: dict[str, Any] = {}  # noqa: RUF012 -- Reflex copies defaults
    people: int = 0
    on: list[dict[str, str]] = []  # noqa: RUF012

    @action(WorkspacePermission.MANAGE_BILLING, load=True)
    async def load(self):
        viewer = current()
        async with reading() as session:
            listed = await members.listed(session)
        self.people = sum(person["state"] == "active" for person in listed)
        self.on = [
            {"name": f"{m.key}.name", "icon": m.icon, "key": m.key}
            for m in modules().values()
            if m.key in viewer.modules
        ]
        ends_on, of = viewer.trial_ends_on, settings().trial_days
        if ends_on is None:
            self.trial = {}
            return
        left = max((ends_on - viewer.today()).days, 0)
        of = max(of, left)
        self.trial = {
            "left": left,
            "of": of,
            "day": min(of - left + 1, of),
            "percent": round(100 * min(of - left + 1, of) / of),
            "ends_on": ends_on.isoformat(),
            "over": viewer.today() >= ends_on,
        }


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = BillingState


@page(
    "/settings/billing",
    title="settings_billing.title",
    permission=WorkspacePermission.MANAGE_BILLING,
    on_load=BillingState.load,
)
def settings_billing() -> rx.Component:
    return settings_page(
        "/settings/billing",
        "settings_billing.title",
        "",
        rx.el.div(
            rx.cond(_STATE.trial.contains("ends_on"), _trial(), rx.fragment()),
            rx.el.section(
                rx.el.div(
                    tile(icon="users", size="m", tone="h7c"),
                    rx.el.div(
                        rx.el.div(T("settings_billing.seats"), class_name="b5"),
                        rx.el.p(T("settings_billing.people", n=_STATE.people), class_name="muted sm"),
                        class_name="grow",
                    ),
                    rx.el.span(T("settings_billing.no_price"), class_name="muted sm"),
                    class_name="line",
                ),
                rx.foreach(_STATE.on, _module),
                class_name="panel lines",
            ),
            panel(
                rx.el.p(T("settings_billing.plans_text"), class_name="ink2"),
                heading=T("settings_billing.plans_title"),
            ),
            panel(
                rx.el.p(T("settings_billing.no_invoices"), class_name="muted"),
                heading=T("settings_billing.invoices"),
            ),
            class_name="col g6",
        ),
    )


def _trial() -> rx.Component:
    trial = _STATE.trial
    return rx.el.section(
        rx.el.div(
            rx.el.h3(
                rx.cond(
                    trial["over"].to(bool),
                    T("settings_billing.trial_over"),
                    T("settings_billing.trial", n=trial["left"]),
                ),
                class_name="fs16",
            ),
            rx.el.p(
                rx.cond(
                    trial["over"].to(bool),
                    T("settings_billing.ended_label"),
                    T("settings_billing.ends_label"),
                ),
                " ",
                when(trial["ends_on"].to(str), kind="fullDate"),
                class_name="muted sm",
            ),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.i(style={"inlineSize": trial["percent"].to(str) + "%"}),
                class_name="bar m",
                aria_hidden="true",
            ),
            rx.el.p(
                rx.el.span(T("settings_billing.day_of", n=trial["day"], of=trial["of"])),
                rx.el.span(T("settings_billing.after")),
                class_name="row between muted sm wraps",
            ),
            class_name="grow col g3",
        ),
        class_name="panel padded row g8 wraps",
    )


# As on the cards of the modules.
_TONES = (("crm", "h6c"), ("payments", "h4c"), ("scheduling", "h1c"), ("warehouse", "h3c"))


def _module(module: Any) -> rx.Component:
    return rx.el.div(
        tile(icon=module["icon"], size="m", tone=rx.match(module["key"], *_TONES, "h7c")),
        rx.el.span(T(module["name"]), class_name="b5 grow"),
        rx.el.span(T("settings_billing.no_price"), class_name="muted sm"),
        class_name="line",
        key=module["key"],
    )
