"""From a query as the browser states it to one page of a list: filters, search, sort, keyset paging."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_

from saas.kernel.errors import Invalid
from saas.state.resource import Kind, Resource
from saas.state.values import WrongValue, clean, operand
from saas.tenancy.session import TenantSession

PAGE = 50
# Counting stops here and says "10,000+": an exact count of a large list costs more than the page itself.
COUNT_CAP = 10_000

Short = Annotated[str, StringConstraints(max_length=80)]


class Filter(BaseModel):
    """One condition: a column, an operator, its operands as texts or tokens (``@me``, ``@today``)."""

    model_config = ConfigDict(extra="forbid")
    key: Short
    op: Literal["is", "not", "any", "starts", "contains", "from", "to", "empty", "filled"]
    values: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=100)] = []


class Query(BaseModel):
    """What a list shows. ``sort`` is a column key, ``-`` before it for descending."""

    model_config = ConfigDict(extra="forbid")
    search: Annotated[str, StringConstraints(max_length=200)] = ""
    filters: Annotated[list[Filter], Field(max_length=20)] = []
    sort: Short = ""
    cursor: Annotated[str, StringConstraints(max_length=600)] = ""
    back: bool = False
    columns: Annotated[list[Short], Field(max_length=60)] = []
    view: Short = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Internal ids in order, and where the pages before and after begin (empty: there is none)."""

    ids: list[int]
    previous: str
    next: str


class WrongQuery(Invalid):
    """A filter, sort or cursor that does not fit this list; an old link, or a forged one."""

    key = "errors.wrong_query"


async def page_of(session: TenantSession, resource: Resource, query: Query) -> ListPage:
    """One page of ``PAGE`` ids. Raises ``WrongQuery`` when the query does not fit the resource."""
    sort, descending = _sort(resource, query)
    statement = select(resource.model.id, sort).where(*criteria(session, resource, query))
    forward = not query.back
    down = descending is forward  # walking back reverses the order
    if query.cursor:
        nullable = bool(getattr(sort, "nullable", True))
        value, key = _cursor(query.cursor, resource, query)
        statement = statement.where(_beyond(sort, resource.model.id, value, key, down, nullable, forward))
    by_sort = sort.desc() if down else sort.asc()
    by_sort = by_sort.nulls_last() if forward else by_sort.nulls_first()
    by_id = resource.model.id.desc() if down else resource.model.id.asc()
    found = (await session.execute(statement.order_by(by_sort, by_id).limit(PAGE + 1))).all()
    more = len(found) > PAGE
    found = found[:PAGE] if forward else found[:PAGE][::-1]
    if not found:
        return ListPage([], "", "")
    has_previous = bool(query.cursor) if forward else more
    has_next = more if forward else True
    return ListPage(
        [row[0] for row in found],
        _mark(found[0]) if has_previous else "",
        _mark(found[-1]) if has_next else "",
    )


async def count_of(session: TenantSession, resource: Resource, query: Query) -> int:
    """How many rows the query holds, ``COUNT_CAP + 1`` when more than ``COUNT_CAP``."""
    inner = select(resource.model.id).where(*criteria(session, resource, query)).limit(COUNT_CAP + 1)
    return (await session.execute(select(func.count()).select_from(inner.subquery()))).scalar_one()


def criteria(session: TenantSession, resource: Resource, query: Query) -> list[ColumnElement[bool]]:
    """The conditions of a query; who may see what is added by the session itself."""
    archived = resource.model.archived_at
    wanted = [archived.is_not(None) if query.archived else archived.is_(None)]
    if resource.where is not None:
        wanted.append(resource.where())
    if query.search.strip():
        wanted.append(resource.search(query.search.strip()))
    wanted.extend(_condition(session, resource, f) for f in query.filters)
    return wanted


def _condition(session: TenantSession, resource: Resource, wanted: Filter) -> ColumnElement[bool]:
    column = resource.column(wanted.key)
    if column is None or column.attr is None or not column.filterable:
        raise WrongQuery(wanted.key)
    attr: Any = column.attr
    match wanted.op:
        case "empty":
            return attr.is_(None)
        case "filled":
            return attr.is_not(None)
    try:
        values = [operand(session, column, value) for value in wanted.values if clean(value)]
    except WrongValue:
        return false()  # a value that no row can hold finds nothing, as a person would expect
    if not values:
        raise WrongQuery(wanted.key)
    match wanted.op:
        case "is" | "any":
            return attr.in_([v for v in values if v is not None])
        case "not":
            return or_(attr.is_(None), attr.not_in(values))
        case "starts":
            return func.lower(attr).startswith(str(values[0]).lower(), autoescape=True)
        case "contains":
            return func.lower(attr).contains(str(values[0]).lower(), autoescape=True)
        case "from":
            return attr >= values[0]
        case "to":
            last = values[0]
            if column.kind == Kind.DATETIME and isinstance(last, datetime):
                return attr < last + timedelta(days=1)
            return attr <= last
    raise WrongQuery(wanted.key)


def _sort(resource: Resource, query: Query) -> tuple[Any, bool]:
    wanted = query.sort or resource.default_sort
    key = wanted.removeprefix("-")
    column = resource.column(key)
    if column is not None and column.attr is not None and column.sortable:
        return column.attr, wanted.startswith("-")
    if key in ("created_at", "updated_at"):
        return getattr(resource.model, key), wanted.startswith("-")
    raise WrongQuery("sort")


def _beyond(
    sort: Any, key_column: Any, value: Any, key: int, down: bool, nullable: bool, nulls_last: bool
) -> ColumnElement[bool]:
    """The rows after (value, key) in the order being walked."""
    if not nullable:
        pair, mark = tuple_(sort, key_column), tuple_(value, key)
        return pair < mark if down else pair > mark
    further_key = key_column < key if down else key_column > key
    if value is None:
        same = and_(sort.is_(None), further_key)
        return same if nulls_last else or_(sort.is_not(None), same)
    further = sort < value if down else sort > value
    beyond = or_(further, and_(sort == value, further_key))
    return or_(beyond, sort.is_(None)) if nulls_last else beyond


def _mark(row: Any) -> str:
    value = row[1].isoformat() if isinstance(row[1], (date, datetime)) else row[1]
    return base64.urlsafe_b64encode(json.dumps([value, row[0]], default=str).encode()).decode()


def _cursor(cursor: str, resource: Resource, query: Query) -> tuple[Any, int]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if value is not None:
            sort, _ = _sort(resource, query)
            value = sort.type.python_type(value) if not isinstance(value, str) else _typed(sort, value)
        return value, int(key)
    except (ValueError, TypeError, ArithmeticError):
        raise WrongQuery("cursor") from None


def _typed(sort: Any, value: str) -> Any:
    kind = sort.type.python_type
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    # Decorated text types call themselves object.
    return value if kind in (str, object) else kind(value)
