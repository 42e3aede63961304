"""A company behind the running server, and what its log said during one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.companies import MadeCompany, make_company
from tests.support.database import Database
from tests.support.server import Server


@pytest.fixture
async def company(database: Database) -> MadeCompany:
    return await make_company(database)


@pytest.fixture
async def rival(database: Database) -> MadeCompany:
    """Another company, whose rows and messages must stay out of reach."""
    return await make_company(database, "Rival Supplies", owner="Hani Saleh")


@pytest.fixture
def log(server: Server) -> Iterator[Callable[[], str]]:
    """What the server has written since the test began; no test of the gate may leave a traceback there."""
    start = server.log.stat().st_size

    def written() -> str:
        with server.log.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    yield written
    assert "Traceback" not in written()
