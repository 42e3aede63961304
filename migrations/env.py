"""Runs the history as the migrator, in one transaction a revision, and hands what it made to the owner."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

# Registers op.create_tenant_table.
import saas.tenancy.policy
from saas.tenancy.database import sqlalchemy_url

assert saas.tenancy.policy

HAND_OVER = text(
    """
    SELECT format('ALTER %s %s OWNER TO wasl_owner', k.word, c.oid::regclass)
    FROM pg_class c
    JOIN (VALUES ('r', 'TABLE'), ('p', 'TABLE'), ('v', 'VIEW'), ('S', 'SEQUENCE')) k (kind, word)
      ON k.kind = c.relkind::text
    WHERE c.relnamespace IN ('wasl'::regnamespace, 'jobs'::regnamespace)
      AND c.relowner = 'wasl_migrator'::regrole
      -- A sequence that belongs to a column follows its table.
      AND NOT (c.relkind = 'S'
               AND EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT format('ALTER FUNCTION %s OWNER TO wasl_owner', p.oid::regprocedure)
    FROM pg_proc p
    WHERE p.pronamespace IN ('wasl'::regnamespace, 'jobs'::regnamespace)
      AND p.proowner = 'wasl_migrator'::regrole
    """
)


def run() -> None:
    """``attributes["url"]`` is the migrator's URL; ``wasl migrate`` sets it."""
    engine = create_engine(sqlalchemy_url(context.config.attributes["url"]), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            version_table_schema="wasl",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        for statement in connection.execute(HAND_OVER).scalars().all():
            connection.execute(text(statement))
        connection.commit()


run()
