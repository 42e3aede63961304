"""News of the team: what belongs together is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party
from saas.tenancy import news
from saas.tenancy.changes import Recent
from saas.tenancy.session import Database
from tests.support.database import Company

SARA, OMAR = 1, 2
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def step(minutes_ago: int, row: int, op: str = "update", *, by: int = SARA, rows: int = 1) -> Recent:
    return Recent(uuid4(), "", NOON - timedelta(minutes=minutes_ago), by, "deal", op, rows, row, 0)


def told(*steps: Recent) -> list[tuple[int | None, str, int, int]]:
    """By whom, what, to how many records, and the one that is named."""
    return [(line.member_id, line.op, line.rows, line.row_id) for line in news.folded(steps)]


def test_one_persons_steps_on_one_record_are_one_line() -> None:
    steps = step(0, 7), step(1, 7), step(25, 7)
    assert told(*steps) == [(SARA, "update", 1, 7)]
    assert news.folded(steps)[0].at == NOON


def test_what_a_colleague_does_meanwhile_does_not_tear_them_apart() -> None:
    steps = step(0, 7), step(1, 8, by=OMAR), step(2, 7), step(3, 8, by=OMAR)
    assert told(*steps) == [(SARA, "update", 1, 7), (OMAR, "update", 1, 8)]


def test_each_person_has_a_line_of_the_same_record() -> None:
    assert told(step(0, 7), step(1, 7, by=OMAR)) == [(SARA, "update", 1, 7), (OMAR, "update", 1, 7)]


def test_work_of_another_hour_is_another_line() -> None:
    assert len(told(step(0, 7), step(31, 7))) == 2
    assert len(told(step(0, 1), step(31, 2), step(62, 3))) == 3


@pytest.mark.parametrize(
    ("newest", "oldest", "said"),
    [("update", "insert", "insert"), ("delete", "insert", "delete"), ("delete", "update", "delete")],
)
def test_a_line_says_what_became_of_the_record(newest: str, oldest: str, said: str) -> None:
    assert told(step(0, 7, newest), step(1, 7, oldest)) == [(SARA, said, 1, 7)]


def test_three_like_steps_in_a_row_are_counted_and_two_are_named() -> None:
    assert told(step(0, 1), step(1, 2), step(2, 3)) == [(SARA, "update", 3, 1)]
    assert told(step(0, 1), step(1, 2)) == [(SARA, "update", 1, 1), (SARA, "update", 1, 2)]


def test_records_made_one_after_the_other_are_counted_though_each_was_changed_since() -> None:
    steps = [step(n, n // 2, "insert" if n % 2 else "update") for n in range(6)]
    assert told(*steps) == [(SARA, "insert", 3, 0)]


def test_unlike_steps_stay_apart() -> None:
    steps = step(0, 1), step(1, 2, "insert"), step(2, 3), step(3, 4, rows=5), step(4, 5, rows=2)
    assert told(*steps) == [(s.member_id, s.op, s.rows, s.row_id) for s in steps]


async def test_a_day_spent_on_one_record_leaves_room_for_the_rest(
    database: Database, company: Company
) -> None:
    for name in ("Lantern", "Kite"):
        async with database.tenant_session(company.tenant_id, company.owner_id, "party.create") as session:
            await parties.create(session, {"name": name})
    for n in range(25):
        async with database.tenant_session(company.tenant_id, company.owner_id, "party.update") as session:
            kite = await session.one(sa.select(Party).where(col(Party.name) == "Kite"))
            await parties.update(session, kite, {"city": f"City {n}"})
    async with database.tenant_session(company.tenant_id) as session:
        lines = await news.latest(session, 8, visible={"party": None})
        lantern = await session.one(sa.select(Party).where(col(Party.name) == "Lantern"))
    assert [(line.op, line.row_id) for line in lines] == [("insert", kite.id), ("insert", lantern.id)]
