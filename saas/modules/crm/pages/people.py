"""The list of people."""

from __future__ import annotations

import reflex as rx

from saas.modules.crm.pages.record_parts import PersonDrawer, drawer_of
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.people import PeopleState, PersonState
from saas.state.page import page
from saas.ui.table import resource_page
from saas.ui.text import T


@page(
    "/crm/people", title="crm.people.title", permission=CrmPermission.SEE_CUSTOMERS, on_load=PeopleState.load
)
def people() -> rx.Component:
    return resource_page(
        PeopleState,
        title=T("crm.people.title"),
        create=T("crm.people.new"),
        submit_label=T("crm.people.create"),
        all_label=T("crm.people.all"),
        search_label=T("crm.people.search"),
        empty_title=T("crm.people.empty_title"),
        empty_text=T("crm.people.empty_text"),
        drawer=PersonDrawer.create(**drawer_of(PersonState)),
        record=PersonState,
    )
