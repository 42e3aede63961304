"""The list of invoices."""

from __future__ import annotations

import reflex as rx

from saas.modules.payments.permissions import PaymentsPermission
from saas.modules.payments.state import InvoicesState
from saas.state.page import page
from saas.ui.table import resource_page
from saas.ui.text import T


@page(
    "/payments/invoices",
    title="payments.invoices.title",
    permission=PaymentsPermission.SEE_INVOICES,
    on_load=InvoicesState.load,
)
def invoices() -> rx.Component:
    return resource_page(
        InvoicesState,
        title=T("payments.invoices.title"),
        create=T("payments.invoices.new"),
        submit_label=T("payments.invoices.create"),
        all_label=T("payments.invoices.view_all"),
        search_label=T("payments.invoices.search"),
        empty_title=T("payments.invoices.empty_title"),
        empty_text=T("payments.invoices.empty_text"),
        open_created=True,
        begins_with="party",
    )
