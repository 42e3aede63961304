"""The list of customers; a drawer beside it shows one of them."""

from __future__ import annotations

import reflex as rx

from saas.modules.crm.pages.record_parts import CustomerDrawer, dealings, drawer_of
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.customers import CustomersState, CustomerState
from saas.state.page import page
from saas.ui.table import resource_page
from saas.ui.text import T


@page(
    "/crm/customers",
    title="crm.customers.title",
    permission=CrmPermission.SEE_CUSTOMERS,
    on_load=CustomersState.load,
)
def customers() -> rx.Component:
    return resource_page(
        CustomersState,
        title=T("crm.customers.title"),
        create=T("crm.customers.new"),
        submit_label=T("crm.customers.create"),
        all_label=T("crm.customers.all"),
        search_label=T("crm.customers.search"),
        empty_title=T("crm.customers.empty_title"),
        empty_text=T("crm.customers.empty_text"),
        importable=True,
        drawer=CustomerDrawer.create(**drawer_of(CustomerState), **dealings()),
        record=CustomerState,
    )
