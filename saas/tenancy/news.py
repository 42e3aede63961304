"""What the team did last, told as a person would: what belongs together is one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saas.tenancy import changes
from saas.tenancy.changes import Recent
from saas.tenancy.session import TenantSession

# What one person does within this time of the step before is still the same piece of work.
PAUSE = timedelta(minutes=30)
# Fewer records are named sooner than counted.
LIKE_FROM = 3
# Actions to read: most days the first figure will do; the second is for a day spent on one record.
_ENOUGH, _AT_MOST = 20, 80

# One person's steps on one record, newest first; or one line that speaks of several records by itself.
_Work = list[Recent]


async def latest(
    session: TenantSession, limit: int, *, visible: Mapping[str, sa.Select[Any] | None]
) -> list[Recent]:
    """The latest news of the company, newest first; ``visible`` as ``changes.recent`` takes it.

    One person's steps on one record are one line, and so are like steps in a row on three records or more.
    Such a line has the action, the instant and the row of its newest step.
    """
    lines: list[Recent] = []
    for reach in (_ENOUGH, _AT_MOST):
        read = await changes.recent(session, reach, visible=visible)
        lines = folded(read)
        # What was read last may belong together with what was not read.
        if len(read) < reach or len(lines) >= limit + LIKE_FROM:
            break
    return lines[:limit]


def folded(lines: Iterable[Recent]) -> list[Recent]:
    """Lines as ``changes.recent`` gives them, with those in one that a reader takes for one."""
    return [line for run in _runs(_works(lines)) for line in _told(run)]


def _works(lines: Iterable[Recent]) -> list[_Work]:
    works: list[_Work] = []
    latest_on: dict[tuple[int | None, str, int], _Work] = {}
    for line in lines:
        key = line.member_id, line.table, line.row_id
        work = latest_on.get(key)
        if line.rows == 1 and work is not None and work[-1].at - line.at <= PAUSE:
            work.append(line)
            continue
        works.append([line])
        if line.rows == 1:
            latest_on[key] = works[-1]
    return works


def _runs(works: Iterable[_Work]) -> Iterator[list[_Work]]:
    run: list[_Work] = []
    for work in works:
        if run and not _alike(run[-1], work):
            yield run
            run = []
        run.append(work)
    if run:
        yield run


def _alike(newer: _Work, older: _Work) -> bool:
    """Whether the same hand did the same to another record just before."""
    one, other = newer[0], older[0]
    return (
        (one.member_id, one.table, one.rows, _op(newer)) == (other.member_id, other.table, 1, _op(older))
    ) and newer[-1].at - other.at <= PAUSE


def _told(run: list[_Work]) -> list[Recent]:
    records = {work[0].row_id for work in run}
    if len(records) >= LIKE_FROM:
        return [replace(run[0][0], op=_op(run[0]), rows=len(records))]
    return [replace(work[0], op=_op(work)) for work in run]


def _op(work: _Work) -> str:
    """What became of the record: one that was added and then changed was added."""
    added = work[0].op != "delete" and any(step.op == "insert" for step in work)
    return "insert" if added else work[0].op
