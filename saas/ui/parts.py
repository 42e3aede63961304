"""Small parts for pages: icons, buttons, people, badges, switches, states, dialogs. Labels take ``T(...)``.

All of them are functions that give a component; layout is ``rx.el`` with the classes of ``assets/theme``.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.ui.events import nothing, one
from saas.ui.library import jsx


class _Icon(rx.Component):
    library = jsx("icon.jsx")
    tag = "Icon"
    name: rx.Var[str]
    size: rx.Var[str]


class _Mark(rx.Component):
    library = jsx("icon.jsx")
    tag = "Mark"
    size: rx.Var[str]


class _Pie(rx.Component):
    library = jsx("icon.jsx")
    tag = "Pie"
    value: rx.Var[float]
    kind: rx.Var[str]


class _Avatar(rx.Component):
    library = jsx("parts.jsx")
    tag = "Avatar"
    name: rx.Var[str]
    size: rx.Var[str]
    live: rx.Var[bool]


class _Tile(rx.Component):
    library = jsx("parts.jsx")
    tag = "Tile"
    name: rx.Var[str]
    icon: rx.Var[str]
    size: rx.Var[str]
    tone: rx.Var[str]


class _Badge(rx.Component):
    library = jsx("parts.jsx")
    tag = "Badge"
    tone: rx.Var[str]
    icon: rx.Var[str]
    dot: rx.Var[str]


class _Button(rx.Component):
    library = jsx("parts.jsx")
    tag = "Button"
    label: rx.Var[str]
    icon: rx.Var[str]
    kind: rx.Var[str]
    size: rx.Var[str]
    keys: rx.Var[str]
    busy: rx.Var[bool]
    busy_label: rx.Var[str]
    disabled: rx.Var[bool]
    reason: rx.Var[str]
    type: rx.Var[str]
    href: rx.Var[str]
    form: rx.Var[str]
    name: rx.Var[str]
    on_click: rx.EventHandler[nothing]


class _Switch(rx.Component):
    library = jsx("parts.jsx")
    tag = "Switch"
    name: rx.Var[str]
    checked: rx.Var[bool]
    disabled: rx.Var[bool]
    reason: rx.Var[str]
    on_change: rx.EventHandler[one]


class _Segment(rx.Component):
    library = jsx("parts.jsx")
    tag = "Segment"
    name: rx.Var[str]
    value: rx.Var[str]
    options: rx.Var[list[dict[str, Any]]]
    on_change: rx.EventHandler[one]


class _Empty(rx.Component):
    library = jsx("states.jsx")
    tag = "Empty"
    title: rx.Var[str]
    text: rx.Var[str]
    icon: rx.Var[str]
    level: rx.Var[int]


class _Failed(rx.Component):
    library = jsx("states.jsx")
    tag = "Failed"
    title: rx.Var[str]
    text: rx.Var[str]
    code: rx.Var[str]
    on_retry: rx.EventHandler[nothing]


class _Skeleton(rx.Component):
    library = jsx("states.jsx")
    tag = "Skeleton"
    rows: rx.Var[int]


class _Follow(rx.Component):
    library = jsx("follow.jsx")
    tag = "Follow"
    topics: rx.Var[list[str]]
    wait: rx.Var[int]
    on_change: rx.EventHandler[nothing]


class _Step(rx.Component):
    library = jsx("step.jsx")
    tag = "Step"
    of: rx.Var[int]


class _Confirm(rx.Component):
    library = jsx("dialog.jsx")
    tag = "Confirm"
    open: rx.Var[bool]
    title: rx.Var[str]
    text: rx.Var[str]
    yes: rx.Var[str]
    no: rx.Var[str]
    typed: rx.Var[str]
    busy: rx.Var[bool]
    on_yes: rx.EventHandler[nothing]
    on_no: rx.EventHandler[nothing]


class _Money(rx.Component):
    library = jsx("format.jsx")
    tag = "Money"
    minor: rx.Var[int]
    currency: rx.Var[str]
    short: rx.Var[bool]
    bare: rx.Var[bool]


class _Num(rx.Component):
    library = jsx("format.jsx")
    tag = "Num"
    value: rx.Var[float]
    percent: rx.Var[bool]


class _When(rx.Component):
    library = jsx("format.jsx")
    tag = "When"
    at: rx.Var[str]
    kind: rx.Var[str]


class _Search(rx.Component):
    library = jsx("search.jsx")
    tag = "Search"
    placeholder: rx.Var[str]
    on_search: rx.EventHandler[one]


def icon(name: str | rx.Var, size: str = "") -> rx.Component:
    """A lucide icon by our name (see ``icon.jsx``). ``size``: "" 16 px, "s" 14, "l" 20, "xl" 24."""
    return _Icon.create(name=name, size=size)


def mark(size: str = "") -> rx.Component:
    """The product's mark: 22 px, or 28 with ``size="l"``."""
    return _Mark.create(size=size)


def pie(value: float | rx.Var, kind: str | rx.Var = "") -> rx.Component:
    """Probability as a pie; ``value`` 0-100, ``kind`` "won" or "lost" draws their mark instead."""
    return _Pie.create(value=value, kind=kind)


def avatar(name: str | rx.Var, size: str = "", live: bool | rx.Var = False) -> rx.Component:
    """A person: initials on their own colour. ``size``: "" 20 px, "m" 26, "l" 36. ``live``: here now."""
    return _Avatar.create(name=name, size=size, live=live)


def tile(
    name: str | rx.Var = "",
    icon: str | rx.Var = "",
    size: str = "",
    tone: str | rx.Var | rx.Component = "",
) -> rx.Component:
    """A company or module: a letter or icon in a square. ``size``: "", m, l, xl; ``tone`` h1c-h7c."""
    return _Tile.create(**_given(name=name, icon=icon, size=size, tone=tone))


def badge(*children: Any, tone: Any = "", icon: Any = "", dot: Any = "") -> rx.Component:
    """A state (``tone`` ok, warn, bad, acc, info, plum; ``icon``) or a category (``dot`` of such a tone)."""
    return _Badge.create(*children, **_given(tone=tone, icon=icon, dot=dot))


def button(label: Any = "", **props: Any) -> rx.Component:
    """The usual button.

    Args:
        label: A text, or "" for an icon button (then ``name`` is required).
        props: ``icon``; ``kind`` "pri", "ghost", "danger", "destroy"; ``size`` "sm", "lg", "xl"
            (add " wide"); ``keys`` a physical key that presses it and is printed on it ("KeyC",
            "ctrl+Enter"); ``busy`` with ``busy_label``; ``disabled`` with ``reason`` (its tooltip);
            ``type`` "submit" with ``form``; ``href`` makes it a link; ``name`` the accessible name of an
            icon button; ``on_click`` without arguments.
    """
    return _Button.create(**({"label": label} if not _blank(label) else {}), **props)


def switch(name: Any, checked: Any, **props: Any) -> rx.Component:
    """``role=switch`` named ``name``. ``on_change(checked: bool)``; ``disabled`` with ``reason``."""
    return _Switch.create(name=name, checked=checked, **props)


def segment(name: Any, value: Any, options: Any, **props: Any) -> rx.Component:
    """Two or three layouts of the same data. ``options`` [{value, label, icon?}]; ``on_change(value)``."""
    return _Segment.create(name=name, value=value, options=options, **props)


def empty(title: Any, text: Any = "", *buttons: rx.Component, icon: str = "", level: int = 2) -> rx.Component:
    """Nothing here yet: a title that starts with a verb, one sentence, and the buttons to begin with.
    ``level`` 1 where it is the page's own heading."""
    return _Empty.create(*buttons, **_given(title=title, text=text, icon=icon), level=level)


def failed(**props: Any) -> rx.Component:
    """An error: ``title`` what failed, ``text`` what is safe, ``code`` for support, ``on_retry`` (key R)."""
    return _Failed.create(**props)


def skeleton(rows: int = 8) -> rx.Component:
    """Shapes of a list, shown when loading takes over 150 ms."""
    return _Skeleton.create(rows=rows)


def confirm(open: Any, title: Any, text: Any, yes: Any, **props: Any) -> rx.Component:
    """A question where undo is impossible. ``on_yes``, ``on_no``; ``no`` the other verb; ``busy``;
    ``typed`` a word that must be typed first."""
    return _Confirm.create(open=open, title=title, text=text, yes=yes, **props)


def follow(*topics: str, on_change: Any, wait_ms: int = 150) -> rx.Component:
    """Calls ``on_change()`` when the live stream tells of these topics (``*``: of any records), once for all
    that comes within ``wait_ms``. Draws nothing."""
    return _Follow.create(topics=list(topics), wait=wait_ms, on_change=on_change)


def step_of(number: Any, shown: Any) -> rx.Component:
    """One step of several: when ``number`` has changed, the focus goes to the heading in ``shown``."""
    return _Step.create(shown, of=number)


def money(minor: Any, currency: Any = "", short: bool = False, bare: bool = False) -> rx.Component:
    """An amount in minor units as the reader writes it. ``short``: 38.7k; ``bare``: without the currency."""
    return _Money.create(**_given(minor=minor, currency=currency), short=short, bare=bare)


def number(value: Any, percent: bool = False) -> rx.Component:
    """A number with the reader's digits; ``percent`` takes a fraction."""
    return _Num.create(value=value, percent=percent)


def when(at: Any, kind: str = "date") -> rx.Component:
    """An ISO date or instant. ``kind``: date (today by word), fullDate, longDate, weekday, time, dateTime."""
    return _When.create(at=at, kind=kind)


def search_field(placeholder: Any, on_search: Any) -> rx.Component:
    """A field named *Search* that asks ``on_search(text)`` after a pause in typing."""
    return _Search.create(placeholder=placeholder, on_search=on_search)


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value


def _given(**props: Any) -> dict[str, Any]:
    return {key: value for key, value in props.items() if not _blank(value)}
