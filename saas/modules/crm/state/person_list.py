"""People: their list, declared."""

from __future__ import annotations

from functools import partial
from typing import Any

from saas.directory.models import Party, Person
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import finding, people
from saas.modules.crm.state.naming import by_id
from saas.state.resource import Column, Kind, Resource, Verbs, declare
from saas.state.unit import register_topic
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession


async def _create_person(session: TenantSession, values: dict[str, Any]) -> Person:
    return await people.create(session, by_id(values))


async def _change_person(session: TenantSession, person: Person, changes: dict[str, Any]) -> None:
    await people.change(session, person, by_id(changes))


PEOPLE = declare(
    Resource(
        key="crm.person",
        model=Person,
        route="/crm/people",
        see=CrmPermission.SEE_CUSTOMERS,
        edit=CrmPermission.EDIT_CUSTOMERS,
        rows=people.rows,
        search=partial(matches, Person),
        columns=(
            Column(
                "name",
                "crm.people.name",
                Kind.TEXT,
                Person.name,
                220,
                editable=True,
                required=True,
                face="person",
            ),
            Column(
                "name_ar",
                "crm.people.name_ar",
                Kind.TEXT,
                Person.name_ar,
                180,
                editable=True,
                sortable=False,
                hidden=True,
            ),
            Column("title", "crm.people.role", Kind.TEXT, Person.title, 170, editable=True, sortable=False),
            Column(
                "party",
                "crm.people.customer",
                Kind.REF,
                Person.party_id,
                200,
                editable=True,
                sortable=False,
                find=finding.find_customers,
                target=Party,
                href="/crm/customers",
                face="company",
            ),
            Column(
                "phone",
                "crm.people.phone",
                Kind.PHONE,
                Person.phone,
                150,
                editable=True,
                sortable=False,
                longest=40,
            ),
            Column("email", "crm.people.email", Kind.EMAIL, Person.email, 220, editable=True, sortable=False),
            Column(
                "created_at",
                "crm.deals.created",
                Kind.DATETIME,
                Person.created_at,
                130,
                hidden=True,
                in_form=False,
            ),
        ),
        default_sort="name",
        verbs=Verbs(_create_person, _change_person, people.archive, people.restore),
    )
)

register_topic("crm.person", Person, people.rows, permission=CrmPermission.SEE_CUSTOMERS)
