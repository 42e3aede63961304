"""Settings → Devices: where one is signed in, and the end of it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate
from saas.state import live
from saas.state.action import PublicId, action, toast
from saas.state.page import page
from saas.tenancy import login_sessions
from saas.tenancy import session as doors
from saas.tenancy.login_sessions import Ended
from saas.tenancy.viewer import current
from saas.ui.parts import badge, button, icon
from saas.ui.settings_frame import settings_page
from saas.ui.text import T


class SessionsState(rx.State):
    """``devices`` as ``login_sessions.devices`` lists them, this one first."""

    devices: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        await self._read()

    @action(Gate.SIGNED_IN, writes=False)
    async def sign_out(self, device: PublicId):
        """Sign another device out; its tabs close at once."""
        viewer = current()
        await close_tabs_of(await login_sessions.end_device(doors.current(), viewer.account_id, device))
        await self._read()
        await toast(self, "settings_sessions.ended")

    @action(Gate.SIGNED_IN, writes=False)
    async def sign_out_others(self):
        viewer = current()
        await close_tabs_of(
            await login_sessions.end_other_devices(doors.current(), viewer.account_id, viewer.session_id)
        )
        await self._read()
        await toast(self, "settings_sessions.others_ended")

    async def _read(self) -> None:
        viewer = current()
        self.devices = await login_sessions.devices(doors.current(), viewer.account_id, viewer.session_id)


async def close_tabs_of(ended: Ended) -> None:
    """Tabs of sessions that have ended go to sign-in, at once."""
    for tenant_id in ended.tenant_ids:
        await live.end_sessions(tenant_id, session_ids=ended.session_ids)


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = SessionsState


@page(
    "/settings/sessions",
    title="settings_sessions.title",
    permission=Gate.SIGNED_IN,
    on_load=SessionsState.load,
)
def settings_sessions() -> rx.Component:
    alone = _STATE.devices.length() < 2
    return settings_page(
        "/settings/sessions",
        "settings_sessions.title",
        "settings_sessions.lead",
        rx.el.ul(rx.foreach(_STATE.devices, _device), class_name="panel lines"),
        rx.cond(
            alone,
            rx.el.p(T("settings_sessions.only_this"), class_name="muted sm later"),
            rx.fragment(),
        ),
        end=rx.cond(
            alone,
            rx.fragment(),
            button(
                T("settings_sessions.sign_out_others"),
                icon="log-out",
                on_click=_STATE.sign_out_others,
            ),
        ),
    )


def _device(device: Any) -> rx.Component:
    name = rx.cond(device["browser"] != "", device["browser"].to(str), T("settings_sessions.unknown"))
    return rx.el.li(
        icon("monitor"),
        rx.el.div(
            rx.el.div(
                rx.el.bdi(name, class_name="b5"),
                rx.cond(
                    device["current"].to(bool),
                    badge(T("settings_sessions.this"), tone="ok", icon="check"),
                    rx.fragment(),
                ),
                class_name="row",
            ),
            rx.el.p(
                rx.cond(
                    device["address"].to(str) != "",
                    rx.fragment(rx.el.bdi(device["address"], dir="ltr"), " · "),
                    rx.fragment(),
                ),
                T("settings_sessions.since", when={"at": device["since"]}),
                class_name="muted sm",
            ),
            class_name="grow",
        ),
        rx.cond(
            device["current"].to(bool),
            rx.fragment(),
            button(
                T("settings_sessions.sign_out"),
                size="sm",
                name=T("settings_sessions.sign_out_name", name=name),
                on_click=_STATE.sign_out(device["id"]),
            ),
        ),
        key=device["id"].to(str),
    )
