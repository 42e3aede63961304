"""The page of one person."""

from __future__ import annotations

import reflex as rx

from saas.modules.crm.pages.record_parts import PersonPage, page_of
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.state.people import PersonState
from saas.state.page import page


@page(
    "/crm/people/[person]",
    title="crm.people.title",
    permission=CrmPermission.SEE_CUSTOMERS,
    on_load=PersonState.load,
)
def person() -> rx.Component:
    return PersonPage.create(**page_of(PersonState))
