"""Time is given, not taken: verbs receive dates; only the edges ask the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The instant, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar date where the company is (IANA zone name)."""
    return now().astimezone(ZoneInfo(time_zone)).date()
