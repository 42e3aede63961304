"""What comes into an inbox is in every tab of its member at once, and so is that it was read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.kernel.clock import now
from saas.modules.crm.service import activities
from saas.modules.crm.state.customers import CustomersState, CustomerState
from saas.pages.inbox_state import InboxState
from saas.state.undoing import UndoState
from saas.tenancy.models import Membership, Tenant, TenantState
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from tests.live.conftest import Floor
from tests.support.companies import viewer_of
from tests.support.server import Server
from tests.support.socket_client import Tab, tab, told

INBOX = InboxState.get_full_name()
LIST = CustomersState.get_full_name()
RECORD = CustomerState.get_full_name()
PAGE = "/crm/customers"


def badge(opened: Tab) -> int:
    """The number beside the inbox, as the browser shows it: the newest of what was read and what was told."""
    counts = opened.values("viewer_state")["counts"]
    heard = [(m["at"], m["unread"]) for m in opened.live if m["topic"] == "inbox"]
    return max([(counts["at"], counts["n"]["/inbox"]), *heard])[1]


async def offered_undo(by: Tab, handler: str, payload: dict[str, Any]) -> str:
    """Send the change; gives the action that its toast offers to undo."""
    update = await by.call(handler, payload, lambda u: told(u, topic="toast"))
    return next(m["undo"] for m in update.live if m["topic"] == "toast")


async def public_id(database: Database, floor: Floor, member_id: int) -> str:
    async with database.tenant_session(floor.company.tenant_id) as session:
        return str(
            await session.one(sa.select(col(Membership.public_id)).where(col(Membership.id) == member_id))
        )


async def mention_mariam(by: Tab, database: Database, floor: Floor, body: str = "@Mariam, look") -> str:
    """On the customer; gives the action that the toast offers to undo."""
    her = await public_id(database, floor, floor.mariam.member_id)
    said = {"op": "", "body": body, "mentions": [her], "id": floor.customer}
    return await offered_undo(by, f"{RECORD}.comment", said)


async def test_a_mention_is_in_every_tab_of_the_member_and_read_in_one_it_is_read_in_all(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, f"{PAGE}/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/inbox") as one,
        tab(server.url, floor.mariam.token, "/home") as other,
    ):
        assert [badge(one), badge(other)] == [0, 0]
        await mention_mariam(layla, database, floor)
        for opened in (one, other):
            await opened.eventually(lambda t: badge(t) == 1)
        await one.send(f"{INBOX}.refresh", {})
        await one.fence()
        row = one.values("inbox_state")["rows"][0]
        assert (row["title"], row["href"]) == ("Harbour Roastery", f"{PAGE}/{floor.customer}")
        await one.send(f"{INBOX}.open", {"op": "", "id": row["id"]})
        for opened in (one, other):
            await opened.eventually(lambda t: badge(t) == 0)


async def test_a_customer_that_is_handed_over_is_told_and_taken_away_again_by_undo(
    server: Server, database: Database, floor: Floor
) -> None:
    her = await public_id(database, floor, floor.mariam.member_id)
    async with (
        tab(server.url, floor.company.session_cookie, PAGE) as layla,
        tab(server.url, floor.mariam.token, "/home") as mariam,
    ):
        version = (await floor.customer_row(database)).version
        given = {"op": "", "id": floor.customer, "field": "owner", "value": her, "version": version}
        action = await offered_undo(layla, f"{LIST}.edit", given)
        await mariam.eventually(lambda t: badge(t) == 1)
        undone = await layla.call(
            f"{UndoState.get_full_name()}.undo",
            {"op": "", "action_id": action},
            lambda u: told(u, topic="toast"),
        )
        assert [m["key"] for m in undone.live if m["topic"] == "toast"] == ["kit.toast.undone"]
        await mariam.eventually(lambda t: badge(t) == 0)


async def test_a_mention_that_was_read_goes_with_its_comment_and_comes_back_with_it(
    server: Server, database: Database, floor: Floor
) -> None:
    undo = f"{UndoState.get_full_name()}.undo"
    async with (
        tab(server.url, floor.company.session_cookie, f"{PAGE}/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/inbox") as mariam,
    ):
        action = await mention_mariam(layla, database, floor)
        await mariam.eventually(lambda t: badge(t) == 1)
        await mariam.send(f"{INBOX}.read_all", {"op": ""})
        await mariam.eventually(lambda t: badge(t) == 0)
        for left in (0, 1):
            update = await layla.call(undo, {"op": "", "action_id": action}, lambda u: told(u, topic="toast"))
            toast = next(m for m in update.live if m["topic"] == "toast")
            assert toast["key"] == "kit.toast.undone", "nothing had to stay"
            action = toast["undo"]
            await mariam.send(f"{INBOX}.refresh", {})
            await mariam.fence()
            assert len(mariam.values("inbox_state")["rows"]) == left
            assert badge(mariam) == 0 or left


async def test_marking_everything_as_read_is_undone_in_every_tab(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, f"{PAGE}/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/inbox") as one,
        tab(server.url, floor.mariam.token, "/home") as other,
    ):
        for body in ("one", "two"):
            await mention_mariam(layla, database, floor, body)
        await other.eventually(lambda t: badge(t) == 2)
        action = await offered_undo(one, f"{INBOX}.read_all", {"op": ""})
        await other.eventually(lambda t: badge(t) == 0)
        await one.send(f"{UndoState.get_full_name()}.undo", {"op": "", "action_id": action})
        await other.eventually(lambda t: badge(t) == 2)


async def test_a_reminder_that_is_due_is_in_the_open_tab(
    server: Server, database: Database, floor: Floor
) -> None:
    viewer = await viewer_of(floor.mariam)
    async with tab(server.url, floor.mariam.token, "/home") as mariam:
        async with viewer_session(database, viewer, "test.reminder") as session:
            await activities.create(session, {"subject": "Call", "reminder_at": now() + timedelta(seconds=1)})
        await mariam.eventually(lambda t: badge(t) == 1, within=30)


async def test_a_change_of_the_page_does_not_count_again(
    server: Server, database: Database, floor: Floor
) -> None:
    async with tab(server.url, floor.mariam.token, "/home") as mariam:
        counted: list[bool] = []
        for path in (PAGE, "/inbox", "/home"):
            watching = mariam.expect(lambda u: u.sets("viewer_state", "counts"))
            await mariam.go(path)
            counted.append(watching.done())
            watching.cancel()
        assert counted == [False] * 3
        # What a module counts is asked for again by the tab itself.
        update = await mariam.call(
            "reflex___state____state.saas___state___viewer____viewer_state.count",
            {},
            lambda u: u.sets("viewer_state", "counts"),
        )
        assert update.sets("viewer_state", "counts")


async def test_somebody_who_joins_later_finds_what_came_before(
    server: Server, database: Database, floor: Floor
) -> None:
    async with tab(server.url, floor.company.session_cookie, f"{PAGE}/{floor.customer}") as layla:
        await mention_mariam(layla, database, floor)
    async with tab(server.url, floor.mariam.token, "/home") as mariam:
        assert badge(mariam) == 1


async def test_in_a_company_that_may_only_read_an_entry_is_opened_without_a_complaint(
    server: Server, database: Database, floor: Floor
) -> None:
    async with (
        tab(server.url, floor.company.session_cookie, f"{PAGE}/{floor.customer}") as layla,
        tab(server.url, floor.mariam.token, "/inbox") as mariam,
    ):
        await mention_mariam(layla, database, floor)
        await mariam.eventually(lambda t: badge(t) == 1)
        async with database.system_session() as session:
            await session.execute(
                sa.update(Tenant)
                .where(col(Tenant.id) == floor.company.tenant_id)
                .values(state=TenantState.READ_ONLY)
            )
        await mariam.send(f"{INBOX}.refresh", {})
        await mariam.fence()
        note = mariam.values("inbox_state")["rows"][0]["id"]
        await mariam.send(f"{INBOX}.open", {"op": "opened", "id": note})
        await mariam.fence()
        assert [m for m in mariam.live if m.get("ok") is False] == []
        assert badge(mariam) == 1
        # What one asks for by itself is refused aloud.
        refusal = await mariam.act(f"{INBOX}.mark", id=note, read=True)
        assert (refusal["ok"], refusal["key"]) == (False, "errors.read_only")
