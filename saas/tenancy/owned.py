"""What every row of a company has, and what those have that belong to a member."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import FetchedValue
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

SCHEMA = "wasl"
Instant = sa.DateTime(timezone=True)


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): milliseconds since 1970, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10)) & ((1 << 74) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & ((1 << 62) - 1))


def among(column: Any, ids: Iterable[int]) -> sa.ColumnElement[bool]:
    """The column is one of these ids: one parameter however many they are, so that the statement is always
    the same one and is prepared once. A list of values would make another for each length."""
    return column == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))


class Choice(sa.types.TypeDecorator[StrEnum]):
    """A closed choice: text with a CHECK in the database, the enum in Python: ``sa_type=Choice(Outcome)``."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: Any, dialect: Any) -> StrEnum | None:
        return None if value is None else self.choices(value)


class Owned(type(SQLModel)):
    """Gives each owned class ``company`` and ``keeper``, its ``tenant_id`` and ``owner_id`` columns.

    The bases have them too, though they have no table: the session's criteria on all owned models are
    written once, against the base."""

    @property
    def company(cls) -> Any:
        return cls._column("tenant_id", sa.Integer)

    @property
    def keeper(cls) -> Any:
        return cls._column("owner_id", sa.BigInteger)

    def _column(cls, name: str, kind: Any) -> Any:
        mapped = sa.inspect(cls, raiseerr=False) is not None
        return getattr(cls, name) if mapped else sa.column(name, kind)


class TenantOwned(SQLModel, metaclass=Owned):
    """Base of a company's tables: ``class Deal(TenantOwned, table=True)``.

    ``tenant_id`` is stamped by the session; ``id`` stays inside, ``public_id`` (uuidv7) is what leaves the
    system; ``version`` counts updates and ``updated_at`` moves by trigger; ``archived_at`` is the deletion
    that people see. Its table is made by ``op.create_tenant_table``.
    """

    __table_args__: ClassVar[Any] = {"schema": SCHEMA}
    # An update's RETURNING brings version and updated_at: a lazy refresh would be I/O behind an attribute.
    __mapper_args__: ClassVar[Any] = {"eager_defaults": True}

    tenant_id: int = Field(default=None, primary_key=True, sa_type=sa.Integer)
    id: int = Field(
        default=None,
        primary_key=True,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"server_default": FetchedValue()},
    )
    # Known before the insert, so rows of one batch find their ids again in RETURNING.
    public_id: UUID = Field(default_factory=uuid7, sa_type=PgUUID, sa_column_kwargs={"insert_sentinel": True})
    version: int = Field(
        default=None,
        sa_type=sa.Integer,
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )
    created_at: datetime = Field(
        default=None,
        sa_type=Instant,  # pyright: ignore[reportArgumentType] -- an instance serves as well as a class
        sa_column_kwargs={"server_default": FetchedValue()},
    )
    updated_at: datetime = Field(
        default=None,
        sa_type=Instant,  # pyright: ignore[reportArgumentType] -- as above
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )
    archived_at: datetime | None = Field(default=None, sa_type=Instant)  # pyright: ignore[reportArgumentType] -- as above


class MemberOwned(SQLModel, metaclass=Owned):
    """Mixin of records that belong to a member: ``owner_id`` is a membership id; None is nobody's yet."""

    owner_id: int | None = Field(default=None, sa_type=sa.BigInteger)
