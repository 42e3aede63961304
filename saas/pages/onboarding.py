"""First steps after signing up, three at most: modules, data, colleagues. Each can be skipped."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from saas.kernel.errors import AppError
from saas.kernel.permissions import Gate, RoleKey, WorkspacePermission
from saas.pages.module_cards import ModuleCards
from saas.state.action import Form, action, toast
from saas.state.company import add_sample, remove_sample
from saas.state.page import page
from saas.state.switching import SwitchState
from saas.state.unit import reading, unit_of_work
from saas.state.viewer import ViewerState
from saas.tenancy import invitations, module_switches, sample
from saas.tenancy.viewer import current
from saas.ui.parts import button, follow, icon, step_of
from saas.ui.plainform import field, state_form
from saas.ui.shell import brand, language_button
from saas.ui.text import T

STEPS = 3
_ROWS = 3


class OnboardingState(rx.State):
    """``step`` 1 to 3; ``modules`` as ``module_switches.overview``; ``sample_in``: sample data is there."""

    step: int = 1
    modules: list[dict[str, Any]] = []  # noqa: RUF012 -- Reflex copies defaults
    sample_in: bool = False
    errors: list[dict[str, Any]] = []  # noqa: RUF012

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        async with reading() as session:
            self.modules = await module_switches.overview(session)
            self.sample_in = await sample.is_in(session)
        self.step, self.errors = 1, []

    @action(Gate.SIGNED_IN, writes=False)
    async def go(self, step: Literal[1, 2, 3]):
        self.step, self.errors = step, []

    @action(Gate.SIGNED_IN, writes=False)
    async def refresh(self):
        """After another tab has added or removed the samples."""
        async with reading() as session:
            self.sample_in = await sample.is_in(session)

    @action(WorkspacePermission.MANAGE_COMPANY)
    async def add_sample(self):
        """Every module that is on adds its samples, in one action."""
        await add_sample(self)
        self.sample_in = True

    @action(WorkspacePermission.MANAGE_COMPANY)
    async def remove_sample(self):
        await remove_sample(self)
        self.sample_in = False

    @action(WorkspacePermission.MANAGE_MEMBERS)
    async def invite(self, values: Form):
        """Offer places to all addresses given, or to none when one of them is refused."""
        asked = [
            (n, str(values.get(f"email{n}") or ""), str(values.get(f"role{n}") or ""))
            for n in range(1, _ROWS + 1)
        ]
        asked = [one for one in asked if one[1].strip()]
        row = 0
        try:
            async with unit_of_work("member.invite") as session:
                for number, email, role in asked:
                    row = number
                    await invitations.invite(session, email, role, by=current())
        except AppError as refusal:
            self.errors = [{**refusal.as_message(), "field": f"{refusal.field or 'email'}{row}"}]
            return None
        if asked:
            await toast(self, "onboarding.sent", n=len(asked))
        return rx.redirect("/home")


# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = OnboardingState
_SWITCH: Any = SwitchState
_VIEWER: Any = ViewerState.viewer


@page(
    "/onboarding",
    title="onboarding.title",
    permission=Gate.SIGNED_IN,
    on_load=OnboardingState.load,
    framed=False,
)
def onboarding() -> rx.Component:
    return rx.el.div(
        follow(sample.TOPIC, on_change=_STATE.refresh),
        rx.el.header(
            brand("/home"),
            rx.el.div(
                language_button(),
                rx.el.a(T("onboarding.finish"), href="/home", class_name="btn ghost lg"),
                class_name="row end",
            ),
            class_name="pubtop",
        ),
        rx.el.main(
            rx.el.div(
                rx.el.h1(T("onboarding.headline", name=_VIEWER["name"]), class_name="fs26"),
                rx.el.p(T("onboarding.lead"), class_name="lead"),
            ),
            rx.el.div(
                rx.el.p(T("onboarding.step", n=_STATE.step, of=STEPS), class_name="muted sm", role="status"),
                rx.el.ol(
                    *[
                        rx.el.li(class_name=rx.cond(_STATE.step >= n, "done", ""))
                        for n in range(1, STEPS + 1)
                    ],
                    class_name="stepbar",
                    aria_hidden="true",
                ),
                class_name="col g3",
            ),
            step_of(_STATE.step, rx.match(_STATE.step, (1, _modules()), (2, _data()), _people())),
            class_name="firststeps",
            id="main",
        ),
        class_name="pub",
    )


def _modules() -> rx.Component:
    return rx.el.section(
        _heading("onboarding.modules"),
        ModuleCards.create(
            modules=_STATE.modules, filter=False, on_switch=lambda key, on: _SWITCH.switch(key, on)
        ),
        rx.el.div(
            button(T("onboarding.next"), kind="pri", size="lg", on_click=_STATE.go(2)),
            class_name="row end-aligned",
        ),
        class_name="col g6",
    )


def _data() -> rx.Component:
    return rx.el.section(
        _heading("onboarding.data"),
        rx.el.div(
            rx.el.div(
                icon("flask", "l"),
                rx.el.h3(rx.cond(_STATE.sample_in, T("onboarding.sample_on"), T("onboarding.sample"))),
                rx.cond(
                    _STATE.sample_in,
                    rx.fragment(
                        rx.el.p(T("onboarding.sample_remove_text"), class_name="ink2"),
                        button(T("onboarding.sample_remove"), icon="trash", on_click=_STATE.remove_sample),
                    ),
                    rx.fragment(
                        rx.el.p(T("onboarding.sample_text"), class_name="ink2"),
                        button(T("onboarding.sample"), icon="plus", on_click=_STATE.add_sample),
                    ),
                ),
                class_name="panel",
            ),
            rx.el.div(
                icon("file-up", "l"),
                rx.el.h3(T("onboarding.import")),
                rx.el.p(T("onboarding.import_text"), class_name="ink2"),
                button(T("onboarding.import"), icon="upload", href="/import"),
                class_name="panel",
            ),
            class_name="choices",
        ),
        rx.el.div(
            button(T("ui.back"), kind="ghost", size="lg", on_click=_STATE.go(1)),
            button(
                rx.cond(_STATE.sample_in, T("onboarding.next"), T("onboarding.skip")),
                kind="pri",
                size="lg",
                on_click=_STATE.go(3),
            ),
            class_name="row end-aligned",
        ),
        class_name="col g6",
    )


def _people() -> rx.Component:
    roles = [[role.value, f"roles.{role.value}"] for role in RoleKey]
    rows = [
        part
        for n in range(1, _ROWS + 1)
        for part in (
            field(
                f"email{n}",
                "onboarding.email_of",
                label_params={"n": n},
                type="email",
                ltr=True,
                optional=True,
            ),
            field(
                f"role{n}",
                "onboarding.role_of",
                label_params={"n": n},
                options=roles,
                value=RoleKey.REP.value,
                optional=True,
            ),
        )
    ]
    return rx.el.section(
        _heading("onboarding.people"),
        rx.el.div(
            state_form(rows, "onboarding.send", errors=_STATE.errors, on_send=_STATE.invite),
            class_name="panel padded",
        ),
        rx.el.div(
            button(T("ui.back"), kind="ghost", size="lg", on_click=_STATE.go(2)),
            button(T("onboarding.finish"), size="lg", href="/home"),
            class_name="row end-aligned",
        ),
        class_name="col g6",
    )


def _heading(key: str) -> rx.Component:
    return rx.el.div(rx.el.h2(T(key), class_name="fs20"), rx.el.p(T(f"{key}_text"), class_name="ink2"))
