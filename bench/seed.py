"""A thousand companies of very unequal size, the same each time; written past the triggers, in bulk.

``session_replication_role = replica`` (a superuser's) leaves out foreign key checks and triggers: the change
record stays empty, so a seeded row has no history. What else triggers would have kept (sums of stages, words
to search by, stock levels) is reckoned in one statement each, and ``check`` compares it.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.rows import CHECKS, DERIVED, ROWS
from saas.tenancy.database import Urls, prepare, start_embedded, stop_embedded

VERSION = 2
TENANTS = 1000
MODULES = "{crm,payments,scheduling,warehouse}"
# Zipf: company i has the largest one's numbers divided by i to this power.
EXPONENT = 1.5
MEMBERS_OF_LARGEST = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each kind a company has."""

    deals: int
    customers: int
    people: int
    activities: int
    invoices: int
    products: int
    members: int

    def divided(self, by: float) -> Size:
        return Size(
            *(max(int(n / by), 1) for n in (self.deals, self.customers, self.people, self.activities)),
            *(max(int(n / by), 1) for n in (self.invoices, self.products, self.members)),
        )


LARGEST = Size(100_000, 50_000, 20_000, 300_000, 20_000, 5_000, MEMBERS_OF_LARGEST)
# As much as the peers had when they were measured.
PEER = Size(20_000, 5_000, 10_000, 50_000, 20_000, 5_000, 8)
PEER_TENANT = TENANTS + 1


@dataclass(slots=True)
class Place:
    """Settings of the bench's own database."""

    data_dir: Path
    app_database_url: str | None = None
    system_database_url: str | None = None
    migrator_database_url: str | None = None


def size_of(tenant: int) -> Size:
    return PEER if tenant == PEER_TENANT else LARGEST.divided(tenant**EXPONENT)


def secret_of(tenant: int, member: int) -> str:
    """The session cookie of a member, who is number 1 (the owner) to ``members`` in the company."""
    return f"bench-session-{tenant}-{member}-{'x' * 16}"


def ready(data_dir: Path) -> tuple[str, Urls]:
    """Start the bench's PostgreSQL, seed it unless it is; gives the superuser's URL and the roles'."""
    stamp = data_dir / "seed.json"
    if stamp.exists() and json.loads(stamp.read_text()) != {"version": VERSION}:
        stop_embedded(data_dir)
        shutil.rmtree(data_dir)  # rows of another seed
    superuser = start_embedded(data_dir)
    urls = prepare(superuser, Place(data_dir))
    if not stamp.exists():
        began = time.monotonic()
        print("  seeding 1,001 companies ...", flush=True)
        with psycopg.connect(inside(superuser)) as connection:
            fill(connection, {tenant: size_of(tenant) for tenant in range(1, PEER_TENANT + 1)})
        with psycopg.connect(inside(superuser), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        stamp.write_text(json.dumps({"version": VERSION}))
        print(f"  seeded in {time.monotonic() - began:.0f} s", flush=True)
    return superuser, urls


def let_go(data_dir: Path) -> None:
    stop_embedded(data_dir)


def fill(connection: psycopg.Connection, sizes: dict[int, Size]) -> None:
    """Write companies of these sizes into an empty database, as its superuser, in the caller's transaction.

    ``sizes`` is by tenant id, which must be what the sequence of tenants gives: 1, 2, 3 ...
    """
    for statement in _companies(len(sizes)):
        connection.execute(statement.encode())
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("SET LOCAL work_mem = '256MB'")
    connection.execute(
        "CREATE TEMP TABLE size (t int PRIMARY KEY, deals int, customers int, people int, activities int,"
        " invoices int, products int, members int) ON COMMIT DROP"
    )
    with connection.cursor().copy("COPY size FROM STDIN") as copy:
        for tenant, s in sizes.items():
            copy.write_row(
                (tenant, s.deals, s.customers, s.people, s.activities, s.invoices, s.products, s.members)
            )
    connection.execute("ANALYZE size")
    present = {name for (name,) in connection.execute(_TABLES)}
    for statement in (*ROWS, *DERIVED, *_words(connection), *_sequences(connection)):
        # A module whose folder is not there has no tables either.
        if set(_NAMED.findall(statement)) <= present:
            connection.execute(statement.encode())


def check(connection: psycopg.Connection) -> list[str]:
    """What the seed has reckoned beside the triggers and got wrong; nothing, one hopes."""
    present = {name for (name,) in connection.execute(_TABLES)}
    return [
        name
        for name, query in CHECKS.items()
        if set(_NAMED.findall(query)) <= present
        and ((found := connection.execute(query.encode()).fetchone()) is None or found[0] != 0)
    ]


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'wasl'"
_NAMED = re.compile(r"(?:FROM|JOIN|INTO) wasl\.(\w+)(?!\w|\()")


def _companies(count: int) -> Iterator[str]:
    yield (
        "INSERT INTO wasl.account (email, email_key, name, email_confirmed_at)"
        f" SELECT 'owner' || t || '@bench.test', 'owner' || t || '@bench.test', 'Owner ' || t, now()"
        f" FROM generate_series(1, {count}) t ORDER BY t"
    )
    yield (
        "SELECT count(*) FROM (SELECT * FROM wasl.account WHERE email LIKE 'owner%@bench.test' ORDER BY id) a"
        " CROSS JOIN LATERAL wasl.found_company(a.id, 'Company ' || a.id, 'company-' || a.id, 'KW', 'KWD',"
        f" 'Asia/Kuwait', 'en', CURRENT_DATE + 15, '{MODULES}') f"
    )


def _words(connection: psycopg.Connection) -> list[str]:
    """What the search triggers would have written, for each table that has one."""
    triggers = connection.execute(
        "SELECT c.relname, t.tgargs FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'index_words'"
    ).fetchall()
    return [
        _index_words(table, [part.decode() for part in raw.split(b"\x00") if part]) for table, raw in triggers
    ]


def _index_words(table: str, columns: list[str]) -> str:
    record = ", ".join(f"'{column}', n.{column}" for column in columns)
    return (
        "INSERT INTO wasl.search_word (tenant_id, table_name, word, row_id)"
        f" SELECT n.tenant_id, '{table}', w, n.id FROM wasl.{table} n"
        f" CROSS JOIN LATERAL wasl.words_of(jsonb_build_object({record}), '{{{','.join(columns)}}}') w"
    )


def _sequences(connection: psycopg.Connection) -> list[str]:
    tables = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' AND a.attidentity <> ''"
        " WHERE n.nspname = 'wasl' AND c.relkind = 'r'"
    ).fetchall()
    return [
        f"SELECT setval(pg_get_serial_sequence('wasl.{name}', 'id'),"
        f" (SELECT coalesce(max(id), 0) + 1 FROM wasl.{name}), false)"
        for (name,) in tables
    ]


def inside(superuser_url: str) -> str:
    """The superuser in the application's database instead of ``postgres``."""
    return superuser_url.replace("/postgres?", "/wasl?", 1)
