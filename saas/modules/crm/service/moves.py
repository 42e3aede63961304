"""How a deal goes through its stages: moved, won, lost, reopened, each in one order for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory.models import Product
from saas.kernel.clock import now
from saas.kernel.errors import AppError, Invalid
from saas.modules.crm.events import DealLost, DealWon, SoldLine
from saas.modules.crm.models import Deal, DealLine, LostReason, Outcome, RequiredField, Stage, StageKind
from saas.modules.crm.service import pipelines, positions
from saas.tenancy.session import TenantSession

TOPIC = "crm.deal"
MAX_NOTE = 2000


class StageNeeds(AppError):
    """The stage asks for facts that the deal does not have: ``fields``."""

    key = "crm.errors.stage_needs"
    status = 422

    def __init__(self, stage: str, fields: Sequence[RequiredField]) -> None:
        self.fields = tuple(fields)
        about = "amount_minor" if fields[0] is RequiredField.AMOUNT else fields[0].value
        super().__init__(about, stage=stage, fields=",".join(field.value for field in fields))

    def as_message(self) -> dict[str, Any]:
        """The fields as texts, which the browser says in the reader's language."""
        *rest, named = ({"key": f"crm.required.{field.value}"} for field in self.fields)
        for one in reversed(rest):
            named = {"key": "crm.required.list", "params": {"first": one, "rest": named}}
        return {**super().as_message(), "params": {"stage": self.params["stage"], "fields": named}}


class NoReason(Invalid):
    """A deal is lost for a reason."""

    key = "crm.errors.no_reason"


async def move(
    session: TenantSession,
    deal: Deal,
    stage: Stage,
    after: Deal | None = None,
    *,
    on: date | None = None,
    reason: LostReason | None = None,
    note: str = "",
) -> None:
    """Put the deal into the stage, right below the card ``after``, or on top without one.

    Two who move at once are served one after the other: there is one order, the same for everybody. Entering
    a won stage wins the deal, a lost one loses it (``reason`` needed), an open one reopens it. A card
    ``after`` that has left the stage meanwhile counts as none.
    Raises ``StageNeeds`` and ``NoReason``; then nothing has changed.
    """
    await positions.hold(session, stage.id)
    if after is not None and after.id != deal.id:
        await session.refresh(after)
    place = await _place(session, deal, stage, after)
    if place.spread:
        await positions.lock(session, [deal.id, *place.spread])
    await session.refresh(deal, with_for_update={"key_share": True})
    entering = deal.stage_id != stage.id
    if entering:
        check_required(session, deal, stage, has_products=await _has_products(session, deal, stage))
    await positions.make_room(session, stage.id, place)
    if entering:
        stand(deal, stage, on=on or session.viewer.today(), reason=reason, note=note)
        deal.stage_entered_at = now()
    if entering or after is None or after.id != deal.id:  # else it is dropped where it stood
        deal.position = place.position
    deal.last_active_at = now()
    await session.flush()
    session.touch(TOPIC, [deal.id])
    if entering:
        await tell(session, deal)


async def win(session: TenantSession, deal: Deal, on: date | None = None) -> None:
    """Won on the date (today if missing). A deal that is won already stays as it is."""
    if deal.outcome is not Outcome.WON:
        await move(session, deal, await pipelines.end_stage(session, deal.pipeline_id, StageKind.WON), on=on)


async def lose(
    session: TenantSession, deal: Deal, reason: LostReason, note: str = "", on: date | None = None
) -> None:
    """Lost, and why. A deal that is lost already stays as it is."""
    if deal.outcome is not Outcome.LOST:
        stage = await pipelines.end_stage(session, deal.pipeline_id, StageKind.LOST)
        await move(session, deal, stage, on=on, reason=reason, note=note)


async def reopen(session: TenantSession, deal: Deal) -> None:
    """Back into the last open stage of its pipeline. An open deal stays as it is."""
    if deal.outcome is Outcome.OPEN:
        return
    open_stages = [s for s in await pipelines.stages(session, deal.pipeline_id) if s.is_open]
    await move(session, deal, open_stages[-1])


async def move_many(
    session: TenantSession, deals: Sequence[Deal], stage: Stage, *, reason: LostReason | None = None
) -> None:
    """All of them to the top of the stage, keeping their order among themselves."""
    await positions.hold(session, stage.id)
    await positions.lock(session, [deal.id for deal in deals])
    for deal in reversed(deals):
        await move(session, deal, stage, reason=reason)


def check_required(session: TenantSession, deal: Deal, stage: Stage, *, has_products: bool) -> None:
    """Raises ``StageNeeds`` when the deal lacks what the stage asks for."""
    present = {
        RequiredField.AMOUNT: deal.amount_minor is not None,
        RequiredField.PARTY: deal.party_id is not None,
        RequiredField.PERSON: deal.person_id is not None,
        RequiredField.EXPECTED_CLOSE: deal.expected_close_on is not None,
        RequiredField.SOURCE: bool(deal.source),
        RequiredField.PRODUCTS: has_products,
    }
    if missing := [field for field in stage.requires if not present[field]]:
        raise StageNeeds(pipelines.name_for(session.viewer, stage), missing)


def stand(deal: Deal, stage: Stage, *, on: date, reason: LostReason | None, note: str = "") -> None:
    """Make the deal's outcome that of the stage. Raises ``NoReason`` for a lost stage without one."""
    if stage.kind is StageKind.LOST and reason is None:
        raise NoReason("lost_reason")
    lost = stage.kind is StageKind.LOST
    deal.pipeline_id, deal.stage_id = stage.pipeline_id, stage.id
    deal.outcome = Outcome(stage.kind.value)
    deal.closed_on = None if stage.is_open else on
    deal.lost_reason = reason if lost else None
    deal.lost_note = note.strip()[:MAX_NOTE] if lost else ""


async def tell(session: TenantSession, deal: Deal) -> None:
    """The event of a deal that has just been won or lost."""
    if deal.outcome is Outcome.WON:
        session.emit(
            DealWon(
                deal_id=deal.id,
                party_id=deal.party_id,
                amount_minor=deal.amount_minor,
                currency=deal.currency,
                public_id=deal.public_id,
                owner_id=deal.owner_id,
                title=deal.title,
                lines=await _sold(session, deal),
            )
        )
    elif deal.outcome is Outcome.LOST and deal.lost_reason is not None:
        session.emit(DealLost(deal.id, deal.party_id, deal.lost_reason.value))


async def _sold(session: TenantSession, deal: Deal) -> tuple[SoldLine, ...]:
    query = (
        select(DealLine, Product)
        .join(
            Product,
            (col(Product.tenant_id) == col(DealLine.tenant_id))
            & (col(Product.id) == col(DealLine.product_id)),
        )
        .where(col(DealLine.deal_id) == deal.id, col(DealLine.archived_at).is_(None))
        .order_by(col(DealLine.position), col(DealLine.id))
    )
    return tuple(
        SoldLine(product.id, product.name, line.quantity, line.unit_price_minor, product.tax_rate)
        for line, product in await session.rows(query)
    )


async def _place(session: TenantSession, deal: Deal, stage: Stage, after: Deal | None) -> positions.Place:
    if after is not None and after.id != deal.id and after.stage_id == stage.id and not after.archived_at:
        return await positions.below(session, after, deal.id)
    return positions.Place(await positions.top(session, stage.id))


async def _has_products(session: TenantSession, deal: Deal, stage: Stage) -> bool:
    if RequiredField.PRODUCTS not in stage.requires:
        return True
    query = select(col(DealLine.id)).where(
        col(DealLine.deal_id) == deal.id, col(DealLine.archived_at).is_(None)
    )
    return await session.one(query.limit(1)) is not None
