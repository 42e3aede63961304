"""An import as the browser shows it: plain data, public ids, text keys in place of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports.checking import MAX_LISTED
from saas.directory.imports.decisions import Decisions
from saas.directory.imports.models import ImportRun, RunState
from saas.directory.imports.runs import May, allowed_targets
from saas.directory.imports.targets import Target, targets
from saas.tenancy import roster
from saas.tenancy.session import TenantSession


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Imports as their list shows them, also for the live stream: how far each is and what came of it."""
    query = sa.select(ImportRun).where(col(ImportRun.id).in_(ids), col(ImportRun.archived_at).is_(None))
    return await as_rows(session, list(await session.all(query)))


async def as_rows(session: TenantSession, found: Sequence[ImportRun]) -> list[dict[str, Any]]:
    names = await roster.names(session, {run.member_id for run in found if run.member_id})
    return [_row(run, names.get(run.member_id or 0, "")) for run in found]


def describe(run: ImportRun, may: May) -> dict[str, Any]:
    """One import with all that its page needs: columns, fields to choose from, report, outcome."""
    allowed = allowed_targets(may)
    target = targets().get(run.target or "")
    decisions = Decisions.from_dict(run.decisions)
    return {
        **_row(run, ""),
        "kinds": [{"key": key, "text": one.text} for key, one in allowed.items()],
        "sheet": run.reading.get("sheet", ""),
        "sheets": run.reading.get("sheets", []),
        "columns": _columns(run, decisions),
        "fields": _fields(target),
        "warnings": _warnings(run.reading),
        "duplicates": decisions.duplicates.value,
        "orders": {key: order.value for key, order in decisions.orders.items()},
        "report": run.report,
        "also": [{"text": text, "n": n} for text, n in run.also_created.items()],
        "refused_rows": run.refused[:MAX_LISTED],
        "note": target.note if target else "",
        "route": target.route if target and target.key in allowed else "",
    }


def _row(run: ImportRun, by: str) -> dict[str, Any]:
    target = targets().get(run.target or "")
    return {
        "_key": run.id,
        "_owner": None,
        "id": str(run.public_id),
        "version": run.version,
        "file": run.file_name,
        "size": run.file_size,
        "state": run.state.value,
        "kind": run.target or "",
        "kind_text": target.text if target else "",
        "total": run.rows_total,
        "done": run.rows_done,
        "cancelling": run.cancel_asked and run.state in (RunState.RUNNING, RunState.CHECKING),
        "counts": {
            "created": run.created_count,
            "updated": run.updated_count,
            "skipped": run.skipped_count,
            "refused": run.refused_count,
        },
        "conflicts": run.conflicts,
        "error": {"key": run.error_key, "params": run.error_params} if run.error_key else None,
        "by": by,
        "at": (run.finished_at or run.created_at).isoformat() if run.created_at else "",
    }


def _columns(run: ImportRun, decisions: Decisions) -> list[dict[str, Any]]:
    fields = {column: key for key, column in decisions.mapping.items()}
    return [{**column, "field": fields.get(index, "")} for index, column in enumerate(run.columns)]


def _fields(target: Target | None) -> list[dict[str, Any]]:
    if target is None:
        return []
    return [{"key": f.key, "text": f.text, "required": f.required} for f in target.fields]


def _warnings(reading: dict[str, Any]) -> list[dict[str, Any]]:
    """What was met while reading the file, as texts with their values."""
    bidi = reading.get("bidi_rows") or [[0, ""]]
    met = (
        ("imports.warning.damaged", reading.get("damaged_encoding"), {}),
        ("imports.warning.bidi", reading.get("bidi_cells"), {"shown": str(bidi[0][1])}),
        ("imports.warning.control", reading.get("control_cells"), {}),
        ("imports.warning.formula", reading.get("formula_cells"), {}),
        ("imports.warning.long_rows", reading.get("long_rows"), {}),
        ("imports.warning.headers", reading.get("renamed_headers"), {}),
    )
    return [{"key": key, "params": params} for key, is_so, params in met if is_so]
