"""The calendar of the largest company: a week of it, and booking into it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col

from bench import seed, sql
from bench.house import House
from bench.largest import COLLEAGUES, LARGEST
from bench.measure import WARM_UP, N, call, repeated
from bench.table import Row, row
from saas.modules.scheduling import demo
from saas.modules.scheduling.models import Appointment
from saas.modules.scheduling.service import offer, queries
from saas.modules.scheduling.state import CalendarState
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "scheduling"
STATE = CalendarState.get_full_name()
# Years away, where the samples have nothing.
FIRST_DAY = date(2040, 1, 1)


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    async with sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk:
        await desk.do(_furnish)
        async with house.tabs(COLLEAGUES, "/scheduling/calendar") as tabs:
            return [await _week(tabs, desk), await _book(tabs, desk)]


async def _week(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    today = desk.viewer.today()

    async def step(tab: Tab, i: int) -> float:
        day = (today + timedelta(days=7 * (i % 3 - 1))).isoformat()
        return (await call(tab, f"{STATE}.show", {"day": day}, lambda u: u.sets(STATE, "week")))[0]

    async def work(session: TenantSession) -> None:
        await queries.week(session, desk.viewer, today, today)
        await queries.offered(session)

    took = await repeated(tabs, N, step)
    bare = await desk.seconds([await desk.script_of(work)], N)
    return row(AREA, "show a week", took, sql=bare, budget=40)


async def _book(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    offered = await desk.do(queries.offered)
    person, service = offered["people"][0]["id"], offered["services"][0]["id"]
    done = await desk.do(_booked_before)

    async def step(tab: Tab, i: int) -> float:
        op = str(uuid.uuid4())
        day = FIRST_DAY + timedelta(days=done + i)
        form = {
            "person": person,
            "service": service,
            "starts_at": f"{day}T09:00",
            "party": "",
            "minutes": "60",
        }
        payload = {"op": op, "form": {**form, "note": ""}}
        took, update = await call(tab, f"{STATE}.book", payload, lambda u: told(u, op=op))
        assert all(m.get("ok") is not False for m in update.live if m.get("op") == op), update.live
        return took

    took = await repeated(tabs, N, step)
    return row(AREA, "book an appointment", took, budget=40)


async def _furnish(session: TenantSession) -> None:
    if not await offer.people(session):
        await demo.sample(session)


async def _booked_before(session: TenantSession) -> int:
    """Days already booked by an earlier run on the same data."""
    begins = datetime.combine(FIRST_DAY, time(), ZoneInfo("UTC"))
    counted = sa.select(sa.func.count()).select_from(Appointment).where(col(Appointment.starts_at) >= begins)
    return int(await session.one(counted) or 0) + WARM_UP
