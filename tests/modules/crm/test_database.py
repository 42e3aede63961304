"""What the code would never do, the database refuses as well."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from saas.directory import products
from saas.modules.crm.service import pipelines
from tests.modules.crm.conftest import Shop, new_deal

# what it would be, the statement
WRONG = {
    "a won deal without a date": "UPDATE wasl.deal SET outcome = 'won', stage_id = :won WHERE id = :deal",
    "a won deal in an open stage": "UPDATE wasl.deal SET outcome = 'won', closed_on = '2026-11-19'"
    " WHERE id = :deal",
    "an open deal in the lost stage": "UPDATE wasl.deal SET stage_id = :lost WHERE id = :deal",
    "a lost deal without a reason": "UPDATE wasl.deal SET outcome = 'lost', stage_id = :lost,"
    " closed_on = '2026-11-19' WHERE id = :deal",
    "an open deal with a reason for its loss": "UPDATE wasl.deal SET lost_reason = 'price' WHERE id = :deal",
    "a reason that is none": "UPDATE wasl.deal SET outcome = 'lost', stage_id = :lost,"
    " closed_on = '2026-11-19', lost_reason = 'weather' WHERE id = :deal",
    "a stage of another pipeline": "UPDATE wasl.deal SET stage_id = :elsewhere WHERE id = :deal",
    "an amount below zero": "UPDATE wasl.deal SET amount_minor = -1 WHERE id = :deal",
    "a deal without a name": "UPDATE wasl.deal SET title = ' ' WHERE id = :deal",
    "a currency that is none": "UPDATE wasl.deal SET currency = 'dinar' WHERE id = :deal",
    "a probability above a hundred": "UPDATE wasl.stage SET probability = 101 WHERE id = :open",
    "a won stage that may fail": "UPDATE wasl.stage SET probability = 90 WHERE id = :won",
    "a stage that changes its kind under its deals": "UPDATE wasl.stage SET kind = 'won', probability = 100"
    " WHERE id = :open",
    "a second place to win in a pipeline": "INSERT INTO wasl.stage (pipeline_id, name, kind, probability)"
    " SELECT pipeline_id, 'Won too', 'won', 100 FROM wasl.stage WHERE id = :won",
    "a required field that does not exist": "UPDATE wasl.stage SET required = 'amount,shoe_size'"
    " WHERE id = :open",
    "a stage that is deleted under its deals": "DELETE FROM wasl.stage WHERE id = :open",
    "a line of nothing": "INSERT INTO wasl.deal_line (deal_id, product_id, quantity) SELECT :deal, id, 0"
    " FROM wasl.product",
    "an activity that says nothing": "INSERT INTO wasl.activity (kind, deal_id) VALUES ('call', :deal)",
    "a note that is still to be done": "INSERT INTO wasl.activity (kind, body) VALUES ('note', 'Hello')",
    "an activity of no kind": "INSERT INTO wasl.activity (kind, subject) VALUES ('dance', 'Hello')",
    "a customer that does not exist": "UPDATE wasl.deal SET party_id = 999999999 WHERE id = :deal",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_the_database_refuses(shop: Shop, wrong: str):
    async with shop.open() as session:
        await products.create(session, {"name": "Grinder", "currency": "KWD"})
        deal = await new_deal(session)
        stages = {stage.name: stage.id for stage in await pipelines.stages(session)}
        other = await pipelines.add_pipeline(session, "Partners")
        elsewhere = (await pipelines.stages(session, other.id))[0].id
        ids = {
            "deal": deal.id,
            "open": stages["New"],
            "won": stages["Won"],
            "lost": stages["Lost"],
            "elsewhere": elsewhere,
        }
        used = {name: value for name, value in ids.items() if f":{name}" in WRONG[wrong]}
        with pytest.raises(DBAPIError, match=r"violates|constraint"):
            async with session.begin_nested():
                await session.execute(sa.text(WRONG[wrong]), used)


async def test_a_reference_is_unique_in_a_company_and_free_in_the_next(shop: Shop):
    async with shop.open() as session:
        await new_deal(session, external_ref="1C1I7A6R")
        copy = sa.text(
            "INSERT INTO wasl.deal (title, currency, pipeline_id, stage_id, external_ref)"
            " SELECT title, currency, pipeline_id, stage_id, external_ref FROM wasl.deal"
        )
        with pytest.raises(DBAPIError, match="deal_external_ref_key"):
            async with session.begin_nested():
                await session.execute(copy)
