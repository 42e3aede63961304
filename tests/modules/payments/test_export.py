"""What leaves as a file is what the list shows."""

from __future__ import annotations

from saas.directory.models import Party
from saas.modules.payments.service import invoices, queries
from saas.modules.payments.service.lines import LineInput
from saas.modules.payments.state import INVOICES
from saas.state.listing import Query, page_of
from saas.state.resource import Kind
from saas.tenancy.session import Database
from tests.support.database import Company
from tests.support.viewers import at_work


async def test_every_column_of_the_list_has_its_value_in_the_row(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        party = Party(name="Palm Court")
        session.add(party)
        await session.flush()
        await invoices.draft(session, party_id=party.id, lines=[LineInput("Beans", unit_price_minor=6_250)])
        [row] = await queries.rows(session, (await page_of(session, INVOICES, Query())).ids)
    assert {column.key for column in INVOICES.columns} <= set(row) | {"note"}
    money = [column.key for column in INVOICES.columns if column.kind == Kind.MONEY]
    assert {key: row[key] for key in money} == {"total": 6_250}


async def test_the_starting_views_fit_the_list(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        await invoices.draft(session)
        found = {
            view.key: len((await page_of(session, INVOICES, Query.model_validate(view.query))).ids)
            for view in INVOICES.views
        }
    assert found == {"drafts": 1, "open": 0, "overdue": 0}
