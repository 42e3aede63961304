"""Customers: the list, and one of them in the drawer or on a page."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from saas.directory.models import Party
from saas.kernel.module import About
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import activities, customer_page, customers
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.modules.crm.state.deal import Said, said_values
from saas.state.action import Op, PublicId, Text80, Text200, action, toast
from saas.state.list_state import ListState
from saas.state.record import TIMELINE_PAGE, Nobody, RecordState
from saas.state.resource import Resource
from saas.state.unit import unit_of_work
from saas.state.values import day
from saas.tenancy.session import TenantSession


class CustomersState(ListState, rx.State):
    resource: ClassVar[Resource] = CUSTOMERS


class CustomerState(RecordState, rx.State):
    """``record`` is the customer's row with open deals, people, legal entities and what is to be done."""

    resource: ClassVar[Resource] = CUSTOMERS

    @action(CrmPermission.EDIT_CUSTOMERS)
    async def add_entity(
        self,
        op: Op,
        legal_name: Text200,
        registration: Text80,
        tax: Text80,
        since: Text80,
        id: PublicId | Nobody = "",
    ):
        """A legal body that the customer trades as from a date on."""
        async with unit_of_work("crm.customer.entity", op=op) as session:
            party = await self._row(session, id)
            values = {
                "legal_name": legal_name,
                "registration_number": registration,
                "tax_number": tax,
                "valid_from": day(since, session.viewer, "valid_from") if since.strip() else None,
            }
            await customers.add_entity(session, party, values)
            await self._show_again(session, party)
            action_id = str(session.action_id)
        await toast(self, "crm.toast.saved", undo=action_id)

    @action(CrmPermission.EDIT_ACTIVITIES)
    async def log(self, op: Op, said: Said, id: PublicId | Nobody = ""):
        """A call or e-mail that was with the customer, a task that is to be."""

        async def write(session: TenantSession, party: Party) -> None:
            await activities.create(session, {**await said_values(session, said), "party_id": party.id})

        await self._change(op, "crm.activity.create", write, "crm.toast.noted", id)

    @action(CrmPermission.DELETE_CUSTOMERS)
    async def merge(self, op: Op, into: PublicId, id: PublicId | Nobody = ""):
        """This customer into another one; the page goes on to that one, if it still shows this one."""
        async with unit_of_work("crm.customer.merge", op=op) as session:
            winner = await session.by_public_id(Party, into)
            merged = await self._row(session, id)
            await customers.merge(session, merged, winner)
            is_shown, action_id = self._is_shown(merged), str(session.action_id)
        await toast(self, "crm.toast.merged", undo=action_id)
        return rx.redirect(f"/crm/customers/{into}") if is_shown else None

    async def _extra(self, session: TenantSession, row: Party) -> dict[str, Any]:
        return await customer_page.beside(session, row)

    async def _about(self, session: TenantSession, row: Party) -> About:
        return About(CUSTOMERS.key, row.public_id, row.id)

    async def _entries(self, session: TenantSession, row: Party, before: str) -> list[dict[str, Any]]:
        return await customer_page.timeline(session, row, before, TIMELINE_PAGE)
