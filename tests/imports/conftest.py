"""Each test imports into a company and a data folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.kernel.settings import settings
from saas.tenancy.session import Database
from tests.imports.desk import Desk
from tests.support.database import Company


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def desk(database: Database, company: Company) -> Desk:
    return Desk(database, company)
