"""A filter on amounts means the numbers that stand in the list, in whatever currency."""

from __future__ import annotations

import pytest

from saas.kernel.errors import Invalid
from saas.modules.crm.models import Deal
from saas.modules.crm.service import deals
from saas.modules.crm.state.deal_list import DEALS
from saas.state.listing import Filter, Query, WrongQuery, count_of, page_of
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from tests.support.companies import make_company

# Title -> minor units: 5 and a little less, in currencies of three, two and no decimal places.
KEPT = {
    "KWD 5.000": 5_000,
    "KWD 4.999": 4_999,
    "USD 5.00": 500,
    "USD 4.99": 499,
    "JPY 5": 5,
    "JPY 4": 4,
    "KWD ?": None,
}


async def found(session: TenantSession, op: str, *values: str) -> set[str]:
    query = Query(filters=[Filter(key="amount_minor", op=op, values=list(values))])  # pyright: ignore[reportArgumentType] -- wrong ones too
    page = await page_of(session, DEALS, query)
    assert (await count_of(session, DEALS, query)).total == len(page.ids)
    return {(await session.get_one(Deal, (session.viewer.tenant_id, id))).title for id in page.ids}


async def test_five_is_five_in_every_currency(database: Database) -> None:
    viewer = await recognise((await make_company(database, modules=["crm"])).session_cookie)
    assert viewer is not None
    assert viewer.currency == "KWD"
    async with viewer_session(database, viewer) as session:
        for title, minor in KEPT.items():
            await deals.create(session, {"title": title, "amount_minor": minor, "currency": title[:3]})
        fives = {"KWD 5.000", "USD 5.00", "JPY 5"}
        less = {"KWD 4.999", "USD 4.99", "JPY 4"}
        assert await found(session, "from", "5") == fives
        assert await found(session, "from", "٤٫٩٩٥") == fives | {"KWD 4.999"}
        assert await found(session, "to", "4.995") == {"USD 4.99", "JPY 4"}
        assert await found(session, "to", "5") == fives | less
        assert await found(session, "is", "5") == fives
        assert await found(session, "any", "4.99", "KWD 4.999") == {"USD 4.99", "KWD 4.999"}
        assert await found(session, "not", "5") == less | {"KWD ?"}
        assert await found(session, "is", "4.5555") == set()
        assert await found(session, "from", "9" * 25) == set()
        assert await found(session, "to", "-" + "9" * 25) == set()
        with pytest.raises(Invalid):
            await found(session, "from", "many")
        with pytest.raises(WrongQuery):
            await found(session, "starts", "5")
