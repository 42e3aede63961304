"""The list of activities, declared; the page of tasks and the import use it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from saas.directory.models import Party
from saas.modules.crm.models import Activity, ActivityKind, Deal
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import activities, finding
from saas.modules.crm.state.naming import by_id
from saas.state.resource import Choice, Column, Kind, Resource, Verbs, declare
from saas.state.unit import register_topic
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession

# One's own open tasks, whatever the tab showed last.
MINE = "/crm/activities?whose=mine"


async def _create_activity(session: TenantSession, values: dict[str, Any]) -> Activity:
    return await activities.create(session, by_id(values))


async def _change_activity(session: TenantSession, activity: Activity, changes: dict[str, Any]) -> None:
    await activities.update(session, activity, by_id(changes))


def _address(row: Mapping[str, Any]) -> str:
    """What it is about, or among one's own."""
    return f"/crm/deals/{row['deal']['id']}" if row.get("deal") else MINE


ACTIVITIES = declare(
    Resource(
        key="crm.activity",
        model=Activity,
        route="/crm/activities",
        see=CrmPermission.SEE_ACTIVITIES,
        edit=CrmPermission.EDIT_ACTIVITIES,
        rows=activities.rows,
        search=partial(matches, Activity),
        has_page=False,
        address=_address,
        mine=MINE,
        default_sort="-created_at",
        columns=(
            Column(
                "subject",
                "crm.activities.subject",
                Kind.TEXT,
                Activity.subject,
                260,
                editable=True,
                sortable=False,
            ),
            Column(
                "kind",
                "crm.activities.kind",
                Kind.CHOICE,
                Activity.kind,
                110,
                editable=True,
                required=True,
                sortable=False,
                choices=tuple(Choice(k.value, f"crm.kind.{k.value}") for k in ActivityKind),
            ),
            Column("due_at", "crm.activities.due", Kind.DATETIME, Activity.due_at, 140, editable=True),
            Column(
                "deal",
                "crm.deals.name",
                Kind.REF,
                Activity.deal_id,
                200,
                sortable=False,
                find=finding.find_deals,
                target=Deal,
                href="/crm/deals",
            ),
            Column(
                "party",
                "crm.deals.customer",
                Kind.REF,
                Activity.party_id,
                180,
                sortable=False,
                find=finding.find_customers,
                target=Party,
                href="/crm/customers",
                face="company",
            ),
            Column(
                "owner",
                "crm.activities.owner",
                Kind.PERSON,
                Activity.owner_id,
                150,
                editable=True,
                sortable=False,
            ),
            Column(
                "body", "crm.activities.body", Kind.TEXT, Activity.body, 260, sortable=False, longest=4000
            ),
            Column(
                "done_at",
                "crm.activities.done",
                Kind.DATETIME,
                Activity.done_at,
                130,
                sortable=False,
                in_form=False,
            ),
        ),
        verbs=Verbs(_create_activity, _change_activity, activities.archive, activities.restore),
    )
)

register_topic("crm.activity", Activity, activities.rows, permission=CrmPermission.SEE_ACTIVITIES)
