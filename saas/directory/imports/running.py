"""The import itself: one transaction under one action id, with its progress told from outside of it; and the
check of a large file, which goes the same way."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import checking, intake
from saas.directory.imports.decisions import Decisions
from saas.directory.imports.models import UNDER_WAY, ImportRun, RunState
from saas.directory.imports.outcomes import Fate, Judge, Outcome, batches
from saas.directory.imports.plan import ByName, Known, Plan
from saas.directory.imports.runs import imported_before, look_through
from saas.directory.imports.targets import Kind, Target, targets
from saas.kernel.clock import now
from saas.kernel.errors import AppError
from saas.kernel.i18n import fold
from saas.tenancy.jobs import PATIENCE_S
from saas.tenancy.owned import uuid7
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession, current, tenant_session

log = logging.getLogger(__name__)
ACTION = "imports.run"
CHECK = "imports.check"
WAIT_S = 0.5
# Below zero, for a check locks by its run's positive id; -1 is the first pipeline's.
_ONE_OF_A_COMPANY = -2

# Told ``(tenant_id, member_id, run_id, topics)``: the run has changed; rows of the topics must be read anew.
Tell = Callable[[int, int | None, int, tuple[str, ...]], Awaitable[None]]
_listeners: list[Tell] = []


class Failed(AppError):
    """The import stopped at something unforeseen; nothing was written. ``code`` finds it in the log."""

    key = "imports.errors.failed"
    status = 500


class _Cancelled(Exception):
    """Somebody asked to stop; unwinds the transaction."""


@dataclass(slots=True)
class Tally:
    """What came of the rows so far."""

    fates: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)
    also_created: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(self.fates.values())


def listen(tell: Tell) -> None:
    """Hear of progress and of the end; the live stream does."""
    _listeners.append(tell)


async def run_import(tenant_id: int, run_id: int) -> None:
    """Carry out a queued import. Safe to run twice: only one at a time, and a finished one is left alone.

    Killed at any moment it has written nothing, and starts anew. An ``AppError`` or a defect ends it as
    failed, with the reason on the run.
    """
    begun = await _begin(tenant_id, run_id)
    if begun is None:
        return
    member_id, action_id = begun
    await _tell(tenant_id, member_id, run_id)
    topics: tuple[str, ...] = ()
    try:
        topics = await _carry_out(tenant_id, member_id, run_id, action_id)
    except _Cancelled:
        await _end(tenant_id, run_id, RunState.CANCELLED)
    except AppError as refusal:
        await _end(tenant_id, run_id, RunState.FAILED, refusal)
    except Exception:
        code = secrets.token_hex(4)
        log.exception("import %s of tenant %s failed, code %s", run_id, tenant_id, code)
        await _end(tenant_id, run_id, RunState.FAILED, Failed(code=code))
    await _tell(tenant_id, member_id, run_id, topics)


async def run_check(tenant_id: int, run_id: int) -> None:
    """Carry out the check that was asked for. Safe to run twice; killed at any moment it starts anew.

    It ends as checked, as stopped (at the columns again), or with the reason why it could not be done.
    """
    async with tenant_session(tenant_id, action=CHECK) as session:
        run = await session.get(ImportRun, run_id)
        if run.state is not RunState.CHECKING:
            return
        member_id = run.member_id
    try:
        await _check(tenant_id, member_id, run_id)
    except _Cancelled:
        await _end(tenant_id, run_id, RunState.MAPPING)
    except AppError as refusal:
        await _end(tenant_id, run_id, RunState.FAILED, refusal)
    except Exception:
        code = secrets.token_hex(4)
        log.exception("check of import %s of tenant %s failed, code %s", run_id, tenant_id, code)
        await _end(tenant_id, run_id, RunState.FAILED, Failed(code=code))
    await _tell(tenant_id, member_id, run_id)


async def _check(tenant_id: int, member_id: int | None, run_id: int) -> None:
    while True:
        async with current().tenant_session(tenant_id, member_id, CHECK, patience_s=PATIENCE_S) as session:
            if await _is_alone(session, run_id % 2**31):
                run = await session.get(ImportRun, run_id)
                if run.state is RunState.CHECKING:
                    await look_through(session, run, partial(_progress, session, run_id))
                return
        await asyncio.sleep(WAIT_S)


async def _begin(tenant_id: int, run_id: int) -> tuple[int | None, UUID] | None:
    async with tenant_session(tenant_id, action=ACTION) as session:
        run = await session.get(ImportRun, run_id, lock=True)
        if run.state not in UNDER_WAY:
            return None
        run.state, run.rows_done, run.started_at, run.action_id = RunState.RUNNING, 0, now(), uuid7()
        return run.member_id, run.action_id


async def _carry_out(tenant_id: int, member_id: int | None, run_id: int, action_id: UUID) -> tuple[str, ...]:
    while True:
        opened = current().tenant_session(tenant_id, member_id, ACTION, action_id, patience_s=PATIENCE_S)
        async with opened as session:
            # One import of a company at a time: the next looks for what this one has written. A second worker
            # on the same job waits here too, and then finds the run finished.
            if await _is_alone(session, _ONE_OF_A_COMPANY):
                return await _carry_out_alone(session, run_id, action_id)
        await asyncio.sleep(WAIT_S)


async def _carry_out_alone(session: TenantSession, run_id: int, action_id: UUID) -> tuple[str, ...]:
    run = await session.get(ImportRun, run_id)
    if run.state not in UNDER_WAY:
        return ()
    target = targets()[run.target or ""]
    folder = intake.folder_of(session.tenant_id, run.public_id)
    with unlimited(session):
        tally = await _write(session, run, target, intake.rows_in(folder))
    run.state, run.finished_at, run.rows_done = RunState.DONE, now(), tally.rows
    run.action_id = action_id
    run.created_count, run.updated_count = tally.fates[Fate.CREATE], tally.fates[Fate.UPDATE]
    run.skipped_count, run.refused_count = tally.fates[Fate.SKIP], tally.fates[Fate.REFUSE]
    run.refused, run.also_created = tally.refused, tally.also_created
    run.error_key, run.error_params = "", {}

    async def forget_source() -> None:
        await asyncio.to_thread(intake.discard_source, folder)

    session.after_commit(forget_source)
    return target.topics


async def _is_alone(session: TenantSession, key: int) -> bool:
    """Nobody else is at this work of the company until the transaction ends. Asked and not waited for: the
    database would not let a statement wait as long as an import may take."""
    return bool(await session.one(sa.select(sa.func.pg_try_advisory_xact_lock(session.tenant_id, key))))


async def _write(session: TenantSession, run: ImportRun, target: Target, rows_file: Path) -> Tally:
    seen = await checking.look(run.reading["headers"], rows_file)
    plan = await checking.make_plan(session, target, seen, Decisions.from_dict(run.decisions))
    came_before = bool(await imported_before(session, run))
    tally, judge, later = Tally(), Judge(plan, came_before=came_before), _Later(plan)
    async for rows in batches(checking.understood(plan, rows_file), checking.BATCH):
        outcomes = await judge.judge(session, rows)
        await _create_missing(session, plan, outcomes, tally)
        await _write_batch(session, target, outcomes, later)
        for outcome in outcomes:
            tally.fates[outcome.fate] += 1
            if outcome.refusal:
                tally.refused.append(outcome.refusal.as_dict())
        await _progress(session, run.id, tally.rows)
    await later.link(session, target)
    if target.finish is not None:
        await target.finish(session)
    return tally


async def _create_missing(session: TenantSession, plan: Plan, outcomes: list[Outcome], tally: Tally) -> None:
    """What these rows point at and nobody has yet comes first; rows that are refused create nothing."""
    waiting: dict[str, dict[str, list[tuple[dict[str, Any], str]]]] = {}
    for outcome in outcomes:
        for key, value in outcome.values.items():
            if isinstance(value, ByName) and not plan.is_own(plan.target.by_key[key].reference, value.name):
                names = waiting.setdefault(plan.target.by_key[key].reference, {})
                names.setdefault(fold(value.name), []).append((outcome.values, key))
    for reference, places in waiting.items():
        declared = plan.target.reference(reference)
        assert declared.create is not None, "such names are left empty when the row is read"
        spelled = [values[key].name for (values, key), *_ in places.values()]
        made = await declared.create(session, spelled)
        for (folded, where), name in zip(places.items(), spelled, strict=True):
            plan.learn(reference, made[name], name)
            for values, key in where:
                values[key] = plan.known[reference].ids[folded]
        tally.also_created[declared.text] = tally.also_created.get(declared.text, 0) + len(made)


async def _write_batch(
    session: TenantSession, target: Target, outcomes: list[Outcome], later: _Later
) -> None:
    created = [outcome for outcome in outcomes if outcome.fate is Fate.CREATE]
    updated = [outcome for outcome in outcomes if outcome.fate is Fate.UPDATE]
    if created:
        ids = await target.insert(session, [later.set_aside(outcome) for outcome in created])
        for outcome, id in zip(created, ids, strict=True):
            later.keep(outcome, id)
    if updated:
        changes = [(outcome.id or 0, later.set_aside(outcome)) for outcome in updated]
        await target.update(session, [(id, values) for id, values in changes if values])
        for outcome in updated:
            later.keep(outcome, outcome.id or 0)


class _Later:
    """References to rows of the same file: set aside while those are being written, linked at the end."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._own = {
            f.key: f.reference
            for f in plan.target.fields
            if f.kind is Kind.REFERENCE and plan.target.reference(f.reference).own
        }
        self._waiting: list[tuple[int, str, str]] = []

    def set_aside(self, outcome: Outcome) -> dict[str, Any]:
        return {
            key: value
            for key, value in outcome.values.items()
            if not (key in self._own and isinstance(value, ByName))
        }

    def keep(self, outcome: Outcome, id: int) -> None:
        for key in self._own.keys() & outcome.values.keys():
            value = outcome.values[key]
            if isinstance(value, ByName):
                self._waiting.append((id, key, value.name))

    async def link(self, session: TenantSession, target: Target) -> None:
        if not self._waiting:
            return
        ids: dict[str, dict[str, int]] = {}
        for reference in set(self._own.values()):
            rows = await target.reference(reference).known(session)
            ids[reference] = Known.of(rows).ids
        changes = [
            (id, {key: found})
            for id, key, name in self._waiting
            if (found := ids[self._own[key]].get(fold(name))) not in (None, id)
        ]
        await target.update(session, changes)


async def _progress(session: TenantSession, run_id: int, rows: int) -> None:
    """Tell how far it is on a connection of its own, seen at once; and hear whether to stop."""
    async with tenant_session(session.tenant_id, action=ACTION) as outside:
        written = (
            sa.update(ImportRun)
            .where(col(ImportRun.id) == run_id)
            .values(rows_done=rows)
            .returning(col(ImportRun.cancel_asked))
        )
        stop = await outside.one(written)
    if stop:
        raise _Cancelled
    await _tell(session.tenant_id, session.member_id, run_id)


async def _end(tenant_id: int, run_id: int, state: RunState, reason: AppError | None = None) -> None:
    async with tenant_session(tenant_id, action=ACTION) as session:
        run = await session.get(ImportRun, run_id, lock=True)
        run.state, run.rows_done, run.finished_at, run.action_id = state, 0, now(), None
        if reason is not None:
            run.error_key, run.error_params = reason.key, dict(reason.params)


async def _tell(tenant_id: int, member_id: int | None, run_id: int, topics: tuple[str, ...] = ()) -> None:
    for tell in _listeners:
        await tell(tenant_id, member_id, run_id, topics)
