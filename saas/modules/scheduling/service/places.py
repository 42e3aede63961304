"""Free places: where else an appointment could be when the wished one is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from saas.modules.scheduling.models import Appointment, AppointmentState, Bookable
from saas.modules.scheduling.service.hours import WorkingWeek, open_hours, working_week
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

GRID = timedelta(minutes=15)
LOOK_AHEAD = timedelta(days=14)
Busy = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Place:
    """A person who is free from ``starts_at`` to ``ends_at``."""

    person_id: int
    person: str
    person_name: str
    starts_at: datetime
    ends_at: datetime


async def two_places(
    session: TenantSession, viewer: Viewer, person: Bookable, starts_at: datetime, length: timedelta
) -> list[Place]:
    """Up to two free places near the wished one: somebody else's earliest, and the same person's next.

    Within the company's hours, on a grid of 15 minutes, not before the wished time, 14 days ahead at most.
    """
    until = starts_at + LOOK_AHEAD
    people = list(
        (await session.execute(select(Bookable).where(col(Bookable.archived_at).is_(None)))).scalars()
    )
    busy: dict[int, list[tuple[datetime, datetime]]] = {p.id: [] for p in people}
    taken = await session.execute(
        select(col(Appointment.person_id), col(Appointment.starts_at), col(Appointment.ends_at))
        .where(
            # An appointment lasts a day at most, so this bound lets the index on the start serve.
            col(Appointment.starts_at) > starts_at - timedelta(days=1),
            col(Appointment.starts_at) < until,
            col(Appointment.state) != AppointmentState.CANCELLED,
            col(Appointment.archived_at).is_(None),
        )
        .order_by(col(Appointment.starts_at))
    )
    for person_id, begins, ends in taken:
        busy.setdefault(person_id, []).append((begins, ends))
    week = await working_week(session, viewer.country)
    found = {
        p.id: next(_free(busy[p.id], starts_at, until, length, viewer.time_zone, week), None) for p in people
    }
    others = sorted(
        (begins, p.position, p.id)
        for p in people
        if p.id != person.id and (begins := found[p.id]) is not None
    )
    places = [_place(next(p for p in people if p.id == id), begins, length) for begins, _, id in others[:2]]
    if (own := found.get(person.id)) is not None:
        places = [*places[:1], _place(person, own, length)]
    return places


def _place(person: Bookable, begins: datetime, length: timedelta) -> Place:
    return Place(person.id, str(person.public_id), person.name, begins, begins + length)


def _free(
    busy: Busy, after: datetime, until: datetime, length: timedelta, time_zone: str, week: WorkingWeek
) -> Iterator[datetime]:
    """Starts at which nothing of ``busy`` is met, in order."""
    zone = ZoneInfo(time_zone)
    for day in _days(after.astimezone(zone).date(), until.astimezone(zone).date()):
        hours = open_hours(day, time_zone, week)
        if hours is None:
            continue
        opens, closes = hours
        begins = _on_grid(max(opens, after), opens)
        while begins + length <= closes:
            met = next((ends for starts, ends in busy if starts < begins + length and ends > begins), None)
            if met is None:
                yield begins
                begins += GRID
            else:
                begins = _on_grid(met.astimezone(zone), opens)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def _on_grid(instant: datetime, origin: datetime) -> datetime:
    return origin - ((origin - instant) // GRID) * GRID
