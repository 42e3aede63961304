"""Tables of facts that modules share, on for every company."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import FetchedValue
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from saas.tenancy.owned import Choice, Instant, MemberOwned, TenantOwned


class PartyKind(StrEnum):
    COMPANY = "company"
    PERSON = "person"
    GOVERNMENT = "government"
    NONPROFIT = "nonprofit"


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"


class AddressKind(StrEnum):
    OFFICE = "office"
    BILLING = "billing"
    SHIPPING = "shipping"


class NotificationKind(StrEnum):
    """Called by a comment; given a record by somebody else; reminded of what is due."""

    MENTIONED = "mentioned"
    HANDED = "handed"
    REMINDER = "reminder"


def _folded() -> Any:
    """Kept by the database: the folded form of the column it is named after."""
    return Field(
        default=None,
        sa_type=sa.Text,
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )


def tags_column() -> Any:
    """Words of the company's own on a record; ``tags.Tagged`` finds rows by them."""
    return Field(default_factory=list, sa_type=ARRAY(sa.Text))  # pyright: ignore[reportArgumentType] -- as below


def _reference() -> Any:
    return Field(default=None, sa_type=sa.BigInteger)


def _instant() -> Any:
    return Field(default=None, sa_type=Instant)  # pyright: ignore[reportArgumentType] -- an instance serves as well as a class


def _choice(kind: type[StrEnum], default: StrEnum) -> Any:
    return Field(default=default, sa_type=Choice(kind))  # pyright: ignore[reportArgumentType] -- an instance serves as well as a class


class Party(MemberOwned, TenantOwned, table=True):
    """Somebody the company deals with, as customer, supplier or both; ``owner_id`` is the member who does.

    ``country`` is ISO 3166 alpha-2 where known; ``segment`` is the company's own word. Amounts are minor
    units of the company's currency.
    """

    kind: PartyKind = _choice(PartyKind, PartyKind.COMPANY)
    is_customer: bool = True
    is_supplier: bool = False
    name: str
    name_ar: str = ""
    name_key: str = _folded()
    parent_id: int | None = _reference()
    segment: str = ""
    country: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_number: str = ""
    founded_year: int | None = None
    employees: int | None = None
    annual_revenue_minor: int | None = _reference()
    credit_limit_minor: int | None = _reference()
    payment_terms_days: int | None = None
    language: str = ""
    note: str = ""
    tags: list[str] = tags_column()


class LegalEntity(TenantOwned, table=True):
    """A name under which a party signs, for a time; ``valid_to`` is its last day."""

    __tablename__: ClassVar[Any] = "legal_entity"

    party_id: int = Field(sa_type=sa.BigInteger)
    legal_name: str
    legal_name_ar: str = ""
    tax_number: str = ""
    registration_number: str = ""
    country: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class Address(TenantOwned, table=True):
    party_id: int = Field(sa_type=sa.BigInteger)
    kind: AddressKind = _choice(AddressKind, AddressKind.OFFICE)
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


class Person(TenantOwned, table=True):
    """A human being one talks to, at a party or on their own."""

    party_id: int | None = _reference()
    name: str
    name_ar: str = ""
    name_key: str = _folded()
    title: str = ""
    email: str = ""
    email_key: str = _folded()
    phone: str = ""
    language: str = ""
    note: str = ""


class Product(TenantOwned, table=True):
    """Something sold or bought. ``price_minor`` in ``currency``; ``tax_rate`` a fraction, None: the usual."""

    kind: ProductKind = _choice(ProductKind, ProductKind.GOODS)
    name: str
    name_ar: str = ""
    name_key: str = _folded()
    sku: str | None = None
    series: str = ""
    unit: str = ""
    price_minor: int | None = _reference()
    currency: str
    tax_rate: Decimal | None = Field(default=None, sa_type=sa.Numeric(6, 5))  # pyright: ignore[reportArgumentType] -- as above
    description: str = ""


class Comment(TenantOwned, table=True):
    """``subject`` is the key of the record's list, ``mentions`` are membership ids."""

    subject: str
    subject_id: int = Field(sa_type=sa.BigInteger)
    author_id: int | None = _reference()
    body: str
    mentions: list[int] = Field(default_factory=list, sa_type=ARRAY(sa.BigInteger))  # pyright: ignore[reportArgumentType] -- as above


class Attachment(TenantOwned, table=True):
    """A file on a record; its bytes lie in storage under ``stored_as``."""

    subject: str
    subject_id: int = Field(sa_type=sa.BigInteger)
    uploaded_by: int | None = _reference()
    file_name: str
    media_type: str
    size_bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str
    stored_as: str


class Tagging(TenantOwned, table=True):
    """A tag of one row, kept by triggers beside the row's own ``tags``; ``tag_key`` is the folded word."""

    __tablename__: ClassVar[Any] = "tagging"

    table_name: str = Field(sa_type=sa.Text(collation="C"))  # pyright: ignore[reportArgumentType] -- as above
    tag_key: str = Field(sa_type=sa.Text(collation="C"))  # pyright: ignore[reportArgumentType] -- as above
    tag: str
    row_id: int = Field(sa_type=sa.BigInteger)


class Star(TenantOwned, table=True):
    """A record that a member keeps at hand; ``subject`` is the key of the record's list."""

    __tablename__: ClassVar[Any] = "star"

    subject: str
    subject_id: int = Field(sa_type=sa.BigInteger)
    member_id: int = Field(sa_type=sa.BigInteger)


class Notification(TenantOwned, table=True):
    """Something that ``member_id`` should know of, who alone reads it.

    ``subject`` is the key of the record's list; ``subject_id`` None means several records at once,
    ``records`` of them. ``actor_id`` is who did it, ``lettered_at`` when it went out as a letter too.
    """

    __tablename__: ClassVar[Any] = "notification"

    member_id: int = Field(sa_type=sa.BigInteger)
    kind: NotificationKind = Field(sa_type=Choice(NotificationKind))  # pyright: ignore[reportArgumentType] -- as above
    subject: str
    subject_id: int | None = _reference()
    records: int = 1
    actor_id: int | None = _reference()
    comment_id: int | None = _reference()
    read_at: datetime | None = _instant()
    lettered_at: datetime | None = _instant()


class SavedView(TenantOwned, table=True):
    """A list's query under a name, for its keeper or for everybody."""

    __tablename__: ClassVar[Any] = "saved_view"

    resource: str
    name: str
    query: dict[str, Any] = Field(sa_type=JSONB)
    shared: bool = False
    kept_by: int | None = _reference()
