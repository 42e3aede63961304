"""Customers: their list, and each one's drawer and page."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlmodel import col

from saas.directory.models import Party
from saas.directory.tags import Tagged, menu_of
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import customers, finding
from saas.modules.crm.state.naming import by_id
from saas.modules.crm.state.rights import need
from saas.state.resource import Column, Kind, Resource, StartingView, Verbs, declare
from saas.state.unit import register_topic
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession


async def _create_party(session: TenantSession, values: dict[str, Any]) -> Party:
    return await customers.create(session, by_id(values))


async def _change_party(session: TenantSession, party: Party, changes: dict[str, Any]) -> None:
    await customers.change(session, party, by_id(changes))


async def _archive_party(session: TenantSession, party: Party) -> None:
    need(session, CrmPermission.DELETE_CUSTOMERS)
    await customers.archive(session, party)


CUSTOMERS = declare(
    Resource(
        key="crm.customer",
        model=Party,
        route="/crm/customers",
        see=CrmPermission.SEE_CUSTOMERS,
        edit=CrmPermission.EDIT_CUSTOMERS,
        rows=customers.rows,
        where=lambda: col(Party.is_customer).is_(True),
        search=partial(matches, Party),
        columns=(
            Column(
                "name",
                "crm.customers.name",
                Kind.TEXT,
                Party.name,
                240,
                editable=True,
                required=True,
                face="company",
            ),
            Column(
                "name_ar",
                "crm.customers.name_ar",
                Kind.TEXT,
                Party.name_ar,
                180,
                editable=True,
                sortable=False,
                hidden=True,
            ),
            Column(
                "owner",
                "crm.customers.owner",
                Kind.PERSON,
                Party.owner_id,
                150,
                editable=True,
                sortable=False,
            ),
            Column(
                "segment",
                "crm.customers.segment",
                Kind.CATEGORY,
                Party.segment,
                130,
                editable=True,
                sortable=False,
            ),
            Column(
                "tags",
                "crm.deals.tags",
                Kind.TAGS,
                Tagged(Party),
                170,
                editable=True,
                sortable=False,
                hidden=True,
                find=menu_of(Party),
            ),
            Column("open_deals", "crm.customers.deals", Kind.NUMBER, None, 80, sortable=False, in_form=False),
            Column(
                "last_contact",
                "crm.customers.last_contact",
                Kind.DATETIME,
                None,
                120,
                sortable=False,
                in_form=False,
            ),
            Column(
                "phone",
                "crm.customers.phone",
                Kind.PHONE,
                Party.phone,
                150,
                editable=True,
                sortable=False,
                longest=40,
            ),
            Column(
                "email",
                "crm.customers.email",
                Kind.EMAIL,
                Party.email,
                200,
                editable=True,
                sortable=False,
                hidden=True,
            ),
            Column(
                "city",
                "crm.customers.city",
                Kind.TEXT,
                Party.city,
                130,
                editable=True,
                sortable=False,
                hidden=True,
            ),
            Column(
                "country",
                "crm.customers.country",
                Kind.COUNTRY,
                Party.country,
                100,
                editable=True,
                sortable=False,
                hidden=True,
                longest=60,
            ),
            Column(
                "website",
                "crm.customers.website",
                Kind.LINK,
                Party.website,
                170,
                editable=True,
                sortable=False,
                hidden=True,
            ),
            Column(
                "tax_number",
                "crm.customers.tax",
                Kind.TEXT,
                Party.tax_number,
                130,
                editable=True,
                sortable=False,
                hidden=True,
                longest=60,
            ),
            Column(
                "parent",
                "crm.customers.part_of",
                Kind.REF,
                Party.parent_id,
                180,
                editable=True,
                sortable=False,
                hidden=True,
                in_form=False,
                find=finding.find_customers,
                target=Party,
                href="/crm/customers",
                face="company",
            ),
            Column(
                "created_at",
                "crm.deals.created",
                Kind.DATETIME,
                Party.created_at,
                130,
                hidden=True,
                in_form=False,
            ),
        ),
        default_sort="name",
        verbs=Verbs(_create_party, _change_party, _archive_party, customers.restore),
        views=(
            StartingView(
                "mine",
                "crm.customers.mine",
                {"filters": [{"key": "owner", "op": "is", "values": ["@me"]}]},
            ),
        ),
    )
)

register_topic("crm.customer", Party, customers.rows, permission=CrmPermission.SEE_CUSTOMERS)
