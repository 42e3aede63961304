"""A list's pages: every row once, in order, whichever way one walks; and nothing that should not be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.models import Party
from saas.kernel.permissions import Visibility, WorkspacePermission
from saas.state import listing
from saas.state.listing import Count, Filter, Query, WrongQuery, count_of, page_of
from saas.state.resource import Column, Kind, Resource, Verbs
from saas.tenancy import search
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.search import matches
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer
from tests.support.companies import MadeCompany, add_member, make_company


async def _rows(session: Any, ids: list[int]) -> list[dict[str, Any]]:
    return [{"_key": id} for id in ids]


PARTIES = Resource(
    key="test.party",
    model=Party,
    route="/test",
    columns=(
        Column("name", "errors.invalid", Kind.TEXT, Party.name, nullable=False),
        Column("employees", "errors.invalid", Kind.NUMBER, Party.employees),
        Column("owner", "errors.invalid", Kind.PERSON, Party.owner_id),
        Column("city", "errors.invalid", Kind.TEXT, Party.city),
    ),
    rows=_rows,
    see=WorkspacePermission.SEE_MEMBERS,
    edit=WorkspacePermission.SEE_MEMBERS,
    verbs=Verbs(),
    search=partial(matches, Party),
    default_sort="name",
)
SIZES = [None, 5, 5, 5, 1, None, 9, 7, 7, None, 3, 2, 5, 8, 8, 8]


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database, modules=())


@pytest.fixture
async def viewer(marsa: MadeCompany) -> Viewer:
    viewer = await recognise(marsa.session_cookie)
    assert viewer is not None
    return viewer


async def _add(database: Database, viewer: Viewer, rows: Sequence[dict[str, Any]]) -> None:
    async with viewer_session(database, viewer) as session:
        session.add_all(Party(**row) for row in rows)


async def _walk(
    database: Database, viewer: Viewer, query: Query, *, back_at_end: bool = False
) -> list[list[int]]:
    pages = []
    async with viewer_session(database, viewer) as session:
        found = await page_of(session, PARTIES, query)
        pages.append(found.ids)
        while found.next:
            found = await page_of(
                session, PARTIES, query.model_copy(update={"cursor": found.next, "back": False})
            )
            if found.ids:
                pages.append(found.ids)
        if back_at_end:
            pages = [pages[-1]]
            cursor = await _last_cursor(session, query)
            while cursor:
                found = await page_of(
                    session, PARTIES, query.model_copy(update={"cursor": cursor, "back": True})
                )
                pages.insert(0, found.ids)
                cursor = found.previous
    return pages


async def _last_cursor(session: Any, query: Query) -> str:
    found = await page_of(session, PARTIES, query)
    while found.next:
        following = await page_of(
            session, PARTIES, query.model_copy(update={"cursor": found.next, "back": False})
        )
        if not following.ids:
            break
        found = following
    return found.previous


@pytest.mark.parametrize("sort", ["name", "-name", "employees", "-employees", "created_at", "-created_at"])
@pytest.mark.parametrize("page", [1, 3, 5, 16, 50])
async def test_walking_forth_and_back_shows_every_row_once_in_order(
    database: Database, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, sort: str, page: int
) -> None:
    monkeypatch.setattr(listing, "PAGE", page)
    await _add(database, viewer, [{"name": f"Company {i % 4}", "employees": n} for i, n in enumerate(SIZES)])
    query = Query(sort=sort)
    forth = [id for ids in await _walk(database, viewer, query) for id in ids]
    back = [id for ids in await _walk(database, viewer, query, back_at_end=True) for id in ids]
    assert len(forth) == len(set(forth)) == len(SIZES)
    assert back == forth
    async with viewer_session(database, viewer) as session:
        column = getattr(Party, sort.removeprefix("-"))
        values = dict(await session.rows(sa.select(Party.id, column)))
    shown = [values[id] for id in forth]
    present = [v for v in shown if v is not None]
    assert present == sorted(present, reverse=sort.startswith("-"))
    assert shown[: len(present)] == present, "rows without a value come last in either direction"


async def test_the_count_agrees_with_the_rows_under_filters(database: Database, viewer: Viewer) -> None:
    await _add(database, viewer, [{"name": f"C{i}", "employees": n} for i, n in enumerate(SIZES)])
    for filters in (
        [Filter(key="employees", op="from", values=["5"]), Filter(key="employees", op="to", values=["8"])],
        [Filter(key="employees", op="empty")],
        [Filter(key="name", op="any", values=["C1", "C2", "C99"])],
        [Filter(key="employees", op="not", values=["٥"])],
    ):
        query = Query(filters=filters)
        async with viewer_session(database, viewer) as session:
            counted = await count_of(session, PARTIES, query)
            assert counted == Count(len((await page_of(session, PARTIES, query)).ids))
            assert counted.total > 0


@pytest.mark.parametrize("few", [1, 3, 1000])
@pytest.mark.parametrize("typed", ["gulf", "gulf tr", "tr rare", "rare", "g t r", "gulf nowhere"])
@pytest.mark.parametrize("sort", ["", "name", "-employees"])
async def test_common_and_rare_words_find_the_same_rows(
    database: Database,
    viewer: Viewer,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    typed: str,
    sort: str,
) -> None:
    names = [f"Gulf Trading {i}" for i in range(6)] + ["Gulf Tree Rare", "Gulf Steel", "Trade Rare", "Nile"]
    await _add(database, viewer, [{"name": name, "employees": i % 4 or None} for i, name in enumerate(names)])
    wanted = {
        name
        for name in names
        if all(any(w.startswith(t) for w in name.lower().split()) for t in typed.split())
    }
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "SAMPLE", few)
    async with viewer_session(database, viewer) as session:
        query = Query(search=typed, sort=sort)
        found = await page_of(session, PARTIES, query)
        shown = await session.all(sa.select(Party.name).where(col(Party.id).in_(found.ids)))
        assert set(shown) == wanted
        counted = await count_of(session, PARTIES, query)
        assert counted.total == len(wanted) or (counted.capped and 0 < counted.total < len(wanted))


async def test_a_limited_member_finds_counts_and_searches_own_records_alone(
    database: Database, marsa: MadeCompany, viewer: Viewer
) -> None:
    rep = await add_member(database, marsa, visibility="own")
    limited = await recognise(rep.token)
    assert limited is not None
    assert limited.visibility is Visibility.OWN
    mine = {"owner_id": limited.member_id}
    await _add(
        database,
        viewer,
        [
            {"name": "Mine Trading", **mine},
            {"name": "Theirs Trading", "owner_id": viewer.member_id},
            {"name": "Nobody Trading"},
        ],
    )
    for query in (Query(), Query(search="trading"), Query(filters=[Filter(key="owner", op="filled")])):
        async with viewer_session(database, limited) as session:
            assert len((await page_of(session, PARTIES, query)).ids) == 1
            assert (await count_of(session, PARTIES, query)).total == 1
        async with viewer_session(database, replace(limited, visibility=Visibility.ALL)) as session:
            assert (await count_of(session, PARTIES, query)).total > 1


async def test_archived_rows_are_only_in_the_archive(database: Database, viewer: Viewer) -> None:
    await _add(database, viewer, [{"name": "Here"}, {"name": "Gone"}])
    async with viewer_session(database, viewer) as session:
        gone = await session.one(sa.select(Party).where(Party.name == "Gone"))
        gone.archived_at = gone.created_at
        await session.flush()
        assert (await count_of(session, PARTIES, Query())).total == 1
        assert (await page_of(session, PARTIES, Query(archived=True))).ids == [gone.id]


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "tenant_id"},
        {"sort": "no_such_column"},
        {"filters": [{"key": "tenant_id", "op": "is", "values": ["1"]}]},
        {"filters": [{"key": "name", "op": "is", "values": []}]},
        {"cursor": "not-base64!"},
        {"cursor": "WzFd"},
        {"cursor": "WyJ4IiwieSJd"},
    ],
)
async def test_a_forged_query_is_refused(database: Database, viewer: Viewer, query: dict[str, Any]) -> None:
    await _add(database, viewer, [{"name": "Here"}])
    with pytest.raises(WrongQuery):
        async with viewer_session(database, viewer) as session:
            await page_of(session, PARTIES, Query(**query))


@pytest.mark.parametrize("value", ["%", "_", "\\", "'; DROP TABLE wasl.party; --", "\u202e"])
async def test_wildcards_and_quotes_in_a_filter_are_plain_text(
    database: Database, viewer: Viewer, value: str
) -> None:
    await _add(database, viewer, [{"name": "Here"}])
    async with viewer_session(database, viewer) as session:
        for op in ("starts", "contains", "is"):
            query = Query(filters=[Filter(key="name", op=op, values=[value])])
            try:
                assert (await count_of(session, PARTIES, query)).total == 0
            except WrongQuery:
                assert value == "\u202e", "nothing is left of a text of controls"


async def test_a_filter_by_a_stranger_or_no_id_finds_nothing(database: Database, viewer: Viewer) -> None:
    await _add(database, viewer, [{"name": "Here", "owner_id": viewer.member_id}])
    async with viewer_session(database, viewer) as session:
        for value, count in (("@me", 1), ("00000000-0000-7000-8000-000000000000", 0), ("no-id", 0)):
            query = Query(filters=[Filter(key="owner", op="is", values=[value])])
            assert (await count_of(session, PARTIES, query)).total == count


@pytest.mark.parametrize("few", [3, 1000])
async def test_found_rows_begin_with_the_names_that_begin_so_and_every_row_comes_once(
    database: Database, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    names = [f"Gulf {i:02}" for i in range(70)] + [f"Pearl Gulf {i:02}" for i in range(70)] + ["Nile"]
    await _add(database, viewer, [{"name": name} for name in names])
    monkeypatch.setattr(search, "FEW", few)
    wanted = names[:70] + names[139:69:-1]
    async with viewer_session(database, viewer) as session:

        async def walk(cursor: str, back: bool) -> list[list[int]]:
            pages = []
            while True:
                page = await page_of(session, PARTIES, Query(search="gulf", cursor=cursor, back=back))
                pages.append(page.ids)
                cursor = page.previous if back else page.next
                if not cursor:
                    return pages

        by_id = dict((await session.execute(sa.select(Party.id, Party.name))).all())
        forth = await walk("", back=False)
        assert [by_id[id] for page in forth for id in page] == wanted
        last = await page_of(session, PARTIES, Query(search="gulf"))
        for _ in range(2):
            last = await page_of(session, PARTIES, Query(search="gulf", cursor=last.next))
        back = await walk(last.previous, back=True)
        assert [id for page in reversed(back) for id in page] == [id for page in forth[:2] for id in page]
