"""What can be booked: the people, and the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.kernel import clock
from saas.kernel.errors import Invalid
from saas.modules.scheduling.models import MAX_NAME, Bookable, Colour, Service
from saas.tenancy.models import Membership
from saas.tenancy.session import TenantSession

TOPIC = "scheduling.offer"


class NameNeeded(Invalid):
    key = "scheduling.errors.name"


class WrongDuration(Invalid):
    """Not a whole number of minutes from 5 to 1440."""

    key = "scheduling.errors.duration"


async def people(session: TenantSession) -> Sequence[Bookable]:
    """Those who can be booked, in the order they are shown."""
    query = (
        select(Bookable)
        .where(col(Bookable.archived_at).is_(None))
        .order_by(col(Bookable.position), col(Bookable.id))
    )
    return (await session.execute(query)).scalars().all()


async def services(session: TenantSession) -> Sequence[Service]:
    """What they can be booked for, in the order it is shown."""
    query = (
        select(Service)
        .where(col(Service.archived_at).is_(None))
        .order_by(col(Service.position), col(Service.id))
    )
    return (await session.execute(query)).scalars().all()


async def add_person(session: TenantSession, name: str, member_id: int | None = None) -> Bookable:
    """Make a name, or a member, bookable. A member who was before comes back. Raises ``NameNeeded``."""
    if member_id is not None:
        known = (
            (await session.execute(select(Bookable).where(col(Bookable.member_id) == member_id)))
            .scalars()
            .first()
        )
        if known is not None:
            known.archived_at = None
            session.touch(TOPIC, [])
            await session.flush()
            return known
        name = (await session.get(Membership, member_id)).display_name[:MAX_NAME]
    person = Bookable(name=_name(name), member_id=member_id, position=len(await people(session)))
    session.add(person)
    session.touch(TOPIC, [])
    await session.flush()
    return person


async def add_service(
    session: TenantSession, name: str, duration_min: int, colour: Colour = Colour.ACCENT
) -> Service:
    """A new service of so many minutes. Raises ``NameNeeded`` or ``WrongDuration``."""
    service = Service(
        name=_name(name),
        duration_min=_duration(duration_min),
        colour=colour,
        position=len(await services(session)),
    )
    session.add(service)
    session.touch(TOPIC, [])
    await session.flush()
    return service


async def change_service(session: TenantSession, service: Service, changes: Mapping[str, Any]) -> None:
    """Rename, lengthen or recolour; booked appointments keep their length."""
    if "name" in changes:
        service.name = _name(changes["name"])
    if "duration_min" in changes:
        service.duration_min = _duration(changes["duration_min"])
    if "colour" in changes:
        service.colour = Colour(changes["colour"])
    session.touch(TOPIC, [])
    await session.flush()


async def put_away(session: TenantSession, thing: Bookable | Service) -> None:
    """Not offered any more; appointments made with it stay."""
    thing.archived_at = clock.now()
    session.touch(TOPIC, [])
    await session.flush()


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise NameNeeded("name", n=MAX_NAME)
    return name


def _duration(minutes: int) -> int:
    if not 5 <= minutes <= 1440:
        raise WrongDuration("duration_min")
    return minutes
