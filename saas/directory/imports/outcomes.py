"""What becomes of each row: created, updated, skipped or refused. The same code foretells and does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from saas.directory.imports.decisions import Duplicates
from saas.directory.imports.plan import ByName, Plan, ReadRow, Refusal
from saas.directory.imports.targets import Existing, Match
from saas.kernel.i18n import fold


class Fate(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row's fate. ``values`` are what to write (for an update only what changes); ``id`` the row that is
    here already; ``repeats`` the row of this file that said the same before."""

    row: int
    fate: Fate
    values: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
    repeats: int | None = None
    refusal: Refusal | None = None


class Judge:
    """Decides rows in the file's order; remembers what earlier rows were.

    ``came_before``: this very file was imported already, so rows that carry nothing to know them by are
    here too.
    """

    def __init__(self, plan: Plan, *, came_before: bool = False) -> None:
        self.plan, self.came_before = plan, came_before
        self.matches = [m for m in plan.target.matches if set(m.fields) <= set(plan.mapped)]
        self._seen: dict[tuple[str, str], int] = {}

    async def judge(self, session: Any, rows: list[ReadRow | Refusal]) -> list[Outcome]:
        """The fates of a batch of rows: one look-up a match, however many rows."""
        here = await self._look_up(session, [row for row in rows if isinstance(row, ReadRow)])
        return [self._one(row, here) for row in rows]

    async def _look_up(self, session: Any, rows: list[ReadRow]) -> dict[tuple[str, str], Existing]:
        found: dict[tuple[str, str], Existing] = {}
        for match in self.matches:
            keys = {key for row in rows if (key := self._key(match, row.values)) is not None}
            if keys:
                here = await self.plan.target.existing(session, match.key, sorted(keys))
                found |= {(match.key, key): existing for key, existing in here.items()}
        return found

    def _one(self, row: ReadRow | Refusal, here: dict[tuple[str, str], Existing]) -> Outcome:
        if isinstance(row, Refusal):
            return Outcome(row.row, Fate.REFUSE, refusal=row)
        keys = self._keys(row.values)
        for key in keys:
            if key in self._seen:
                return Outcome(row.row, Fate.SKIP, repeats=self._seen[key])
        self._seen.update((key, row.row) for key in keys)
        existing = next((here[key] for key in keys if key in here), None)
        if existing is None:
            new = keys or not self.came_before
            return Outcome(row.row, Fate.CREATE if new else Fate.SKIP, row.values if new else {})
        changes = self._changes(row.values, existing)
        fate = Fate.UPDATE if changes else Fate.SKIP
        return Outcome(row.row, fate, changes, existing.id)

    def _keys(self, values: dict[str, Any]) -> list[tuple[str, str]]:
        keys: list[tuple[str, str]] = []
        for match in self.matches:
            if (key := self._key(match, values)) is not None:
                keys.append((match.key, key))
                if match.decisive:
                    break
        return keys

    def _key(self, match: Match, values: dict[str, Any]) -> str | None:
        """The values of the match's fields as one text, or None when one is blank."""
        parts = [values.get(name) for name in match.fields]
        if any(part is None for part in parts):
            return None
        texts = [part.name if isinstance(part, ByName) else str(part) for part in parts]
        return "\x1f".join(texts if match.exact else map(fold, texts))

    def _changes(self, values: dict[str, Any], existing: Existing) -> dict[str, Any]:
        match self.plan.decisions.duplicates:
            case Duplicates.SKIP:
                return {}
            case Duplicates.UPDATE:
                return {key: value for key, value in values.items() if existing.values.get(key) != value}
            case Duplicates.MERGE:
                return {key: v for key, v in values.items() if existing.values.get(key) in (None, "")}


async def batches(reader: Iterator[ReadRow | Refusal], size: int) -> AsyncIterator[list[ReadRow | Refusal]]:
    """Rows read in a thread, ``size`` at a time, so that a large file stops nobody."""
    while batch := await asyncio.to_thread(lambda: list(islice(reader, size))):
        yield batch
