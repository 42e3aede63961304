"""One list under one query after another, beside the bare SQL of the same pages."""

from __future__ import annotations

from collections.abc import Sequence

from bench import sql
from bench.measure import N, call, repeated
from bench.table import Row, row
from saas.state.listing import Query, count_of, page_of
from saas.state.resource import Resource
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab


async def asked(
    area: str,
    what: str,
    resource: Resource,
    queries: Sequence[Query],
    tabs: Sequence[Tab],
    desk: sql.Desk,
    *,
    budget: int,
) -> Row:
    """From the query sent to its rows received, ``N`` times, the queries by turns. ``budget`` in ms."""
    state = state_of(resource)

    async def step(tab: Tab, i: int) -> float:
        wanted = {"wanted": queries[i % len(queries)].model_dump()}
        return (await call(tab, f"{state}.query", wanted, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(resource, query)) for query in queries]
    return row(area, what, took, sql=await desk.seconds(scripts, N), budget=budget)


def sorted_by(*keys: str) -> list[Query]:
    return [Query(sort=key) for key in keys]


def typed(*texts: str) -> list[Query]:
    return [Query(search=text) for text in texts]


def page(resource: Resource, query: Query) -> sql.Work:
    """One page of a list with its count, as the list's handler asks for them."""

    async def work(session: TenantSession) -> None:
        found = await page_of(session, resource, query)
        if found.next:
            await count_of(session, resource, query)
        await resource.rows(session, found.ids)

    return work


def state_of(resource: Resource) -> str:
    """The full name of the list state that shows the resource."""
    return next(
        state.get_full_name()
        for state in catalogue.own_states()
        if getattr(state, "resource", None) is resource and "rows" in state.base_vars
    )
