"""The calendar: a week or a day by person, and the same as a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.modules.scheduling.permissions import SchedulingPermission
from saas.modules.scheduling.state import CalendarState
from saas.state.page import page
from saas.ui.events import four, one_text, three, two_texts
from saas.ui.library import linked

# Linked beside each other: the page imports the rest.
_assets = linked(__name__, Path(__file__).resolve().parent)


class CalendarPage(rx.Component):
    """``week``, ``offered`` and ``options`` of ``CalendarState``. ``on_book(op, form)``, ``on_change(op, id,
    form)``, ``on_move(op, id, person, starts_at)``, ``on_cancel``, ``on_finish`` and ``on_rebook`` ``(op,
    id)``, ``on_add_person(op, name)``, ``on_add_service(op, name, minutes, colour)``,
    ``on_remove(op, kind, id)``, ``on_save_hours(op, days)``."""

    library = _assets["calendar.jsx"]
    tag = "CalendarPage"
    week: rx.Var[dict[str, Any]]
    offered: rx.Var[dict[str, Any]]
    options: rx.Var[dict[str, Any]]
    on_show: rx.EventHandler[one_text]
    on_lookup: rx.EventHandler[two_texts]
    on_book: rx.EventHandler[two_texts]
    on_change: rx.EventHandler[three]
    on_move: rx.EventHandler[four]
    on_cancel: rx.EventHandler[two_texts]
    on_finish: rx.EventHandler[two_texts]
    on_rebook: rx.EventHandler[two_texts]
    on_add_person: rx.EventHandler[two_texts]
    on_add_service: rx.EventHandler[four]
    on_remove: rx.EventHandler[three]
    on_save_hours: rx.EventHandler[two_texts]


@page(
    "/scheduling/calendar",
    title="scheduling.calendar.title",
    permission=SchedulingPermission.SEE_CALENDAR,
    on_load=CalendarState.load,
)
def calendar() -> rx.Component:
    state: Any = CalendarState
    return CalendarPage.create(
        week=state.week,
        offered=state.offered,
        options=state.options,
        on_show=state.show,
        on_lookup=state.lookup,
        on_book=state.book,
        on_change=state.change,
        on_move=state.move,
        on_cancel=state.cancel,
        on_finish=state.finish,
        on_rebook=state.rebook,
        on_add_person=state.add_person,
        on_add_service=state.add_service,
        on_remove=state.remove,
        on_save_hours=state.save_hours,
    )
