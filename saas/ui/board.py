"""Records by stage."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.ui.events import nothing, one, six, two
from saas.ui.library import jsx


class Board(rx.Component):
    """Cards in columns, moved by pointer, by Shift and arrows, or by each card's menu.

    Each stage is a ``role=list`` named as the stage; each card a ``listitem`` with its title as a link to
    ``route/<id>``. A move shows at once; a refusal puts the card back.

    Props:
        stages: ``[{id, name, name_ar, kind: open | won | lost, probability, idle_days, count, sum_minor,
            others: [[currency, minor]], since, earlier, goal_minor, more, cards: [card]}]``, ``others``
            beside the sum, ``since`` the first closing day shown (or ""), ``earlier`` how many closed before
            it, ``goal_minor`` what the sum should come to; a card is
            ``{id, version, stage, position, title, party: {id, label, name_ar} | None,
            amount_minor | None, currency, tags: [text], owner: {id, label} | None,
            next: {kind, subject, due_at, all_day} | None, last_active_at, closed_on}``; ``kind`` of next is
            call, meeting, email, message, note or task. A new value replaces all that is shown.
        heads: newer counts after ``on_totals``: ``{rows: [{stage, count, sum_minor}], serial}``.
        more: the cards last asked for by ``on_more``: ``{stage, cards, more, serial}``.
        sort: "" in the order of positions, else next, -amount_minor, expected_close_on or -created_at.
        topic: live topic whose rows are cards.
        route: where a card's page is.
        filtered: True while not every record is shown, so that a new one is not put in blindly.
        can_edit: False takes away moving and creating.
        reasons: ``[{value, label: text key}]``, asked for before a card goes to a stage of kind lost.
        loaded: False shows the skeleton.

    Events: ``on_move(op, id, stage, after, reason, note)`` (``after`` is the card above, "" on top;
    ``reason`` and ``note`` "" unless asked), ``on_create(stage)``, ``on_more(stage, id)`` (below that
    card), ``on_earlier(stage)`` (the stage itself) for what closed before ``since``, ``on_open(id)`` (without
    it a card leads to its page), ``on_totals()`` to read the heads again, ``on_reload()``.
    """

    library = jsx("board.jsx")
    tag = "Board"
    stages: rx.Var[list[dict[str, Any]]]
    heads: rx.Var[dict[str, Any]]
    more: rx.Var[dict[str, Any]]
    topic: rx.Var[str]
    route: rx.Var[str]
    filtered: rx.Var[bool]
    sort: rx.Var[str]
    can_edit: rx.Var[bool]
    reasons: rx.Var[list[dict[str, Any]]]
    loaded: rx.Var[bool]
    on_move: rx.EventHandler[six]
    on_create: rx.EventHandler[one]
    on_more: rx.EventHandler[two]
    on_earlier: rx.EventHandler[one]
    on_open: rx.EventHandler[one]
    on_totals: rx.EventHandler[nothing]
    on_reload: rx.EventHandler[nothing]
