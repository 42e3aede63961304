"""An import as a row: what came, what was decided, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field

from saas.tenancy.owned import Choice, Instant, TenantOwned


class RunState(StrEnum):
    """How far an import is. Only ``DONE`` has written anything; ``UNDONE`` has taken it back. ``CHECKING``
    is a large file that a job looks through."""

    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"


UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})
OPEN = frozenset({RunState.MAPPING, RunState.CHECKED, RunState.FAILED, RunState.CANCELLED})


def _json(default: Any) -> Any:
    return Field(default_factory=default, sa_type=JSONB)


def _instant() -> Any:
    return Field(default=None, sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves too


class ImportRun(TenantOwned, table=True):
    """One file on its way into the company.

    ``reading`` is what the file is (``Reading``), ``columns`` what its columns hold
    ``[{header, filled, examples}]``, ``decisions`` a ``Decisions``, ``report`` what checking found.
    ``refused`` lists every row that was not written ``[{row, key, params, column}]``. ``action_id`` names the
    change that the import was. ``also_created`` counts rows made because others point at them.
    """

    __tablename__: ClassVar[Any] = "import_run"

    file_name: str
    file_size: int = Field(sa_type=sa.BigInteger)
    sha256: str
    state: RunState = Field(default=RunState.MAPPING, sa_type=Choice(RunState))  # pyright: ignore[reportArgumentType] -- as above
    target: str | None = None
    reading: dict[str, Any] = _json(dict)
    columns: list[dict[str, Any]] = _json(list)
    decisions: dict[str, Any] = _json(dict)
    report: dict[str, Any] = _json(dict)
    refused: list[dict[str, Any]] = _json(list)
    also_created: dict[str, int] = _json(dict)
    rows_total: int = 0
    rows_done: int = 0
    created_count: int = 0
    updated_count: int = 0
    skipped_count: int = 0
    refused_count: int = 0
    member_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    action_id: UUID | None = Field(default=None, sa_type=PgUUID)
    cancel_asked: bool = False
    error_key: str = ""
    error_params: dict[str, Any] = _json(dict)
    conflicts: int = 0
    started_at: datetime | None = _instant()
    finished_at: datetime | None = _instant()


class ImportMapping(TenantOwned, table=True):
    """How a company's files with these headers were mapped last time: field key -> folded header."""

    __tablename__: ClassVar[Any] = "import_mapping"

    target: str
    header_key: str
    fields: dict[str, Any] = _json(dict)
