"""Several tabs on one invoice in the same moment."""

from __future__ import annotations

import asyncio
import contextlib

from saas.modules.crm.service import customers
from saas.modules.payments.service import invoices
from saas.modules.payments.service.lines import LineInput
from saas.modules.payments.state import InvoicePageState
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.support.companies import make_company, viewer_of
from tests.support.server import Server
from tests.support.socket_client import tab

PAGE = InvoicePageState.get_full_name()
TABS = 6


async def test_of_many_who_issue_an_invoice_at_once_one_does_and_the_others_are_told_why(
    server: Server, database: Database
) -> None:
    company = await make_company(database)
    viewer = await viewer_of(company.owner)
    async with viewer_session(database, viewer, "test.invoice") as session:
        party = await customers.create(session, {"name": "Palm Court"})
        made = await invoices.draft(
            session, party_id=party.id, lines=[LineInput("Beans", unit_price_minor=6_250)]
        )
        await session.flush()
        id, customer, version = str(made.public_id), str(party.public_id), made.version
    line = {"id": None, "product": None, "description": "Beans", "quantity": "1", "price": "6.25", "tax": ""}
    form = {"party": customer, "due_on": "", "note": "", "lines": [line]}
    async with contextlib.AsyncExitStack() as stack:
        tabs = [
            await stack.enter_async_context(
                tab(server.url, company.session_cookie, f"/payments/invoices/{id}")
            )
            for _ in range(TABS)
        ]
        answers = await asyncio.gather(
            *(one.act(f"{PAGE}.issue", version=version, form=form, id=id) for one in tabs)
        )
    refused = [answer["key"] for answer in answers if answer.get("ok") is False]
    assert len(refused) == TABS - 1
    assert set(refused) == {"errors.stale"}
