"""Companies, people who sign in, and what they are to each other."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import FetchedValue
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel

from saas.tenancy.owned import SCHEMA, Choice, Instant, TenantOwned


class TenantState(StrEnum):
    """What a company's subscription lets it do; billing moves it."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELLING = "cancelling"
    READ_ONLY = "read_only"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class MemberState(StrEnum):
    """A placeholder owns imported records before its person has joined."""

    PLACEHOLDER = "placeholder"
    ACTIVE = "active"
    REMOVED = "removed"


class TokenPurpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"


class Shared(SQLModel):
    """Base of tables that belong to no company; reached as ``wasl_system``."""

    __table_args__: ClassVar[Any] = {"schema": SCHEMA}
    __mapper_args__: ClassVar[Any] = {"eager_defaults": True}


def _key(kind: Any = sa.BigInteger) -> Any:
    return Field(
        default=None, primary_key=True, sa_type=kind, sa_column_kwargs={"server_default": FetchedValue()}
    )


def _made(kind: Any) -> Any:
    """A column that the database fills."""
    return Field(default=None, sa_type=kind, sa_column_kwargs={"server_default": FetchedValue()})


def _instant() -> Any:
    return Field(default=None, sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves too


class Pod(Shared, table=True):
    """Where companies live: the directory tenant -> pod, one pod from the first day."""

    id: int = _key(sa.Integer)
    name: str


class Tenant(Shared, table=True):
    """A company. ``country`` is ISO 3166 alpha-2, ``currency`` ISO 4217, ``time_zone`` an IANA name."""

    id: int = _key(sa.Integer)
    public_id: UUID = _made(PgUUID)
    pod_id: int = _made(sa.Integer)
    name: str
    slug: str
    country: str
    currency: str
    time_zone: str
    language: str = "en"
    state: TenantState = Field(default=TenantState.TRIALING, sa_type=Choice(TenantState))  # pyright: ignore[reportArgumentType] -- an instance serves too
    trial_ends_on: date | None = None
    legal: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime = _made(Instant)
    updated_at: datetime = _made(Instant)


class Account(Shared, table=True):
    """A person who signs in; may belong to several companies."""

    id: int = _key()
    public_id: UUID = _made(PgUUID)
    email: str
    email_key: str
    name: str
    password_hash: str | None = None
    language: str = "en"
    theme: str = "system"
    digits: str = "latin"
    shortcuts: bool = True
    email_confirmed_at: datetime | None = _instant()
    closed_at: datetime | None = _instant()
    created_at: datetime = _made(Instant)
    updated_at: datetime = _made(Instant)


class LoginSession(Shared, table=True):
    """One browser signed in. Only the SHA-256 of its token is kept."""

    __tablename__: ClassVar[Any] = "login_session"

    id: int = _key()
    public_id: UUID = _made(PgUUID)
    token_hash: bytes
    account_id: int = Field(sa_type=sa.BigInteger)
    tenant_id: int | None = None
    csrf: str
    ip: str | None = None
    user_agent: str | None = None
    created_at: datetime = _made(Instant)
    seen_at: datetime = _made(Instant)
    expires_at: datetime = _instant()
    revoked_at: datetime | None = _instant()


class EmailToken(Shared, table=True):
    """A link sent by e-mail, usable once."""

    __tablename__: ClassVar[Any] = "email_token"

    id: int = _key()
    token_hash: bytes
    account_id: int = Field(sa_type=sa.BigInteger)
    purpose: TokenPurpose = Field(sa_type=Choice(TokenPurpose))  # pyright: ignore[reportArgumentType] -- as above
    email: str
    created_at: datetime = _made(Instant)
    expires_at: datetime = _instant()
    used_at: datetime | None = _instant()


class MailMessage(Shared, table=True):
    """The outbox; without SMTP it is where mail stays."""

    __tablename__: ClassVar[Any] = "mail_message"

    id: int = _key()
    public_id: UUID = _made(PgUUID)
    tenant_id: int | None = None
    kind: str
    to_email: str
    to_name: str = ""
    language: str = "en"
    subject: str
    text_body: str
    html_body: str = ""
    links: list[str] = Field(default_factory=list, sa_type=JSONB)
    attempts: int = 0
    last_error: str | None = None
    tried_at: datetime | None = _instant()
    created_at: datetime = _made(Instant)
    sent_at: datetime | None = _instant()


class RateBucket(Shared, table=True):
    """Hits under one key within a window."""

    __tablename__: ClassVar[Any] = "rate_bucket"

    key: str = Field(primary_key=True)
    hits: int
    window_ends_at: datetime = _instant()


class Team(TenantOwned, table=True):
    name: str
    region: str = ""


class Role(TenantOwned, table=True):
    """``permissions`` None: what the catalogue gives the starting role ``key``; a list: exactly these."""

    key: str | None = None
    name: str
    permissions: list[str] | None = Field(default=None, sa_type=ARRAY(sa.Text))  # pyright: ignore[reportArgumentType] -- an instance serves too
    visibility: str = "all"


class Membership(TenantOwned, table=True):
    """A person's place in a company. ``visibility`` None: as the role says."""

    account_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    display_name: str
    name_key: str = _made(sa.Text)
    email: str = ""
    role_id: int = Field(sa_type=sa.BigInteger)
    team_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    manager_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    visibility: str | None = None
    state: MemberState = Field(default=MemberState.ACTIVE, sa_type=Choice(MemberState))  # pyright: ignore[reportArgumentType] -- as above


class EnabledModule(TenantOwned, table=True):
    """A module's switch; no row means off. ``provisioned_at`` None: it lacks what it starts with."""

    __tablename__: ClassVar[Any] = "enabled_module"

    key: str
    enabled: bool = True
    changed_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    changed_at: datetime = _made(Instant)
    provisioned_at: datetime | None = _instant()


class Change(SQLModel, table=True):
    """One row's part in one action, written by trigger and never by us: ``op`` insert, update or delete.

    ``old`` and ``new`` hold column values as JSON; of an update, only those that differ.
    """

    __table_args__: ClassVar[Any] = {"schema": SCHEMA}

    tenant_id: int = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    at: datetime = _instant()
    member_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    action_id: UUID = Field(sa_type=PgUUID)
    action: str
    table_name: str
    row_id: int = Field(sa_type=sa.BigInteger)
    op: str
    old: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    new: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class Invitation(TenantOwned, table=True):
    """An offer of a place, by e-mail. Only the SHA-256 of its token is kept."""

    email: str
    email_key: str
    name: str = ""
    role_id: int = Field(sa_type=sa.BigInteger)
    team_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    membership_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    token_hash: bytes
    invited_by: int | None = Field(default=None, sa_type=sa.BigInteger)
    expires_at: datetime = _instant()
    accepted_at: datetime | None = _instant()
    revoked_at: datetime | None = _instant()
