"""Amounts are filtered and sorted by the numbers that stand in the list, in whatever currency."""

from __future__ import annotations

from typing import Any

import pytest

from saas.kernel.errors import Invalid
from saas.kernel.money import Money, currencies_of
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


async def test_amounts_are_sorted_by_the_numbers_that_one_reads_page_by_page(database: Database) -> None:
    viewer = await recognise((await make_company(database, modules=["crm"])).session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer) as session:
        for title, minor in KEPT.items():
            await deals.create(session, {"title": title, "amount_minor": minor, "currency": title[:3]})
        # More than a page, of every currency whose decimals are not two, and of one whose are.
        for n in range(2, 5):
            for code in sorted([*currencies_of(0), *currencies_of(3), "USD"]):
                made = {"title": f"{code} {n}", "amount_minor": n * 1_000 + 7, "currency": code}
                await deals.create(session, made)
        shown: dict[str, list[Money | None]] = {}
        for sort in ("amount_minor", "-amount_minor"):
            query, shown[sort] = Query(sort=sort), []
            while True:
                page = await page_of(session, DEALS, query)
                rows = await DEALS.rows(session, page.ids)
                by_key = {row["_key"]: row for row in rows}
                shown[sort] += [money(by_key[key]) for key in page.ids]
                if not page.next:
                    break
                query = Query(sort=sort, cursor=page.next)
        up = [found.amount for found in shown["amount_minor"] if found]
        down = [found.amount for found in shown["-amount_minor"] if found]
        assert (up, down) == (sorted(up), sorted(up, reverse=True))
        assert len(up) == 78
        assert (shown["amount_minor"][-1], shown["-amount_minor"][-1]) == (None, None)


def money(row: dict[str, Any]) -> Money | None:
    return None if row["amount_minor"] is None else Money(row["amount_minor"], row["currency"])
