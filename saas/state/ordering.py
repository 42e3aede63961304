"""In which order a list is read and where its pages begin: keyset paging that an index serves."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, collate, not_, tuple_

from saas.tenancy.search import begins_with

# What a bigint holds.
_BOUND = 2**63


class WrongMark(ValueError):
    """A mark that no row of this list can have: forged, or from a link to another order."""


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a page: its own conditions and its order."""

    where: list[ColumnElement[bool]]
    order: list[Any]


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: ``by`` and the id, rows without a value last in either direction.

    No index serves "last in either direction", so the rows with a value and those without are two statements
    over the same one, and the second is sent only when the page is not full.
    """

    by: Any
    key: Any
    descending: bool
    nullable: bool

    def parts(self, forward: bool, start: tuple[Any, int] | None) -> list[Part]:
        """The statements of a page in the direction walked, from behind ``start`` on."""
        down = self.descending is forward  # walking back reverses the order
        both = [self._values(down, start), *([self._blanks(down, start)] if self.nullable else [])]
        return _from(both, forward, start) if self.nullable else both

    def read(self, written: str) -> tuple[Any, int]:
        """The value and id of the row that a page begins behind. Raises ``WrongMark``."""
        value, key = unmark(written)
        if value is None and not self.nullable:
            raise WrongMark("no row of this list is without a value")
        try:
            return (None if value is None else _typed(self.by, value)), key
        except (ValueError, TypeError, ArithmeticError):
            raise WrongMark("not a value of this column") from None

    def _values(self, down: bool, start: tuple[Any, int] | None) -> Part:
        where: list[ColumnElement[bool]] = [self.by.is_not(None)] if self.nullable else []
        if start is not None and start[0] is not None:
            pair, behind = tuple_(self.by, self.key), tuple_(*start)
            where.append(pair < behind if down else pair > behind)
        return Part(where, [self.by.desc(), self.key.desc()] if down else [self.by, self.key])

    def _blanks(self, down: bool, start: tuple[Any, int] | None) -> Part:
        where: list[ColumnElement[bool]] = [self.by.is_(None)]
        if start is not None and start[0] is None:
            where.append(self.key < start[1] if down else self.key > start[1])
        return Part(where, [self.key.desc() if down else self.key])


@dataclass(frozen=True, slots=True)
class Ranked:
    """How found rows are shown while nobody has chosen a sort: first the names that begin with what was
    typed, by name, then the others that have the words, newest first.

    The first part is a range of the index of names, which fills most pages by itself; the second is walked
    from the newest row on, so that a common word fills the page at once.
    """

    model: Any
    folded: str
    searched: list[ColumnElement[bool]]

    @property
    def by(self) -> Any:
        return case((self._begins, self._name))

    def parts(self, forward: bool, start: tuple[Any, int] | None) -> list[Part]:
        """As of ``Order``: the rows of the second part have no value."""
        return _from([self._named(forward, start), self._rest(forward, start)], forward, start)

    def read(self, written: str) -> tuple[Any, int]:
        """As of ``Order``."""
        value, key = unmark(written)
        if not isinstance(value, str | None):
            raise WrongMark("not a name")
        return value, key

    @property
    def _name(self) -> Any:
        return collate(self.model.name_key, "C")

    @property
    def _begins(self) -> ColumnElement[bool]:
        return and_(*begins_with(self.model.name_key, self.folded))

    def _named(self, forward: bool, start: tuple[Any, int] | None) -> Part:
        name, key = self._name, self.model.id
        where = [self._begins]
        if start is not None and start[0] is not None:
            pair, behind = tuple_(name, key), tuple_(*start)
            where.append(pair > behind if forward else pair < behind)
        return Part(where, [name, key] if forward else [name.desc(), key.desc()])

    def _rest(self, forward: bool, start: tuple[Any, int] | None) -> Part:
        key = self.model.id
        where = [*self.searched, not_(self._begins)]
        if start is not None and start[0] is None:
            where.append(key < start[1] if forward else key > start[1])
        return Part(where, [key.desc() if forward else key])


def _from(both: list[Part], forward: bool, start: tuple[Any, int] | None) -> list[Part]:
    """The two parts in the direction walked, without the one that lies before ``start``."""
    both = both if forward else both[::-1]
    if start is None:
        return both
    begins_blank = start[0] is None
    return both[1:] if begins_blank is forward else both


def is_nullable(attr: Any) -> bool:
    """Whether the database lets the column be empty; an expression may always be."""
    columns = getattr(getattr(attr, "property", None), "columns", None)
    return bool(columns[0].nullable) if columns else True


def mark(row: Any) -> str:
    """Where a page begins that follows this row, an ``(id, value)``, as text for the browser."""
    value = row[1].isoformat() if isinstance(row[1], (date, datetime)) else row[1]
    return base64.urlsafe_b64encode(json.dumps([value, row[0]], default=str).encode()).decode()


def unmark(written: str) -> tuple[Any, int]:
    """``(value, id)`` of a mark, the value not yet typed. Raises ``WrongMark``."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(written.encode()))
        found = value, int(key)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise WrongMark("not a mark") from None
    if not all(_can_be_kept(part) for part in found):
        raise WrongMark("not of any row")
    return found


def _can_be_kept(value: Any) -> bool:
    """Whether a column of the database could hold it."""
    if isinstance(value, str):
        return "\x00" not in value and value.encode("utf-8", "ignore").decode() == value
    return not isinstance(value, int | float) or -_BOUND <= value < _BOUND


def _typed(sort: Any, value: Any) -> Any:
    kind = sort.type.python_type
    if not isinstance(value, str):
        return kind(value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    # Decorated text types call themselves object.
    return value if kind in (str, object) else kind(value)
