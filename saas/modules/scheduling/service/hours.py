"""When a company works: which days, and from when to when where it is.

The usual week is the country's, from eight to six; what a company says of a weekday itself goes before that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy import select

from saas.kernel.errors import Invalid
from saas.modules.scheduling.models import OpeningHours
from saas.tenancy.session import TenantSession

# In minutes since midnight.
OPENS, CLOSES, MIDNIGHT = 8 * 60, 18 * 60, 24 * 60
Span = tuple[int, int]


class WrongHours(Invalid):
    """A day ends after it begins, and within 24 hours. The field is ``hours.<weekday>``, Monday 0."""

    key = "scheduling.errors.hours"


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """From when to when the company works, Monday first, in minutes since midnight; None: not on that day."""

    days: tuple[Span | None, ...]

    def of(self, day: date) -> Span | None:
        return self.days[day.weekday()]

    @property
    def widest(self) -> Span:
        """From the earliest opening to the latest closing; the usual hours when the company never works."""
        spans = [span for span in self.days if span]
        if not spans:
            return OPENS, CLOSES
        return min(opens for opens, _ in spans), max(closes for _, closes in spans)


def usual(country: str) -> WorkingWeek:
    """From eight to six on every day that is no weekend in this country."""
    closed = weekend(country)
    return WorkingWeek(tuple(None if day in closed else (OPENS, CLOSES) for day in range(7)))


async def working_week(session: TenantSession, country: str) -> WorkingWeek:
    """The company's own week: the usual one with what it said itself."""
    days = list(usual(country).days)
    for said in await session.all(select(OpeningHours)):
        days[said.weekday] = None if said.opens_min is None else (said.opens_min, said.closes_min)
    return WorkingWeek(tuple(days))


async def say(session: TenantSession, days: Mapping[int, Span | None]) -> None:
    """Keep the hours of these weekdays (Monday 0). What is booked outside of them stays.

    Raises ``WrongHours``.
    """
    for weekday, span in days.items():
        if span is not None and not 0 <= span[0] < span[1] <= MIDNIGHT:
            raise WrongHours(f"hours.{weekday}")
    present = {said.weekday: said for said in await session.all(select(OpeningHours))}
    for weekday, span in days.items():
        said = present.get(weekday) or OpeningHours(weekday=weekday)
        said.opens_min, said.closes_min = span or (None, None)
        session.add(said)
    await session.flush()


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


def open_hours(day: date, time_zone: str, week: WorkingWeek) -> tuple[datetime, datetime] | None:
    """The instants between which the company works on ``day``; None when it does not."""
    span = week.of(day)
    if span is None:
        return None
    midnight = datetime.combine(day, time())
    # By the clock on the wall, also on the day on which clocks are changed.
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in span)
    zone = ZoneInfo(time_zone)
    return opens.replace(tzinfo=zone), closes.replace(tzinfo=zone)


def is_within(week: WorkingWeek, begins: datetime, ends: datetime, time_zone: str) -> bool:
    """Whether the company works from ``begins`` to ``ends``, past a midnight too if it works through it."""
    zone = ZoneInfo(time_zone)
    here, until = (instant.astimezone(zone).replace(tzinfo=None) for instant in (begins, ends))
    while here < until:
        midnight = datetime.combine(here.date(), time())
        span = week.of(here.date())
        if span is None or here < midnight + timedelta(minutes=span[0]):
            return False
        if min(until, midnight + timedelta(days=1)) > midnight + timedelta(minutes=span[1]):
            return False
        here = midnight + timedelta(days=1)
    return True
