"""Lists of records: ``resource_page`` for a whole page, ``ResourceTable`` for a list within one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from saas.state.resource import Column, Resource
from saas.ui.events import five, four, nothing, one, three, two
from saas.ui.library import jsx


class ResourceTable(rx.Component):
    """The list of a resource: saved views, search named *Search*, filters, grid, edit in place, paging.

    Props:
        columns: as ``listed(resource)`` gives them; a list at compile time.
        rows, meta, views, options, totals: the vars of a ``ListState``.
        default_sort: how the list is sorted while nobody has chosen.
        topic: the resource's key: live topic, export address, and where widths are kept.
        route: where a record's page is, ``route/<id>``; ``has_page=False`` when there is none.
        edit_permission: who may edit; without ``on_edit`` the list only shows.
        drawer: True to open records beside the list; children are what stands in it, ``record_id`` the id of
            the record that the children show (until then a skeleton), ``missing_id`` of one that is not there
            for this member. The open one stands in the address, ``?open=<id>``.
        all_label: the first tab; ``search_label`` the placeholder.
        empty_title, empty_text, empty_actions (a component): what an empty list says; ``importable`` offers a
            file to those who may import.
        tools: a component at the end of the toolbar; ``exportable``.

    Events, as ``ListState`` has them: ``on_query(wanted)``, ``on_edit(op, id, field, value, version)``,
    ``on_bulk(op, ids, field, value)``, ``on_archive(op, ids)``, ``on_restore(op, ids)``, ``on_open(id)``,
    ``on_lookup(field, text)``, ``on_save_view(name, shared, wanted)``, ``on_delete_view(view)``,
    ``on_create(op, values)``, ``on_totals(wanted)`` (asks for ``totals``). All are optional; what is missing
    is not offered.
    """

    library = jsx("table.jsx")
    tag = "ResourceTable"
    columns: rx.Var[list[dict[str, Any]]]
    rows: rx.Var[list[dict[str, Any]]]
    meta: rx.Var[dict[str, Any]]
    views: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    totals: rx.Var[dict[str, Any]]
    default_sort: rx.Var[str]
    topic: rx.Var[str]
    route: rx.Var[str]
    has_page: rx.Var[bool]
    can_edit: rx.Var[bool]
    edit_permission: rx.Var[str]
    drawer: rx.Var[bool]
    record_id: rx.Var[str]
    missing_id: rx.Var[str]
    all_label: rx.Var[str]
    search_label: rx.Var[str]
    empty_title: rx.Var[str]
    empty_text: rx.Var[str]
    empty_actions: rx.Var[rx.Component]
    importable: rx.Var[bool]
    tools: rx.Var[rx.Component]
    exportable: rx.Var[bool]
    on_query: rx.EventHandler[one]
    on_edit: rx.EventHandler[five]
    on_bulk: rx.EventHandler[four]
    on_archive: rx.EventHandler[two]
    on_restore: rx.EventHandler[two]
    on_open: rx.EventHandler[one]
    on_lookup: rx.EventHandler[two]
    on_save_view: rx.EventHandler[three]
    on_delete_view: rx.EventHandler[one]
    on_views: rx.EventHandler[nothing]
    on_reload: rx.EventHandler[nothing]
    on_totals: rx.EventHandler[one]


class ResourcePage(ResourceTable):
    """A page that is one list: the head with the create button, the list, the form of a new record.

    ``begins_with`` names the field of that form which holds a party: ``?new=<its id>`` opens it with that
    one, as a ``PartyAction`` asks; ``on_begin(field, id)`` reads who it is into ``begun``.
    """

    tag = "ResourcePage"
    title: rx.Var[str]
    create_label: rx.Var[str]
    create_title: rx.Var[str]
    submit_label: rx.Var[str]
    create_href: rx.Var[str]
    open_created: rx.Var[bool]
    actions: rx.Var[rx.Component]
    begins_with: rx.Var[str]
    begun: rx.Var[dict[str, Any]]
    on_create: rx.EventHandler[two]
    on_begin: rx.EventHandler[two]


def resource_page(
    state: Any,
    *,
    title: Any,
    create: Any = None,
    drawer: rx.Component | None = None,
    record: Any = None,
    **props: Any,
) -> rx.Component:
    """The whole page of a ``ListState``.

    Args:
        state: the ``ListState`` of the page; its resource gives columns, verbs, topic and route.
        title: ``T(...)``.
        create: the label of the create button, such as ``T("crm.customers.new")``; with ``create_href`` it
            leads to a page instead of the form. None: nothing is created here.
        drawer: what stands in the drawer (see ``record.py``), and ``record``, its ``RecordState``.
        props: any other prop of ``ResourceTable`` or ``ResourcePage``: ``search_label``, ``empty_title``,
            ``empty_text``, ``all_label``, ``actions`` (a component before the create button),
            ``open_created`` (go to the new record's page), ``submit_label`` (what
            the form's button does, such as ``T("crm.customers.create")``) ...
    """
    resource: Resource = state.resource
    verbs = resource.verbs
    events: dict[str, Any] = {
        "on_query": state.query,
        "on_lookup": state.lookup,
        "on_save_view": state.save_view,
        "on_delete_view": state.delete_view,
        "on_views": state.read_views,
    }
    if any(column.total for column in resource.columns):
        events |= {"totals": state.totals, "on_totals": state.read_totals}
    if verbs.update is not None:
        events |= {"on_edit": state.edit, "on_bulk": state.bulk}
    if verbs.archive is not None:
        events["on_archive"] = state.archive
    if verbs.restore is not None:
        events["on_restore"] = state.restore
    if create is not None:
        events["create_label"] = create
        if verbs.create is not None:
            events["on_create"] = state.create
        if "begins_with" in props:
            events |= {"begun": state.begun, "on_begin": state.begin}
    children: Sequence[rx.Component] = ()
    if drawer is not None and record is not None:
        events |= {
            "drawer": True,
            "on_open": record.open,
            "record_id": record.record["id"].to(str),
            "missing_id": record.missing,
        }
        children = (drawer,)
    return ResourcePage.create(
        *children,
        title=title,
        columns=listed(resource),
        rows=state.rows,
        meta=state.meta,
        views=state.views,
        options=state.options,
        topic=resource.key,
        route=resource.route,
        has_page=resource.has_page,
        default_sort=resource.default_sort,
        edit_permission=resource.edit.value,
        **{**events, **props},
    )


def declared(resource: Resource) -> list[dict[str, Any]]:
    """The columns of a resource in built-in types, for lists and forms."""
    return [declared_column(column) for column in resource.columns]


def listed(resource: Resource) -> list[dict[str, Any]]:
    """The same for a list: also what it can be filtered by without being a column."""
    starred = [{**declared_column(resource.starred()), "only_filter": True}] if resource.has_page else []
    return [*declared(resource), *starred]


def declared_column(column: Column) -> dict[str, Any]:
    """One column; ``in_form`` and ``only_form`` say where it appears."""
    return {**column.declaration(), "in_form": column.in_form, "only_form": column.only_form}
