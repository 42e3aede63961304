"""What was done about a deal or with a customer, as lines of a timeline."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from saas.kernel.i18n import Language
from saas.modules.crm.models import Activity
from saas.modules.crm.service import activities
from saas.tenancy import changes
from saas.tenancy.session import TenantSession


async def done(
    session: TenantSession, about: ColumnElement[bool], before: str, limit: int
) -> list[dict[str, Any]]:
    """The activities done for which ``about`` holds, newest first, from before the instant ``before`` (ISO,
    or "" for now): ``{id, at, kind, by, by_id, body, subject, direction, person, duration_min}``."""
    query = (
        activities.rows_query()
        .where(about, col(Activity.done_at).is_not(None), col(Activity.archived_at).is_(None))
        .order_by(col(Activity.done_at).desc(), col(Activity.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(col(Activity.done_at) < changes.instant(before))
    arabic = session.viewer.language == Language.ARABIC
    return [entry(row, arabic) for row in await session.all(query)]


def entry(row: dict[str, Any], arabic: bool) -> dict[str, Any]:
    """An activity as a line of a timeline."""
    # Somebody is called or met; a note or task is only about them.
    person = (row["person"] if row["kind"] not in ("note", "task") else None) or {}
    return {
        "id": row["id"],
        "at": row["done_at"],
        "kind": row["kind"],
        "by": (row["owner"] or {}).get("name", ""),
        "by_id": (row["owner"] or {}).get("id", ""),
        "body": row["body"],
        "subject": row["subject"],
        "direction": row["direction"],
        "person": (arabic and person.get("name_ar")) or person.get("name", ""),
        "duration_min": row["duration_min"],
        "changes": [],
        "action": "",
    }
