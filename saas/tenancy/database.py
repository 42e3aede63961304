"""Roles, database and schema, made ready before anyone connects; who may do what starts here.

``wasl_owner`` owns everything and cannot log in. ``wasl_app`` works on one company at a time under row
level security. ``wasl_system`` works on what belongs to no company: accounts, sessions, mail.
``wasl_migrator`` changes the schema and, past row level security, the data of all.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import sql

from saas.kernel.settings import settings as process_settings
from saas.tenancy.embedded import EmbeddedError, secret, start_embedded, stop_embedded

__all__ = ["EmbeddedError", "Urls", "prepare", "start_embedded", "stop_embedded", "urls_of"]

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
OWNER, APP, SYSTEM, MIGRATOR = "wasl_owner", "wasl_app", "wasl_system", "wasl_migrator"
# Any number, the same for all starters of one database.
_STARTERS_LOCK = 0x5741534C


@dataclass(frozen=True, slots=True)
class Urls:
    """One connection URL (``postgresql://``) per role that logs in."""

    app: str
    system: str
    migrator: str


def urls_of(settings: DatabaseSettings) -> Urls:
    """The roles' URLs, once prepared. Raises ``CannotPrepare`` when one is missing."""
    given = (settings.app_database_url, settings.system_database_url, settings.migrator_database_url)
    if not all(given):
        raise CannotPrepare("APP_, SYSTEM_ and MIGRATOR_DATABASE_URL are not set: start with wasl serve")
    return Urls(*(url or "" for url in given))


class DatabaseSettings(Protocol):
    """The part of the settings that matters here."""

    data_dir: Path
    app_database_url: str | None
    system_database_url: str | None
    migrator_database_url: str | None


class CannotPrepare(Exception):
    """One line for the terminal: the server does not answer, or the given superuser lacks something."""


def prepare(superuser_url: str, settings: DatabaseSettings | None = None, *, migrate: bool = True) -> Urls:
    """Make roles, database, schema and grants if missing, bring the schema up to date, give the URLs.

    Safe to run by several starters at once and again on a live database. The database is the one that the
    URL names, or ``wasl`` when it names none or ``postgres``. Without ``settings`` the process's own.
    Raises ``CannotPrepare``.
    """
    settings = settings or process_settings()
    given = {
        APP: settings.app_database_url,
        SYSTEM: settings.system_database_url,
        MIGRATOR: settings.migrator_database_url,
    }
    name = urlsplit(superuser_url).path.strip("/")
    name = "wasl" if name in {"", "postgres", "template1"} else name
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    passwords = {role: _password(superuser_url, settings, role) for role, url in given.items() if not url}
    urls = Urls(
        *(
            given[role] or _with(superuser_url, role, passwords[role], name)
            for role in (APP, SYSTEM, MIGRATOR)
        )
    )
    try:
        with psycopg.connect(_with(superuser_url, None, None, "postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", (_STARTERS_LOCK,))
            _roles(admin, passwords)
            _database(admin, name)
            with psycopg.connect(_with(superuser_url, None, None, name), autocommit=True) as inside:
                _close_doors(inside, name)
            if migrate:
                upgrade(urls.migrator)
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotPrepare(f"DATABASE_URL needs a superuser to prepare the database: {error}") from None
    except CommandError as error:
        raise CannotPrepare(f"the database was made by another version of this program: {error}") from None
    except psycopg.ProgrammingError as error:
        if error.sqlstate:  # a statement of ours, not what libpq reads the URL by
            raise
        raise CannotPrepare(f"DATABASE_URL cannot be read: {str(error).strip().splitlines()[0]}") from None
    except psycopg.OperationalError as error:
        raise CannotPrepare(f"the database does not answer: {str(error).strip().splitlines()[0]}") from None
    return urls


def _password(superuser_url: str, settings: DatabaseSettings, role: str) -> str:
    """The same on every machine that knows the superuser's password, and of no use for finding that one."""
    known = urlsplit(superuser_url).password
    if not known:
        return secret(settings.data_dir, role)
    made = hmac.digest(unquote(known).encode(), f"wasl:{role}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def upgrade(migrator_url: str, revision: str = "head") -> None:
    """Bring the schema to the revision, as the migrator; does nothing when it is there."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = migrator_url
    if (
        revision == "head"
        and _current(migrator_url) == ScriptDirectory.from_config(config).get_current_head()
    ):
        return
    command.upgrade(config, revision)


def sqlalchemy_url(url: str) -> str:
    """The same URL for SQLAlchemy with psycopg 3."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def _current(migrator_url: str) -> str | None:
    with psycopg.connect(migrator_url) as connection:
        found = connection.execute("SELECT to_regclass('wasl.alembic_version')").fetchone()
        if found is None or found[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM wasl.alembic_version").fetchone()
        return row[0] if row else None


def _roles(admin: psycopg.Connection, passwords: dict[str, str]) -> None:
    present = {row[0] for row in admin.execute("SELECT rolname FROM pg_roles")}
    attributes = {OWNER: "NOLOGIN NOBYPASSRLS", MIGRATOR: "LOGIN BYPASSRLS"}
    for role in (OWNER, APP, SYSTEM, MIGRATOR):
        verb = "ALTER" if role in present else "CREATE"
        admin.execute(
            f"{verb} ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT "
            f"{attributes.get(role, 'LOGIN NOBYPASSRLS')}".encode()
        )
        if role in passwords:
            admin.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(passwords[role])
                )
            )
    admin.execute(f"GRANT {OWNER} TO {MIGRATOR} WITH INHERIT TRUE, SET TRUE")
    for role in (APP, SYSTEM):
        # A role may change its own defaults; whatever it set is gone at the next start.
        admin.execute(f"ALTER ROLE {role} RESET ALL")
        for setting, value in (
            ("search_path", "wasl"),
            ("max_parallel_workers_per_gather", "0"),
            ("jit", "off"),
            ("statement_timeout", "'60s'"),
            ("lock_timeout", "'10s'"),
            ("idle_in_transaction_session_timeout", "'60s'"),
        ):
            admin.execute(f"ALTER ROLE {role} SET {setting} = {value}".encode())
    admin.execute(f"ALTER ROLE {MIGRATOR} SET search_path = wasl")


def _database(admin: psycopg.Connection, name: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )


def _close_doors(inside: psycopg.Connection, name: str) -> None:
    """What PUBLIC may do by default and a tenant's connection must not."""
    database = sql.Identifier(name)
    for statement in (
        "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {{db}} TO {APP}, {SYSTEM}, {MIGRATOR}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"CREATE SCHEMA IF NOT EXISTS wasl AUTHORIZATION {OWNER}",
        f"CREATE SCHEMA IF NOT EXISTS jobs AUTHORIZATION {OWNER}",
        f"GRANT USAGE ON SCHEMA wasl TO {APP}, {SYSTEM}, {MIGRATOR}",
        f"GRANT USAGE ON SCHEMA jobs TO {SYSTEM}, {MIGRATOR}",
        f"GRANT CREATE ON SCHEMA wasl TO {MIGRATOR}",
        # Binding a company is for the session alone, and only by SET LOCAL of ours.
        "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO {OWNER}, {MIGRATOR}",
        "REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC",
        # Without the language there is no DO block, so no statement hidden in a string.
        "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
        f"GRANT USAGE ON LANGUAGE plpgsql TO {OWNER}, {MIGRATOR}",
        # All companies share the role, so they would see each other's statements.
        "REVOKE ALL ON pg_catalog.pg_stat_activity FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_get_activity(integer) FROM PUBLIC",
        # Large objects know no company.
        "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer) FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_create(oid) FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC",
        *(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
            for role in (OWNER, MIGRATOR)
        ),
    ):
        inside.execute(sql.SQL(statement).format(db=database))  # pyright: ignore[reportArgumentType] -- built of constants above


def _with(url: str, user: str | None, password: str | None, database: str) -> str:
    """The URL with another user and database; host, port and options stay."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{user}:{quote(password or '')}@" if user else parts.netloc.rpartition("@")[0] + "@"
    options = urlencode(parse_qsl(parts.query))
    return urlunsplit(("postgresql", f"{login}{place}", f"/{database}", options, ""))
