"""The life of an appointment: booked, moved, done, cancelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from saas.kernel.errors import AppError, Invalid
from saas.modules.scheduling.models import MAX_NOTE, Appointment, AppointmentState, Bookable, Service
from saas.modules.scheduling.service.places import Place, two_places
from saas.tenancy.session import TenantSession

TOPIC = "scheduling.appointment"
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
_MINUTE = timedelta(minutes=1)


class SlotTaken(AppError):
    """The person is booked then. Carries up to two free places, as ``place1_person``, ``place1_name``,
    ``place1_at`` (ISO instant) and the same for 2."""

    key = "scheduling.errors.slot_taken"
    status = 409

    def __init__(self, person: str, places: list[Place]) -> None:
        offers: dict[str, str | int] = {}
        for n, place in enumerate(places, 1):
            offers[f"place{n}_person"] = place.person
            offers[f"place{n}_name"] = place.person_name
            offers[f"place{n}_at"] = place.starts_at.isoformat()
        super().__init__("starts_at", person=person, places=len(places), **offers)
        self.places = places


class WrongLength(Invalid):
    """Shorter than five minutes or longer than a day."""

    key = "scheduling.errors.length"


class NoteTooLong(Invalid):
    key = "scheduling.errors.note"


class NotBooked(AppError):
    """It is cancelled or done, so it can no longer be moved."""

    key = "scheduling.errors.not_booked"
    status = 409


async def book(
    session: TenantSession,
    *,
    person: Bookable,
    service: Service,
    starts_at: datetime,
    party_id: int | None = None,
    duration_min: int | None = None,
    note: str = "",
) -> Appointment:
    """Book ``person`` from ``starts_at`` (aware) for the service's length, or ``duration_min``.

    Raises ``SlotTaken`` with two free places, ``WrongLength`` or ``NoteTooLong``.
    """
    length = _length(duration_min if duration_min is not None else service.duration_min)
    appointment = Appointment(
        person_id=person.id,
        service_id=service.id,
        party_id=party_id,
        starts_at=starts_at,
        ends_at=starts_at + length,
        note=_note(note),
    )

    async def place() -> None:
        session.add(appointment)
        await session.flush()

    await _placing(session, person, starts_at, length, place, None)
    session.touch(TOPIC, [appointment.id])
    return appointment


async def change(
    session: TenantSession,
    appointment: Appointment,
    *,
    person: Bookable,
    starts_at: datetime,
    service: Service | None = None,
    party_id: int | None = None,
    duration_min: int | None = None,
    note: str | None = None,
) -> None:
    """Move a booked appointment to another time, person, service, customer or length.

    Raises ``SlotTaken``, ``NotBooked``, ``WrongLength`` or ``NoteTooLong``.
    """
    if appointment.state != AppointmentState.BOOKED:
        raise NotBooked()
    kept = appointment.ends_at - appointment.starts_at
    length = _length(duration_min) if duration_min is not None else kept

    async def place() -> None:
        appointment.person_id = person.id
        appointment.starts_at = starts_at
        appointment.ends_at = starts_at + length
        if service is not None:
            appointment.service_id = service.id
            appointment.party_id = party_id
        if note is not None:
            appointment.note = _note(note)
        await session.flush()

    await _placing(session, person, starts_at, length, place, appointment)
    session.touch(TOPIC, [appointment.id])


async def cancel(session: TenantSession, appointment: Appointment) -> None:
    """Free the time; the appointment stays in the record. Raises ``NotBooked``."""
    await _end(session, appointment, AppointmentState.CANCELLED)


async def finish(session: TenantSession, appointment: Appointment) -> None:
    """Mark it as done. Raises ``NotBooked``."""
    await _end(session, appointment, AppointmentState.DONE)


async def rebook(session: TenantSession, appointment: Appointment, person: Bookable) -> None:
    """Take a cancelled or done appointment back into the calendar. Raises ``SlotTaken``."""

    async def place() -> None:
        appointment.state = AppointmentState.BOOKED
        await session.flush()

    length = appointment.ends_at - appointment.starts_at
    await _placing(session, person, appointment.starts_at, length, place, appointment)
    session.touch(TOPIC, [appointment.id])


async def _end(session: TenantSession, appointment: Appointment, state: AppointmentState) -> None:
    if appointment.state != AppointmentState.BOOKED:
        raise NotBooked()
    appointment.state = state
    await session.flush()
    session.touch(TOPIC, [appointment.id])


async def _placing(
    session: TenantSession,
    person: Bookable,
    starts_at: datetime,
    length: timedelta,
    place: Callable[[], Awaitable[None]],
    present: Appointment | None,
) -> None:
    """Try it; when the database finds the time taken, say so with two free places.

    One booking of a person at a time: two that overlap would otherwise each wait for the other to commit,
    and the database would end one of them as a deadlock.
    """
    await session.get(Bookable, person.id, lock=True)
    try:
        async with session.begin_nested():
            await place()
    except DBAPIError as error:
        if not isinstance(error.orig, pg.ExclusionViolation | pg.DeadlockDetected):
            raise
        if present is not None:
            # What the savepoint took back is not known to the object any more.
            await session.refresh(present)
        places = await two_places(session, session.viewer, person, starts_at, length)
        raise SlotTaken(person.name, places) from None


def _length(minutes: int) -> timedelta:
    # Before it is made a length: so many minutes as a person may type are none.
    if not SHORTEST // _MINUTE <= minutes <= LONGEST // _MINUTE:
        raise WrongLength("duration_min")
    return minutes * _MINUTE


def _note(text: str) -> str:
    if len(text) > MAX_NOTE:
        raise NoteTooLong("note", n=MAX_NOTE)
    return text.strip()
