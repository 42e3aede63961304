"""Nobody is booked twice at once, whoever writes and however many at once."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.directory.models import Party
from saas.modules.scheduling.models import Appointment, AppointmentState, Bookable, Service
from saas.modules.scheduling.service import appointments, offer, queries
from saas.modules.scheduling.service.hours import (
    first_of_week,
    open_hours,
    usual,
    week_number,
    weekend,
)
from saas.tenancy.session import Database
from tests.support.database import Company
from tests.support.viewers import at_work

# A Sunday, which is a working day in Kuwait; 06:00 UTC is 09:00 there.
NINE = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OVERLAPS = """
SELECT count(*) FROM wasl.appointment a JOIN wasl.appointment b
ON a.tenant_id = b.tenant_id AND a.person_id = b.person_id AND a.id < b.id
AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
WHERE a.state <> 'cancelled' AND b.state <> 'cancelled' AND a.tenant_id = :company
"""


@pytest.fixture
async def offered(database: Database, company: Company) -> tuple[int, int, int]:
    """Two people and a service of an hour: their inside ids."""
    async with at_work(database, company) as session:
        layla = await offer.add_person(session, "Layla")
        omar = await offer.add_person(session, "Omar")
        training = await offer.add_service(session, "Training", 60)
        return layla.id, omar.id, training.id


async def _book(database: Database, company: Company, person: int, service: int, at: datetime) -> int:
    async with at_work(database, company) as session:
        booked = await appointments.book(
            session,
            person=await session.get(Bookable, person),
            service=await session.get(Service, service),
            starts_at=at,
        )
        return booked.id


async def test_an_appointment_lasts_as_long_as_its_service(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, _, training = offered
    number = await _book(database, company, layla, training, NINE)
    async with at_work(database, company) as session:
        booked = await session.get(Appointment, number)
        assert (booked.starts_at, booked.ends_at) == (NINE, NINE + HOUR)
        shown = await queries.between(session, NINE, NINE + HOUR)
        assert [(row["person_name"], row["service_name"]) for row in shown] == [("Layla", "Training")]


async def test_a_taken_place_is_refused_with_two_free_ones(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, omar, training = offered
    await _book(database, company, layla, training, NINE)
    with pytest.raises(appointments.SlotTaken) as refused:
        await _book(database, company, layla, training, NINE + HOUR / 2)
    assert [(place.person_id, place.starts_at) for place in refused.value.places] == [
        (omar, NINE + HOUR / 2),
        (layla, NINE + HOUR),
    ]
    told = refused.value.as_message()["params"]
    assert (told["person"], told["place1_name"], told["place2_name"]) == ("Layla", "Omar", "Layla")
    for place in refused.value.places:
        assert await _book(database, company, place.person_id, training, place.starts_at)


async def test_the_next_place_skips_the_night_and_the_weekend(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, omar, training = offered
    thursday_five = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
    for person in (layla, omar):
        await _book(database, company, person, training, thursday_five)
    with pytest.raises(appointments.SlotTaken) as refused:
        await _book(database, company, layla, training, thursday_five)
    sunday_eight = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
    assert {place.starts_at for place in refused.value.places} == {sunday_eight}


async def test_one_may_begin_when_another_ends(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, omar, training = offered
    await _book(database, company, layla, training, NINE)
    await _book(database, company, layla, training, NINE + HOUR)
    await _book(database, company, omar, training, NINE)


async def test_moving_onto_a_taken_place_is_refused_and_leaves_it_where_it_was(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, omar, training = offered
    await _book(database, company, layla, training, NINE)
    theirs = await _book(database, company, omar, training, NINE)
    async with at_work(database, company) as session:
        moved = await session.get(Appointment, theirs)
        with pytest.raises(appointments.SlotTaken):
            await appointments.change(
                session, moved, person=await session.get(Bookable, layla), starts_at=NINE
            )
    async with at_work(database, company) as session:
        moved = await session.get(Appointment, theirs)
        assert (moved.person_id, moved.starts_at) == (omar, NINE)
        await appointments.change(
            session, moved, person=await session.get(Bookable, layla), starts_at=NINE + HOUR
        )
        assert (moved.person_id, moved.ends_at) == (layla, NINE + 2 * HOUR)


async def test_a_cancelled_appointment_frees_its_place_and_may_find_it_taken(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, _, training = offered
    first = await _book(database, company, layla, training, NINE)
    async with at_work(database, company) as session:
        await appointments.cancel(session, await session.get(Appointment, first))
    await _book(database, company, layla, training, NINE)
    async with at_work(database, company) as session:
        cancelled = await session.get(Appointment, first)
        with pytest.raises(appointments.NotBooked):
            await appointments.finish(session, cancelled)
        with pytest.raises(appointments.SlotTaken):
            await appointments.rebook(session, cancelled, await session.get(Bookable, layla))
        assert cancelled.state is AppointmentState.CANCELLED


async def test_thirty_two_bookers_at_once_never_overlap(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, omar, training = offered
    wanted = random.Random(7)

    async def booker() -> list[bool]:
        told = []
        for _ in range(6):
            at = NINE + timedelta(minutes=30 * wanted.randrange(16))
            try:
                await _book(database, company, wanted.choice((layla, omar)), training, at)
                told.append(True)
            except appointments.SlotTaken:
                told.append(False)
        return told

    told = [one for many in await asyncio.gather(*(booker() for _ in range(32))) for one in many]
    async with database.tenant_session(company.tenant_id) as session:
        kept = (await session.execute(sa.select(sa.func.count()).select_from(Appointment))).scalar_one()
        overlaps = (await session.execute(sa.text(OVERLAPS), {"company": company.tenant_id})).scalar_one()
    assert overlaps == 0
    assert kept == sum(told)
    assert len(told) == 192
    assert 8 <= kept <= 17


async def test_thirty_two_writers_past_our_code_never_overlap(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, _, training = offered
    wanted = random.Random(9)

    async def writer() -> None:
        for _ in range(6):
            at = NINE + timedelta(minutes=15 * wanted.randrange(24))
            try:
                async with await psycopg.AsyncConnection.connect(database.urls.migrator) as raw:
                    await raw.execute(
                        "INSERT INTO wasl.appointment (tenant_id, person_id, service_id, starts_at, ends_at)"
                        " VALUES (%s, %s, %s, %s, %s)",
                        (company.tenant_id, layla, training, at, at + HOUR),
                    )
            except (psycopg.errors.ExclusionViolation, psycopg.errors.DeadlockDetected):
                continue

    await asyncio.gather(*(writer() for _ in range(32)))
    async with database.tenant_session(company.tenant_id) as session:
        assert (await session.execute(sa.text(OVERLAPS), {"company": company.tenant_id})).scalar_one() == 0
        assert (await session.execute(sa.select(sa.func.count()).select_from(Appointment))).scalar_one() > 0


@pytest.mark.parametrize(
    "values",
    [
        "(:person, :service, :at, :at)",
        "(:person, :service, :at + interval '1 hour', :at)",
        "(:person, :service, :at, :at + interval '25 hours')",
        "(:person, :service, :at + interval '30 minutes', :at + interval '31 minutes')",
    ],
)
async def test_the_database_refuses_impossible_times_and_overlaps(
    database: Database, company: Company, offered: tuple[int, int, int], values: str
) -> None:
    layla, _, training = offered
    await _book(database, company, layla, training, NINE)
    statement = sa.text(
        "INSERT INTO wasl.appointment (person_id, service_id, starts_at, ends_at) VALUES " + values
    ).bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))
    with pytest.raises(IntegrityError):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(statement, {"person": layla, "service": training, "at": NINE})


async def test_two_companies_may_have_the_same_hour(
    database: Database, company: Company, rival: Company, offered: tuple[int, int, int]
) -> None:
    layla, _, training = offered
    await _book(database, company, layla, training, NINE)
    async with at_work(database, rival) as session:
        other = await offer.add_person(session, "Layla")
        service = await offer.add_service(session, "Training", 60)
        await appointments.book(session, person=other, service=service, starts_at=NINE)


async def test_a_length_or_name_that_cannot_be_is_refused(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        for name in ("", "  ", "x" * 81):
            with pytest.raises(offer.NameNeeded):
                await offer.add_person(session, name)
        for minutes in (0, -5, 1441):
            with pytest.raises(offer.WrongDuration):
                await offer.add_service(session, "Training", minutes)
        layla = await offer.add_person(session, "Layla")
        service = await offer.add_service(session, "Training", 60)
        for minutes in (0, 4, 1441, 999_999_999_999_999):
            with pytest.raises(appointments.WrongLength):
                await appointments.book(
                    session, person=layla, service=service, starts_at=NINE, duration_min=minutes
                )


async def test_a_member_who_was_bookable_before_comes_back(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        first = await offer.add_person(session, "", company.owner_id)
        assert first.name == "Sara"
        await offer.put_away(session, first)
        assert await offer.people(session) == []
        again = await offer.add_person(session, "", company.owner_id)
        assert again.id == first.id
        assert [person.name for person in await offer.people(session)] == ["Sara"]


async def test_visits_today_and_search_by_customer(
    database: Database, company: Company, offered: tuple[int, int, int]
) -> None:
    layla, _, training = offered
    async with at_work(database, company) as session:
        party = Party(name="Palm Court", name_ar="أجنحة النخيل")
        session.add(party)
        await session.flush()
        for hours in (0, 2):
            await appointments.book(
                session,
                person=await session.get(Bookable, layla),
                service=await session.get(Service, training),
                starts_at=NINE + hours * HOUR,
                party_id=party.id,
            )
        first = (await queries.between(session, NINE, NINE + HOUR))[0]
        await appointments.finish(session, await session.by_public_id(Appointment, first["id"]))
        today = await queries.visits_today(session, session.viewer, date(2026, 11, 22))
        assert (today["value"], today["note"]["params"]) == ({"number": 2}, {"n": 1})
        assert len((await queries.next_visits(session, session.viewer, date(2026, 11, 22)))["rows"]) == 1
        tomorrow = await queries.visits_today(session, session.viewer, date(2026, 11, 23))
        assert tomorrow["value"] == {"number": 0}
        found = await queries.find(session, session.viewer, "palm", 5)
        assert len(found) == 2
        assert [(row["title"][:10], row["title_ar"][:12]) for row in found] == [
            ("Palm Court", "أجنحة النخيل")
        ] * 2
        assert await queries.find(session, session.viewer, "oryx", 5) == []


@pytest.mark.parametrize(
    ("day", "country", "number"),
    [
        (date(2026, 11, 22), "KW", 48),  # a Sunday that begins the week
        (date(2026, 11, 22), "DE", 47),  # the same day ends the one before
        (date(2026, 11, 19), "KW", 47),
        (date(2027, 1, 1), "DE", 53),
    ],
)
def test_a_week_is_numbered_by_its_thursday(day: date, country: str, number: int) -> None:
    assert week_number(day, country) == number


def test_the_week_begins_and_ends_as_the_country_says() -> None:
    saturday = date(2026, 11, 21)
    assert weekend("KW") == {4, 5}
    assert weekend("AE") == {5, 6}
    assert weekend("DE") == {5, 6}
    assert first_of_week(saturday, "DE") == date(2026, 11, 16)
    assert first_of_week(saturday, "US") == date(2026, 11, 15)
    assert open_hours(saturday, "Asia/Kuwait", usual("KW")) is None
    hours = open_hours(date(2026, 11, 22), "Asia/Kuwait", usual("KW"))
    assert hours is not None
    assert hours[0].astimezone(UTC) == datetime(2026, 11, 22, 5, tzinfo=UTC)
