"""The page of one customer."""

from __future__ import annotations

import reflex as rx

from saas.modules.crm.pages.record_parts import CustomerPage, dealings, page_of
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.customers import CustomerState
from saas.state.page import page


@page(
    "/crm/customers/[customer]",
    title="crm.customers.title",
    permission=CrmPermission.SEE_CUSTOMERS,
    on_load=CustomerState.load,
)
def customer() -> rx.Component:
    return CustomerPage.create(
        **page_of(CustomerState),
        **dealings(),
        on_log=CustomerState.log,
        on_add_entity=CustomerState.add_entity,
        on_merge=CustomerState.merge,
    )
