"""Settings → Company: what stands on documents, and how dates and amounts are read."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.kernel.errors import AppError
from saas.kernel.permissions import Gate, WorkspacePermission
from saas.state import live
from saas.state.action import Form, action, toast
from saas.state.company import remove_sample
from saas.state.page import page
from saas.state.unit import reading, unit_of_work
from saas.tenancy import places, sample, workplaces
from saas.tenancy import session as doors
from saas.tenancy.viewer import current
from saas.ui.parts import button, follow
from saas.ui.plainform import field, state_form
from saas.ui.settings_frame import may, panel, settings_page
from saas.ui.text import T


class CompanyState(rx.State):
    """``company``: name, slug, country, currency, time_zone, language and the legal fields, as text;
    ``locked``: fields that cannot change any more, with the text key of the reason."""

    company: dict[str, str] = {}  # noqa: RUF012 -- Reflex copies defaults
    errors: list[dict[str, Any]] = []  # noqa: RUF012
    sample_in: bool = False
    locked: dict[str, str] = {}  # noqa: RUF012 -- as above

    @action(Gate.SIGNED_IN, load=True)
    async def load(self):
        async with reading() as session:
            self.company = await workplaces.describe(session)
            self.sample_in = await sample.is_in(session)
            held = await workplaces.holds_amounts(session)
        self.locked = {"currency": workplaces.CurrencyLocked.key} if held else {}
        self.errors = []

    @action(Gate.SIGNED_IN, writes=False)
    async def refresh(self):
        """After another tab has changed the company; what is being typed here stays."""
        async with reading() as session:
            self.company = await workplaces.describe(session)
            self.sample_in = await sample.is_in(session)

    @action(WorkspacePermission.MANAGE_COMPANY)
    async def save(self, values: Form):
        """Keep what was changed; a refusal stands at its field."""
        viewer = current()
        given = {name: str(value or "") for name, value in values.items()}
        try:
            async with unit_of_work("company.update") as session:
                await workplaces.update(doors.current(), session, given)
                self.company = await workplaces.describe(session)
        except AppError as refusal:
            self.errors = [refusal.as_message()]
            return
        self.errors = []
        # The name stands in every tab's frame, the zone and currency in what they show.
        await live.refresh_viewers(viewer.tenant_id)
        await toast(self, "settings_company.saved")

    @action(WorkspacePermission.MANAGE_COMPANY)
    async def remove_sample(self):
        """Sample data goes without a trace, here as in the first steps."""
        await remove_sample(self)
        self.sample_in = False


_CODES = {"literal": True}
_FIELDS = [
    field("name", "settings_company.name", max=80),
    field("slug", "settings_company.slug", ltr=True, max=40, help="settings_company.slug_help"),
    field("country", "settings_company.country", options=[]),
    field("currency", "settings_company.currency", help="settings_company.currency_help", options=[]),
    field("time_zone", "settings_company.time_zone", options=[]),
    field("language", "settings_company.language", options=[["en", "English"], ["ar", "العربية"]], **_CODES),
]
_LEGAL = [
    field("legal_name", "settings_company.legal_name", optional=True, max=120, full=True),
    field("tax_id", "settings_company.tax_id", optional=True, ltr=True, max=40),
    field("registration", "settings_company.registration", optional=True, ltr=True, max=40),
    field("address", "settings_company.address", optional=True, type="textarea", max=300, full=True),
]

# Pages read a state's attributes as Vars, which its annotations do not say.
_STATE: Any = CompanyState


@page(
    "/settings/company", title="settings_company.title", permission=Gate.SIGNED_IN, on_load=CompanyState.load
)
def settings_company() -> rx.Component:
    return settings_page(
        "/settings/company",
        "settings_company.title",
        "settings_company.lead",
        follow(workplaces.TOPIC, sample.TOPIC, on_change=_STATE.refresh),
        panel(
            state_form(
                _with_places(_FIELDS) + _LEGAL,
                "settings.save",
                values=_STATE.company,
                errors=_STATE.errors,
                locked=_STATE.locked,
                disabled=~may(WorkspacePermission.MANAGE_COMPANY),
                on_send=_STATE.save,
            )
        ),
        rx.cond(_STATE.sample_in & may(WorkspacePermission.MANAGE_COMPANY), _sample(), rx.fragment()),
        rx.cond(
            may(WorkspacePermission.MANAGE_COMPANY),
            rx.fragment(),
            rx.el.p(T("settings.no_right"), class_name="muted sm"),
        ),
    )


def _sample() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h3(T("onboarding.sample_on"), class_name="panelhead"),
            rx.el.p(T("onboarding.sample_remove_text"), class_name="ink2"),
            class_name="grow",
        ),
        button(T("onboarding.sample_remove"), icon="trash", on_click=_STATE.remove_sample),
        class_name="panel padded row later wraps",
    )


def _with_places(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lists of codes, which the browser names in the reader's language."""
    codes = {
        "country": ("region", sorted(places.countries())),
        "currency": ("currency", sorted(places.currencies())),
        "time_zone": ("", sorted(places.zones_of_countries())),
    }
    return [
        {**f, "names": codes[f["name"]][0], "options": [[c, c] for c in codes[f["name"]][1]], "literal": True}
        if f["name"] in codes
        else f
        for f in fields
    ]
