"""The handlers of every list page; a page's state is this mixin and a ``resource``."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import reflex as rx
from pydantic import ValidationError
from reflex.state import _override_base_method

from saas.directory import views
from saas.directory.models import Party, SavedView
from saas.kernel.errors import AppError
from saas.kernel.permissions import Gate, Permission
from saas.state import live
from saas.state.action import Form, Ids, Key, Op, PublicId, Text80, Text200, Value, action, toast
from saas.state.editing import NotEditable, by_public_ids, change_many, owners_of, refuse_clash
from saas.state.listing import Count, ListPage, Query, WrongQuery, count_of, counts_of, names_in, page_of
from saas.state.resource import Kind, Resource
from saas.state.totals import totals_of
from saas.state.unit import reading, register_signal, unit_of_work
from saas.state.values import Missing, parse
from saas.tenancy import roster
from saas.tenancy.session import TenantSession

register_signal(views.TOPIC, SavedView)


def _see(state_class: Any) -> Permission | Gate:
    return state_class.resource.see


def _edit(state_class: Any) -> Permission | Gate:
    return state_class.resource.edit


class ListState(rx.State, mixin=True):
    """``rows`` at most 50, as the resource's ``rows`` gives them; ``meta`` is about the page shown.

    ``meta``: ``{loaded, total, capped, previous, next, query, view, names}``, ``names`` of what the filters
    name by ids; ``views``: saved views ``[{id, name, shared, mine, query, count, capped}]``, before them with
    an empty id the whole list; ``options``: the menu looked up ``{field, text, items}``; ``begun``: the party
    that a new record begins with ``{field, id, label, name_ar}``; ``totals``: the sums last read, with what
    they are of.
    """

    resource: ClassVar[Resource]
    # Sent and let go of: the server never reads them, and they would be most of what a tab costs it.
    sent_only: ClassVar[tuple[str, ...]] = ("rows",)
    rows: list[dict[str, Any]] | None = None
    meta: dict[str, Any] = {"loaded": False}  # noqa: RUF012 -- Reflex copies defaults
    views: list[dict[str, Any]] = []  # noqa: RUF012
    options: dict[str, Any] = {"field": "", "text": "", "items": []}  # noqa: RUF012
    begun: dict[str, Any] = {}  # noqa: RUF012
    totals: dict[str, Any] = {}  # noqa: RUF012

    @_override_base_method
    def get_delta(self) -> dict[str, Any]:
        """As Reflex builds it; what the browser alone needs leaves the server with it. A tab that reads its
        state anew finds None there, keeps what it shows, and its page's load brings the present rows."""
        delta = super().get_delta()
        for name in self.sent_only:
            vars(self)[name] = None
        return delta

    @action(_see, load=True)
    async def load(self):
        """The list as the address states it: ``?q={search, filters, sort, ...}``."""
        async with reading() as session:
            await self._show(session, self._from_address())
            self.views = await self._saved_views(session)

    @action(_see, writes=False)
    async def query(self, wanted: dict[Key, Any]):
        """Another search, filter, sort or page; the old rows stay until the new ones are here."""
        async with reading() as session:
            await self._show(session, parse_query(wanted))

    @action(_see, writes=False)
    async def read_totals(self, wanted: dict[Key, Any]):
        """The sums of the list's foot, after its rows are shown: ``{search, filters, archived, sums}``."""
        query = parse_query(wanted)
        async with reading() as session:
            sums = await totals_of(session, type(self).resource, self._within(query))
        self.totals = {**query.model_dump(include={"search", "filters", "archived"}), "sums": sums}

    @action(_edit)
    async def edit(self, op: Op, id: PublicId, field: Key, value: Value, version: int):
        """One cell. Refused as ``Clash`` when somebody else set that field after ``version``, the one that
        the member began to write on."""
        resource = type(self).resource
        column = resource.column(field)
        if column is None or not column.editable or resource.verbs.update is None:
            raise NotEditable(field)
        async with unit_of_work(f"{resource.key}.edit", op=op) as session:
            row = await session.by_public_id(resource.model, id, lock=True)
            parsed = await parse(session, column, value, getattr(row, "currency", "") or "")
            await refuse_clash(session, resource, row, version, column, parsed)
            former = owners_of([row])
            await resource.verbs.update(session, row, {field: parsed})
            session.touch(resource.key, [row.id], former)
            action_id = str(session.action_id)
        await toast(self, f"{resource.key}.toast.edited", undo=action_id)

    @action(_edit)
    async def bulk(self, op: Op, ids: Ids, field: Key, value: Value):
        """One field of many rows as one action, so that one Undo takes it back.

        Not of amounts: one number would mean another sum in each row's currency.
        """
        resource = type(self).resource
        column = resource.column(field)
        if (
            column is None
            or not column.editable
            or resource.verbs.update is None
            or column.kind == Kind.MONEY
        ):
            raise NotEditable(field)
        async with unit_of_work(f"{resource.key}.bulk_edit", op=op) as session:
            parsed = await parse(session, column, value)
            rows = await change_many(session, resource, ids, {field: parsed})
            action_id = str(session.action_id)
        await toast(self, f"{resource.key}.toast.bulk", undo=action_id, n=len(rows))

    @action(_edit)
    async def archive(self, op: Op, ids: Ids):
        """Away from every list, back by Undo or from the archive for 30 days."""
        await self._to_each(op, ids, "archive", type(self).resource.verbs.archive)

    @action(_edit)
    async def restore(self, op: Op, ids: Ids):
        """Back from the archive."""
        await self._to_each(op, ids, "restore", type(self).resource.verbs.restore)

    @action(_edit)
    async def create(self, op: Op, values: Form):
        """A new record from the form; the tab gets its id with the acknowledgement."""
        resource = type(self).resource
        if resource.verbs.create is None:
            raise NotEditable
        async with unit_of_work(f"{resource.key}.create", op=op) as session:
            given = await self._completed(session, await parse_form(session, resource, values))
            row = await resource.verbs.create(session, given)
            await session.flush()
            session.touch(resource.key, [row.id])
            created, action_id = str(row.public_id), str(session.action_id)
        await live.tell(
            self.router.session.client_token,
            {"topic": "ack", "op": op, "ok": True, "id": created, "href": f"{resource.route}/{created}"},
        )
        await toast(self, f"{resource.key}.toast.created", undo=action_id)

    @action(_see, writes=False)
    async def lookup(self, field: Key, text: Text200):
        """The menu of a person or reference field, as typed so far."""
        resource = type(self).resource
        column = resource.column(field)
        async with reading() as session:
            if column is not None and column.kind == Kind.PERSON:
                items = await roster.find(session, text, 20)
            elif column is not None and column.find is not None:
                items = await column.find(session, text, 20)
            else:
                raise NotEditable(field)
        self.options = {"field": field, "text": text, "items": items}

    @action(_edit, writes=False)
    async def begin(self, field: Key, id: PublicId):
        """The party that the form of a new record was asked to begin with, by its name in both languages."""
        column = type(self).resource.column(field)
        if column is None or column.target is not Party or type(self).resource.verbs.create is None:
            raise NotEditable(field)
        async with reading() as session:
            party = await session.by_public_id(Party, id)
        self.begun = {
            "field": field,
            "id": str(party.public_id),
            "label": party.name,
            "name_ar": party.name_ar,
        }

    @action(_see, writes=False)
    async def read_views(self):
        """The saved views and how many records each holds, after records or views have changed."""
        async with reading() as session:
            self.views = await self._saved_views(session)
            if self.meta["loaded"]:
                count = await self._total(session, parse_query(self.meta["query"]))
                self.meta = {**self.meta, "total": count.total, "capped": count.capped}

    @action(_see)
    async def save_view(self, name: Text80, shared: bool, wanted: dict[Key, Any]):
        """Keep the present query under a name, for oneself or the team."""
        query = parse_query(wanted).model_copy(update={"cursor": "", "back": False})
        async with unit_of_work("view.save") as session:
            saved = await views.save(session, type(self).resource.key, name, shared, query.model_dump())
            self.views = await self._saved_views(session)
            action_id = str(session.action_id)
        self.meta = {**self.meta, "view": str(saved.public_id)}
        await toast(self, "kit.toast.view_saved", undo=action_id, name=name)

    @action(_see)
    async def delete_view(self, view: PublicId):
        """Remove a saved view: one's own, or a shared one by whoever shared it."""
        async with unit_of_work("view.delete") as session:
            await views.remove(session, view)
            self.views = await self._saved_views(session)
            action_id = str(session.action_id)
        await toast(self, "kit.toast.view_removed", undo=action_id)

    async def _to_each(self, op: str, ids: list[str], name: str, verb: Any) -> None:
        """One verb for many rows as one action, so that one Undo takes it back."""
        resource = type(self).resource
        if verb is None:
            raise NotEditable
        async with unit_of_work(f"{resource.key}.{name}", op=op) as session:
            rows = await by_public_ids(session, resource.model, ids)
            for row in rows:
                await verb(session, row)
            session.touch(resource.key, [row.id for row in rows])
            action_id = str(session.action_id)
        await toast(self, f"{resource.key}.toast.{name}d", undo=action_id, n=len(rows))

    async def _show(self, session: TenantSession, query: Query) -> None:
        resource = type(self).resource
        found = await page_of(session, resource, self._within(query))
        if not found.ids and query.cursor:  # the page's rows went meanwhile: start over
            query = query.model_copy(update={"cursor": "", "back": False})
            found = await page_of(session, resource, self._within(query))
        count = Count(len(found.ids)) if _whole(query, found) else await self._count(session, query)
        by_key = {row["_key"]: row for row in await resource.rows(session, found.ids)}
        self.rows = [_bare(by_key[key]) for key in found.ids if key in by_key]
        self.meta = {
            "loaded": True,
            "total": count.total,
            "capped": count.capped,
            "previous": found.previous,
            "next": found.next,
            "query": query.model_dump(exclude={"cursor", "back"}),
            "view": query.view,
            "names": await names_in(session, resource, query),
        }

    async def _saved_views(self, session: TenantSession) -> list[dict[str, Any]]:
        resource = type(self).resource
        offered = starting_views(resource) + await views.of(session, resource.key)
        for view, counted in zip(offered, await self._counts(session, offered), strict=True):
            view["count"], view["capped"] = counted.total, counted.capped
        return offered

    async def _counts(self, session: TenantSession, offered: list[dict[str, Any]]) -> list[Count]:
        """How much each view holds, -1 where it is over a column that is gone; most are asked for at once."""
        queries = [_stored(view["query"]) for view in offered]
        together = [self._within(query) for query in queries if query is not None and _is_narrowed(query)]
        found = iter(await counts_of(session, type(self).resource, together))
        counts: list[Count] = []
        for query in queries:
            try:
                if query is None:
                    counted = None
                else:
                    counted = next(found) if _is_narrowed(query) else await self._count(session, query)
            except AppError:
                counted = None
            counts.append(counted or Count(-1))
        return counts

    async def _total(self, session: TenantSession, query: Query) -> Count:
        """How much the page shows in all."""
        return await self._count(session, query)

    async def _count(self, session: TenantSession, query: Query) -> Count:
        return await count_of(session, type(self).resource, self._within(query))

    def _within(self, query: Query) -> Query:
        """The query as the database is asked it: a page may show a part of its list alone."""
        return query

    async def _completed(self, session: TenantSession, values: dict[str, Any]) -> dict[str, Any]:
        """The values of a new record with what follows from where it is made."""
        return values

    def _from_address(self) -> Query:
        given = parse_qs(urlsplit(str(self.router.url)).query)
        try:
            return parse_query(json.loads(given["q"][0])) if "q" in given else Query()
        except (ValueError, AppError):
            return Query()


def starting_views(resource: Resource) -> list[dict[str, Any]]:
    """The whole list and the views that every company has, as tabs show them, without their counts."""
    return [
        {"id": key, "name": "", "label": label, "shared": True, "mine": False, "query": query}
        for key, label, query in (("", "", {}), *((v.key, v.label, v.query) for v in resource.views))
    ]


async def parse_form(session: TenantSession, resource: Resource, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a creation form, by column key. Raises on the first that does not fit."""
    parsed: dict[str, Any] = {}
    for column in resource.columns:
        if column.key in values:
            parsed[column.key] = await parse(session, column, values[column.key])
        elif column.required and column.in_form:
            raise Missing(column.key)
    return parsed


def parse_query(wanted: Any) -> Query:
    try:
        return Query.model_validate(wanted)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise WrongQuery(".".join(map(str, first["loc"]))[:80]) from None


def _stored(query: Any) -> Query | None:
    try:
        return parse_query(query)
    except AppError:
        return None


def _is_narrowed(query: Query) -> bool:
    """By filters alone, so that it is counted by one condition."""
    return bool(query.filters) and not query.search.strip()


def _whole(query: Query, found: ListPage) -> bool:
    return not query.cursor and not found.next


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if not k.startswith("_")}
