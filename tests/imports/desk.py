"""An import desk for tests: files go in as a browser would send them, the job is run by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import intake, running, runs
from saas.directory.imports.models import ImportRun
from saas.directory.models import Party
from saas.tenancy.owned import uuid7
from saas.tenancy.session import Database, TenantSession
from tests.support.database import Company

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "crm-sales"


def sample(name: str) -> bytes:
    """A file that lies beside the project; where it does not, the test is skipped."""
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the sample files lie beside the project, not in it")
    return path.read_bytes()


def as_csv(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


CUSTOMERS = as_csv(
    ["company", "sector", "employees", "office location", "subsidiary of", "email"],
    ["Acme", "technolgy", "120", "Kuwait", "", "info@acme.example"],
    ["Beta", "medical", "٣٥", "Philipines", "Acme", ""],
    ["Gamma", "retail", "many", "Lisbon", "Omega", "not an address"],
    ["Delta", "retail", "", "", "", ""],
)
ONE = as_csv(["company", "city"], ["Acme", "Kuwait"])


async def in_pieces(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def everything(_: object) -> bool:
    return True


@dataclass
class Desk:
    """One member of one company importing."""

    database: Database
    company: Company
    may: Callable[[Any], bool] = everything
    queued: list[int] = field(default_factory=list)

    def session(self, action: str = "tests.imports") -> Any:
        return self.database.tenant_session(self.company.tenant_id, self.company.owner_id, action)

    async def upload(self, content: bytes, name: str = "file.csv") -> int:
        """The internal id of the new import."""
        arrived = await intake.store(
            intake.folder_of(self.company.tenant_id, uuid7()), name, in_pieces(content)
        )
        reading, seen = await runs.read_arrived(arrived)
        async with self.session() as session:
            return (await runs.receive(session, arrived, reading, seen, self.may)).id

    async def see(self, id: int) -> ImportRun:
        async with self.session() as session:
            return await session.get(ImportRun, id)

    async def step(self, id: int, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """One verb on the import, in a transaction of its own."""
        async with self.session() as session:
            return await verb(session, await session.get(ImportRun, id), *given, **named)

    async def check(self, id: int) -> dict[str, Any]:
        await self.step(id, runs.check)
        return (await self.see(id)).report

    async def start(self, id: int) -> None:
        await self.step(id, runs.start, self.may, self._queue)

    async def carry_out(self, id: int) -> ImportRun:
        await running.run_import(self.company.tenant_id, id)
        return await self.see(id)

    async def bring(self, content: bytes, **decisions: Any) -> ImportRun:
        """The whole way: upload, check, decide, import."""
        id = await self.upload(content)
        await self.check(id)
        if decisions:
            await self.step(id, runs.decide, **decisions)
        await self.start(id)
        return await self.carry_out(id)

    async def undo(self, run: ImportRun) -> ImportRun:
        await self.step(run.id, runs.undo)
        return await self.see(run.id)

    async def count(self, model: Any) -> int:
        import sqlalchemy as sa

        async with self.session() as session:
            return await session.one(sa.select(sa.func.count()).select_from(model)) or 0

    async def all(self, query: Any) -> list[Any]:
        async with self.session() as session:
            return list(await session.all(query))

    async def _queue(self, session: TenantSession, id: int) -> None:
        self.queued.append(id)


async def party(desk: Desk, name: str) -> Party:
    """The customer of this name."""
    return (await desk.all(sa.select(Party).where(col(Party.name) == name)))[0]
