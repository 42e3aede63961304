"""Settings → Profile: one's name, how Wasl looks to one, the password, and the address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.kernel.errors import AppError
from saas.kernel.permissions import Gate
from saas.pages.settings_sessions import close_tabs_of
from saas.state import live
from saas.state.action import Form, action, toast
from saas.state.page import page
from saas.state.unit import unit_of_work
from saas.state.viewer import ViewerState
from saas.state.workspace import PreferencesState
from saas.tenancy import accounts, confirmations, members, password_resets
from saas.tenancy import session as doors
from saas.tenancy.viewer import current
from saas.ui.events import two
from saas.ui.library import linked
from saas.ui.parts import button
from saas.ui.plainform import field, note, state_form
from saas.ui.settings_frame import panel, settings_page
from saas.ui.text import T

_asset = linked(__name__, Path(__file__).resolve().parent, "profile.jsx")["profile.jsx"]


class Look(rx.Component):
    """Language, theme, digits and single keys; ``on_prefer(name, value)`` keeps them."""

    library = _asset
    tag = "Look"
    on_prefer: rx.EventHandler[two]


class ProfileState(rx.State):
    """``mine``: name and e-mail as shown in the form; ``passwords``: how often it was changed here."""

    mine: dict[str, str] = {}  # noqa: RUF012 -- Reflex copies defaults
    errors: list[dict[str, Any]] = []  # noqa: RUF012
    password_errors: list[dict[str, Any]] = []  # noqa: RUF012
    passwords: int = 0

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        viewer = current()
        self.mine = {"name": viewer.member_name, "email": viewer.email}
        self.errors, self.password_errors = [], []

    @action(Gate.SIGNED_IN, writes=False)
    async def rename(self, values: Form):
        """Another name, for the account and for what colleagues here see."""
        viewer = current()
        try:
            async with unit_of_work("member.rename") as session:
                renamed = await members.rename(
                    session, str(values.get("name", viewer.member_name) or ""), by=viewer
                )
            await accounts.rename(doors.current(), viewer.account_id, renamed.name)
        except AppError as refusal:
            self.errors = [refusal.as_message()]
            return
        self.mine, self.errors = {**self.mine, "name": renamed.name}, []
        await live.refresh_viewers(viewer.tenant_id, viewer.member_id)
        await toast(self, "profile.saved")

    @action(Gate.SIGNED_IN, writes=False)
    async def change_password(self, values: Form):
        """Another password; every other device is signed out."""
        viewer = current()
        try:
            ended = await password_resets.change_password(
                doors.current(),
                account_id=viewer.account_id,
                session_id=viewer.session_id,
                old=str(values.get("old") or ""),
                new=str(values.get("new") or ""),
            )
        except AppError as refusal:
            self.password_errors = [refusal.as_message()]
            return
        self.password_errors = []
        self.passwords += 1
        await close_tabs_of(ended)
        await toast(self, "profile.changed")

    @action(Gate.SIGNED_IN, writes=False)
    async def confirm_again(self):
        viewer = current()
        await confirmations.ask_again(doors.current(), viewer.account_id, viewer.tenant_name)
        await toast(self, "profile.confirm_sent")


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = ProfileState
_VIEWER: Any = ViewerState.viewer


@page("/settings/profile", title="profile.title", permission=Gate.SIGNED_IN, on_load=ProfileState.load)
def profile() -> rx.Component:
    return settings_page(
        "/settings/profile",
        "profile.title",
        "profile.lead",
        note("confirm.done"),
        rx.cond(_VIEWER["confirmed"].to(bool), rx.fragment(), _unconfirmed()),
        rx.el.div(
            panel(Look.create(on_prefer=PreferencesState.prefer)),
            panel(
                state_form(
                    [
                        field("name", "profile.name", max=80, autocomplete="name"),
                        field("email", "profile.email", ltr=True, disabled=True),
                    ],
                    "settings.save",
                    values=_STATE.mine,
                    errors=_STATE.errors,
                    on_send=_STATE.rename,
                )
            ),
            panel(
                state_form(
                    [
                        field("old", "profile.current", type="password", autocomplete="current-password"),
                        field(
                            "new",
                            "profile.new",
                            type="password",
                            autocomplete="new-password",
                            help="signup.password_help",
                        ),
                    ],
                    "profile.change",
                    submit_kind="",
                    taken=_STATE.passwords,
                    errors=_STATE.password_errors,
                    on_send=_STATE.change_password,
                ),
                heading=T("profile.password_title"),
            ),
            class_name="col g6",
        ),
    )


def _unconfirmed() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.b(T("profile.confirm_title")),
            rx.el.p(T("profile.confirm_text", email=_VIEWER["email"])),
            class_name="grow",
        ),
        button(T("profile.confirm_again"), size="sm", on_click=_STATE.confirm_again),
        class_name="notice warn spaced",
    )
