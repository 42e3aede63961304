"""A believable fortnight to try scheduling with: the same each time, in the company's language and hours."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from saas.directory.models import Party
from saas.kernel import clock
from saas.kernel.chance import generator
from saas.kernel.i18n import translate
from saas.modules.scheduling.models import Appointment, AppointmentState, Colour
from saas.modules.scheduling.service import offer
from saas.modules.scheduling.service.hours import first_of_week, open_hours, usual
from saas.tenancy.models import Tenant
from saas.tenancy.session import TenantSession

PEOPLE = ("layla", "yusuf", "room")
SERVICES = (
    ("install", 120, Colour.ACCENT),
    ("maintenance", 90, Colour.INFO),
    ("training", 150, Colour.PLUM),
    ("tasting", 60, Colour.OK),
)
# Between two appointments of a person, in minutes.
PAUSES = (15, 30, 60, 90)


async def sample(session: TenantSession) -> None:
    """Three people, four services, and their appointments from last week to next week."""
    language, zone, country = (
        await session.execute(select(col(Tenant.language), col(Tenant.time_zone), col(Tenant.country)))
    ).one()
    chance = generator("scheduling")
    people = [await offer.add_person(session, _text(language, name)) for name in PEOPLE]
    services = [await offer.add_service(session, _text(language, name), m, c) for name, m, c in SERVICES]
    parties = await session.all(select(col(Party.id)).where(col(Party.archived_at).is_(None)).limit(60))
    today, week = clock.today(zone), usual(country)
    first = first_of_week(today, country) - timedelta(days=7)
    for day in (first + timedelta(days=n) for n in range(21)):
        hours = open_hours(day, zone, week)
        if hours is None:
            continue
        for person in people:
            begins = hours[0] + timedelta(minutes=15 * chance.randrange(8))
            while True:
                service = chance.choice(services)
                ends = begins + timedelta(minutes=service.duration_min)
                if ends > hours[1] - timedelta(hours=1):
                    break
                session.add(
                    Appointment(
                        person_id=person.id,
                        service_id=service.id,
                        party_id=chance.choice(parties) if parties else None,
                        starts_at=begins,
                        ends_at=ends,
                        state=_state(day, today, chance),
                    )
                )
                begins = ends + timedelta(minutes=chance.choice(PAUSES))
    await session.flush()


def _state(day: date, today: date, chance: random.Random) -> AppointmentState:
    if day >= today:
        return AppointmentState.BOOKED
    return AppointmentState.CANCELLED if chance.random() < 0.08 else AppointmentState.DONE


def _text(language: str, name: str) -> str:
    return translate(language, f"scheduling.sample.{name}")
