"""Deals from a file: each in its stage, with its owner, customer, product and dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import bulk
from saas.directory.imports.kinds.customers import CUSTOMER
from saas.directory.imports.kinds.members import MEMBER
from saas.directory.imports.kinds.products import PRODUCT
from saas.directory.imports.targets import Existing, Field, Kind, Match, Target, named
from saas.directory.imports.values import Wrong
from saas.directory.models import Party, Product
from saas.kernel.clock import now
from saas.modules.crm.models import Deal, DealLine, LostReason, Stage, StageKind
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import pipelines, positions
from saas.modules.crm.service.import_stages import STAGE
from saas.tenancy.models import Tenant
from saas.tenancy.session import TenantSession

MAX_AMOUNT = 10**15
MAX_TITLE = 200


async def existing(session: TenantSession, match: str, keys: Sequence[str]) -> dict[str, Existing]:
    if match == "external_ref":
        known = bulk.among(keys)
        which = sa.and_(col(Deal.external_ref).is_not(None), col(Deal.external_ref).in_(known))
    else:
        titles = bulk.among([key.split("\x1f")[0] for key in keys])
        which = sa.collate(col(Deal.name_key), "C").in_(titles)
    deals = await session.all(sa.select(Deal).where(which).order_by(col(Deal.id)))
    products = await _products_on(session, [deal.id for deal in deals])
    found: dict[str, Existing] = {}
    for deal in deals:
        shared = deal.external_ref if match == "external_ref" else f"{deal.name_key}\x1f{deal.party_id}"
        if match == "external_ref" or deal.archived_at is None:
            found.setdefault(shared, Existing(deal.id, _values(deal, products.get(deal.id))))
    return found


async def insert(session: TenantSession, rows: list[dict[str, Any]]) -> list[int]:
    pipeline = await pipelines.provision(session)
    stages = {stage.id: stage for stage in await pipelines.stages(session, pipeline.id)}
    first = next(stage for stage in stages.values() if stage.is_open)
    currency = await session.one(sa.select(col(Tenant.currency)).where(col(Tenant.id) == session.tenant_id))
    titles = await _titles(session, rows)
    # The file's last row is the newest: it comes to lie on top.
    place = {stage_id: await positions.top(session, stage_id) for stage_id in stages}
    deals: list[dict[str, Any]] = []
    for row, title in zip(rows, titles, strict=True):
        stage = stages.get(row.get("stage") or first.id, first)
        place[stage.id] -= positions.GAP
        deals.append(
            {
                "title": title,
                "party_id": row.get("account"),
                "owner_id": row.get("owner"),
                "position": place[stage.id],
                "amount_minor": row.get("amount"),
                "currency": currency,
                "source": row.get("source") or "",
                "external_ref": row.get("external_ref"),
                **_standing(stage, row.get("started_on"), row.get("closes_on")),
                "created_at": _noon(row.get("started_on")) or now(),
            }
        )
    ids = await bulk.insert_rows(session, Deal, deals)
    lines = [
        (id, row["product"], row.get("amount")) for id, row in zip(ids, rows, strict=True) if "product" in row
    ]
    await _add_lines(session, lines)
    return ids


async def update(session: TenantSession, changes: list[tuple[int, dict[str, Any]]]) -> None:
    query = sa.select(Deal).where(col(Deal.id).in_(bulk.among([id for id, _ in changes])))
    deals = {deal.id: deal for deal in await session.all(query)}
    stages = {stage.id: stage for stage in await pipelines.stages(session)}
    written: list[tuple[int, dict[str, Any]]] = []
    for id, values in changes:
        deal, columns = deals[id], {}
        for field, column in _PLAIN.items():
            if field in values:
                columns[column] = values[field]
        if values.keys() & {"stage", "started_on", "closes_on"}:
            stage = stages[values.get("stage", deal.stage_id)]
            before = _values(deal, None)
            started = values.get("started_on", before["started_on"])
            columns |= _standing(stage, started, values.get("closes_on", before["closes_on"]))
        written.append((id, columns))
    await bulk.update_rows(session, Deal, written)
    await _set_products(session, {id: v["product"] for id, v in changes if "product" in v})


def complete(values: dict[str, Any]) -> None:
    amount = values.get("amount")
    if amount is not None and not 0 <= amount <= MAX_AMOUNT:
        raise Wrong("imports.wrong.negative" if amount < 0 else "imports.wrong.too_large", text=str(amount))
    if not values.keys() & {"title", "external_ref", "product", "account"}:
        raise Wrong("crm.imports.nameless")
    started, closes = values.get("started_on"), values.get("closes_on")
    if started and closes and closes < started:
        raise Wrong("crm.imports.closed_before", closes=closes.isoformat(), started=started.isoformat())


# Field -> column where nothing else follows from it.
_PLAIN = {
    "title": "title",
    "account": "party_id",
    "owner": "owner_id",
    "amount": "amount_minor",
    "source": "source",
}


def _values(deal: Deal, product_id: int | None) -> dict[str, Any]:
    plain = {field: getattr(deal, column) for field, column in _PLAIN.items()}
    started = deal.created_at.astimezone(UTC).date()
    return plain | {
        "external_ref": deal.external_ref,
        "stage": deal.stage_id,
        "product": product_id,
        "started_on": started,
        "closes_on": deal.closed_on or deal.expected_close_on,
    }


def _standing(stage: Stage, started: date | None, closes: date | None) -> dict[str, Any]:
    """Where the deal stands, since when, and what follows for its outcome and dates."""
    if stage.is_open:
        since = _noon(started) or now()
        outcome = {"closed_on": None, "expected_close_on": closes, "lost_reason": None}
    else:
        closed = closes or started or now().date()
        since = _noon(closed) or now()
        lost = LostReason.NOT_SAID.value if stage.kind == StageKind.LOST else None
        outcome = {"closed_on": closed, "expected_close_on": None, "lost_reason": lost}
    return {
        "pipeline_id": stage.pipeline_id,
        "stage_id": stage.id,
        "outcome": StageKind(stage.kind).value,
        "stage_entered_at": since,
        "last_active_at": since,
        **outcome,
    }


def _noon(day: date | None) -> datetime | None:
    """An instant that is that day nearly everywhere on earth."""
    return datetime.combine(day, time(12), UTC) if day else None


async def _titles(session: TenantSession, rows: list[dict[str, Any]]) -> list[str]:
    """The file's own title, else what is sold and the reference, so that no two deals look alike."""
    products = await _names(session, Product, {row["product"] for row in rows if "product" in row})
    parties = await _names(session, Party, {row["account"] for row in rows if "account" in row})
    titles: list[str] = []
    for row in rows:
        what = products.get(row.get("product", 0)) or parties.get(row.get("account", 0)) or ""
        made = " ".join(part for part in (what, row.get("external_ref")) if part)
        titles.append((row.get("title") or made)[:MAX_TITLE])
    return titles


async def _names(session: TenantSession, model: Any, ids: set[int]) -> dict[int, str]:
    rows = await session.rows(sa.select(model.id, model.name).where(model.id.in_(bulk.among(sorted(ids)))))
    return {row.id: row.name for row in rows}


async def _add_lines(session: TenantSession, lines: list[tuple[int, int, int | None]]) -> None:
    """One product a deal, ``(deal, product, amount)``: at the deal's amount, else at the product's price."""
    wanted = bulk.among(sorted({product for _, product, _ in lines}))
    rows = await session.rows(
        sa.select(col(Product.id), col(Product.price_minor)).where(col(Product.id).in_(wanted))
    )
    prices = {row.id: row.price_minor or 0 for row in rows}
    await bulk.insert_rows(
        session,
        DealLine,
        [
            {"deal_id": deal, "product_id": product, "unit_price_minor": amount or prices.get(product, 0)}
            for deal, product, amount in lines
        ],
    )


async def _products_on(session: TenantSession, deal_ids: list[int]) -> dict[int, int]:
    query = sa.select(col(DealLine.deal_id), col(DealLine.product_id)).where(
        col(DealLine.deal_id).in_(bulk.among(deal_ids)), col(DealLine.archived_at).is_(None)
    )
    rows = await session.rows(query.order_by(col(DealLine.position).desc(), col(DealLine.id).desc()))
    return {row.deal_id: row.product_id for row in rows}


async def _set_products(session: TenantSession, products: dict[int, int]) -> None:
    if not products:
        return
    here = await _products_on(session, list(products))
    await _add_lines(
        session, [(deal, product, None) for deal, product in products.items() if deal not in here]
    )
    for deal, product in products.items():
        if deal in here and here[deal] != product:
            changed = sa.update(DealLine).where(
                col(DealLine.deal_id) == deal, col(DealLine.product_id) == here[deal]
            )
            await session.execute(changed.values(product_id=product))


DEALS = Target(
    key="deals",
    text="crm.imports.deals",
    icon="handshake",
    permission=CrmPermission.EDIT_DEALS,
    module="crm",
    order=40,
    fields=(
        Field(
            "external_ref",
            "crm.imports.external_ref",
            Kind.TEXT,
            named(
                "opportunity id | deal id | external id | opportunity number | deal number | reference"
                " | ref | رقم الصفقة | رقم الفرصة | المرجع | معرف الصفقة"
            ),
            max_length=80,
        ),
        Field(
            "title",
            "crm.imports.title",
            Kind.TEXT,
            named(
                "deal | deal name | opportunity | opportunity name | title | subject"
                " | الصفقة | اسم الصفقة | الفرصة | اسم الفرصة | العنوان"
            ),
        ),
        Field(
            "account",
            "crm.imports.account",
            Kind.REFERENCE,
            named(
                "account | account name | customer | customer name | company | client | organization"
                " | العميل | اسم العميل | الشركة | الحساب"
            ),
            reference="customer",
        ),
        Field(
            "owner",
            "crm.imports.owner",
            Kind.REFERENCE,
            named(
                "sales agent | owner | deal owner | opportunity owner | sales rep | salesperson"
                " | assigned to | المندوب | مندوب المبيعات | المسؤول | مالك الصفقة"
            ),
            reference="member",
            max_length=120,
        ),
        Field(
            "product",
            "crm.imports.product",
            Kind.REFERENCE,
            named("product | product name | item | المنتج | اسم المنتج | الصنف"),
            reference="product",
        ),
        Field(
            "stage",
            "crm.imports.stage",
            Kind.REFERENCE,
            named(
                "deal stage | stage | pipeline stage | status | sales stage"
                " | المرحلة | مرحلة الصفقة | مرحلة البيع | الحالة"
            ),
            reference="stage",
            max_length=80,
        ),
        Field(
            "started_on",
            "crm.imports.started_on",
            Kind.DATE,
            named(
                "engage date | start date | created | created on | creation date | open date | opened"
                " | تاريخ البدء | تاريخ الإنشاء | تاريخ التواصل | تاريخ الفتح"
            ),
        ),
        Field(
            "closes_on",
            "crm.imports.closes_on",
            Kind.DATE,
            named(
                "close date | closing date | closed on | expected close | expected close date | won date"
                " | تاريخ الإغلاق | تاريخ الإغلاق المتوقع | تاريخ الإقفال"
            ),
        ),
        Field(
            "amount",
            "crm.imports.amount",
            Kind.MONEY,
            named(
                "close value | amount | value | deal value | deal amount | total | price | revenue"
                " | المبلغ | قيمة الصفقة | القيمة | قيمة الإغلاق"
            ),
        ),
        Field(
            "source",
            "crm.imports.source",
            Kind.TEXT,
            named("source | lead source | channel | المصدر | مصدر العميل | القناة"),
        ),
    ),
    matches=(
        Match("external_ref", ("external_ref",), decisive=True, exact=True),
        Match("title", ("title", "account")),
    ),
    signature=("external_ref", "stage", "owner", "amount", "closes_on"),
    references=(CUSTOMER, MEMBER, PRODUCT, STAGE),
    existing=existing,
    insert=insert,
    update=update,
    complete=complete,
    topics=("crm.deal", "crm.pipeline", "crm.customer"),
    route="/crm/deals",
)
