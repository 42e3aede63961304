"""A list, declared once: columns, rights and verbs; paging, sort, filter, search and edit follow from it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement

from saas.directory import subjects
from saas.directory.stars import Starred
from saas.kernel.permissions import Permission
from saas.tenancy.search import Common
from saas.tenancy.session import TenantSession

Rows = Callable[[TenantSession, list[int]], Awaitable[list[dict[str, Any]]]]
Find = Callable[[TenantSession, str, int], Awaitable[list[dict[str, Any]]]]


class Kind(StrEnum):
    """What a column holds; decides how it is shown, parsed, filtered and edited."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    PERSON = "person"
    REF = "ref"
    BOOL = "bool"
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"
    TAGS = "tags"
    CATEGORY = "category"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set; ``tone`` is ok, warn, bad, info, plum or mute."""

    value: str
    label: str
    tone: str = "mute"


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` names the value in a row and the field in the verbs; ``label`` is a text key.

    ``attr`` is what the database sorts and filters by (None: shown only). ``find`` serves the menus of
    PERSON and REF columns, ``target`` is the model that a REF's public id names. ``face`` is what stands
    before the name that it holds: of a ``company`` a tile, of a ``person`` initials, else nothing.
    ``currency`` names the row value that holds the currency of a MONEY column; without it, the company's.
    ``as_read`` is what amounts of several currencies are sorted and filtered by (``state/amounts.py``).
    ``total`` sums the column in the list's foot.
    """

    key: str
    label: str
    kind: Kind | str = Kind.TEXT
    attr: Any = None
    width: int = 160
    sortable: bool = True
    filterable: bool = True
    editable: bool = False
    required: bool = False
    hidden: bool = False
    nullable: bool = True
    in_form: bool = True
    only_form: bool = False
    href: str = ""
    choices: tuple[Choice, ...] = ()
    find: Find | None = None
    target: Any = None
    currency: str = ""
    as_read: Any = None
    longest: int = 200
    help: str = ""
    total: bool = False
    face: str = ""

    def declaration(self) -> dict[str, Any]:
        """What the browser needs, in built-in types."""
        queried = self.attr is not None
        return {
            "key": self.key,
            "label": self.label,
            "kind": str(self.kind),
            "width": self.width,
            "sortable": self.sortable and queried,
            "filterable": self.filterable and queried,
            "editable": self.editable,
            "required": self.required,
            "hidden": self.hidden,
            "href": self.href,
            "currency": self.currency,
            "help": self.help,
            "longest": self.longest,
            "total": self.total and queried,
            "face": self.face,
            "choices": [{"value": c.value, "label": c.label, "tone": c.tone} for c in self.choices],
        }


@dataclass(frozen=True, slots=True)
class Verbs:
    """The service functions behind the list. ``create(session, values)``, ``update(session, row, changes)``,
    ``archive(session, row)``, ``restore(session, row)``; a missing one is not offered.
    ``hold(session, changes)`` locks what ``update`` needs locked before the rows themselves."""

    create: Callable[..., Awaitable[Any]] | None = None
    update: Callable[..., Awaitable[Any]] | None = None
    archive: Callable[..., Awaitable[Any]] | None = None
    restore: Callable[..., Awaitable[Any]] | None = None
    hold: Callable[..., Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class StartingView:
    """A saved view that every company has from the start; ``query`` as in ``listing.Query``."""

    key: str
    label: str
    query: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of one kind of record. ``key`` is also its live topic, and names its texts.

    ``where`` narrows the model to the kind (customers among parties). ``search(text, common)`` gives the
    criterion of the search field, ``searched`` the model whose words it asks for when it is not this one.
    ``parts`` are what a page may narrow the list to by itself, without showing it as a column.
    ``rows`` gives rows as the list shows them, by internal ids; ``route`` of a record is
    ``route/<public id>`` unless ``has_page`` is false; ``address(row)`` is then where it is seen instead, and
    ``mine`` the path of the member's own, where that is not the list filtered by its column ``owner``.
    """

    key: str
    model: Any
    route: str
    columns: tuple[Column, ...]
    rows: Rows
    see: Permission
    edit: Permission
    verbs: Verbs
    search: Callable[[str, Common], ColumnElement[bool]]
    where: Callable[[], ColumnElement[bool]] | None = None
    default_sort: str = "-created_at"
    views: tuple[StartingView, ...] = ()
    has_page: bool = True
    searched: Any = None
    parts: tuple[Column, ...] = ()
    address: Callable[[Mapping[str, Any]], str] | None = None
    mine: str = ""

    def place(self, row: Mapping[str, Any]) -> str:
        """The path at which the row, as the list shows it, is seen."""
        if self.has_page:
            return f"{self.route}/{row['id']}"
        return self.address(row) if self.address is not None else self.route

    def of_mine(self) -> str:
        """The path of the list with the member's own records alone."""
        if self.mine or self.column("owner") is None:
            return self.mine or self.route
        query = {"filters": [{"key": "owner", "op": "is", "values": ["@me"]}]}
        return f"{self.route}?view=list&q={quote(json.dumps(query, separators=(',', ':')))}"

    def column(self, key: str) -> Column | None:
        if key == STARRED and self.has_page:
            return self.starred()
        return next((c for c in (*self.columns, *self.parts) if c.key == key), None)

    def starred(self) -> Column:
        """What every list of records can be filtered by beside its columns: the member's stars."""
        attr = Starred(self.key, self.model)
        return Column(STARRED, "ui.star.filter", Kind.BOOL, attr, sortable=False, hidden=True, in_form=False)


STARRED = "starred"
RESOURCES: dict[str, Resource] = {}


def declare(resource: Resource) -> Resource:
    """Make a resource known by its key: to export, search and import, and to what is kept beside records."""
    RESOURCES[resource.key] = resource
    subjects.declare(
        subjects.Subject(
            resource.key,
            resource.see,
            resource.rows,
            resource.columns[0].key,
            resource.place,
            resource.of_mine(),
            resource.has_page,
        )
    )
    return resource
