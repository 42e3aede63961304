"""When a company works: which days, and from when to when where it is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale

OPENS = time(8)
CLOSES = time(18)


def week_start(country: str) -> int:
    """The weekday (Monday 0) that weeks begin on in this country (CLDR)."""
    return Locale.parse(f"und_{country}").first_week_day


def weekend(country: str) -> frozenset[int]:
    """The weekdays (Monday 0) that are the weekend in this country (CLDR)."""
    locale = Locale.parse(f"und_{country}")
    days = [locale.weekend_start]
    while days[-1] != locale.weekend_end:
        days.append((days[-1] + 1) % 7)
    return frozenset(days)


def first_of_week(day: date, country: str) -> date:
    """The day that the week of ``day`` begins on."""
    return day - timedelta(days=(day.weekday() - week_start(country)) % 7)


def week_number(day: date, country: str) -> int:
    """The number of the week of ``day``: by ISO 8601 its Thursday's, whatever day the week begins on."""
    first = first_of_week(day, country)
    return (first + timedelta(days=(3 - first.weekday()) % 7)).isocalendar().week


def open_hours(day: date, time_zone: str, country: str) -> tuple[datetime, datetime] | None:
    """The instants between which the company works on ``day``; None on its weekend."""
    if day.weekday() in weekend(country):
        return None
    zone = ZoneInfo(time_zone)
    return datetime.combine(day, OPENS, zone), datetime.combine(day, CLOSES, zone)
