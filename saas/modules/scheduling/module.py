"""Scheduling: a calendar in which nobody is booked twice at once."""

from __future__ import annotations

from saas.kernel.module import Module, NavItem, Related, SearchProvider, Widget
from saas.modules.scheduling import demo
from saas.modules.scheduling.permissions import ROLES, SchedulingPermission
from saas.modules.scheduling.service import queries, related


def _pages() -> None:
    from saas.modules.scheduling.pages import register

    register()


MODULE = Module(
    key="scheduling",
    name="Scheduling",
    icon="calendar",
    permissions=SchedulingPermission,
    roles=ROLES,
    nav=(
        NavItem(
            "/scheduling/calendar",
            "scheduling.nav.calendar",
            "calendar",
            SchedulingPermission.SEE_CALENDAR,
            "s",
        ),
    ),
    pages=_pages,
    counts=queries.counts,
    widgets=(
        Widget(
            "scheduling.visits_today",
            "scheduling.home.visits",
            "stat",
            SchedulingPermission.SEE_CALENDAR,
            queries.visits_today,
            link="/scheduling/calendar",
            order=14,
        ),
        Widget(
            "scheduling.next_visits",
            "scheduling.home.next",
            "list",
            SchedulingPermission.SEE_CALENDAR,
            queries.next_visits,
            link="/scheduling/calendar",
            link_text="scheduling.nav.calendar",
            order=30,
        ),
    ),
    search=(SearchProvider("scheduling.appointment", SchedulingPermission.SEE_CALENDAR, queries.find),),
    related=(
        Related(
            "scheduling.appointments",
            "scheduling.related.title",
            "calendar",
            SchedulingPermission.SEE_CALENDAR,
            related.appointments,
            topics=("scheduling.appointment",),
        ),
    ),
    sample=demo.sample,
)
