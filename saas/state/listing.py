"""From a query as the browser states it to one page of a list: filters, search, sort, keyset paging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, Select, collate, false, func, literal, or_, select

from saas.kernel.errors import AppError, Invalid
from saas.kernel.i18n import fold
from saas.kernel.money import parse_amount
from saas.state import amounts
from saas.state.ordering import Order, Ranked, WrongMark, is_nullable, mark
from saas.state.resource import Column, Kind, Resource
from saas.state.values import WrongValue, clean, day_after, operand
from saas.tenancy.models import Membership
from saas.tenancy.search import NOTHING_KNOWN, Common, common_words, is_sample, words
from saas.tenancy.session import TenantSession

PAGE = 50
# Counting stops here and says "10,000+": an exact count of a large list costs more than the page itself.
COUNT_CAP = 10_000
# While a person types, the page matters more than how many there are.
SEARCH_COUNT_CAP = 1_000

NEWEST = "-created_at"
_WORDS = {Kind.TEXT, Kind.CATEGORY, Kind.COUNTRY, Kind.LINK, Kind.EMAIL, Kind.PHONE}
_ORDERED = {Kind.MONEY, Kind.NUMBER, Kind.PERCENT, Kind.DATE, Kind.DATETIME}
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


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a query holds: ``total`` of them, or at least so many when ``capped``."""

    total: int
    capped: bool = False


class WrongQuery(Invalid):
    """A filter, sort or cursor that does not fit this list; an old link, or a forged one."""

    key = "errors.wrong_query"


async def page_of(session: TenantSession, resource: Resource, query: Query) -> ListPage:
    """One page of ``PAGE`` ids. Raises ``WrongQuery`` when the query does not fit the resource."""
    common = Common(await _common(session, resource, query))
    searched = [resource.search(query.search.strip(), common)] if query.search.strip() else []
    order = _order(resource, query, searched)
    try:
        start = order.read(query.cursor) if query.cursor else None
    except WrongMark:
        raise WrongQuery("cursor") from None
    # A ranked order asks for the words itself, and not of the names that begin with them.
    asked = criteria(session, resource, query.model_copy(update={"search": ""}))
    asked += [] if isinstance(order, Ranked) else searched
    forward = not query.back
    found: list[Any] = []
    for part in order.parts(forward, start):
        statement = select(resource.model.id, order.by).where(*asked, *part.where).order_by(*part.order)
        found += (await session.execute(statement.limit(PAGE + 1 - len(found)))).all()
        if len(found) > PAGE:
            break
    more = len(found) > PAGE
    found = found[:PAGE] if forward else found[:PAGE][::-1]
    if not found:
        return ListPage([], "", "")
    has_previous = bool(query.cursor) if forward else more
    has_next = more if forward else True
    return ListPage(
        [row[0] for row in found],
        mark(found[0]) if has_previous else "",
        mark(found[-1]) if has_next else "",
    )


async def count_of(session: TenantSession, resource: Resource, query: Query) -> Count:
    """How many rows the query holds, counted up to ``COUNT_CAP``, or ``SEARCH_COUNT_CAP`` of a search."""
    common = Common(await _common(session, resource, query), sample=True)
    sampled = is_sample(query.search, common)
    cap = SEARCH_COUNT_CAP if query.search.strip() else COUNT_CAP
    found = await session.one(_counted(resource, criteria(session, resource, query, common), cap))
    return Count(min(found or 0, cap), sampled or (found or 0) > cap)


async def counts_of(
    session: TenantSession, resource: Resource, queries: Sequence[Query]
) -> list[Count | None]:
    """As ``count_of`` of several queries without a search, asked for at once. None for one that does not fit
    the resource, such as a view over a column that is gone."""
    conditions = [_fitting(session, resource, query) for query in queries]
    wanted = [_counted(resource, one, COUNT_CAP).scalar_subquery() for one in conditions if one is not None]
    found = iter((await session.rows(select(*wanted)))[0] if wanted else ())
    numbers = [None if one is None else next(found) for one in conditions]
    return [None if n is None else Count(min(n, COUNT_CAP), n > COUNT_CAP) for n in numbers]


def _fitting(session: TenantSession, resource: Resource, query: Query) -> list[ColumnElement[bool]] | None:
    try:
        return criteria(session, resource, query)
    except AppError:
        return None


def _counted(resource: Resource, conditions: Sequence[ColumnElement[bool]], cap: int) -> Select[int]:
    inner = select(resource.model.id).where(*conditions).limit(cap + 1)
    return select(func.count()).select_from(inner.subquery())


async def names_in(session: TenantSession, resource: Resource, query: Query) -> list[dict[str, Any]]:
    """Whom and what the query's filters name by ids, also where no row does: ``[{id, label, label_ar}]``."""
    found: list[dict[str, Any]] = []
    for wanted in query.filters:
        column, ids = resource.column(wanted.key), [value for value in wanted.values if _is_id(value)]
        named: Any = _named_by(column) if column is not None and ids else None
        if named is not None:
            label = next(getattr(named, name) for name in _NAMES if hasattr(named, name))
            label_ar = getattr(named, "name_ar", literal(""))
            names = select(named.public_id, label, label_ar).where(named.public_id.in_(ids))
            found += [
                {"id": str(row[0]), "label": row[1], "label_ar": row[2]} for row in await session.rows(names)
            ]
    return found


_NAMES = ("display_name", "name", "title")


def _named_by(column: Column) -> Any:
    return Membership if column.kind == Kind.PERSON else column.target if column.kind == Kind.REF else None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def _common(session: TenantSession, resource: Resource, query: Query) -> frozenset[str]:
    if not query.search.strip():
        return frozenset()
    return await common_words(session, resource.searched or resource.model, query.search)


def criteria(
    session: TenantSession, resource: Resource, query: Query, common: Common = NOTHING_KNOWN
) -> list[ColumnElement[bool]]:
    """The conditions of a query; who may see what is added by the session itself. What is known of the
    words searched for only makes it faster, or with ``Common.sample`` a sample."""
    archived = resource.model.archived_at
    wanted = [archived.is_not(None) if query.archived else archived.is_(None)]
    if resource.where is not None:
        wanted.append(resource.where())
    if query.search.strip():
        wanted.append(resource.search(query.search.strip(), common))
    wanted.extend(_condition(session, resource, f) for f in query.filters)
    return wanted


def _condition(session: TenantSession, resource: Resource, wanted: Filter) -> ColumnElement[bool]:
    column = resource.column(wanted.key)
    if column is None or column.attr is None or not column.filterable:
        raise WrongQuery(wanted.key)
    if not _takes(column, wanted.op):
        raise WrongQuery(wanted.key)
    attr: Any = column.attr
    match wanted.op:
        case "empty":
            return attr.is_(None)
        case "filled":
            return attr.is_not(None)
    if column.as_read is not None:
        return _amounts(session, column, wanted)
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
                return attr < day_after(last, session.viewer.time_zone)
            return attr <= last
    raise WrongQuery(wanted.key)


def _takes(column: Column, op: str) -> bool:
    """Whether the operator means something of what the column holds; a link may ask for any of them."""
    if op in ("starts", "contains"):
        return column.kind in _WORDS
    return op not in ("from", "to") or column.kind in _ORDERED


def _amounts(session: TenantSession, column: Column, wanted: Filter) -> ColumnElement[bool]:
    own = session.viewer.currency
    found = [parse_amount(clean(value), own, column.key) for value in wanted.values if clean(value)]
    values = [value for value in found if value is not None]
    condition = amounts.compared(column.as_read, wanted.op, values) if values else None
    if condition is None:
        raise WrongQuery(wanted.key)
    return condition


def _order(resource: Resource, query: Query, searched: list[ColumnElement[bool]]) -> Order | Ranked:
    model = resource.model
    if searched and not query.sort and hasattr(model, "name_key") and words(query.search):
        return Ranked(model, fold(query.search.strip()), searched)
    # What is searched for comes newest first: words and the order of names go together, so that walking the
    # names would pass by thousands before the first that fits.
    wanted = query.sort or (NEWEST if query.search.strip() else resource.default_sort)
    name, down = wanted.removeprefix("-"), wanted.startswith("-")
    column = resource.column(name)
    if column is not None and column.attr is not None and column.sortable:
        # A name is sorted as it is searched: folded, without regard to case and letter forms, by an index.
        if getattr(column.attr, "key", "") in ("name", "title") and hasattr(model, "name_key"):
            return Order(collate(model.name_key, "C"), model.id, down, nullable=False)
        by = column.attr if column.as_read is None else column.as_read
        return Order(by, model.id, down, is_nullable(by))
    if name in ("created_at", "updated_at"):
        return Order(getattr(model, name), model.id, down, nullable=False)
    raise WrongQuery("sort")
