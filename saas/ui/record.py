"""One record: its page, its drawer, and their parts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.state.resource import Resource
from saas.ui.events import five, four, nothing, one, three, two
from saas.ui.library import jsx
from saas.ui.table import declared


class RecordPage(rx.Component):
    """The page of one record: head, facts edited in place, files, composer, timeline, rail.

    Props:
        columns, record, found, timeline, files, options: as ``record_page`` gives them.
        topic: the resource's key; ``route`` its list, ``crumb`` the list's name.
        title_field: the column that names the record (else the first).
        edit_permission: who may edit.
        tabs: what can be written, with text keys:
            ``[{kind, label, icon, keys, subject?, due?, minutes?, placeholder?}]``; kinds ``comment`` and
            ``note`` go to ``on_comment``, others to ``on_log``. None: comments.
        badge, note: short texts in the head; ``actions`` a component of buttons, ``side`` sections under
            the facts, ``rail`` the third column. Children stand under the head, such as a stage path.

    Events, ``id`` the record's: ``on_edit(op, field, value, version, id)``, ``on_comment(op, body, mentions,
    id)``, ``on_remove_comment(op, comment, id)``, ``on_remove_file(op, file, id)``, ``on_archive(op, id)``,
    ``on_log(op, {kind, subject, body, due_on, due_time, minutes, remind}, id)``, ``on_lookup(field, text)``
    (``mention`` finds members), ``on_earlier(before)``, ``on_refresh()``. Missing ones are not offered.
    """

    library = jsx("record.jsx")
    tag = "RecordPage"
    columns: rx.Var[list[dict[str, Any]]]
    record: rx.Var[dict[str, Any]]
    found: rx.Var[str]
    timeline: rx.Var[list[dict[str, Any]]]
    files: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    topic: rx.Var[str]
    route: rx.Var[str]
    crumb: rx.Var[str]
    title_field: rx.Var[str]
    edit_permission: rx.Var[str]
    tabs: rx.Var[list[dict[str, Any]]]
    badge: rx.Var[str]
    note: rx.Var[str]
    missing_title: rx.Var[str]
    actions: rx.Var[rx.Component]
    side: rx.Var[rx.Component]
    rail: rx.Var[rx.Component]
    on_edit: rx.EventHandler[five]
    on_comment: rx.EventHandler[four]
    on_remove_comment: rx.EventHandler[three]
    on_remove_file: rx.EventHandler[three]
    on_archive: rx.EventHandler[two]
    on_log: rx.EventHandler[three]
    on_lookup: rx.EventHandler[two]
    on_earlier: rx.EventHandler[one]
    on_refresh: rx.EventHandler[nothing]


class RecordDrawer(rx.Component):
    """What stands in the drawer of a list: name, facts, sections (children), files, latest entries.

    Props and events as ``RecordPage``; ``subtitle`` under the name, ``actions`` a component of buttons.
    """

    library = jsx("record.jsx")
    tag = "RecordDrawer"
    columns: rx.Var[list[dict[str, Any]]]
    record: rx.Var[dict[str, Any]]
    timeline: rx.Var[list[dict[str, Any]]]
    files: rx.Var[list[dict[str, Any]]]
    options: rx.Var[dict[str, Any]]
    topic: rx.Var[str]
    route: rx.Var[str]
    title_field: rx.Var[str]
    subtitle: rx.Var[str]
    edit_permission: rx.Var[str]
    actions: rx.Var[rx.Component]
    on_edit: rx.EventHandler[five]
    on_lookup: rx.EventHandler[two]
    on_refresh: rx.EventHandler[nothing]
    on_remove_file: rx.EventHandler[three]


class StagePath(rx.Component):
    """Stages in a row. ``path`` ``[{id, name, name_ar, days, now}]``; ``on_move(op, stage)`` makes the others
    buttons while ``can_edit``."""

    library = jsx("record.jsx")
    tag = "StagePath"
    path: rx.Var[list[dict[str, Any]]]
    can_edit: rx.Var[bool]
    on_move: rx.EventHandler[two]


class Related(rx.Component):
    """A titled section of a rail or drawer.

    Props:
        title; count (else how many items); ``actions`` a component; ``icon`` for all items.
        items: ``[{id, title, subtitle, note, href, icon, tone, minor, currency}]``; children stand below.
        empty: what to say without items.
    """

    library = jsx("record.jsx")
    tag = "Related"
    title: rx.Var[str]
    count: rx.Var[int]
    items: rx.Var[list[dict[str, Any]]]
    icon: rx.Var[str]
    empty: rx.Var[str]
    actions: rx.Var[rx.Component]


class Timeline(rx.Component):
    """Entries alone, newest first, as ``RecordState.timeline``; ``on_earlier(before)``. An entry may carry
    ``text`` (a key) with ``params`` to say what its kind does not."""

    library = jsx("timeline.jsx")
    tag = "Timeline"
    entries: rx.Var[list[dict[str, Any]]]
    columns: rx.Var[list[dict[str, Any]]]
    on_earlier: rx.EventHandler[one]
    on_remove_comment: rx.EventHandler[three]


class Reason(rx.Component):
    """The dialog that asks why something was lost. ``reasons`` ``[{value, label: text key}]``, ``title`` of
    the record; ``on_pick(reason, note)``, ``on_close()``. Put it behind ``rx.cond``."""

    library = jsx("board.jsx")
    tag = "Reason"
    reasons: rx.Var[list[dict[str, Any]]]
    title: rx.Var[str]
    on_pick: rx.EventHandler[two]
    on_close: rx.EventHandler[nothing]


def record_page(state: Any, *children: rx.Component, crumb: Any, **props: Any) -> rx.Component:
    """The page of a ``RecordState``, wired. ``crumb`` names its list; ``props`` as ``RecordPage``."""
    resource: Resource = state.resource
    events: dict[str, Any] = {
        "on_comment": state.comment,
        "on_remove_comment": state.remove_comment,
        "on_remove_file": state.remove_file,
        "on_earlier": state.earlier,
    }
    if resource.verbs.archive is not None:
        events["on_archive"] = state.archive
    wired = {**_wired(state, resource), **events, **props}
    return RecordPage.create(*children, found=state.found, route=resource.route, crumb=crumb, **wired)


def record_drawer(state: Any, *children: rx.Component, **props: Any) -> rx.Component:
    """The drawer of a ``RecordState``, wired; give it to ``resource_page(drawer=..., record=state)``."""
    resource: Resource = state.resource
    place = {"route": resource.route} if resource.has_page else {}
    wired = {**_wired(state, resource), **place, "on_remove_file": state.remove_file, **props}
    return RecordDrawer.create(*children, **wired)


def _wired(state: Any, resource: Resource) -> dict[str, Any]:
    wired: dict[str, Any] = {
        "columns": declared(resource),
        "record": state.record,
        "timeline": state.timeline,
        "files": state.files,
        "options": state.options,
        "topic": resource.key,
        "edit_permission": resource.edit.value,
        "on_lookup": state.lookup,
        "on_refresh": state.refresh,
    }
    if resource.verbs.update is not None:
        wired["on_edit"] = state.edit
    return wired
