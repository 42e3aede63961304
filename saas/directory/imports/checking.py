"""What would happen, told before anything does: the report that a person decides on."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from saas.directory.imports.dates import Order
from saas.directory.imports.decisions import Decisions
from saas.directory.imports.outcomes import Fate, Judge, Outcome, batches
from saas.directory.imports.plan import Known, Plan, ReadRow, Refusal
from saas.directory.imports.profile import Profile, profile
from saas.directory.imports.reading.table import rows_of
from saas.directory.imports.targets import Target
from saas.tenancy.models import Tenant
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession

BATCH = 2_000
# Told how many rows have been looked at.
Progress = Callable[[int], Awaitable[None]]
MAX_LISTED = 100
_PREVIEW = 10
# Where the month stands first; everywhere else the day does.
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "FM", "MH", "PW", "BZ"})


async def look(headers: list[str], rows_file: Path) -> Profile:
    """The file's columns, read once and kept for the next question about the same file."""
    return await asyncio.to_thread(_profile_now, rows_file, tuple(headers))


async def make_plan(session: TenantSession, target: Target, seen: Profile, decisions: Decisions) -> Plan:
    """The plan for a file as the company stands now."""
    company = await _company(session)
    known: dict[str, Known] = {}
    with unlimited(session):
        for reference in target.references:
            known[reference.key] = Known.of(await reference.known(session))
    order = Order.MONTH_FIRST if company.country in _MONTH_FIRST_COUNTRIES else Order.DAY_FIRST
    return await asyncio.to_thread(
        functools.partial(
            Plan, target, seen, decisions, known, currency=company.currency, default_order=order
        )
    )


async def check(
    session: TenantSession,
    plan: Plan,
    rows_file: Path,
    *,
    came_before: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Read the whole file through the plan and tell what importing it would do, in plain JSON.

    Gives ``counts`` (create, update, skip, refuse), ``repeats`` (rows that repeat an earlier one),
    ``preview`` (the first rows with their fate), ``refused`` (the first of them), ``findings``, ``missing``
    ``[{reference, text, names, rows, choice, can_create}]``, ``dates`` (columns to ask about) and
    ``unmapped`` (required fields without a column).
    """
    counts: Counter[str] = Counter()
    repeats = 0
    refused: list[dict[str, Any]] = []
    preview: list[dict[str, Any]] = []
    judge = Judge(plan, came_before=came_before)
    unmapped = plan.unmapped_required()
    if not unmapped:
        with unlimited(session):
            async for rows in batches(understood(plan, rows_file), BATCH):
                for outcome in await judge.judge(session, rows):
                    counts[outcome.fate] += 1
                    repeats += outcome.repeats is not None
                    if outcome.refusal and len(refused) < MAX_LISTED:
                        refused.append(outcome.refusal.as_dict())
                    if len(preview) < _PREVIEW:
                        preview.append(_shown(plan, outcome, len(preview)))
                if progress is not None:
                    await progress(counts.total())
    return {
        "counts": {fate.value: counts[fate] for fate in Fate},
        "repeats": repeats,
        "preview": preview,
        "refused": refused,
        "findings": [{**f.as_dict(), "accepted": plan.is_taken(f)} for f in plan.findings],
        "missing": [_missing(plan, reference, names) for reference, names in plan.missing.items()],
        "dates": plan.date_questions(),
        "unmapped": unmapped,
    }


def understood(plan: Plan, rows_file: Path) -> Iterator[ReadRow | Refusal]:
    """Every row of the file through the plan."""
    return (plan.read(number, cells) for number, cells in rows_of(rows_file))


def _profile_now(rows_file: Path, headers: tuple[str, ...]) -> Profile:
    return _profile(rows_file, rows_file.stat().st_mtime_ns, headers)


@functools.lru_cache(maxsize=8)
def _profile(rows_file: Path, changed_at: int, headers: tuple[str, ...]) -> Profile:
    return profile(list(headers), rows_of(rows_file))


async def _company(session: TenantSession) -> Tenant:
    found = await session.one(sa.select(Tenant).where(Tenant.id == session.tenant_id))  # pyright: ignore[reportArgumentType] -- a column expression
    assert found is not None, "a session is bound to a company that is"
    return found


def _shown(plan: Plan, outcome: Outcome, index: int) -> dict[str, Any]:
    number, cells = plan.profile.sample[index]
    shown: dict[str, Any] = {"row": number, "cells": cells, "fate": outcome.fate.value}
    if outcome.refusal:
        shown["refusal"] = outcome.refusal.as_dict()
    return shown


def _missing(plan: Plan, key: str, names: dict[str, int]) -> dict[str, Any]:
    reference = plan.target.reference(key)
    return {
        "reference": key,
        "text": reference.text,
        "count": len(names),
        "names": list(names)[:MAX_LISTED],
        "rows": sum(names.values()),
        "choice": plan.choice(key).value,
        "can_create": reference.create is not None,
    }
