"""The appointments of a customer, for the pages of other modules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from saas.kernel.module import About
from saas.modules.scheduling.models import Appointment, AppointmentState
from saas.modules.scheduling.service import queries
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

SHOWN = 4
# What was longer ago is for the calendar.
LOOK_BACK = timedelta(days=30)
TONES = {AppointmentState.BOOKED: "acc", AppointmentState.DONE: "ok"}


async def appointments(session: TenantSession, viewer: Viewer, about: About, today: date) -> dict[str, Any]:
    """Those to come and of the last 30 days, the latest first; cancelled ones are left out."""
    if about.party_id is None:
        return {"total": 0, "rows": []}
    begins, _ = queries.day_bounds(today - LOOK_BACK, viewer.time_zone)
    where = (
        col(Appointment.party_id) == about.party_id,
        col(Appointment.starts_at) >= begins,
        col(Appointment.state) != AppointmentState.CANCELLED,
        col(Appointment.archived_at).is_(None),
    )
    newest = (
        select(col(Appointment.id)).where(*where).order_by(col(Appointment.starts_at).desc()).limit(SHOWN)
    )
    ids = list(await session.all(newest))
    found = {row["_key"]: row for row in await queries.rows(session, ids)}
    total = len(ids)
    if total == SHOWN:
        total = await session.one(select(func.count()).select_from(Appointment).where(*where)) or 0
    return {"total": total, "rows": [_row(found[id]) for id in ids]}


def _row(appointment: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": appointment["id"],
        "title": appointment["service_name"],
        "subtitle": {"at": appointment["starts_at"]},
        "href": f"/scheduling/calendar?day={appointment['day']}",
        "note": {"key": f"scheduling.state.{appointment['state']}"},
        "tone": TONES.get(AppointmentState(appointment["state"]), ""),
        "member": appointment["person_name"],
    }
