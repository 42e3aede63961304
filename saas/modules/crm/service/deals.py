"""Deals: made, changed, handed over, archived. How they move is in ``moves``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import notifications, tags
from saas.directory.models import Product
from saas.kernel.clock import now
from saas.kernel.errors import AppError, Invalid, Stale
from saas.modules.crm.models import Deal, DealLine, LostReason, Stage
from saas.modules.crm.service import moves, pipelines, positions
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession

TOPIC = "crm.deal"
MAX_TITLE = 200
MAX_NOTE = 2000
MAX_AMOUNT = 10**15
MAX_AT_ONCE = 1000
# Of a quantity, as the database keeps it.
DECIMALS = 3
# What a person may set; the stage and the outcome change by moving.
EDITABLE = (
    "title",
    "party_id",
    "person_id",
    "owner_id",
    "amount_minor",
    "currency",
    "expected_close_on",
    "source",
    "tags",
)


class NoTitle(Invalid):
    key = "crm.errors.no_title"


class AmountTooLarge(Invalid):
    key = "crm.errors.too_large"


class NegativeAmount(Invalid):
    key = "crm.errors.negative"


class BadQuantity(Invalid):
    """Not above zero, too large, or finer than is kept: rounded in silence, the sum is not the lines'."""

    key = "crm.errors.bad_quantity"


class ReferenceTaken(AppError):
    """``ref`` is another deal's reference already."""

    key = "crm.errors.ref_taken"
    status = 409


class TooManyAtOnce(AppError):
    key = "crm.errors.too_many_at_once"
    status = 413


@dataclass(frozen=True, slots=True)
class Line:
    """A product to put on a deal. ``unit_price_minor`` None: the product's own price."""

    product_id: int
    quantity: Decimal = Decimal(1)
    unit_price_minor: int | None = None


async def create(session: TenantSession, values: dict[str, Any]) -> Deal:
    """A new deal on top of its stage, owned by the member who makes it unless ``owner_id`` says else.

    ``values``: title; optionally party_id, person_id, owner_id, stage_id (the first open stage of the default
    pipeline if missing), amount_minor (int or None), currency (the company's), expected_close_on, source,
    external_ref, tags, closed_on, lost_reason and lost_note when the stage is an end, lines (list of
    ``Line``).
    Raises ``NoTitle``, ``AmountTooLarge``, ``NegativeAmount``, ``ReferenceTaken``, ``StageNeeds`` or
    ``NoReason``.
    """
    stage = await _first_stage(session, values.get("stage_id"))
    at = now()
    deal = Deal(
        title=_title(values.get("title", "")),
        owner_id=values.get("owner_id", session.member_id),
        party_id=values.get("party_id"),
        person_id=values.get("person_id"),
        amount_minor=_amount(values.get("amount_minor")),
        currency=values.get("currency") or session.viewer.currency,
        expected_close_on=values.get("expected_close_on"),
        source=str(values.get("source") or "").strip()[:MAX_TITLE],
        external_ref=await _free_reference(session, values.get("external_ref")),
        tags=tags.changed((), values.get("tags")),
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage_entered_at=at,
        last_active_at=at,
    )
    await positions.hold(session, stage.id)
    lines = list(values.get("lines") or ())
    moves.check_required(session, deal, stage, has_products=bool(lines))
    moves.stand(
        deal,
        stage,
        on=values.get("closed_on") or session.viewer.today(),
        reason=values.get("lost_reason"),
        note=str(values.get("lost_note") or "")[:MAX_NOTE],
    )
    deal.position = await positions.top(session, stage.id)
    session.add(deal)
    await session.flush()
    if lines:
        await set_lines(session, deal, lines)
    session.touch(TOPIC, [deal.id])
    notifications.hand_over(session, TOPIC, deal.id, deal.owner_id)
    await moves.tell(session, deal)
    return deal


async def update(
    session: TenantSession, deal: Deal, changes: dict[str, Any], *, version: int | None = None
) -> None:
    """Set fields of ``EDITABLE``; ``stage_id`` moves the deal to the top of that stage.

    With ``version``, raises ``Stale`` when somebody changed the deal since. Other errors as ``create``.
    """
    if version is not None and deal.version != version:
        raise Stale(theirs=deal.title, by="")
    if changes.get("stage_id") not in (None, deal.stage_id):
        # The stage before the deal, as everybody who moves cards.
        await positions.hold(session, changes["stage_id"])
    former_owner = deal.owner_id
    for name in EDITABLE:
        if name not in changes:
            continue
        value = changes[name]
        if name == "title":
            value = _title(value)
        elif name == "amount_minor":
            value = _amount(value)
        elif name == "source":
            value = str(value or "").strip()[:MAX_TITLE]
        elif name == "tags":
            value = tags.changed(deal.tags, value)
        elif name == "currency" and not value:
            continue
        setattr(deal, name, value)
    if "lost_reason" in changes and deal.lost_reason is not None:
        deal.lost_reason = LostReason(changes["lost_reason"])
    if "lost_note" in changes:
        deal.lost_note = str(changes["lost_note"] or "")[:MAX_NOTE]
    await session.flush()
    _touch(session, deal, former_owner)
    if deal.owner_id != former_owner:
        notifications.hand_over(session, TOPIC, deal.id, deal.owner_id)
    if changes.get("stage_id") not in (None, deal.stage_id):
        await moves.move(session, deal, await session.get(Stage, changes["stage_id"]))


async def assign(session: TenantSession, deal: Deal, owner_id: int | None) -> None:
    """Hand the deal to a member of the company, or to nobody."""
    await update(session, deal, {"owner_id": owner_id})


async def archive(session: TenantSession, deal: Deal) -> None:
    """Out of sight and out of every sum; ``restore`` brings it back."""
    deal.archived_at = now()
    await session.flush()
    _touch(session, deal, deal.owner_id)


async def restore(session: TenantSession, deal: Deal) -> None:
    """Back to where it stood; to the like of it in a live pipeline when that has been removed meanwhile."""
    stage = await session.get(Stage, deal.stage_id)
    if stage.archived_at is not None:
        stage = await _instead_of(session, stage)
        moves.stand(
            deal,
            stage,
            on=deal.closed_on or session.viewer.today(),
            reason=deal.lost_reason,
            note=deal.lost_note,
        )
    deal.archived_at = None
    await session.flush()
    _touch(session, deal, deal.owner_id)


async def set_lines(session: TenantSession, deal: Deal, lines: Sequence[Line]) -> None:
    """The products of the deal, in this order, in place of those before.

    The amount follows the total as long as it is unknown or equals the total so far; an amount that somebody
    agreed on by hand stays.
    """
    before = await lines_of(session, deal.id)
    followed = deal.amount_minor is None or (bool(before) and deal.amount_minor == total(before))
    for line in before:
        await session.delete(line)
    after: list[DealLine] = []
    for position, line in enumerate(lines):
        if not _fits(line.quantity):
            raise BadQuantity("quantity")
        product = await session.get(Product, line.product_id)
        price = product.price_minor if line.unit_price_minor is None else line.unit_price_minor
        after.append(
            DealLine(
                deal_id=deal.id,
                product_id=product.id,
                position=position,
                quantity=line.quantity,
                unit_price_minor=_amount(price) or 0,
            )
        )
    session.add_all(after)
    if followed:
        deal.amount_minor = _amount(total(after)) if after else None
    await session.flush()
    session.touch(TOPIC, [deal.id])


async def lines_of(session: TenantSession, deal_id: int) -> list[DealLine]:
    query = select(DealLine).where(col(DealLine.deal_id) == deal_id, col(DealLine.archived_at).is_(None))
    return list(await session.all(query.order_by(col(DealLine.position), col(DealLine.id))))


def total(lines: Sequence[DealLine]) -> int:
    """The lines' sum in minor units, each line rounded half up."""
    return sum(
        int((line.quantity * line.unit_price_minor).quantize(Decimal(1), ROUND_HALF_UP)) for line in lines
    )


async def many(session: TenantSession, public_ids: Sequence[str]) -> list[Deal]:
    """Those of the deals that the member may see, in the order of their ids. Raises ``TooManyAtOnce``."""
    if len(public_ids) > MAX_AT_ONCE:
        raise TooManyAtOnce(n=MAX_AT_ONCE)
    query = select(Deal).where(col(Deal.public_id).in_(list(public_ids)), col(Deal.archived_at).is_(None))
    return list(await session.all(query.order_by(col(Deal.id))))


def _touch(session: TenantSession, deal: Deal, former_owner: int | None) -> None:
    """Tell those who see it now and those who saw it before."""
    scope = [former_owner] if former_owner is not None and former_owner != deal.owner_id else []
    session.touch(TOPIC, [deal.id], scope)


def _fits(quantity: Decimal) -> bool:
    if not quantity.is_finite() or not 0 < quantity < 10**9:
        return False
    exact = quantity.normalize().as_tuple().exponent
    return isinstance(exact, int) and exact >= -DECIMALS


async def _first_stage(session: TenantSession, stage_id: int | None) -> Stage:
    if stage_id is not None:
        return await session.get(Stage, stage_id)
    pipeline = await pipelines.pipeline_or_default(session)
    return (await pipelines.stages(session, pipeline.id))[0]


async def _instead_of(session: TenantSession, gone: Stage) -> Stage:
    """The first live stage of the same kind, of the same pipeline if that is live."""
    live = await pipelines.pipelines(session)
    home = next((one for one in live if one.id == gone.pipeline_id), live[0])
    return next(one for one in await pipelines.stages(session, home.id) if one.kind == gone.kind)


async def _free_reference(session: TenantSession, reference: Any) -> str | None:
    text = str(reference or "").strip()[:MAX_TITLE]
    if not text:
        return None
    with unlimited(session):
        taken = await session.one(select(col(Deal.id)).where(col(Deal.external_ref) == text))
    if taken:
        raise ReferenceTaken("external_ref", ref=text)
    return text


def _title(text: Any) -> str:
    title = " ".join(str(text or "").split())[:MAX_TITLE]
    if not title:
        raise NoTitle("title")
    return title


def _amount(minor: Any) -> int | None:
    if minor is None:
        return None
    if minor < 0:
        raise NegativeAmount("amount_minor")
    if minor > MAX_AMOUNT:
        raise AmountTooLarge("amount_minor")
    return int(minor)
