"""When a company works: the usual week of its country, and what it says of a weekday itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from saas.modules.scheduling.models import Bookable, Service
from saas.modules.scheduling.service import appointments, offer, queries
from saas.modules.scheduling.service.hours import (
    WorkingWeek,
    WrongHours,
    is_within,
    open_hours,
    say,
    usual,
    working_week,
)
from saas.modules.scheduling.state import DayForm
from saas.tenancy import changes
from saas.tenancy.session import Database
from tests.support.database import Company
from tests.support.viewers import at_work

FRIDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 22)
EVENING = 24 * 60


async def test_a_company_says_its_own_hours_day_by_day_and_takes_them_back(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        assert (await working_week(session, "KW")).of(FRIDAY) is None
        await say(session, {FRIDAY.weekday(): (9 * 60, EVENING), SUNDAY.weekday(): None})
        action = session.action_id
    async with at_work(database, company) as session:
        week = await working_week(session, "KW")
        assert (week.of(FRIDAY), week.of(SUNDAY)) == ((9 * 60, EVENING), None)
        assert week.widest == (8 * 60, EVENING)
        hours = open_hours(FRIDAY, "Asia/Kuwait", week)
        assert hours is not None
        assert hours[0].astimezone(UTC) == datetime(2026, 11, 20, 6, tzinfo=UTC)
        assert (hours[1] - hours[0]).total_seconds() == 15 * 3600
        shown = await queries.week(session, session.viewer, SUNDAY, SUNDAY)
        assert {d["day"]: d["open"] for d in shown["days"]}[str(SUNDAY)] is False
        await changes.undo(session, action)
    async with at_work(database, company) as session:
        assert await working_week(session, "KW") == usual("KW")


@pytest.mark.parametrize("span", [(600, 600), (700, 600), (-1, 60), (0, EVENING + 1)])
async def test_a_day_that_ends_before_it_begins_is_refused(
    database: Database, company: Company, span: tuple[int, int]
) -> None:
    async with at_work(database, company) as session:
        with pytest.raises(WrongHours):
            await say(session, {0: span})


async def test_free_places_are_offered_within_the_company_s_own_hours(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        layla = await offer.add_person(session, "Layla")
        training = await offer.add_service(session, "Training", 60)
        await say(session, {SUNDAY.weekday(): (9 * 60, 10 * 60), (SUNDAY.weekday() + 1) % 7: None})
        ids = layla.id, training.id

    async def book() -> None:
        async with at_work(database, company) as session:
            person, service = await session.get(Bookable, ids[0]), await session.get(Service, ids[1])
            nine = datetime(2026, 11, 22, 6, tzinfo=UTC)
            await appointments.book(session, person=person, service=service, starts_at=nine)

    await book()
    with pytest.raises(appointments.SlotTaken) as taken:
        await book()
    tuesday_at_eight = datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert [place.starts_at for place in taken.value.places] == [tuesday_at_eight]


@pytest.mark.parametrize(
    ("opens", "closes", "span"),
    [("08:00", "17:30", (480, 1050)), ("٠٩:٠٠", "00:00", (540, EVENING)), ("00:00", "00:00", (0, EVENING))],
)
def test_times_are_read_as_people_type_them(opens: str, closes: str, span: tuple[int, int]) -> None:
    assert DayForm(weekday=0, open=True, opens=opens, closes=closes).span() == span
    assert DayForm(weekday=0, open=False, opens="?", closes="?").span() is None


@pytest.mark.parametrize("text", ["", "8 am", "25:00", "08:61", "x" * 80])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WrongHours) as refused:
        DayForm(weekday=3, open=True, opens=text, closes="18:00").span()
    assert refused.value.field == "hours.3"


NIGHTS = WorkingWeek((None,) * 4 + ((20 * 60, EVENING), (0, 4 * 60), None))


@pytest.mark.parametrize(
    ("week", "begins", "minutes", "within"),
    [
        (usual("KW"), datetime(2026, 11, 22, 5, tzinfo=UTC), 600, True),  # Sunday from eight to six in Kuwait
        (usual("KW"), datetime(2026, 11, 22, 4, 45, tzinfo=UTC), 30, False),
        (usual("KW"), datetime(2026, 11, 22, 14, 45, tzinfo=UTC), 30, False),
        (usual("KW"), datetime(2026, 11, 20, 9, tzinfo=UTC), 30, False),  # Friday
        (
            NIGHTS,
            datetime(2026, 11, 20, 19, tzinfo=UTC),
            240,
            True,
        ),  # from Friday ten in the evening until two
        (NIGHTS, datetime(2026, 11, 20, 19, tzinfo=UTC), 420, False),
    ],
)
def test_a_time_is_within_the_hours_or_outside_of_them(
    week: WorkingWeek, begins: datetime, minutes: int, within: bool
) -> None:
    assert is_within(week, begins, begins + timedelta(minutes=minutes), "Asia/Kuwait") is within
