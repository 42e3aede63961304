"""What a module says of itself; the catalogue needs nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from saas.kernel.permissions import Permission, RoleKey


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the sidebar. ``text`` is a text key, ``shortcut`` the letter after G."""

    route: str
    text: str
    icon: str
    permission: Permission
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """An entry among the member's own, above the modules: what in the module waits for them.

    ``route`` may have a query, as ``/crm/activities?whose=mine``. ``count(session)`` gives the number beside
    it for the session's viewer (0: none is shown) and ``counted`` the text key that says it with ``n``, such
    as "7 due". It is asked for when a tab connects, and again when a live message of ``topics`` is by the
    viewer or carries a row whose ``owner`` is the viewer: what others do among themselves asks for nothing.
    """

    route: str
    text: str
    icon: str
    permission: Permission
    count: Callable[..., Awaitable[int]] | None = None
    counted: str = ""
    topics: tuple[str, ...] = ()
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """A part of Home. ``load(session, viewer, today)`` gives plain data, drawn by ``kind``:

    - ``stat``, four in the head row: ``{value, note, tone, trend}``
    - ``bars``: ``{rows: [{label, count, part, whole, value, percent}]}``, part and whole as numbers
    - ``columns``: ``{points: [{label, value}], currency}``, the last one is now
    - ``line``: ``{points: [{date, actual, forecast, low, high}], goal, currency}``, absent numbers are None
    - ``list``: ``{total, rows: [{title, subtitle, href, note, tone, icon, member}]}``; ``title_ar`` and
      ``subtitle_ar`` where a name has an Arabic form

    ``value`` and ``note`` are ``{"minor", "currency"}``, ``{"number"}``, ``{"date"}``, ``{"at"}`` or
    ``{"key", "params"}``; amounts on charts are minor units. ``size`` is in thirds of the row.
    """

    key: str
    title: str
    kind: str
    permission: Permission
    load: Callable[..., Awaitable[dict[str, Any]]]
    link: str = ""
    link_text: str = ""
    size: int = 1
    order: int = 50


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """Palette records: ``find(session, viewer, text, limit)`` -> ``[{id, title, title_ar, subtitle,
    subtitle_ar, href}]``, a subtitle being a plain text or ``{"key", "params"}``; also ``code`` and ``at``,
    an instant, where they tell the record from others. ``parties``: what it finds are parties, with which
    something new can be begun.
    """

    key: str
    permission: Permission
    find: Callable[..., Awaitable[list[dict[str, Any]]]]
    parties: bool = False


@dataclass(frozen=True, slots=True)
class PartyAction:
    """Something that a member begins with a party in hand: offered where the palette finds one, while the
    module is on, to those who hold ``permission`` and may see the page that it leads to.

    ``text`` is a text key with ``{name}``, the party's. ``href`` leads to the form, ``{party}`` in it being
    the party's public id. ``short`` is the text key of a button on the party's own page; "": no button.
    """

    text: str
    icon: str
    permission: Permission
    href: str
    short: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class About:
    """The record that a page shows, in facts that modules share: ``key`` is its list's, ``party_id`` the
    inside id of whom it concerns, ``products`` inside ids with how many of each."""

    key: str
    public_id: UUID
    party_id: int | None = None
    products: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """What the module knows about another module's record: a section on that record's page.

    ``load(session, viewer, about, today)`` gives ``{total, rows: [{id, title, title_ar, subtitle, href,
    minor, currency, note, tone, member}]}``, where ``subtitle`` and ``note`` are plain texts or as in a
    ``Widget``; a section without rows is not shown. ``topics`` are the live topics that change it.
    """

    key: str
    title: str
    icon: str
    permission: Permission
    load: Callable[..., Awaitable[dict[str, Any]]]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """The manifest: one per folder of ``saas/modules``, as ``MODULE`` in its ``module.py``.

    ``nav`` is the module's group in the sidebar, ``personal`` what it adds to the member's own entries above.
    ``roles`` gives what each starting role may do; ``needs`` the modules that must be on first (explained,
    never followed silently); ``counts(session)`` says how many records wait behind the switch as
    ``{text key: n}``; ``pages()`` imports the page modules so that they register themselves.
    ``imports`` are the kinds of rows that a file can bring (``saas.directory.imports.targets.Target``);
    ``begins`` is what a member can begin with a party in hand.
    ``provision(session)`` makes what the module starts with, such as a pipeline, when it is first on; it is
    called again at later switches and must not repeat itself. ``sample(session)`` adds sample data through
    the module's own verbs, as one action that can be taken out again without a trace.
    """

    key: str
    name: str
    icon: str
    permissions: type[Permission]
    roles: Mapping[RoleKey, frozenset[Permission]]
    nav: tuple[NavItem, ...]
    pages: Callable[[], None]
    counts: Callable[..., Awaitable[dict[str, int]]]
    needs: tuple[str, ...] = ()
    events: tuple[type, ...] = ()
    jobs: tuple[Any, ...] = ()
    widgets: tuple[Widget, ...] = ()
    search: tuple[SearchProvider, ...] = ()
    related: tuple[Related, ...] = ()
    begins: tuple[PartyAction, ...] = ()
    on_by_default: bool = False
    provision: Callable[..., Awaitable[None]] | None = None
    imports: tuple[Any, ...] = ()
    sample: Callable[..., Awaitable[None]] | None = None
    topics: Mapping[str, Permission] = field(default_factory=dict)
    personal: tuple[Personal, ...] = ()
