"""The database of a command: that of DATABASE_URL, or an embedded PostgreSQL that lives as long as we do."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from saas.cli.failure import Failure
from saas.kernel.settings import Settings


def start(settings: Settings) -> tuple[str, str]:
    """A superuser's URL and a word on what it is; starts the embedded PostgreSQL without DATABASE_URL."""
    if settings.database_url:
        return settings.database_url, "DATABASE_URL"
    tenancy = _tenancy()
    if tenancy is None:
        return "", "none yet"
    try:
        return tenancy.start_embedded(settings.data_dir), f"embedded PostgreSQL in {settings.data_dir}"
    except tenancy.EmbeddedError as error:
        raise Failure(str(error)) from None


def prepare(url: str) -> None:
    """Roles, database and migrations. Raises ``Failure`` with one line when the database is out of reach."""
    tenancy = _tenancy()
    if tenancy is None:
        return
    import sqlalchemy.exc

    try:
        tenancy.prepare(url)
    except sqlalchemy.exc.OperationalError as error:
        raise Failure(f"the database does not answer: {_first_line(error.orig)}") from None


def stop(settings: Settings) -> None:
    """Stop the embedded PostgreSQL, when it was ours to start."""
    tenancy = _tenancy()
    if tenancy is not None and not settings.database_url:
        tenancy.stop_embedded(settings.data_dir)


def _tenancy() -> ModuleType | None:
    if importlib.util.find_spec("saas.tenancy.database") is None:
        return None
    return importlib.import_module("saas.tenancy.database")


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().splitlines()[0] if error else "no reason given"
