"""What the pipeline is worth and what the month will bring: the figures of Home.

Everything is in the company's currency; deals in other currencies are left out of sums, as on the board.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, cast, func, select
from sqlmodel import col

from saas.modules.crm.models import Deal, Outcome, Stage
from saas.modules.crm.service import activities, pipelines, sums
from saas.modules.crm.service.board import month_end
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

DUE_SHOWN = 6
_FORECAST = "crm.forecast"
ICONS = {
    "call": "phone",
    "meeting": "calendar",
    "email": "mail",
    "message": "message",
    "note": "note",
    "task": "circle-check",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """Open deals that should close on one day, in one stage: their weighted sum and its variance."""

    on: date
    weighted: float
    variance: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """``won_minor`` so far this month, and the likely end of it with one standard deviation each way."""

    won_minor: int
    won_deals: int
    likely_minor: int
    low_minor: int
    high_minor: int
    won_by_day: dict[date, int]
    expected: list[Expected]


async def forecast(session: TenantSession, today: date) -> Forecast:
    """Won this month plus the open deals whose close date is in it, each with its stage's probability.

    The range takes deals as independent: the variance of one is p(1-p) times its amount squared. Two parts of
    Home show it, so it is reckoned once in a transaction.
    """
    kept = session.info.get(_FORECAST)
    if kept is None or kept[0] != today:
        kept = session.info[_FORECAST] = (today, await _reckoned(session, today))
    return kept[1]


async def _reckoned(session: TenantSession, today: date) -> Forecast:
    first, last = today.replace(day=1), month_end(today)
    won = await session.rows(
        select(col(Deal.closed_on), func.count(), func.coalesce(func.sum(col(Deal.amount_minor)), 0))
        .where(
            col(Deal.outcome) == Outcome.WON,
            col(Deal.closed_on).between(first, last),
            col(Deal.archived_at).is_(None),
            col(Deal.currency) == session.viewer.currency,
        )
        .group_by(col(Deal.closed_on))
    )
    amount = cast(col(Deal.amount_minor), Float)
    open_deals = await session.rows(
        select(
            col(Deal.expected_close_on), col(Stage.probability), func.sum(amount), func.sum(amount * amount)
        )
        .join(Stage, col(Stage.id) == col(Deal.stage_id))
        .where(
            col(Deal.expected_close_on).between(first, last),
            col(Deal.outcome) == Outcome.OPEN,
            col(Deal.archived_at).is_(None),
            col(Deal.currency) == session.viewer.currency,
            col(Deal.amount_minor).is_not(None),
        )
        .group_by(col(Deal.expected_close_on), col(Stage.probability))
    )
    expected = [
        Expected(max(on, today), p / 100 * total, p / 100 * (1 - p / 100) * squares)
        for on, p, total, squares in open_deals
    ]
    won_minor = sum(int(minor) for _, _, minor in won)
    middle = won_minor + sum(part.weighted for part in expected)
    spread = math.sqrt(sum(part.variance for part in expected))
    return Forecast(
        won_minor=won_minor,
        won_deals=sum(n for _, n, _ in won),
        likely_minor=round(middle),
        low_minor=round(max(won_minor, middle - spread)),
        high_minor=round(middle + spread),
        won_by_day={on: int(minor) for on, _, minor in won},
        expected=expected,
    )


async def open_pipeline(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Stat: the sum of all open deals."""
    open_stages = [stage for stage in await pipelines.stages(session) if stage.is_open]
    found = await sums.by_stage(session, [stage.id for stage in open_stages])
    n = sum(one.deals for one in found.values())
    return {
        "value": {"minor": sum(one.sum_minor for one in found.values()), "currency": viewer.currency},
        "note": {"key": "crm.widget.open_deals", "params": {"n": n}},
        "tone": "",
        "trend": [],
    }


async def month_forecast(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Stat: where the month is likely to end."""
    found = await forecast(session, today)
    note: dict[str, Any] = {"key": "crm.widget.won_so_far", "params": {"n": found.won_deals}}
    if goal := await _goal(session):
        share = (found.likely_minor * 100 + goal // 2) // goal
        note = {"key": "crm.widget.of_goal", "params": {"n": share}}
    return {
        "value": {"minor": found.likely_minor, "currency": viewer.currency},
        "note": note,
        "tone": "",
        "trend": [],
    }


async def _goal(session: TenantSession) -> int | None:
    """What all pipelines together should win in a month; None when no goal is set."""
    goals = [one.goal_minor for one in await pipelines.pipelines(session) if one.goal_minor]
    return sum(goals) or None


async def by_stage(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Bars: the open stages of the default pipeline, weighted within total."""
    pipeline = await pipelines.pipeline_or_default(session)
    open_stages = [stage for stage in await pipelines.stages(session, pipeline.id) if stage.is_open]
    found = await sums.by_stage(session, [stage.id for stage in open_stages])
    return {
        "rows": [
            {
                "label": stage.name,
                "label_ar": stage.name_ar or stage.name,
                "count": found[stage.id].deals,
                "part": found[stage.id].weighted_minor(stage.probability),
                "whole": found[stage.id].sum_minor,
                "value": {"minor": found[stage.id].sum_minor, "currency": viewer.currency},
                "percent": stage.probability,
            }
            for stage in open_stages
        ],
    }


async def to_month_end(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Line: won so far day by day, then the likely way to the month's end with its range."""
    found = await forecast(session, today)
    first, last = today.replace(day=1), month_end(today)
    points, so_far = [], 0
    for day in _days(first, today):
        so_far += found.won_by_day.get(day, 0)
        points.append(
            {"date": day.isoformat(), "actual": so_far, "forecast": None, "low": None, "high": None}
        )
    points[-1].update(forecast=so_far, low=so_far, high=so_far)
    weighted = variance = 0.0
    for day in _days(today, last):
        weighted += sum(part.weighted for part in found.expected if part.on == day)
        variance += sum(part.variance for part in found.expected if part.on == day)
        if day == today:
            continue
        likely, spread = so_far + weighted, math.sqrt(variance)
        points.append(
            {
                "date": day.isoformat(),
                "actual": None,
                "forecast": round(likely),
                "low": round(max(so_far, likely - spread)),
                "high": round(likely + spread),
            }
        )
    return {"points": points, "goal": await _goal(session), "currency": viewer.currency}


async def due_today(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """List: what is late or due by the end of today, soonest first."""
    found = await activities.due(session, when=activities.When.TODAY, limit=DUE_SHOWN)
    return {
        "total": await activities.count(session, None, activities.When.TODAY),
        "rows": [_due_row(row, today, viewer.time_zone) for row in found],
    }


def _due_row(row: dict[str, Any], today: date, time_zone: str) -> dict[str, Any]:
    due = datetime.fromisoformat(row["due_at"]).astimezone(ZoneInfo(time_zone))
    late = (today - due.date()).days
    if late > 0:
        note: dict[str, Any] = {"key": "crm.deals.late_days", "params": {"n": late}}
    else:
        note = {"date": today.isoformat()} if row["all_day"] else {"at": row["due_at"]}
    about = row["party"] or row["person"] or {}
    return {
        "title": row["subject"] or row["body"][:80],
        "subtitle": about.get("name", "") or (row["deal"] or {}).get("title", ""),
        "subtitle_ar": about.get("name_ar", ""),
        "href": f"/crm/deals/{row['deal']['id']}" if row["deal"] else "/crm/activities",
        "note": note,
        "tone": "bad" if late > 0 else "",
        "icon": ICONS[row["kind"]],
        "member": (row["owner"] or {}).get("name", ""),
    }


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
