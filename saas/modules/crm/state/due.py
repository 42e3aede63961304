"""When something is due, as people type it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits
from saas.modules.crm.service.activities import day_starts
from saas.state.values import at_clock, day
from saas.tenancy.session import TenantSession

# How long before the due time a reminder comes; of a whole day, counted from nine in the morning.
BEFORE = {"at": timedelta(), "hour": timedelta(hours=1), "day": timedelta(days=1)}
MORNING = timedelta(hours=9)


class NotATime(Invalid):
    key = "crm.errors.not_a_time"


def due_values(session: TenantSession, on: str, at: str, remind: str = "") -> dict[str, Any]:
    """``due_on``, or ``due_at`` when a time is given too, and ``reminder_at``; nothing without a date.

    Raises ``NotADate``, ``NotATime`` and ``SkippedTime``.
    """
    if not on.strip():
        return {}
    due_on = day(on, session.viewer, "due_on")
    zone = session.viewer.time_zone
    if not at.strip():
        values: dict[str, Any] = {"due_on": due_on}
        due = day_starts(due_on, zone) + MORNING
    else:
        due = at_clock(datetime.combine(due_on, _time(at)), ZoneInfo(zone), "due_time")
        values = {"due_at": due}
    if remind:
        # The day before at the same time of day; an hour is a whole one, also where the clocks skip one.
        values["reminder_at"] = (due if remind == "day" else due.astimezone(UTC)) - BEFORE[remind]
    return values


def _time(text: str) -> time:
    try:
        return datetime.strptime(latin_digits(text).strip(), "%H:%M").time()  # noqa: DTZ007 -- a time of day has no zone
    except ValueError:
        raise NotATime("due_time", text=text[:20]) from None
