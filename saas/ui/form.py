"""Forms from a declaration, as dialogs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.ui.events import nothing, one, two
from saas.ui.library import jsx


class FormDialog(rx.Component):
    """A dialog with labelled fields. One submit; it closes when the server has agreed, and says a refusal
    beside the field it is about; the first wrong field gets the focus.

    Props:
        open: shown while True; ``title``; ``text`` a sentence under it; ``submit_label``.
        columns: fields as ``table.declared_column`` gives them, or of one's own:
            ``{key, label: text key, kind: text | longtext | money | number | date | datetime | choice |
            person | ref | bool | email | phone | link | tags, required, choices: [{value, label}],
            help: text key, longest, initial}``.
        initial: values to begin with, as a row holds them.
        options: menus looked up, ``{field, text, items: [{id, label, note}]}``.

    Events: ``on_submit(op, values)`` with values by key (money and numbers as plain text, dates ISO, people
    and references as ids), ``on_lookup(field, text)``, ``on_close()``, ``on_done({id, href, ...})`` with
    what the acknowledgement carries.
    """

    library = jsx("form.jsx")
    tag = "FormDialog"
    open: rx.Var[bool]
    title: rx.Var[str]
    text: rx.Var[str]
    columns: rx.Var[list[dict[str, Any]]]
    initial: rx.Var[dict[str, Any]]
    options: rx.Var[dict[str, Any]]
    submit_label: rx.Var[str]
    on_submit: rx.EventHandler[two]
    on_lookup: rx.EventHandler[two]
    on_close: rx.EventHandler[nothing]
    on_done: rx.EventHandler[one]
