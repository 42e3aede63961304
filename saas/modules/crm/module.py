"""CRM: customers, deals by stage, and what is to be done about them."""

from __future__ import annotations

from saas.kernel.module import Module, NavItem, PartyAction, Personal, SearchProvider, Widget
from saas.modules.crm import demo, jobs
from saas.modules.crm.events import DealLost, DealWon
from saas.modules.crm.permissions import ROLES, CrmPermission
from saas.modules.crm.service import activities, finding, imports, outlook, pipelines
from saas.tenancy.session import TenantSession


def _pages() -> None:
    from saas.modules.crm.pages import register

    register()


async def _provision(session: TenantSession) -> None:
    await pipelines.provision(session)


MODULE = Module(
    key="crm",
    name="CRM",
    icon="handshake",
    permissions=CrmPermission,
    roles=ROLES,
    nav=(
        NavItem("/crm/deals", "crm.nav.deals", "columns", CrmPermission.SEE_DEALS, "d"),
        NavItem("/crm/customers", "crm.nav.customers", "users", CrmPermission.SEE_CUSTOMERS, "c"),
        NavItem("/crm/people", "crm.nav.people", "user", CrmPermission.SEE_CUSTOMERS),
        NavItem("/crm/activities", "crm.nav.activities", "activity", CrmPermission.SEE_ACTIVITIES),
    ),
    personal=(
        Personal(
            "/crm/activities?whose=mine",
            "crm.nav.my_tasks",
            "circle-check",
            CrmPermission.SEE_ACTIVITIES,
            activities.due_of_mine,
            "crm.nav.due_n",
            (activities.TOPIC,),
            "t",
        ),
    ),
    pages=_pages,
    counts=finding.counts,
    events=(DealWon, DealLost),
    jobs=jobs.JOBS,
    imports=(imports.DEALS,),
    widgets=(
        Widget(
            "crm.open_pipeline",
            "crm.widget.open_pipeline",
            "stat",
            CrmPermission.SEE_DEALS,
            outlook.open_pipeline,
            link="/crm/deals",
            order=10,
        ),
        Widget(
            "crm.forecast",
            "crm.widget.forecast",
            "stat",
            CrmPermission.SEE_DEALS,
            outlook.month_forecast,
            link="/crm/deals",
            order=11,
        ),
        Widget(
            "crm.by_stage",
            "crm.widget.by_stage",
            "bars",
            CrmPermission.SEE_DEALS,
            outlook.by_stage,
            link="/crm/deals",
            order=20,
        ),
        Widget(
            "crm.to_month_end",
            "crm.widget.to_month_end",
            "line",
            CrmPermission.SEE_DEALS,
            outlook.to_month_end,
            order=21,
        ),
        Widget(
            "crm.due_today",
            "crm.widget.due_today",
            "list",
            CrmPermission.SEE_ACTIVITIES,
            outlook.due_today,
            link="/crm/activities",
            link_text="crm.widget.open_tasks",
            order=22,
        ),
    ),
    search=(
        SearchProvider("crm.deals", CrmPermission.SEE_DEALS, finding.deals),
        SearchProvider("crm.customers", CrmPermission.SEE_CUSTOMERS, finding.customers, parties=True),
        SearchProvider("crm.people", CrmPermission.SEE_CUSTOMERS, finding.people),
    ),
    begins=(
        PartyAction("crm.begin.deal", "plus", CrmPermission.EDIT_DEALS, "/crm/deals?new={party}", order=10),
        PartyAction(
            "crm.begin.call",
            "phone",
            CrmPermission.EDIT_ACTIVITIES,
            "/crm/customers/{party}?write=call",
            order=30,
        ),
    ),
    on_by_default=True,
    sample=demo.sample,
    provision=_provision,
)
