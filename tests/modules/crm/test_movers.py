"""Many who drag, edit and hand over deals at once wait for each other in one order, and never for ever."""

from __future__ import annotations

import asyncio
import random

from sqlalchemy import select, update
from sqlmodel import col

from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import deals, moves, pipelines, positions
from saas.modules.crm.state.deal_list import DEALS
from saas.state.editing import change_many
from saas.tenancy.session import TenantSession
from tests.modules.crm.conftest import Shop, new_deal
from tests.modules.crm.test_sums import kept, reckoned

STAGES = ("New", "Qualified", "Proposal")
DEALS_EACH = 8
WORKERS = 8
STEPS = 14


async def crowded(shop: Shop) -> list[int]:
    """Deals packed without a gap, so that nearly every drag has to make room."""
    async with shop.open() as session:
        made = [
            (await new_deal(session, f"{stage} {n}", stage=stage, amount_minor=n * 1000 + 1)).id
            for stage in STAGES
            for n in range(DEALS_EACH)
        ]
        await session.execute(update(Deal).values(position=col(Deal.id)))
    return made


async def drag(session: TenantSession, dice: random.Random, ids: list[int], stages: list[Stage]) -> None:
    deal, after = [await session.get(Deal, id) for id in dice.sample(ids, 2)]
    await moves.move(session, deal, dice.choice(stages), after)


async def edit_stage(
    session: TenantSession, dice: random.Random, ids: list[int], stages: list[Stage]
) -> None:
    await change_many(session, DEALS, await some(session, dice, ids), {"in_stage": dice.choice(stages).id})


async def hand_over(session: TenantSession, dice: random.Random, ids: list[int], stages: list[Stage]) -> None:
    await change_many(session, DEALS, await some(session, dice, ids), {"owner": session.member_id})


async def move_many(session: TenantSession, dice: random.Random, ids: list[int], stages: list[Stage]) -> None:
    chosen = await deals.many(session, await some(session, dice, ids))
    await moves.move_many(session, chosen, dice.choice(stages))


async def edit_one(session: TenantSession, dice: random.Random, ids: list[int], stages: list[Stage]) -> None:
    deal = await session.get(Deal, dice.choice(ids))
    changes = {"stage_id": dice.choice(stages).id, "amount_minor": dice.randrange(10**6)}
    await deals.update(session, deal, changes)


async def some(session: TenantSession, dice: random.Random, ids: list[int]) -> list[str]:
    query = select(col(Deal.public_id)).where(col(Deal.id).in_(dice.sample(ids, 9)))
    found = [str(id) for id in await session.all(query)]
    dice.shuffle(found)
    return found


async def test_drags_bulk_edits_and_hand_overs_at_once_never_deadlock_and_leave_the_sums_right(
    shop: Shop,
) -> None:
    ids = await crowded(shop)

    async def work(number: int) -> None:
        dice = random.Random(number)
        for _ in range(STEPS):
            step = dice.choice((drag, drag, edit_stage, edit_stage, hand_over, move_many, edit_one))
            async with shop.open() as session:
                stages = [stage for stage in await pipelines.stages(session) if stage.name in STAGES]
                await step(session, dice, ids, stages)

    await asyncio.gather(*(work(number) for number in range(WORKERS)))
    async with shop.open() as session:
        assert await kept(session) == await reckoned(session)
        assert len(await session.all(select(col(Deal.id)))) == len(ids)


async def test_a_card_that_leaves_while_room_is_made_keeps_its_place_elsewhere(shop: Shop) -> None:
    """Room is reckoned first and written later; a card gone by then must not take the number along."""
    ids = await crowded(shop)
    async with shop.open() as session:
        stages = {stage.name: stage for stage in await pipelines.stages(session)}
    async with shop.open() as dragging:
        place = await positions.below(dragging, await dragging.get(Deal, ids[0]), 0)
        assert ids[2] in place.spread
        async with shop.open() as session:
            leaving = await session.get(Deal, ids[2])
            await moves.move(session, leaving, stages["Proposal"])
        await positions.make_room(dragging, stages["New"].id, place)
    async with shop.open() as session:
        assert (await session.get(Deal, ids[2])).position == leaving.position
        assert (await session.get(Deal, ids[3])).position == place.spread[ids[3]]
