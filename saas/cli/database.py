"""The database of a command: that of DATABASE_URL, or an embedded PostgreSQL that lives as long as we do."""

from __future__ import annotations

import asyncio
import contextlib
import os

import sqlalchemy.exc

from saas.cli.failure import Failure
from saas.kernel.settings import Settings, settings
from saas.tenancy import database
from saas.tenancy.guard import TenancyError
from saas.tenancy.session import Database


def start(chosen: Settings) -> tuple[str, str]:
    """A superuser's URL and a word on what it is; starts the embedded PostgreSQL without DATABASE_URL."""
    if chosen.database_url:
        return chosen.database_url, "DATABASE_URL"
    try:
        url = database.start_embedded(chosen.data_dir)
    except database.EmbeddedError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise _no_place(chosen, error) from None
    return url, f"embedded PostgreSQL in {chosen.data_dir}"


def prepare(url: str) -> None:
    """Roles, database and migrations; the roles' URLs become this process's settings. Raises ``Failure``."""
    try:
        urls = database.prepare(url)
    except database.CannotPrepare as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise _no_place(settings(), error) from None
    chosen = settings()
    if chosen.app_database_url or chosen.system_database_url:
        asyncio.run(_check_given(urls))
    os.environ.update(
        APP_DATABASE_URL=urls.app, SYSTEM_DATABASE_URL=urls.system, MIGRATOR_DATABASE_URL=urls.migrator
    )
    settings.cache_clear()


async def _check_given(urls: database.Urls) -> None:
    """The roles that an operator names must answer and have no more power than they may.

    Raises ``Failure``.
    """
    opened = Database(urls)
    try:
        await opened.check()
    except TenancyError as error:
        raise Failure(str(error)) from None
    except sqlalchemy.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Failure(f"APP_DATABASE_URL or SYSTEM_DATABASE_URL does not answer: {reason}") from None
    finally:
        await opened.close()


def stop(chosen: Settings) -> None:
    """Stop the embedded PostgreSQL, when it was ours to start."""
    if not chosen.database_url:
        with contextlib.suppress(OSError):  # a folder that cannot be used holds no server
            database.stop_embedded(chosen.data_dir)


def _no_place(chosen: Settings, error: OSError) -> Failure:
    return Failure(f"DATA_DIR {chosen.data_dir} cannot be used: {error.strerror or error}")
