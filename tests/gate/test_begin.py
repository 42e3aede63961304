"""What begins with a party: named to whoever may make it and may see the party, to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from saas.kernel.permissions import RoleKey, Visibility
from saas.modules.crm.service import customers
from saas.modules.crm.state.customers import CustomerState
from saas.modules.crm.state.deals import DealsState
from saas.modules.payments.state import InvoicesState
from saas.tenancy import module_switches
from saas.tenancy.scope import viewer_session
from tests.support.companies import MadeCompany, Person, add_member, viewer_of
from tests.support.database import Database
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

BEGIN = {state: f"{state.get_full_name()}.begin" for state in (DealsState, InvoicesState)}
LOG = f"{CustomerState.get_full_name()}.log"


async def customer_of(database: Database, company: MadeCompany, name: str) -> str:
    async with viewer_session(database, await viewer_of(company.owner), "test.customer") as session:
        made = await customers.create(session, {"name": name, "name_ar": "أجنحة النخيل"})
        await session.flush()
        return str(made.public_id)


@pytest.fixture
async def palm(database: Database, company: MadeCompany) -> str:
    return await customer_of(database, company, "Palm Court Suites")


async def refusal(opened: Tab, handler: str, payload: dict[str, Any]) -> str:
    """The key of the refusal that the event got."""
    before = len(opened.live)
    await opened.send(handler, payload)
    await opened.fence()
    (answer,) = [message for message in opened.live[before:] if message["topic"] == "ack"]
    assert not answer["ok"]
    return answer["key"]


@pytest.mark.parametrize("state", list(BEGIN), ids=lambda state: state.__name__)
async def test_a_form_learns_the_name_of_the_party_that_the_address_names(
    state: type, server: Server, company: MadeCompany, palm: str, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as opened:
        name = state.get_full_name()  # pyright: ignore[reportAttributeAccessIssue] -- a state class
        await opened.call(
            BEGIN[state], {"field": "party", "id": palm.upper()}, lambda update: update.sets(name, "begun")
        )
        begun = {"field": "party", "id": palm, "label": "Palm Court Suites", "name_ar": "أجنحة النخيل"}
        assert opened.values(name)["begun"] == begun


@pytest.mark.parametrize("state", list(BEGIN), ids=lambda state: state.__name__)
async def test_whoever_may_not_make_one_is_told_no_name(
    state: type, server: Server, database: Database, company: MadeCompany, palm: str, log: Callable[[], str]
) -> None:
    visitor = await add_member(database, company, "Lina Farah", role=RoleKey.VIEWER)
    async with tab(server.url, visitor.token) as opened:
        assert await refusal(opened, BEGIN[state], {"field": "party", "id": palm}) == "errors.not_allowed"


async def test_a_module_that_is_off_begins_nothing(
    server: Server, database: Database, company: MadeCompany, palm: str, log: Callable[[], str]
) -> None:
    owner = await viewer_of(company.owner)
    async with viewer_session(database, owner, "test.switch") as session:
        await module_switches.switch(session, "payments", False, by=owner)
    async with tab(server.url, company.session_cookie) as opened:
        payload = {"field": "party", "id": palm}
        assert await refusal(opened, BEGIN[InvoicesState], payload) == "errors.module_off"


async def test_nobody_elses_party_and_no_other_field_is_named(
    server: Server, database: Database, company: MadeCompany, rival: MadeCompany, log: Callable[[], str]
) -> None:
    theirs = await customer_of(database, rival, "Rival's best")
    mine = await customer_of(database, company, "Palm Court Suites")
    rep: Person = await add_member(database, company, "Omar Nasser", visibility=Visibility.OWN.value)
    for cookie, id in ((company.session_cookie, theirs), (rep.token, mine)):
        async with tab(server.url, cookie) as opened:
            payload = {"field": "party", "id": id}
            assert await refusal(opened, BEGIN[DealsState], payload) == "errors.not_found"
    async with tab(server.url, company.session_cookie) as opened:
        for field in ("owner", "in_stage", "title", "nothing"):
            payload = {"field": field, "id": mine}
            assert await refusal(opened, BEGIN[DealsState], payload) == "errors.not_editable"


async def test_a_call_is_written_down_of_the_customer_it_names_by_whoever_may(
    server: Server, database: Database, company: MadeCompany, palm: str, log: Callable[[], str]
) -> None:
    visitor = await add_member(database, company, "Lina Farah", role=RoleKey.VIEWER)
    said = {"kind": "call", "subject": "Quote in two phases", "minutes": "6"}
    async with tab(server.url, visitor.token) as opened:
        assert await refusal(opened, LOG, {"op": "a", "said": said, "id": palm}) == "errors.not_allowed"
    async with tab(server.url, company.session_cookie, f"/crm/customers/{palm}") as opened:
        name = CustomerState.get_full_name()
        await opened.call(LOG, {"op": "b", "said": said, "id": palm}, lambda u: u.sets(name, "timeline"))
        entry = opened.values(name)["timeline"][0]
        assert (entry["kind"], entry["subject"], entry["duration_min"]) == ("call", said["subject"], 6)
