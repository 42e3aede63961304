"""The verbs of an import, from the file that came to the change that can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import checking, intake
from saas.directory.imports import kinds as kinds  # declares the kinds of no module
from saas.directory.imports.dates import Order
from saas.directory.imports.decisions import Decisions, Duplicates, Missing
from saas.directory.imports.mapping import guess_target, header_key, propose, recall, remember
from saas.directory.imports.models import OPEN, UNDER_WAY, ImportMapping, ImportRun, RunState
from saas.directory.imports.profile import Profile
from saas.directory.imports.reading import apart
from saas.directory.imports.reading.table import Reading
from saas.directory.imports.targets import Target, targets
from saas.kernel.clock import now
from saas.kernel.errors import AppError, Invalid, NotAllowed
from saas.kernel.permissions import Permission
from saas.tenancy import changes
from saas.tenancy.owned import uuid7
from saas.tenancy.session import TenantSession

TOPIC = "import.run"
MAX_DECISIONS = 2_000
_EXAMPLES = 3
# Some two seconds of work; beyond it nobody should wait without seeing how far it is.
CHECKED_AT_ONCE = 10_000

May = Callable[[Permission], bool]
# Puts the import's job on its way, in the given transaction.
Queue = Callable[[TenantSession, int], Awaitable[None]]
Progress = checking.Progress


class NothingChosen(Invalid):
    """No kind of rows has been chosen, or a required field has no column."""

    key = "imports.errors.nothing_chosen"


class NotNow(AppError):
    """The import has gone on meanwhile (in another tab, by a colleague): look again."""

    key = "imports.errors.not_now"
    status = 409


class FileGone(AppError):
    """The uploaded file is no longer kept; it has to be uploaded anew."""

    key = "imports.errors.file_gone"
    status = 410


class NoSuchSheet(Invalid):
    key = "imports.errors.no_such_sheet"


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet's clean rows in a file of their own, until it is chosen."""

    reading: Reading
    seen: Profile
    rows_file: Path


async def read_arrived(arrived: intake.Arrived, sheet: str = "") -> tuple[Reading, Profile]:
    """What the file is and holds; on refusal its folder is gone. It takes a while: in no transaction."""
    rows_file = intake.rows_in(arrived.folder)
    try:
        reading = await apart.read(intake.source_in(arrived.folder), rows_file, sheet)
        return reading, await checking.look(reading.headers, rows_file)
    except BaseException:
        intake.discard(arrived.folder)
        raise


async def receive(
    session: TenantSession, arrived: intake.Arrived, reading: Reading, seen: Profile, may: May
) -> ImportRun:
    """A new import, with a kind and a mapping proposed. ``may`` says which rights the member has."""
    run = ImportRun(
        public_id=UUID(arrived.folder.name),
        file_name=arrived.name,
        file_size=arrived.size,
        sha256=arrived.sha256,
        member_id=session.member_id,
        reading=reading.as_dict(),
        columns=_columns(seen),
        rows_total=reading.rows,
    )
    target = guess_target(seen, allowed_targets(may))
    run.target = target
    run.decisions = (await _first_decisions(session, run, seen)).as_dict()
    session.add(run)
    await session.flush()
    session.touch(TOPIC, [run.id])
    return run


async def choose_target(session: TenantSession, run: ImportRun, key: str, may: May) -> None:
    """Import the file as this kind of rows; the mapping is proposed anew."""
    _must_be_open(run)
    if key not in allowed_targets(may):
        raise NotAllowed()
    run.target = key
    seen = await checking.look(run.reading["headers"], _rows_file(session, run))
    run.decisions = (await _first_decisions(session, run, seen)).as_dict()
    await _back_to_mapping(session, run)


def sheet_of(session: TenantSession, run: ImportRun, sheet: str) -> Path:
    """The folder to read another sheet in. Raises ``NotNow``, ``NoSuchSheet`` and ``FileGone``."""
    _must_be_open(run)
    if sheet not in run.reading.get("sheets", []):
        raise NoSuchSheet("sheet")
    return _rows_file(session, run).parent


async def read_sheet(folder: Path, sheet: str) -> SheetRead:
    """Another sheet of a kept workbook, beside the one in use. It takes a while: in no transaction."""
    rows_file = folder / f"{uuid7().hex}.csv"
    try:
        reading = await apart.read(intake.source_in(folder), rows_file, sheet)
        return SheetRead(reading, await checking.look(reading.headers, rows_file), rows_file)
    except BaseException:
        rows_file.unlink(missing_ok=True)
        raise


async def choose_sheet(session: TenantSession, run: ImportRun, read: SheetRead) -> None:
    """Import the sheet that was read in place of the one before."""
    sheet_of(session, run, read.reading.sheet)
    run.reading, run.columns = read.reading.as_dict(), _columns(read.seen)
    run.rows_total = read.reading.rows
    run.decisions = (await _first_decisions(session, run, read.seen)).as_dict()
    await _back_to_mapping(session, run)
    read.rows_file.replace(_rows_file(session, run))


async def map_column(session: TenantSession, run: ImportRun, column: int, field: str) -> None:
    """Let a column fill ``field``, or nothing (""); a field has one column, so another one is freed."""
    _must_be_open(run)
    target, decisions = _target(run), Decisions.from_dict(run.decisions)
    if not 0 <= column < len(run.columns) or (field and field not in target.by_key):
        raise Invalid("column")
    decisions.mapping = {key: at for key, at in decisions.mapping.items() if at != column and key != field}
    if field:
        decisions.mapping[field] = column
    run.decisions = decisions.as_dict()
    await _back_to_mapping(session, run)


async def check(session: TenantSession, run: ImportRun, queue: Queue | None = None) -> None:
    """Look through the whole file and tell what importing it would do. Writes nothing but the report.

    With ``queue``, a file of more than ``CHECKED_AT_ONCE`` rows is left to the job that it defers.
    """
    _must_be_open(run)
    _rows_file(session, run)
    _target(run)
    if queue is None or run.rows_total <= CHECKED_AT_ONCE:
        await look_through(session, run)
        return
    run.state, run.report, run.rows_done, run.cancel_asked = RunState.CHECKING, {}, 0, False
    run.error_key, run.error_params, run.member_id = "", {}, session.member_id
    await _changed(session, run)
    await queue(session, run.id)


async def look_through(session: TenantSession, run: ImportRun, progress: Progress | None = None) -> None:
    """The check itself; ``progress`` hears how many rows are done, now and then."""
    rows_file = _rows_file(session, run)
    seen = await checking.look(run.reading["headers"], rows_file)
    plan = await checking.make_plan(session, _target(run), seen, Decisions.from_dict(run.decisions))
    before = await imported_before(session, run)
    report = await checking.check(session, plan, rows_file, came_before=bool(before), progress=progress)
    run.report = {**report, "before": before}
    run.state = RunState.CHECKED if not run.report["unmapped"] else RunState.MAPPING
    run.error_key, run.error_params = "", {}
    await _changed(session, run)


async def decide(
    session: TenantSession,
    run: ImportRun,
    *,
    fixes: Mapping[str, bool] | None = None,
    missing: Mapping[str, Missing] | None = None,
    duplicates: Duplicates | None = None,
    orders: Mapping[str, Order] | None = None,
    queue: Queue | None = None,
) -> None:
    """Take or leave fixes, create or leave out unknown names, choose what to do with rows that are here;
    then check anew."""
    _must_be_open(run)
    decisions = Decisions.from_dict(run.decisions)
    offered = {finding["key"] for finding in run.report.get("findings", [])}
    decisions.fixes |= {key: taken for key, taken in (fixes or {}).items() if key in offered}
    references = {reference.key for reference in _target(run).references}
    decisions.missing |= {key: choice for key, choice in (missing or {}).items() if key in references}
    decisions.orders |= {key: order for key, order in (orders or {}).items() if key in _target(run).by_key}
    decisions.duplicates = duplicates or decisions.duplicates
    if len(decisions.fixes) > MAX_DECISIONS:
        raise Invalid("fixes")
    run.decisions = decisions.as_dict()
    await check(session, run, queue)


async def back(session: TenantSession, run: ImportRun) -> None:
    """To the columns again."""
    _must_be_open(run)
    await _back_to_mapping(session, run)


async def start(session: TenantSession, run: ImportRun, may: May, queue: Queue) -> None:
    """Queue the import as it was checked; the job exists if and only if this commits."""
    if run.state is not RunState.CHECKED:
        raise NotNow()
    target = _target(run)
    if target.key not in allowed_targets(may):
        raise NotAllowed()
    for reference in target.references:
        chosen = Decisions.from_dict(run.decisions).missing.get(reference.key, reference.default)
        wanted = any(m["reference"] == reference.key for m in run.report.get("missing", []))
        if wanted and chosen is Missing.CREATE and reference.permission and not may(reference.permission):
            raise NotAllowed(permission=reference.permission.value)
    await _remember(session, run)
    run.state, run.cancel_asked, run.rows_done = RunState.QUEUED, False, 0
    run.member_id = session.member_id
    await _changed(session, run)
    await queue(session, run.id)


async def cancel(session: TenantSession, run: ImportRun) -> None:
    """Stop an import that is queued or running, of which nothing stays, or the check of a large file."""
    if run.state not in UNDER_WAY and run.state is not RunState.CHECKING:
        raise NotNow()
    run.cancel_asked = True
    if run.state is RunState.QUEUED:
        run.state, run.finished_at = RunState.CANCELLED, now()
    await _changed(session, run)


async def undo(session: TenantSession, run: ImportRun) -> dict[str, set[int]]:
    """Take the whole import back, in the session's own action; rows that were changed since stay and are
    counted. Gives what was reverted, ids by table."""
    if run.state is not RunState.DONE or run.action_id is None:
        raise NotNow()
    run_id = run.id
    result = await changes.undo(session, run.action_id, anyones=True)
    run = await session.get(ImportRun, run_id, lock=True)
    run.state = RunState.UNDONE
    run.conflicts = len({(conflict.table, conflict.row_id) for conflict in result.conflicts})
    await _changed(session, run)
    return result.rows


async def discard(session: TenantSession, run: ImportRun) -> None:
    """Forget a file that was not imported."""
    _must_be_open(run)
    folder = intake.folder_of(session.tenant_id, run.public_id)
    run.archived_at = now()
    await _changed(session, run)

    async def forget() -> None:
        await asyncio.to_thread(intake.discard, folder)

    session.after_commit(forget)


async def earlier(session: TenantSession, limit: int = 50) -> list[ImportRun]:
    """The company's imports, newest first."""
    query = sa.select(ImportRun).where(col(ImportRun.archived_at).is_(None))
    newest = query.order_by(col(ImportRun.created_at).desc(), col(ImportRun.id).desc()).limit(limit)
    return list(await session.all(newest))


def allowed_targets(may: May) -> dict[str, Target]:
    """The kinds of rows that this member may import."""
    return {key: target for key, target in targets().items() if may(target.permission)}


def _target(run: ImportRun) -> Target:
    target = targets().get(run.target or "")
    if target is None:
        raise NothingChosen("target")
    return target


def _must_be_open(run: ImportRun) -> None:
    if run.state not in OPEN:
        raise NotNow()


def _rows_file(session: TenantSession, run: ImportRun) -> Path:
    rows_file = intake.rows_in(intake.folder_of(session.tenant_id, run.public_id))
    if not rows_file.exists():
        raise FileGone()
    return rows_file


async def _first_decisions(session: TenantSession, run: ImportRun, seen: Profile) -> Decisions:
    """The mapping that the company used for these headers last time, else a proposed one."""
    target = targets().get(run.target or "")
    if target is None:
        return Decisions()
    headers = [column.header for column in seen.columns]
    query = sa.select(ImportMapping).where(
        col(ImportMapping.target) == target.key, col(ImportMapping.header_key) == header_key(headers)
    )
    known: ImportMapping | None = await session.one(query)
    if known is not None and (mapping := recall(known.fields, headers, target)):
        return Decisions(mapping=mapping)
    return Decisions(mapping=propose(seen.columns, target))


async def _remember(session: TenantSession, run: ImportRun) -> None:
    headers: Sequence[str] = run.reading["headers"]
    key, fields = header_key(headers), remember(Decisions.from_dict(run.decisions).mapping, list(headers))
    query = sa.select(ImportMapping).where(
        col(ImportMapping.target) == run.target, col(ImportMapping.header_key) == key
    )
    known: ImportMapping | None = await session.one(query.with_for_update())
    if known is None:
        session.add(ImportMapping(target=run.target or "", header_key=key, fields=fields))
    elif known.fields != fields:
        known.fields = fields


async def imported_before(session: TenantSession, run: ImportRun) -> str:
    """When the very same file was imported and not taken back, as an ISO instant; "" when never."""
    query = sa.select(sa.func.max(col(ImportRun.finished_at))).where(
        col(ImportRun.sha256) == run.sha256,
        col(ImportRun.target) == run.target,
        col(ImportRun.state) == RunState.DONE,
    )
    at = await session.one(query)
    return at.isoformat() if at else ""


def _columns(seen: Profile) -> list[dict[str, Any]]:
    return [
        {
            "header": column.header,
            "filled": column.filled,
            "examples": [value[:80] for value, _ in column.values.most_common(_EXAMPLES)],
        }
        for column in seen.columns
    ]


async def _back_to_mapping(session: TenantSession, run: ImportRun) -> None:
    run.state, run.report = RunState.MAPPING, {}
    await _changed(session, run)


async def _changed(session: TenantSession, run: ImportRun) -> None:
    await session.flush()
    session.touch(TOPIC, [run.id])
