"""Forms of a few fields, declared: by plain HTTP when the answer sets cookies, else to a handler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from saas.kernel.i18n import load_texts
from saas.ui.events import nothing, one
from saas.ui.library import jsx


class _HttpForm(rx.Component):
    library = jsx("plainform.jsx")
    tag = "HttpForm"
    action: rx.Var[str]
    fields: rx.Var[list[dict[str, Any]]]
    submit: rx.Var[str]
    query: rx.Var[list[str]]


class _StateForm(rx.Component):
    library = jsx("plainform.jsx")
    tag = "StateForm"
    fields: rx.Var[list[dict[str, Any]]]
    values: rx.Var[dict[str, Any]]
    errors: rx.Var[list[dict[str, Any]]]
    submit: rx.Var[str]
    submit_kind: rx.Var[str]
    disabled: rx.Var[bool]
    taken: rx.Var[int]
    locked: rx.Var[dict[str, str]]
    on_send: rx.EventHandler[one]


class _FormDialog(rx.Component):
    library = jsx("plainform.jsx")
    tag = "FormDialog"
    open: rx.Var[bool]
    title: rx.Var[str]
    text: rx.Var[str]
    fields: rx.Var[list[dict[str, Any]]]
    errors: rx.Var[list[dict[str, Any]]]
    submit: rx.Var[str]
    busy: rx.Var[bool]
    on_send: rx.EventHandler[one]
    on_close: rx.EventHandler[nothing]


class _Note(rx.Component):
    library = jsx("plainform.jsx")
    tag = "Note"
    allowed: rx.Var[list[str]]


def field(name: str, label: str, **more: Any) -> dict[str, Any]:
    """One field; ``label`` is a text key.

    Args:
        name: What the handler gets it as, and what a refusal's ``field`` names.
        label: The text key of its accessible name.
        more: ``type`` text, email, password or textarea; ``options`` ``[[value, text key]]`` makes a list
            (with ``literal`` the second is shown as it is); ``help`` a text key with ``params``;
            ``autocomplete``; ``ltr`` for addresses and codes; ``optional``; ``max`` characters; ``full`` for
            the whole width; ``value`` to start with.
    """
    for key in (label, more.get("help"), more.get("missing")):
        if key is not None and key not in load_texts()["en"]:
            raise KeyError(f"no text {key!r}")
    return {"name": name, "label": label, **more}


def http_form(
    action: str, fields: Sequence[dict[str, Any]], submit: str, query: Sequence[str] = ()
) -> rx.Component:
    """Posts to one of our HTTP routes and follows its answer; refusals show at their fields.

    ``query`` names values of the page's address that ride along, such as a token.
    """
    return _HttpForm.create(action=action, fields=list(fields), submit=submit, query=list(query))


def state_form(fields: Sequence[dict[str, Any]], submit: str, **props: Any) -> rx.Component:
    """Sends ``on_send(values)`` to a handler. ``values`` to show, ``errors`` as ``AppError.as_message`` gives
    them, ``disabled`` to look only, ``locked`` ``{field: text key of the reason}`` for fields that stay as
    they are, ``taken`` a count of what was accepted: when it rises, the form is empty again."""
    return _StateForm.create(fields=list(fields), submit=submit, **props)


def form_dialog(
    open: Any, title: str, fields: Sequence[dict[str, Any]], submit: str, **props: Any
) -> rx.Component:
    """A form in a dialog: ``on_send(values)``, ``on_close()``, ``errors``, ``text``, ``busy``."""
    return _FormDialog.create(open=open, title=title, fields=list(fields), submit=submit, **props)


def note(*allowed: str) -> rx.Component:
    """Says one of these texts when the address asks for it by ``?note=``; nothing else can be put there."""
    return _Note.create(allowed=list(allowed))
