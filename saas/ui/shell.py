"""The frame: sidebar, palette, keys, toasts; and the head of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from saas.ui.events import four, nothing, one, three, two
from saas.ui.library import jsx


class Shell(rx.Component):
    """The frame around every page, mounted once through ``extra_app_wraps``. Its children are the page.

    Props:
        nav: compile-time list
            ``[{module, label, icon, items: [{href, label, icon, permission, shortcut}]}]``; labels are
            text keys, ``shortcut`` the letter after G. A group shows when its module is on.
        personal: compile-time list ``[{module, href, label, icon, permission, shortcut, counted, topics}]``:
            what modules add to the member's own entries, beside Home and the inbox.
        begins: compile-time list ``[{module, text, short, icon, href, permission}]``: what can be begun with
            a party, as ``PartyAction`` says.
        places: compile-time list of the settings' pages, ``[{href, label, icon, permission, words}]``: the
            palette finds them by their names and by ``words``, a text key.
        gates: compile-time list ``[{path, title, permission}]``: what a page asks for, said kindly to those
            who have it not. The gate on the server decides.
        framed: compile-time list of path prefixes that have the frame (others are public pages).
        viewer: who looks, as ``ViewerState.viewer``; also ``companies: [{id, name, current}]`` and
            ``off: {module: {by, at, counts: {text key: n}}}`` where known. Remembered in the browser, so
            that the frame is whole at once.
        counts: the numbers beside the member's own entries, ``{n: {href: number}, at}``.
        results: records for the palette, as ``PaletteState.found``; ``starred`` those with the member's star.

        left: what undos had to leave, as ``UndoState.left``.

    Events: ``on_prefer(name, value)`` (language or theme: already shown, to be remembered),
    ``on_search(text)``, ``on_undo(op, action_id)``, ``on_insist(op, action_id, topic, id)`` on one of the
    rows left, ``on_refresh()`` when rights or modules have changed, ``on_switch_on(module)``,
    ``on_count()`` when the counts must be read anew, ``on_star(op, topic, id, on)``,
    ``on_stars()`` to read ``starred``,
    ``on_writing(topic, id, field)`` when a field is opened, all empty when it is left. Toasts come by the
    live stream.
    """

    library = jsx("shell.jsx")
    tag = "Shell"
    nav: rx.Var[list[dict[str, Any]]]
    personal: rx.Var[list[dict[str, Any]]]
    framed: rx.Var[list[str]]
    begins: rx.Var[list[dict[str, Any]]]
    gates: rx.Var[list[dict[str, Any]]]
    places: rx.Var[list[dict[str, Any]]]
    viewer: rx.Var[dict[str, Any]]
    counts: rx.Var[dict[str, Any]]
    results: rx.Var[dict[str, Any]]
    starred: rx.Var[list[dict[str, Any]]]
    on_prefer: rx.EventHandler[two]
    on_search: rx.EventHandler[one]
    left: rx.Var[list[dict[str, Any]]]
    on_undo: rx.EventHandler[two]
    on_insist: rx.EventHandler[four]
    on_refresh: rx.EventHandler[nothing]
    on_count: rx.EventHandler[nothing]
    on_switch_on: rx.EventHandler[one]
    on_writing: rx.EventHandler[three]
    on_star: rx.EventHandler[four]
    on_stars: rx.EventHandler[nothing]


class _Boundary(rx.Component):
    library = jsx("trouble.jsx")
    tag = "Boundary"


class _Top(rx.Component):
    library = jsx("page.jsx")
    tag = "Top"
    title: rx.Var[str]
    crumbs: rx.Var[list[dict[str, Any]]]
    badge: rx.Var[str]
    note: rx.Var[str]
    dated: rx.Var[bool]
    present: rx.Var[list[dict[str, Any]]]


class _PaletteAction(rx.Component):
    library = jsx("actions.jsx")
    tag = "PaletteAction"
    label: rx.Var[str]
    icon: rx.Var[str]
    keys: rx.Var[str]
    on_pick: rx.EventHandler[nothing]


class _LanguageButton(rx.Component):
    library = jsx("public.jsx")
    tag = "LanguageButton"
    on_pick: rx.EventHandler[one]


class _ThemeButton(rx.Component):
    library = jsx("public.jsx")
    tag = "ThemeButton"


class _Doors(rx.Component):
    library = jsx("public.jsx")
    tag = "Doors"


class _Brand(rx.Component):
    library = jsx("public.jsx")
    tag = "Brand"
    href: rx.Var[str]


def boundary() -> rx.Component:
    """Around all that is drawn: of a page whose script broke a sentence is left, and the way to load anew."""
    return _Boundary.create()


def page(
    title: Any,
    *body: rx.Component,
    actions: Sequence[rx.Component] = (),
    crumbs: Sequence[dict[str, Any]] = (),
    badge: Any = None,
    note: Any = None,
    dated: bool = False,
    present: Any = None,
) -> rx.Component:
    """A framed page: its head and body. The document's title follows ``title``.

    Args:
        title: ``T(...)`` or a record's name.
        body: what is under the head: saved views, toolbar, ``rx.el.div(class_name="body")`` ...
        actions: buttons at the end of the head, the primary one last.
        crumbs: ``[{"label": T(...), "href": "/crm/deals"}]`` before the title.
        badge: a short text beside the title; ``note`` a quiet one.
        dated: says today's date beside the title.
        present: who else is here: ``[{name, place}]``.
    """
    given = {
        "badge": badge,
        "note": note,
        "dated": dated or None,
        "present": present,
        "crumbs": list(crumbs) or None,
    }
    head = _Top.create(*actions, title=title, **{k: v for k, v in given.items() if v is not None})
    return rx.fragment(head, *body)


def palette_action(label: Any, on_pick: Any, icon: str = "zap", keys: str = "") -> rx.Component:
    """Offers an action in the command palette while this page is open. Draws nothing."""
    return _PaletteAction.create(label=label, icon=icon, on_pick=on_pick, **({"keys": keys} if keys else {}))


def language_button(**props: Any) -> rx.Component:
    """For public pages: named *Language*, switches at once; ``on_pick(lang)``."""
    return _LanguageButton.create(**props)


def theme_button() -> rx.Component:
    """For public pages: light or dark."""
    return _ThemeButton.create()


def doors(*for_strangers: rx.Component) -> rx.Component:
    """For public pages: what leads in, or Home for whoever is signed in already."""
    return _Doors.create(*for_strangers)


def brand(href: str = "/") -> rx.Component:
    """The product's mark and name."""
    return _Brand.create(href=href)
