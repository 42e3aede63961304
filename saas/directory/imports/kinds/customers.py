"""Customers from a file: parties with their branch of trade, size, place and head office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import bulk, vocabulary
from saas.directory.imports.kinds.members import MEMBER
from saas.directory.imports.targets import Existing, Field, Kind, Match, Reference, Target, named, register
from saas.directory.imports.values import Wrong
from saas.directory.models import Party
from saas.kernel.permissions import WorkspacePermission
from saas.tenancy.session import TenantSession

# Field -> column of Party. Texts are "" where unknown, numbers and references NULL.
_TEXTS = {
    "name": "name",
    "name_ar": "name_ar",
    "sector": "segment",
    "country": "country",
    "city": "city",
    "phone": "phone",
    "email": "email",
    "website": "website",
    "tax_number": "tax_number",
    "note": "note",
}
_OTHERS = {
    "founded_year": "founded_year",
    "employees": "employees",
    "revenue": "annual_revenue_minor",
    "parent": "parent_id",
    "owner": "owner_id",
}
_COLUMNS = {**_TEXTS, **_OTHERS}


async def known(session: TenantSession) -> list[tuple[int, str]]:
    """Every customer's id under each of its names."""
    query = sa.select(col(Party.id), col(Party.name), col(Party.name_ar)).where(
        col(Party.archived_at).is_(None)
    )
    rows = await session.rows(query.order_by(col(Party.id)))
    return [(id, name) for id, *names in rows for name in names if name]


async def create_by_name(session: TenantSession, names: list[str]) -> dict[str, int]:
    """Customers of which nothing but the name is known yet."""
    return dict(zip(names, await insert(session, [{"name": name} for name in names]), strict=True))


async def existing(session: TenantSession, match: str, keys: Sequence[str]) -> dict[str, Existing]:
    key = sa.func.lower(col(Party.email)) if match == "email" else sa.collate(col(Party.name_key), "C")
    query = sa.select(Party).where(col(Party.archived_at).is_(None), key.in_(bulk.among(keys)))
    found: dict[str, Existing] = {}
    for party in await session.all(query.order_by(col(Party.id))):
        shared = party.email.lower() if match == "email" else party.name_key
        values = {field: getattr(party, column) for field, column in _COLUMNS.items()}
        found.setdefault(shared, Existing(party.id, values))
    return found


async def insert(session: TenantSession, rows: list[dict[str, Any]]) -> list[int]:
    return await bulk.insert_rows(session, Party, [{"is_customer": True, **_stored(row)} for row in rows])


async def update(session: TenantSession, changes: list[tuple[int, dict[str, Any]]]) -> None:
    await bulk.update_rows(
        session,
        Party,
        [(id, {_COLUMNS[f]: v for f, v in values.items() if f in _COLUMNS}) for id, values in changes],
    )


def complete(values: dict[str, Any]) -> None:
    """A place is a country where it is the name of one, else a town."""
    if (values.get("employees") or 0) < 0:
        raise Wrong("imports.wrong.negative", text=str(values["employees"]))
    place = values.pop("location", None)
    if place:
        code = vocabulary.country_code(place)
        values.setdefault("country" if code else "city", code or place)
    if country := values.get("country"):
        values["country"] = vocabulary.country_code(country) or country[:60]


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    return {column: row.get(field) or "" for field, column in _TEXTS.items()} | {
        column: row.get(field) for field, column in _OTHERS.items()
    }


CUSTOMER = Reference("customer", "imports.missing.customers", known, create_by_name)

register(
    Target(
        key="customers",
        text="imports.kinds.customers",
        icon="building-2",
        permission=WorkspacePermission.IMPORT,
        order=20,
        fields=(
            Field(
                "name",
                "imports.fields.name",
                Kind.TEXT,
                named(
                    "account | account name | company | company name | customer | customer name"
                    " | client | organization | organisation | business name | name | العميل"
                    " | اسم العميل | الشركة | اسم الشركة | الحساب | المنشأة | الجهة | الاسم"
                    " | الزبون"
                ),
                required=True,
            ),
            Field(
                "name_ar",
                "imports.fields.name_ar",
                Kind.TEXT,
                named("arabic name | name (arabic) | name ar | الاسم بالعربية | الاسم العربي"),
            ),
            Field(
                "sector",
                "imports.fields.sector",
                Kind.TEXT,
                named(
                    "sector | industry | segment | business type | vertical | القطاع | النشاط"
                    " | المجال | نوع النشاط"
                ),
                vocabulary="sectors",
            ),
            Field(
                "founded_year",
                "imports.fields.founded_year",
                Kind.YEAR,
                named(
                    "year established | founded | established | year founded | founding year"
                    " | سنة التأسيس | تأسست | عام التأسيس"
                ),
            ),
            Field(
                "revenue",
                "imports.fields.revenue",
                Kind.MONEY,
                named(
                    "revenue | annual revenue | turnover | yearly revenue | الإيرادات"
                    " | الإيراد السنوي | المبيعات السنوية"
                ),
            ),
            Field(
                "employees",
                "imports.fields.employees",
                Kind.INTEGER,
                named(
                    "employees | number of employees | headcount | staff | company size | الموظفون"
                    " | عدد الموظفين | الموظفين"
                ),
            ),
            Field(
                "location",
                "imports.fields.location",
                Kind.TEXT,
                named("office location | location | hq | headquarters | place | الموقع | المقر | مقر المكتب"),
                vocabulary="countries",
            ),
            Field(
                "country",
                "imports.fields.country",
                Kind.TEXT,
                named("country | nation | billing country | الدولة | البلد"),
                vocabulary="countries",
            ),
            Field(
                "city",
                "imports.fields.city",
                Kind.TEXT,
                named("city | town | billing city | المدينة"),
                max_length=120,
            ),
            Field(
                "phone",
                "imports.fields.phone",
                Kind.PHONE,
                named(
                    "phone | phone number | telephone | mobile | tel | الهاتف | رقم الهاتف | الجوال"
                    " | الموبايل"
                ),
            ),
            Field(
                "email",
                "imports.fields.email",
                Kind.EMAIL,
                named("email | e-mail | mail | email address | البريد | البريد الإلكتروني | الإيميل"),
            ),
            Field(
                "website",
                "imports.fields.website",
                Kind.TEXT,
                named("website | web | url | homepage | site | الموقع الإلكتروني | الموقع على الويب"),
            ),
            Field(
                "tax_number",
                "imports.fields.tax_number",
                Kind.TEXT,
                named("tax number | vat | vat number | tax id | trn | الرقم الضريبي"),
                max_length=60,
            ),
            Field(
                "parent",
                "imports.fields.parent",
                Kind.REFERENCE,
                named(
                    "subsidiary of | parent | parent account | parent company | group | تابعة ل"
                    " | الشركة الأم | تابع لـ"
                ),
                reference="parent",
            ),
            Field(
                "owner",
                "imports.fields.owner",
                Kind.REFERENCE,
                named("owner | account owner | account manager | responsible | المسؤول | مدير الحساب"),
                reference="member",
            ),
            Field(
                "note",
                "imports.fields.note",
                Kind.TEXT,
                named("note | notes | comment | comments | description | remarks | ملاحظات | ملاحظة | الوصف"),
                max_length=4000,
            ),
        ),
        matches=(Match("email", ("email",)), Match("name", ("name",))),
        signature=("name", "sector", "employees", "location", "revenue", "parent"),
        references=(
            Reference("parent", "imports.missing.parents", known, create_by_name, own=True),
            MEMBER,
        ),
        existing=existing,
        insert=insert,
        update=update,
        complete=complete,
        topics=("crm.customer",),
        route="/crm/customers",
    )
)
