"""A tenant's table as one migration operation, so that nobody can forget a part of what isolates it.

In a migration::

    from saas.tenancy.policy import Foreign, Unique

    op.create_tenant_table(
        "deal",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("party_id", sa.BigInteger),
        foreign=[Foreign("party_id", "party", ondelete="SET NULL")],
        uniques=[("code",), Unique("email_key", where="archived_at IS NULL")],
        indexes=[("stage_id", "position")],
        checks={"amount_not_negative": "amount_minor >= 0"},
    )

gives ``tenant_id, id, public_id, version, created_at, updated_at, archived_at`` around the columns, keys that
start with ``tenant_id``, forced row level security with its one policy, grants, and the triggers that guard
a row's identity, refuse writing while the company is read-only, and record every change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import MigrateOperation, Operations
from sqlalchemy.dialects import postgresql

from saas.tenancy import write_gate

SCHEMA = "wasl"
TENANT = "tenant_id = (SELECT wasl.current_tenant())"
# Known from the row itself, or derived: they are not part of what a person changed.
UNRECORDED = ("tenant_id", "id", "version", "updated_at")
MAX_NAME = 63
# A plan that is kept for all companies reckons with one that holds a tenth of each table. Left to count,
# PostgreSQL reckons with the average: among a thousand companies it then walks through all rows of whoever
# asks to find fifty by their ids, which is nothing for most and 50,000 rows for the largest.
COMPANIES_RECKONED_WITH = 10


@dataclass(frozen=True, slots=True)
class Foreign:
    """A reference within the company: ``(tenant_id, column) -> table (tenant_id, id)``, with its index.

    ``ondelete`` is RESTRICT, CASCADE or SET NULL. ``shared=True`` points at a table of no company
    (``account``) by ``id`` alone.
    """

    column: str
    table: str
    ondelete: str = "RESTRICT"
    shared: bool = False
    index: bool = True


@dataclass(frozen=True, slots=True, init=False)
class Unique:
    """Unique within the company; ``where`` limits it to some rows."""

    columns: tuple[str, ...]
    where: str | None

    def __init__(self, *columns: str, where: str | None = None) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "where", where)


@dataclass(frozen=True, slots=True, init=False)
class Index:
    """An index that starts with ``tenant_id``; parts are SQL: ``'name_key COLLATE "C"'``, ``"due_on DESC"``.

    ``include`` columns ride along for index-only reads. ``using="gist"`` or ``"gin"`` leaves the company out.
    """

    parts: tuple[str, ...]
    where: str | None
    include: tuple[str, ...]
    using: str
    name: str | None

    def __init__(
        self,
        *parts: str,
        where: str | None = None,
        include: Sequence[str] = (),
        using: str = "btree",
        name: str | None = None,
    ) -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "include", tuple(include))
        object.__setattr__(self, "using", using)
        object.__setattr__(self, "name", name)


@Operations.register_operation("create_tenant_table")
class CreateTenantTable(MigrateOperation):
    """See the module. ``unrecorded`` names columns that the change record leaves out (secrets, derived
    keys); ``record=False`` leaves out the whole table and needs a ``reason``, kept as its comment.
    ``searched`` names text columns whose words find the row: see ``saas.tenancy.search``."""

    def __init__(self, name: str, columns: Sequence[sa.Column[Any]], **rest: Any) -> None:
        self.name, self.columns, self.rest = name, columns, rest

    @classmethod
    def create_tenant_table(
        cls,
        operations: Operations,
        name: str,
        *columns: sa.Column[Any],
        uniques: Sequence[Sequence[str] | Unique] = (),
        foreign: Sequence[Foreign] = (),
        indexes: Sequence[Sequence[str] | Index] = (),
        checks: Mapping[str, str] | None = None,
        unrecorded: Sequence[str] = (),
        record: bool = True,
        reason: str = "",
        fillfactor: int | None = None,
        searched: Sequence[str] = (),
    ) -> None:
        if not record and not reason:
            raise ValueError(f"{name}: a table without a change record needs a reason")
        operations.invoke(
            cls(
                name,
                columns,
                uniques=uniques,
                foreign=foreign,
                indexes=indexes,
                checks=checks or {},
                unrecorded=tuple(unrecorded),
                record=record,
                reason=reason,
                fillfactor=fillfactor,
                searched=tuple(searched),
            )
        )


@Operations.implementation_for(CreateTenantTable)
def _create(operations: Operations, operation: CreateTenantTable) -> None:
    name, rest = operation.name, operation.rest
    derived = tuple(c.name for c in operation.columns if c.computed is not None)
    operations.create_table(
        name,
        sa.Column("tenant_id", sa.Integer, server_default=sa.text("wasl.current_tenant()"), nullable=False),
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", postgresql.UUID, server_default=sa.text("uuidv7()"), nullable=False),
        *operation.columns,
        sa.Column("version", sa.Integer, server_default="1", nullable=False),
        sa.Column("created_at", _INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", _INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("archived_at", _INSTANT),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{name}_pk"),
        sa.UniqueConstraint("tenant_id", "public_id", name=f"{name}_public_id_key"),
        sa.ForeignKeyConstraint(["tenant_id"], [f"{SCHEMA}.tenant.id"], name=f"{name}_tenant_fk"),
        *(_foreign(name, reference) for reference in rest["foreign"]),
        *(sa.CheckConstraint(rule, name=f"{name}_{key}") for key, rule in rest["checks"].items()),
        schema=SCHEMA,
        comment=f"unrecorded: {rest['reason']}" if not rest["record"] else None,
    )
    if rest["fillfactor"]:
        operations.execute(f"ALTER TABLE {SCHEMA}.{name} SET (fillfactor = {int(rest['fillfactor'])})")
    for unique in rest["uniques"]:
        operations.execute(_unique(name, unique if isinstance(unique, Unique) else Unique(*unique)))
    for reference in rest["foreign"]:
        if reference.index:
            operations.execute(_index(name, Index(reference.column, name=f"{name}_{reference.column}_idx")))
    for index in rest["indexes"]:
        operations.execute(_index(name, index if isinstance(index, Index) else Index(*index)))
    for statement in isolation(name):
        operations.execute(statement)
    if rest["record"]:
        for statement in recording(name, (*UNRECORDED, *derived, *rest["unrecorded"])):
            operations.execute(statement)
    if rest["searched"]:
        for statement in searching(name, rest["searched"]):
            operations.execute(statement)


def isolation(name: str) -> list[str]:
    """The statements that make a table a tenant's: owner, forced policy, grants, its guards."""
    table = f"{SCHEMA}.{name}"
    return [
        f"ALTER TABLE {table} OWNER TO wasl_owner",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} FOR ALL TO wasl_app, wasl_owner"
        f" USING ({TENANT}) WITH CHECK ({TENANT})",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wasl_app",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wasl_migrator",
        f"CREATE TRIGGER guard_row BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION wasl.guard_row()",
        *write_gate.gated(name),
        reckoning(name),
    ]


def reckoning(name: str) -> str:
    """The statement by which plans suit large companies; it holds from the next ANALYZE on."""
    return f"ALTER TABLE {SCHEMA}.{name} ALTER tenant_id SET (n_distinct = {COMPANIES_RECKONED_WITH})"


def recording(name: str, skip: Sequence[str]) -> list[str]:
    """The change triggers; ``skip`` names the columns that are left out of the record."""
    # A deleted row that comes back continues its count: tabs ignore a version older than what they have.
    left_out = {verb: [c for c in skip if (verb, c) != ("delete", "version")] for verb in _ROWS}
    return [
        _after(name, verb, f"record_{verb}", "'{" + ",".join(columns) + "}'")
        for verb, columns in left_out.items()
    ]


def searching(name: str, columns: Sequence[str]) -> list[str]:
    """The triggers that keep ``search_word``: each word of these columns, folded, finds its row."""
    given = ", ".join(f"'{column}'" for column in columns)
    verbs = {"insert": "index_words", "update": "reindex_words", "delete": "unindex_words"}
    return [_after(name, verb, function, given) for verb, function in verbs.items()]


def tagging(name: str) -> list[str]:
    """The triggers that keep ``tagging`` for a table with a ``tags`` column: see ``saas.directory.tags``."""
    verbs = {"insert": "index_tags", "update": "reindex_tags", "delete": "unindex_tags"}
    return [_after(name, verb, function, "") for verb, function in verbs.items()]


_ROWS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}


def _after(name: str, verb: str, function: str, arguments: str) -> str:
    return (
        f"CREATE TRIGGER {function} AFTER {verb.upper()} ON {SCHEMA}.{name} {_ROWS[verb]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION wasl.{function}({arguments})"
    )


_INSTANT = sa.DateTime(timezone=True)


def _foreign(name: str, reference: Foreign) -> sa.ForeignKeyConstraint:
    if reference.shared:
        columns, target = [reference.column], [f"{SCHEMA}.{reference.table}.id"]
    else:
        columns = ["tenant_id", reference.column]
        target = [f"{SCHEMA}.{reference.table}.tenant_id", f"{SCHEMA}.{reference.table}.id"]
    # Plain SET NULL would null tenant_id too.
    nulls = reference.ondelete == "SET NULL" and not reference.shared
    ondelete = f"SET NULL ({reference.column})" if nulls else reference.ondelete
    return sa.ForeignKeyConstraint(
        columns, target, name=f"{name}_{reference.column}_fk"[:MAX_NAME], ondelete=ondelete
    )


def _unique(name: str, unique: Unique) -> str:
    key = f"{name}_{'_'.join(unique.columns)}_key"[:MAX_NAME]
    columns = ", ".join(("tenant_id", *unique.columns))
    if unique.where:
        return f"CREATE UNIQUE INDEX {key} ON {SCHEMA}.{name} ({columns}) WHERE {unique.where}"
    return f"ALTER TABLE {SCHEMA}.{name} ADD CONSTRAINT {key} UNIQUE ({columns})"


def _index(name: str, index: Index) -> str:
    words = [
        "".join(c if c.isalnum() else "_" for c in part.split()[0].split("::")[0]) for part in index.parts
    ]
    key = (index.name or f"{name}_{'_'.join(words)}_idx")[:MAX_NAME]
    first = ("tenant_id",) if index.using == "btree" else ()
    statement = (
        f"CREATE INDEX {key} ON {SCHEMA}.{name} USING {index.using} ({', '.join((*first, *index.parts))})"
    )
    if index.include:
        statement += f" INCLUDE ({', '.join(index.include)})"
    return statement + (f" WHERE {index.where}" if index.where else "")
