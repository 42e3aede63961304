"""The parts that pages of one customer or person are made of, as Python sees them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.modules.crm.pages.library import jsx
from saas.modules.crm.state.activities import ActivitiesState
from saas.modules.crm.state.deal_list import DEALS
from saas.modules.crm.state.deals import DealsState
from saas.ui.events import five, four, nothing, one, six, three, two
from saas.ui.table import declared


class _Record(rx.Component):
    """What a drawer shows of a ``RecordState``."""

    columns: rx.Var[list[dict[str, Any]]]
    record: rx.Var[dict[str, Any]]
    timeline: rx.Var[list[dict[str, Any]]]
    files: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    related: rx.Var[dict[str, Any]]
    on_related: rx.EventHandler[nothing]
    on_edit: rx.EventHandler[five]
    on_lookup: rx.EventHandler[two]
    on_refresh: rx.EventHandler[nothing]
    on_remove_file: rx.EventHandler[three]


class _FullRecord(_Record):
    """What a page shows of one."""

    found: rx.Var[str]
    on_earlier: rx.EventHandler[one]
    on_comment: rx.EventHandler[four]
    on_remove_comment: rx.EventHandler[three]
    on_archive: rx.EventHandler[two]


class _Dealings(rx.Component):
    """What is done about a customer from there: a deal begun, a task ticked off."""

    deal_columns: rx.Var[list[dict[str, Any]]]
    deal_options: rx.Var[dict[str, Any]]
    on_create_deal: rx.EventHandler[two]
    on_find_for_deal: rx.EventHandler[two]
    on_complete: rx.EventHandler[two]


class CustomerDrawer(_Record, _Dealings):
    library = jsx("customer_drawer.jsx")
    tag = "CustomerDrawer"


class CustomerPage(_FullRecord, _Dealings):
    library = jsx("customer.jsx")
    tag = "CustomerPage"
    on_log: rx.EventHandler[three]
    on_add_entity: rx.EventHandler[six]
    on_merge: rx.EventHandler[three]


class PersonDrawer(_Record):
    library = jsx("person_drawer.jsx")
    tag = "PersonDrawer"


class PersonPage(_FullRecord):
    library = jsx("person.jsx")
    tag = "PersonPage"


def dealings() -> dict[str, Any]:
    """The props of ``_Dealings``."""
    return {
        "deal_columns": [c for c in declared(DEALS) if c["in_form"]],
        "deal_options": DealsState.options,
        "on_create_deal": DealsState.create,
        "on_find_for_deal": DealsState.lookup,
        "on_complete": ActivitiesState.complete,
    }


def drawer_of(state: Any) -> dict[str, Any]:
    """The props of a drawer from its ``RecordState``."""
    return {
        "columns": [c for c in declared(state.resource) if c["in_form"]],
        "record": state.record,
        "timeline": state.timeline,
        "files": state.files,
        "options": state.options,
        "related": state.related,
        "on_related": state.read_related,
        "on_edit": state.edit,
        "on_lookup": state.lookup,
        "on_refresh": state.refresh,
        "on_remove_file": state.remove_file,
    }


def page_of(state: Any) -> dict[str, Any]:
    """The props of a page from its ``RecordState``."""
    return {
        **drawer_of(state),
        "found": state.found,
        "on_earlier": state.earlier,
        "on_comment": state.comment,
        "on_remove_comment": state.remove_comment,
        "on_archive": state.archive,
    }
