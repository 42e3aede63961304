"""Calls, meetings, messages, notes and tasks: planned, done, put off, reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, or_, select
from sqlmodel import col

from saas.directory import notifications
from saas.directory.json_rows import json_link, json_member, json_row, json_rows, read_rows
from saas.directory.models import Party, Person
from saas.kernel.clock import now
from saas.kernel.errors import Invalid
from saas.modules.crm.models import Activity, ActivityKind, Deal, Direction
from saas.modules.crm.service import reminders
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.session import TenantSession

TOPIC = "crm.activity"
MAX_SUBJECT = 200
MAX_BODY = 10_000
MAX_MINUTES = 7 * 24 * 60
PAGE = 50
COUNT_CAP = 1000


class NothingSaid(Invalid):
    key = "crm.errors.nothing_said"


class DueNeeded(Invalid):
    key = "crm.errors.due_needed"


class BadDuration(Invalid):
    """Not a whole number of minutes from one to a week's."""

    key = "crm.errors.bad_duration"


class When(StrEnum):
    """Parts of the list of what is to be done; days are those of the company."""

    OPEN = "open"
    LATE = "late"
    TODAY = "today"
    LATER = "later"
    DONE = "done"


async def create(session: TenantSession, values: dict[str, Any]) -> Activity:
    """Write down what was done, or plan what is to be done.

    ``values``: kind, subject or body; optionally direction, deal_id, party_id, person_id, owner_id (who
    writes), due_at (instant) or due_on (date: the whole day), reminder_at, duration_min, done (bool: a
    note always is). What is about a deal is about its customer too. Raises ``NothingSaid``, ``BadDuration``.
    """
    at = now()
    kind = ActivityKind(values.get("kind") or ActivityKind.TASK)
    subject = " ".join(str(values.get("subject") or "").split())[:MAX_SUBJECT]
    body = str(values.get("body") or "").strip()[:MAX_BODY]
    if not subject and not body:
        raise NothingSaid("body" if kind is ActivityKind.NOTE else "subject")
    due_at, all_day = _due(session, values)
    deal = await session.get(Deal, values["deal_id"]) if values.get("deal_id") else None
    done = kind is ActivityKind.NOTE or bool(values.get("done"))
    activity = Activity(
        kind=kind,
        direction=Direction(values.get("direction") or Direction.OUT),
        subject=subject,
        body=body,
        due_at=due_at,
        all_day=all_day,
        reminder_at=None if done else values.get("reminder_at"),
        done_at=at if done else None,
        duration_min=_minutes(values.get("duration_min")),
        owner_id=values["owner_id"] if values.get("owner_id") else session.member_id,
        deal_id=deal.id if deal else None,
        party_id=values.get("party_id") or (deal.party_id if deal else None),
        person_id=values.get("person_id"),
    )
    session.add(activity)
    if deal is not None and done:
        deal.last_active_at = at
    await session.flush()
    await reminders.plan(session, activity)
    _touch(session, activity)
    if not done:
        notifications.hand_over(session, TOPIC, activity.id, activity.owner_id)
    return activity


async def update(session: TenantSession, activity: Activity, changes: dict[str, Any]) -> None:
    """Set subject, body, kind, owner_id, duration_min, due_at or due_on, reminder_at, person_id."""
    former = activity.owner_id
    if "duration_min" in changes:
        activity.duration_min = _minutes(changes["duration_min"])
    for name in ("subject", "body", "owner_id", "person_id", "party_id"):
        if name in changes:
            limit = {"subject": MAX_SUBJECT, "body": MAX_BODY}.get(name)
            setattr(activity, name, str(changes[name] or "").strip()[:limit] if limit else changes[name])
    if not activity.subject and not activity.body:
        raise NothingSaid("subject")
    if "kind" in changes and activity.kind is not ActivityKind.NOTE:
        kind = ActivityKind(changes["kind"])
        activity.kind = kind if kind is not ActivityKind.NOTE or activity.done_at else activity.kind
    if "due_at" in changes or "due_on" in changes:
        _put_off(session, activity, changes)
    if "reminder_at" in changes:
        activity.reminder_at, activity.reminded_at = changes["reminder_at"], None
    await session.flush()
    await reminders.plan(session, activity)
    _touch(session, activity)
    if activity.owner_id != former and activity.done_at is None:
        notifications.hand_over(session, TOPIC, activity.id, activity.owner_id)


async def complete(session: TenantSession, activity: Activity) -> None:
    """Done now. Done already stays as it was."""
    if activity.done_at is None:
        activity.done_at = now()
        if activity.deal_id is not None:
            deal = await session.one(select(Deal).where(col(Deal.id) == activity.deal_id))
            if deal is not None:
                deal.last_active_at = activity.done_at
        await session.flush()
    _touch(session, activity)


async def undo_complete(session: TenantSession, activity: Activity) -> None:
    """To be done again. A note stays written down."""
    if activity.kind is not ActivityKind.NOTE:
        activity.done_at = None
        await session.flush()
    _touch(session, activity)


async def toggle(session: TenantSession, activity: Activity) -> None:
    """Done, or to be done again."""
    await (complete if activity.done_at is None else undo_complete)(session, activity)


async def reschedule(session: TenantSession, activity: Activity, changes: dict[str, Any]) -> None:
    """To another ``due_at`` or ``due_on``; a reminder keeps its distance. Raises ``DueNeeded``."""
    if not changes.get("due_at") and not changes.get("due_on"):
        raise DueNeeded("due_on")
    _put_off(session, activity, changes)
    await session.flush()
    await reminders.plan(session, activity)
    _touch(session, activity)


async def archive(session: TenantSession, activity: Activity) -> None:
    activity.archived_at = now()
    await session.flush()
    _touch(session, activity)


async def restore(session: TenantSession, activity: Activity) -> None:
    activity.archived_at = None
    await session.flush()
    _touch(session, activity)


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Rows by inside id, for lists and patches; archived ones too, for the archive."""
    return await read_rows(session, _BY_IDS, ids)


def rows_query() -> Select[*tuple[Any, ...]]:
    """Activities as rows of the list, one a row."""
    return _with_names(select(_ROW))


async def due(
    session: TenantSession,
    *,
    when: When = When.OPEN,
    owner_id: int | None = None,
    limit: int = PAGE,
) -> list[dict[str, Any]]:
    """What is to be done, soonest first (those without a date last), or what is done, latest first."""
    query = rows_query().where(col(Activity.archived_at).is_(None))
    if owner_id is not None:
        query = query.where(col(Activity.owner_id) == owner_id)
    if when is When.DONE:
        query = query.where(col(Activity.done_at).is_not(None)).order_by(col(Activity.done_at).desc())
        return list(await session.all(query.limit(limit)))
    query = query.where(col(Activity.done_at).is_(None), _due_part(session, when))
    query = query.order_by(col(Activity.due_at).asc().nulls_last(), col(Activity.id)).limit(limit)
    return list(await session.all(query))


async def count(session: TenantSession, owner_id: int | None, when: When) -> int:
    """How many are to be done in that part of the list, or are done; ``COUNT_CAP`` at most."""
    query = select(col(Activity.id)).where(col(Activity.archived_at).is_(None))
    if when is When.DONE:
        query = query.where(col(Activity.done_at).is_not(None))
    else:
        query = query.where(col(Activity.done_at).is_(None), _due_part(session, when))
    if owner_id is not None:
        query = query.where(col(Activity.owner_id) == owner_id)
    return await session.one(select(func.count()).select_from(query.limit(COUNT_CAP).subquery())) or 0


async def due_of_mine(session: TenantSession) -> int:
    """How many of the member's own are due today or late."""
    return await count(session, session.viewer.member_id, When.TODAY)


async def about(
    session: TenantSession, *, deal_id: int | None = None, party_id: int | None = None, limit: int = PAGE
) -> list[dict[str, Any]]:
    """What is to be done about a deal or a customer, soonest first."""
    of = col(Activity.deal_id) == deal_id if deal_id is not None else col(Activity.party_id) == party_id
    query = rows_query().where(of, col(Activity.archived_at).is_(None), col(Activity.done_at).is_(None))
    query = query.order_by(col(Activity.due_at).asc().nulls_last(), col(Activity.id)).limit(limit)
    return list(await session.all(query))


_ROW = json_row(
    _key=col(Activity.id),
    _owner=col(Activity.owner_id),
    id=col(Activity.public_id),
    version=col(Activity.version),
    kind=col(Activity.kind),
    direction=col(Activity.direction),
    subject=col(Activity.subject),
    body=col(Activity.body),
    due_at=col(Activity.due_at),
    all_day=col(Activity.all_day),
    reminder_at=col(Activity.reminder_at),
    done_at=col(Activity.done_at),
    created_at=col(Activity.created_at),
    duration_min=col(Activity.duration_min),
    deal=case((col(Deal.id).is_not(None), json_row(id=col(Deal.public_id), title=col(Deal.title)))),
    party=json_link(Party),
    person=json_link(Person),
    owner=json_member(),
)


def _with_names(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Activity)
        .outerjoin(Deal, col(Deal.id) == col(Activity.deal_id))
        .outerjoin(Party, col(Party.id) == col(Activity.party_id))
        .outerjoin(Person, col(Person.id) == col(Activity.person_id))
        .outerjoin(Membership, col(Membership.id) == col(Activity.owner_id))
    )


_BY_IDS = Prepared(_with_names(select(json_rows(_ROW))).where(any_of(col(Activity.id))))


def day_starts(day: date, time_zone: str) -> datetime:
    """The instant at which the date begins in the zone."""
    return datetime.combine(day, time(), ZoneInfo(time_zone))


def _due_part(session: TenantSession, when: When) -> Any:
    viewer = session.viewer
    today = day_starts(viewer.today(), viewer.time_zone)
    tomorrow = day_starts(viewer.today() + timedelta(days=1), viewer.time_zone)
    due_at = col(Activity.due_at)
    match when:
        case When.LATE:
            # What is due on a day is late when the day is over; what is due at an hour, when the hour is.
            return or_(due_at < today, and_(due_at < now(), col(Activity.all_day).is_(False)))
        case When.TODAY:
            return due_at < tomorrow
        case When.LATER:
            return or_(due_at >= tomorrow, due_at.is_(None))
        case _:
            return col(Activity.id) > 0


def _due(session: TenantSession, values: dict[str, Any]) -> tuple[datetime | None, bool]:
    if values.get("due_at"):
        return values["due_at"], False
    if values.get("due_on"):
        return day_starts(values["due_on"], session.viewer.time_zone), True
    return None, False


def _put_off(session: TenantSession, activity: Activity, changes: dict[str, Any]) -> None:
    former = activity.due_at
    activity.due_at, activity.all_day = _due(session, changes)
    if former and activity.due_at and activity.reminder_at:
        # Of a day's task it is a time of day; else so long before, whatever the clocks do in between.
        zone = ZoneInfo(session.viewer.time_zone if activity.all_day else "UTC")
        put_off = _wall(activity.due_at, zone) - _wall(former, zone)
        activity.reminder_at = (_wall(activity.reminder_at, zone) + put_off).replace(tzinfo=zone)
        activity.reminded_at = None


def _minutes(value: int | Decimal | None) -> int | None:
    if value is None:
        return None
    if value != int(value) or not 1 <= value <= MAX_MINUTES:
        raise BadDuration("minutes", n=MAX_MINUTES)
    return int(value)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall there shows at that instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def _touch(session: TenantSession, activity: Activity) -> None:
    session.touch(TOPIC, [activity.id])
    if activity.deal_id is not None:
        # The card on the board shows the next step.
        session.touch("crm.deal", [activity.deal_id])
