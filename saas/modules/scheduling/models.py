"""Who can be booked, for what, and the bookings. What must hold, the database holds: see migration 0030."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field

from saas.tenancy.owned import Choice, Instant, TenantOwned

MAX_NAME = 80
MAX_NOTE = 1000


class AppointmentState(StrEnum):
    BOOKED = "booked"
    DONE = "done"
    CANCELLED = "cancelled"


class Colour(StrEnum):
    """The ground that a service has in the calendar; names of theme tokens."""

    ACCENT = "accent"
    INFO = "info"
    PLUM = "plum"
    OK = "ok"
    WARN = "warn"


class Bookable(TenantOwned, table=True):
    """Someone, or something such as a room, that is booked: a member, or a name of its own."""

    __tablename__: ClassVar[Any] = "bookable_person"

    name: str
    member_id: int | None = Field(default=None, sa_type=BigInteger)
    position: int = 0


class Service(TenantOwned, table=True):
    """What people are booked for. ``duration_min`` is the length it is offered with, in minutes."""

    __tablename__: ClassVar[Any] = "bookable_service"

    name: str
    duration_min: int
    colour: Colour = Field(default=Colour.ACCENT, sa_type=Choice(Colour))  # pyright: ignore[reportArgumentType] -- an instance serves too
    position: int = 0


class OpeningHours(TenantOwned, table=True):
    """From when to when the company works on a weekday (Monday 0), in minutes since midnight; None: it does
    not. A weekday without a row has the usual hours of the country."""

    __tablename__: ClassVar[Any] = "opening_hours"

    weekday: int
    opens_min: int | None = None
    closes_min: int | None = None


class Appointment(TenantOwned, table=True):
    """One person, one service, from ``starts_at`` until just before ``ends_at``.

    While it is not cancelled, no other appointment of the person may share an instant with it: the
    exclusion constraint ``appointment_no_overlap``.
    """

    __tablename__: ClassVar[Any] = "appointment"

    person_id: int = Field(sa_type=BigInteger)
    service_id: int = Field(sa_type=BigInteger)
    party_id: int | None = Field(default=None, sa_type=BigInteger)
    starts_at: datetime = Field(sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves too
    ends_at: datetime = Field(sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves too
    state: AppointmentState = Field(
        default=AppointmentState.BOOKED,
        sa_type=Choice(AppointmentState),  # pyright: ignore[reportArgumentType] -- an instance serves too
    )
    note: str = ""
