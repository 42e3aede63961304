"""No list, board, search or move goes through a whole table, read from the plans with 60,000 deals in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import notifications
from saas.kernel.catalog import modules
from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import activities, board, moves, pipelines
from saas.state.listing import Query, count_of, page_of
from saas.state.resource import RESOURCES, Resource
from saas.state.unit import _topics
from saas.tenancy.database import Urls
from saas.tenancy.policy import COMPANIES_RECKONED_WITH
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer
from tests.support import catalogue
from tests.support.plans import MOST_ROWS, kept_ways, statements_of, too_much

Work = Callable[[TenantSession], Awaitable[Any]]
catalogue.load()
LISTS = sorted(RESOURCES)
RECKONED = b"""
SELECT c.relname, a.attoptions FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'wasl'::regnamespace AND c.relkind = 'r'
"""
SORTS = [
    (key, c.key)
    for key, r in sorted(RESOURCES.items())
    for c in r.columns
    if c.sortable and c.attr is not None
]


async def offences(database: Database, viewer: Viewer, work: Work, most: int = MOST_ROWS) -> list[str]:
    statements = await statements_of(database, viewer, work)
    assert statements, "nothing was asked of the database"
    return await too_much(database, viewer, statements, most)


def page(resource: Resource, query: Query) -> Work:
    """A page of a list as its handler shows it: ids, then rows."""

    async def work(session: TenantSession) -> None:
        found = await page_of(session, resource, query)
        await resource.rows(session, found.ids)
        if found.next:
            await page_of(session, resource, query.model_copy(update={"cursor": found.next}))

    return work


async def test_plans_kept_for_all_companies_reckon_with_a_large_one(seeded: Urls) -> None:
    async with await psycopg.AsyncConnection.connect(seeded.migrator) as connection:
        reckoned = await (await connection.execute(RECKONED)).fetchall()
    assert len(reckoned) >= 30
    assert [row for row in reckoned if row[1] != [f"n_distinct={COMPANIES_RECKONED_WITH}"]] == []


@pytest.mark.parametrize("key", LISTS)
async def test_rows_are_found_by_their_ids_whichever_company_asks(
    large: Database, owner: Viewer, key: str
) -> None:
    resource = RESOURCES[key]
    async with viewer_session(large, owner) as session:
        ids = (await page_of(session, resource, Query())).ids
    assert len(ids) > 1
    statements = await statements_of(large, owner, lambda session: resource.rows(session, ids))
    table = resource.model.__tablename__
    assert await kept_ways(large, owner, statements, table) == {f"{table}_pk"}


async def the_board(session: TenantSession) -> None:
    pipeline = await pipelines.pipeline_or_default(session)
    await board.board(session, pipeline, board.Sight(ends_since=session.viewer.today().replace(day=1)))
    shown = await board.board(session, pipeline)
    assert sum(stage["count"] for stage in shown["stages"]) > 1000


async def test_the_board_reads_its_first_cards_and_kept_sums(large: Database, owner: Viewer) -> None:
    assert await offences(large, owner, the_board) == []


async def test_the_board_of_a_limited_member_reads_that_members_deals(large: Database, rep: Viewer) -> None:
    assert await offences(large, rep, the_board) == []


async def test_more_cards_of_a_stage_start_where_the_last_ended(large: Database, owner: Viewer) -> None:
    stages, deals = await standing(large, owner, "Won")

    async def work(session: TenantSession) -> None:
        await board.more_cards(session, stages["Won"], str(deals[0].public_id))

    assert await offences(large, owner, work) == []


@pytest.mark.parametrize("below", [False, True])
async def test_a_move_reads_and_writes_one_place(large: Database, owner: Viewer, below: bool) -> None:
    stages, deals = await standing(large, owner, "New")
    _, others = await standing(large, owner, "Proposal")

    async def work(session: TenantSession) -> None:
        moving = await session.by_public_id(Deal, deals[0].public_id)
        above = await session.by_public_id(Deal, others[0].public_id) if below else None
        await moves.move(session, moving, stages["Proposal"], above)
        await session.flush()
        await _topics["crm.deal"].rows(session, [moving.id])

    assert await offences(large, owner, work) == []


async def standing(database: Database, viewer: Viewer, stage: str) -> tuple[dict[str, Stage], Sequence[Deal]]:
    """The company's stages by name, and two deals that stand in ``stage``."""
    async with viewer_session(database, viewer, "test.plans") as session:
        stages = {one.name: one for one in await session.all(sa.select(Stage))}
        deals = sa.select(Deal).where(col(Deal.stage_id) == stages[stage].id).limit(2)
        return stages, await session.all(deals)


@pytest.mark.parametrize("key", LISTS)
async def test_a_list_of_50_reads_by_an_index(large: Database, owner: Viewer, key: str) -> None:
    assert await offences(large, owner, page(RESOURCES[key], Query())) == []


@pytest.mark.parametrize("key", LISTS)
async def test_a_list_of_a_limited_member_reads_by_an_index(large: Database, rep: Viewer, key: str) -> None:
    assert await offences(large, rep, page(RESOURCES[key], Query())) == []


@pytest.mark.parametrize(("key", "column"), SORTS)
@pytest.mark.parametrize("direction", ["", "-"])
async def test_a_sorted_list_reads_by_an_index(
    large: Database, owner: Viewer, key: str, column: str, direction: str
) -> None:
    assert await offences(large, owner, page(RESOURCES[key], Query(sort=direction + column))) == []


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("text", ["g", "gulf", "gulf tra", "zzz", "+9652"])
async def test_a_search_reads_by_words(large: Database, owner: Viewer, key: str, text: str) -> None:
    assert await offences(large, owner, page(RESOURCES[key], Query(search=text))) == []


@pytest.mark.parametrize("key", LISTS)
async def test_a_count_stops_at_its_limit(large: Database, owner: Viewer, key: str) -> None:
    async def work(session: TenantSession) -> None:
        await count_of(session, RESOURCES[key], Query())

    assert await offences(large, owner, work) == []


@pytest.mark.parametrize("key", LISTS)
async def test_a_small_company_never_looks_at_its_large_neighbours_rows(
    large: Database, neighbour: Viewer, key: str
) -> None:
    async def work(session: TenantSession) -> None:
        await page(RESOURCES[key], Query())(session)
        await count_of(session, RESOURCES[key], Query())

    assert await offences(large, neighbour, work, most=2_000) == []


@pytest.mark.parametrize(
    "provider", [(m, p.key) for m, module in modules().items() for p in module.search], ids=lambda p: p[1]
)
@pytest.mark.parametrize("text", ["s", "sara", "gulf steel"])
async def test_the_palette_finds_by_words(
    large: Database, owner: Viewer, provider: tuple[str, str], text: str
) -> None:
    found = next(p for p in modules()[provider[0]].search if p.key == provider[1])

    async def work(session: TenantSession) -> None:
        await found.find(session, owner, text, 6)

    assert await offences(large, owner, work) == []


@pytest.fixture(scope="session")
def crowded(seeded: Urls) -> Urls:
    """Thousands of notifications for each member of the large company, nearly all of them read."""
    with psycopg.connect(seeded.migrator, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO wasl.notification (tenant_id, member_id, kind, subject, subject_id, read_at)"
            " SELECT m.tenant_id, m.id, 'handed', 'crm.deal', n, CASE WHEN n % 200 > 0 THEN now() END"
            " FROM wasl.membership m CROSS JOIN generate_series(1, 4000) n WHERE m.tenant_id = 1"
        )
        connection.execute("ANALYZE wasl.notification")
    return seeded


async def test_an_inbox_and_its_badge_read_one_members_rows_by_an_index(
    crowded: Urls, large: Database, owner: Viewer
) -> None:
    async def work(session: TenantSession) -> None:
        counted = await notifications.unread(session, [owner.member_id])
        assert counted[owner.member_id].n == 20
        newest = await notifications.of(session)
        await notifications.of(session, cursor=newest.next)
        assert len((await notifications.of(session, unread=True)).entries) == 20
        await notifications.read_all(session)

    statements = await statements_of(large, owner, work)
    assert await too_much(large, owner, statements, most=200) == []


async def test_what_is_due_of_ones_own_is_counted_by_an_index(large: Database, owner: Viewer) -> None:
    assert await offences(large, owner, activities.due_of_mine) == []


async def test_a_scan_of_the_whole_table_is_noticed(large: Database, owner: Viewer) -> None:
    """Once in order, and once by an index of the company alone with everything dropped by a filter."""

    async def in_order(session: TenantSession) -> None:
        await session.execute(sa.text("SELECT count(*) FROM wasl.deal WHERE amount_minor % 7 = 3"))

    async def by_filter(session: TenantSession) -> None:
        await session.execute(
            sa.text(
                "SELECT id FROM wasl.deal WHERE archived_at IS NULL AND title LIKE '%nobody%'"
                " ORDER BY created_at, id LIMIT 50"
            )
        )

    assert await offences(large, owner, in_order)
    assert await offences(large, owner, by_filter)
