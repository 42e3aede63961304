"""The order of cards in a stage: numbers with gaps, so that a move writes one row.

Reckoned over all cards of the stage, also those that the mover may not see: there is one order for everybody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, bindparam, func, select, tuple_, update
from sqlmodel import col

from saas.kernel.errors import AppError
from saas.modules.crm.models import Deal, Stage
from saas.tenancy.prepared import Prepared
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession

GAP = 1 << 20
# Cards that a local respread moves at first; eight times as many when that frees no room.
WINDOW = 32
_STAGE = bindparam("stage", type_=BigInteger)
_HELD = Prepared(
    select(col(Stage.id))
    .where(col(Stage.id) == _STAGE, col(Stage.archived_at).is_(None))
    .with_for_update(key_share=True)
)
_LEAST = Prepared(
    select(func.min(col(Deal.position))).where(col(Deal.stage_id) == _STAGE, col(Deal.archived_at).is_(None))
)


class StageGone(AppError):
    """Somebody has removed the stage meanwhile: a deal in it would stand on no board."""

    key = "crm.errors.stage_gone"
    status = 409


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card is to stand, and where cards below it must go to make room: position by inside id."""

    position: int
    spread: dict[int, int] = field(default_factory=dict)


async def hold(session: TenantSession, stage_id: int) -> None:
    """One mover at a time within a stage, until the transaction ends. Taken before any lock on a deal, and by
    whoever removes the stage. Raises ``StageGone``."""
    # key_share: rows that point at the stage may still be written meanwhile.
    if not await session.read(_HELD, stage=stage_id):
        raise StageGone


async def lock(session: TenantSession, ids: Collection[int]) -> None:
    """Hold these cards until the transaction ends, in id order as bulk edits do; the stage comes before."""
    rows = select(col(Deal.id)).where(col(Deal.id).in_(ids)).order_by(col(Deal.id))
    with unlimited(session):
        await session.execute(rows.with_for_update(key_share=True))


async def top(session: TenantSession, stage_id: int) -> int:
    """A position above every card of the stage."""
    with unlimited(session):
        ((least,),) = await session.read(_LEAST, stage=stage_id)
    return 0 if least is None else least - GAP


async def bottom(session: TenantSession, stage_id: int) -> int:
    """A position below every card of the stage."""
    with unlimited(session):
        most = await session.one(select(func.max(col(Deal.position))).where(*_in_stage(stage_id)))
    return 0 if most is None else most + GAP


async def below(session: TenantSession, above: Deal, moving_id: int) -> Place:
    """The place right below the card ``above``, in its stage, for the card ``moving_id``.

    Only reckoned, so that all cards can be locked together before any is written. Where no number is free,
    the next cards have to be spread out.
    """
    with unlimited(session):
        return await _below(session, above, moving_id)


async def make_room(session: TenantSession, stage_id: int, place: Place) -> None:
    """Spread the cards out as reckoned, but for those that have left; the live stream is told of them."""
    with unlimited(session):
        for id, position in place.spread.items():
            still_here = (*_in_stage(stage_id), col(Deal.id) == id)
            await session.execute(update(Deal).where(*still_here).values(position=position))
    if place.spread:
        session.touch("crm.deal", list(place.spread))


async def _below(session: TenantSession, above: Deal, moving_id: int) -> Place:
    window = WINDOW
    while True:
        after = tuple_(col(Deal.position), col(Deal.id)) > tuple_(above.position, above.id)
        query = select(col(Deal.id), col(Deal.position)).where(
            *_in_stage(above.stage_id), after, col(Deal.id) != moving_id
        )
        following = await session.rows(query.order_by(col(Deal.position), col(Deal.id)).limit(window))
        if not following:
            return Place(above.position + GAP)
        room = following[0].position - above.position
        if room > 1:
            return Place(above.position + room // 2)
        if len(following) < window:
            end, spread = above.position + GAP * (len(following) + 2), following
        else:
            end, spread = following[-1].position, following[:-1]
        step = (end - above.position) // (len(spread) + 2)
        if step > 1:
            moved = {row.id: above.position + step * number for number, row in enumerate(spread, start=2)}
            return Place(above.position + step, moved)
        window *= 8


def _in_stage(stage_id: int) -> tuple:
    return col(Deal.stage_id) == stage_id, col(Deal.archived_at).is_(None)
