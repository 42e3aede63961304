"""Whatever is written into a field, asked of a column or put in place of a page's mark: a value, or words."""

from __future__ import annotations

import base64
import json

import pytest
from pydantic import TypeAdapter, ValidationError

from saas.kernel.errors import AppError
from saas.state.action import Value
from saas.state.listing import Filter, Query, page_of
from saas.state.resource import RESOURCES, Resource
from saas.state.values import parse
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer
from tests.support import catalogue
from tests.support.companies import MadeCompany, viewer_of
from tests.support.furnished import furnished_company
from tests.support.hostile import NASTY
from tests.support.loop import loop_thread

catalogue.load()
_SENT = TypeAdapter(Value)
TYPED = ["0", "-1", "0.0001", "1e14", "1,5", "١٫٥", "1900-01-01", "2026-11-22T23:59:59.999999+14:00", "00:00"]
VALUES = [0, -1, 0.5, 2**31, 2**63, 10**30, True, [], ["a", "\u202e"], ["x" * 200] * 200]
ASKED = [
    *(
        "NaN",
        "1e400",
        "1e-400",
        "9" * 40,
        "٠١٢",
        "%",
        "a" * 80,
        "true",
        "\x00",
        "' OR 1=1 --",
        "\u202ex",
        "1e14",
    ),
    *(
        "9999-12-31",
        "@today-99999999",
        "@month_end-9999",
        "2026-03-29T02:30",
        "2026-11-22T23:59:59.999999+14:00",
    ),
    *("@me", "00000000-0000-0000-0000-000000000000", "not-a-uuid"),
]
OPS = ("is", "not", "any", "starts", "contains", "from", "to", "empty", "filled")
MARKS = [
    *(
        [None, 1],
        ["a", 1],
        ["a\x00", 1],
        ["\ud800", 1],
        [10**30, 1],
        [-(2**63) - 1, 1],
        [1, 10**30],
        [1.5, "1"],
    ),
    *([1e300, 1], [{}, 1], [[], []], [True, True], ["2026-01-01", 1], ["9999-12-31T23:59:59+00:00", 1]),
]


def _is_let_in(value: object) -> bool:
    try:
        _SENT.validate_python(value)
    except ValidationError:
        return False
    return True


class _Back(Exception):
    """Takes a change back that went through."""


@pytest.fixture(scope="module")
def furnished(doors: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(doors))


@pytest.fixture
async def viewer(database: Database, furnished: MadeCompany) -> Viewer:
    return await viewer_of(furnished.owner)


@pytest.mark.parametrize("key", sorted(RESOURCES))
async def test_a_field_takes_a_value_or_says_why_not(database: Database, viewer: Viewer, key: str) -> None:
    resource, faults = RESOURCES[key], {}
    for column in (c for c in resource.columns if c.editable and resource.verbs.update is not None):
        for value in filter(_is_let_in, [*VALUES, *NASTY, *TYPED]):
            try:
                async with viewer_session(database, viewer, "test") as session:
                    row = await session.get(resource.model, await _first(session, resource))
                    parsed = await parse(session, column, value, getattr(row, "currency", "") or "")
                    await resource.verbs.update(session, row, {column.key: parsed})
                    await session.flush()
                    raise _Back
            except (AppError, _Back):
                pass
            except Exception as error:
                faults.setdefault((column.key, type(error).__name__), (str(value)[:60], str(error)[:150]))
    assert faults == {}


@pytest.mark.parametrize("key", sorted(RESOURCES))
async def test_a_column_can_be_asked_for_anything(database: Database, viewer: Viewer, key: str) -> None:
    resource, faults = RESOURCES[key], {}
    for column in resource.columns:
        for op in OPS:
            for value in ASKED:
                try:
                    async with viewer_session(database, viewer) as session:
                        asked = Query(filters=[Filter(key=column.key, op=op, values=[value])])
                        await page_of(session, resource, asked)
                except AppError:
                    pass
                except Exception as error:
                    faults.setdefault((column.key, op, type(error).__name__), (value[:60], str(error)[:150]))
    assert faults == {}


@pytest.mark.parametrize("key", sorted(RESOURCES))
async def test_a_page_begins_behind_a_mark_or_not_at_all(
    database: Database, viewer: Viewer, key: str
) -> None:
    resource, faults = RESOURCES[key], {}
    sorts = [column.key for column in resource.columns if column.sortable and column.attr is not None]
    for sort in ["", *sorts]:
        for mark in MARKS:
            cursor = base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()
            try:
                async with viewer_session(database, viewer) as session:
                    await page_of(session, resource, Query(sort=sort, cursor=cursor))
            except AppError:
                pass
            except Exception as error:
                faults.setdefault((sort, type(error).__name__), (str(mark)[:60], str(error)[:150]))
    assert faults == {}


async def _first(session: TenantSession, resource: Resource) -> int:
    found = await page_of(session, resource, Query())
    assert found.ids, f"no row of {resource.key} to write on"
    return found.ids[0]
