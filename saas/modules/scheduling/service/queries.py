"""What is asked of appointments: rows for the calendar, the offer, search, counts, today's visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from saas.directory.models import Party
from saas.kernel.clock import now
from saas.modules.scheduling.models import Appointment, AppointmentState, Bookable, Service
from saas.modules.scheduling.service import offer
from saas.modules.scheduling.service.hours import Span, first_of_week, week_number, working_week
from saas.tenancy.owned import among
from saas.tenancy.scope import unlimited
from saas.tenancy.search import matches_by
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

MAX_ROWS = 2000


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The instants at which this date begins and ends where the company is."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


async def between(
    session: TenantSession, begins: datetime, ends: datetime, *, cancelled: bool = False
) -> list[dict[str, Any]]:
    """Appointments that touch the span, in order of time, at most 2000."""
    query = _joined().where(
        col(Appointment.starts_at) > begins - timedelta(days=1),
        col(Appointment.starts_at) < ends,
        col(Appointment.ends_at) > begins,
    )
    if not cancelled:
        query = query.where(col(Appointment.state) != AppointmentState.CANCELLED)
    query = query.order_by(col(Appointment.starts_at), col(Appointment.id)).limit(MAX_ROWS)
    zone = ZoneInfo(session.viewer.time_zone)
    with unlimited(session):
        return [_row(zone, *found) for found in await session.execute(query)]


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Appointments as the calendar and the list show them.

    ``day``, ``start_min`` and ``end_min`` are the date, and minutes since its midnight, where the company is.
    """
    zone = ZoneInfo(session.viewer.time_zone)
    with unlimited(session):
        found = (await session.execute(_joined().where(among(col(Appointment.id), ids)))).all()
    return [_row(zone, *row) for row in found]


async def week(session: TenantSession, viewer: Viewer, day: date, today: date) -> dict[str, Any]:
    """The week of ``day``: its rows, and the days to draw, which are those the company works on and those
    with something on them. Hours are minutes since midnight."""
    first = first_of_week(day, viewer.country)
    days = [first + timedelta(days=n) for n in range(7)]
    begins, _ = day_bounds(days[0], viewer.time_zone)
    _, ends = day_bounds(days[-1], viewer.time_zone)
    found = await between(session, begins, ends)
    used = {row["day"] for row in found}
    hours = await working_week(session, viewer.country)
    opens, closes = hours.widest
    shown = [d for d in days if hours.of(d) or d.isoformat() in used or d == day]
    return {
        "rows": [{k: v for k, v in row.items() if not k.startswith("_")} for row in found],
        "days": [{"day": d.isoformat(), **_hours(hours.of(d))} for d in shown],
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "day": day.isoformat(),
        "today": today.isoformat(),
        "opens": opens,
        "closes": closes,
        "number": week_number(day, viewer.country),
    }


def _hours(span: Span | None) -> dict[str, Any]:
    opens, closes = span or (0, 0)
    return {"open": span is not None, "opens": opens, "closes": closes}


async def offered(session: TenantSession) -> dict[str, list[dict[str, Any]]]:
    """People and services for the calendar's columns and its form; ``hours`` the working week, Monday first,
    each day ``{weekday, open, opens, closes}`` in minutes since midnight."""
    week = await working_week(session, session.viewer.country)
    return {
        "hours": [{"weekday": n, **_hours(span)} for n, span in enumerate(week.days)],
        "people": [{"id": str(p.public_id), "name": p.name} for p in await offer.people(session)],
        "services": [
            {"id": str(s.public_id), "name": s.name, "minutes": s.duration_min, "colour": str(s.colour)}
            for s in await offer.services(session)
        ],
    }


async def counts(session: TenantSession) -> dict[str, int]:
    """How many appointments wait behind the module's switch."""
    n = await session.execute(
        select(func.count()).select_from(Appointment).where(col(Appointment.archived_at).is_(None))
    )
    return {"scheduling.counts.appointments": int(n.scalar_one())}


async def visits_today(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: how many are booked today, and how many of them are done."""
    found = await between(session, *day_bounds(today, viewer.time_zone))
    done = sum(row["state"] == AppointmentState.DONE for row in found)
    return {
        "value": {"number": len(found)},
        "note": {"key": "scheduling.home.visits_note", "params": {"n": done}},
    }


async def next_visits(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: what of today is not done: first what is still to come, then what nobody has called done."""
    found = await between(session, *day_bounds(today, viewer.time_zone))
    waiting = [row for row in found if row["state"] == AppointmentState.BOOKED]
    waiting.sort(key=lambda row: datetime.fromisoformat(row["ends_at"]) <= now())
    return {
        "total": len(waiting),
        "rows": [
            {
                "title": row["party_name"] or row["service_name"],
                "title_ar": (row["party"] or {}).get("name_ar", ""),
                "subtitle": row["service_name"],
                "href": f"/scheduling/calendar?day={today}",
                "note": {"at": row["starts_at"]},
                "tone": "",
                "icon": "calendar",
                "member": row["person_name"],
            }
            for row in waiting[:6]
        ],
    }


async def find(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    """Palette records: appointments of customers whose name begins with the text, newest first."""
    query = (
        _joined()
        .where(_of_party(text), col(Appointment.state) != AppointmentState.CANCELLED)
        .order_by(col(Appointment.starts_at).desc())
        .limit(limit)
    )
    zone = ZoneInfo(viewer.time_zone)
    return [
        {
            "id": row["id"],
            "title": f"{row['party_name']} · {row['service_name']}",
            "title_ar": f"{_in_arabic(row)} · {row['service_name']}",
            "subtitle": {"key": "scheduling.found.appointment", "params": {"person": row["person_name"]}},
            "at": row["starts_at"],
            "href": f"/scheduling/calendar?day={appointment.starts_at.astimezone(zone).date()}",
        }
        for appointment, *rest in await session.execute(query)
        for row in (_row(zone, appointment, *rest),)
    ]


def _in_arabic(row: dict[str, Any]) -> str:
    return (row["party"] or {}).get("name_ar") or row["party_name"]


def _of_party(text: str) -> ColumnElement[bool]:
    return matches_by(col(Appointment.party_id), Party, text)


def _joined() -> Any:
    return (
        select(
            Appointment,
            col(Bookable.public_id),
            col(Bookable.name),
            col(Service.public_id),
            col(Service.name),
            col(Service.colour),
            Party,
        )
        .join(
            Bookable,
            (col(Bookable.tenant_id) == col(Appointment.tenant_id))
            & (col(Bookable.id) == col(Appointment.person_id)),
        )
        .join(
            Service,
            (col(Service.tenant_id) == col(Appointment.tenant_id))
            & (col(Service.id) == col(Appointment.service_id)),
        )
        .outerjoin(
            Party,
            (col(Party.tenant_id) == col(Appointment.tenant_id))
            & (col(Party.id) == col(Appointment.party_id)),
        )
        .where(col(Appointment.archived_at).is_(None))
    )


def _row(
    zone: ZoneInfo,
    appointment: Appointment,
    person: Any,
    person_name: str,
    service: Any,
    service_name: str,
    colour: Any,
    party: Party | None,
) -> dict[str, Any]:
    begins = appointment.starts_at.astimezone(zone)
    start_min = begins.hour * 60 + begins.minute
    return {
        "_key": appointment.id,
        "_owner": None,
        "id": str(appointment.public_id),
        "version": appointment.version,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "state": str(appointment.state),
        "person": str(person),
        "person_name": person_name,
        "service": str(service),
        "service_name": service_name,
        "colour": str(colour),
        "day": begins.date().isoformat(),
        "start_min": start_min,
        "end_min": start_min + (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1),
        "party": party and {"id": str(party.public_id), "label": party.name, "name_ar": party.name_ar},
        "party_name": party.name if party else "",
        "note": appointment.note,
    }
