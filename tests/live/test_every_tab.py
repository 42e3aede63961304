"""What one tab does to the company itself is heard in the others, and by nobody who may not know of it."""

from __future__ import annotations

import contextlib
import csv
import io
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from saas.kernel.permissions import RoleKey
from saas.modules.crm.state.customers import CustomersState
from saas.modules.crm.state.pipelines import PipelinesState
from saas.modules.scheduling.state import CalendarState
from saas.pages.members_state import MembersState
from saas.pages.onboarding import OnboardingState
from saas.pages.settings_company import CompanyState
from saas.state.importing import ImportState
from saas.state.undoing import UndoState
from saas.tenancy import invitations
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, use
from tests.faults.conftest import House
from tests.live.conftest import Floor, make_floor
from tests.support import server as servers
from tests.support.companies import add_member, make_company
from tests.support.server import Server
from tests.support.socket_client import Tab, tab, told

MEMBERS = MembersState.get_full_name()
IMPORTS = ImportState.get_full_name()
ROWS = 3_000


def signals(listener: Tab, topic: str) -> int:
    """How often the tab was told to read this topic anew."""
    return len([m for m in listener.live if m["topic"] == topic and m.get("resync")])


@contextlib.asynccontextmanager
async def two(server: Server, floor: Floor, path: str) -> AsyncIterator[tuple[Tab, Tab]]:
    async with (
        tab(server.url, floor.company.session_cookie, path) as layla,
        tab(server.url, floor.mariam.token, path) as mariam,
    ):
        yield layla, mariam


async def test_samples_come_and_go_in_every_tab(server: Server, floor: Floor) -> None:
    async with two(server, floor, "/crm/customers") as (layla, mariam):
        state = OnboardingState.get_full_name()
        for handler in ("add_sample", "remove_sample"):
            before = {t: signals(mariam, t) for t in ("crm.customer", "crm.deal", "workspace.sample")}
            await layla.call(f"{state}.{handler}", {}, lambda u: told(u, topic="toast"))
            for topic, n in before.items():
                await mariam.eventually(lambda t, topic=topic, n=n: signals(t, topic) > n)


async def test_invitations_and_roles_are_seen_by_those_who_see_members(
    server: Server, database: Database, floor: Floor
) -> None:
    rep = await add_member(database, floor.company, "Omar Nasser", role=RoleKey.REP)
    page = "/settings/members"
    rival = await make_company(database, "Rival Supplies")
    async with (
        two(server, floor, page) as (layla, mariam),
        tab(server.url, rival.session_cookie, page) as stranger,
    ):
        await layla.send(f"{MEMBERS}.invite", {"values": {"email": "dana@example.com", "role": "rep"}})
        await mariam.eventually(lambda t: signals(t, "workspace.members") == 1)
        await mariam.send(f"{MEMBERS}.refresh", {})
        await mariam.eventually(lambda t: len(t.values("members_state")["invited"]) == 1)
        offer = mariam.values("members_state")["invited"][0]["id"]
        await layla.send(f"{MEMBERS}.revoke", {"invitation": offer})
        await mariam.eventually(lambda t: signals(t, "workspace.members") == 2)
        omar = next(p for p in mariam.values("members_state")["people"] if p["name"] == "Omar Nasser")
        assert rep.member_id
        await layla.send(f"{MEMBERS}.change_role", {"member": omar["id"], "role": "viewer"})
        await mariam.eventually(lambda t: signals(t, "workspace.members") == 3)
        await stranger.fence()
        assert signals(stranger, "workspace.members") == 0


async def test_an_accepted_invitation_is_seen_at_once(
    server: Server, database: Database, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    made = invitations.new_token
    monkeypatch.setattr(invitations, "new_token", lambda: given.append(made()) or given[-1])
    viewer = await recognise(floor.company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test.invite") as session:
        await invitations.invite(session, "dana.aziz@example.com", "rep", by=viewer)
    async with tab(server.url, floor.mariam.token, "/settings/members") as mariam:
        async with httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}) as http:
            form = {"token": given[-1], "name": "Dana Aziz", "password": "harbour lantern 42"}
            csrf = (await http.get("/csrf")).json()["token"]
            answer = await http.post("/invitation", json=form, headers={"x-csrf-token": csrf})
            assert answer.status_code < 400, answer.text
        await mariam.eventually(lambda t: signals(t, "workspace.members"))


async def test_the_companys_facts_reach_every_tab(server: Server, floor: Floor) -> None:
    async with two(server, floor, "/settings/company") as (layla, mariam):
        wanted = {"values": {"name": "Marsa Harbour", "currency": "SAR"}}
        await layla.send(f"{CompanyState.get_full_name()}.save", wanted)
        await mariam.eventually(lambda t: signals(t, "workspace.company"))
        await mariam.send(f"{CompanyState.get_full_name()}.refresh", {})
        await mariam.eventually(lambda t: t.values("company_state")["company"]["currency"] == "SAR")
        # The frame's own facts: each tab is told to ask who it is anew.
        await mariam.eventually(lambda t: [m for m in t.live if m["topic"] == "session"])


async def test_views_pipelines_and_offers_are_told_and_so_is_their_undo(server: Server, floor: Floor) -> None:
    steps = (
        ("workspace.view", CustomersState, "save_view", {"name": "Harbour", "shared": True, "wanted": {}}),
        ("crm.pipeline", PipelinesState, "add", {"name": "Partners", "name_ar": "", "op": ""}),
        ("scheduling.offer", CalendarState, "add_person", {"name": "Room two", "op": ""}),
    )
    async with two(server, floor, "/crm/customers") as (layla, mariam):
        for topic, state, handler, payload in steps:
            before = len([m for m in mariam.live if m["topic"] == topic])
            update = await layla.call(
                f"{state.get_full_name()}.{handler}", payload, lambda u: told(u, topic="toast"), within=10
            )
            await mariam.eventually(
                lambda t, topic=topic, n=before: len([m for m in t.live if m["topic"] == topic]) > n
            )
            undo = next(m["undo"] for m in update.live if m["topic"] == "toast")
            before = len([m for m in mariam.live if m["topic"] == topic])
            await layla.send(f"{UndoState.get_full_name()}.undo", {"op": "", "action_id": undo})
            await mariam.eventually(
                lambda t, topic=topic, n=before: len([m for m in t.live if m["topic"] == topic]) > n
            )
            await layla.fence()


async def test_progress_of_an_import_comes_from_a_worker_of_its_own(house: House) -> None:
    more = {"WORKER_INSIDE": "false"}
    with servers.running(house.data_dir, "--no-build", more=more) as server, working(house.data_dir):
        async with house.doors() as own:
            use(own)
            floor = await make_floor(own, RoleKey.ADMIN)
            use(None)
        async with two(server, floor, "/import") as (layla, mariam):
            csrf = layla.values("viewer_state")["viewer"]["csrf"]
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
                answer = await http.post(
                    "/import/files",
                    content=_deals(),
                    headers={"origin": server.url, "x-csrf": csrf, "x-file-name": "deals.csv"},
                    cookies=floor.company.owner.cookies,
                )
            run = answer.json()["id"]
            for step in ("open", "check", "start"):
                await layla.send(f"{IMPORTS}.{step}", {"id": run})
            # The page of another member asks for nothing: all that it knows was told.
            await mariam.eventually(lambda t: "done" in _states(t, run), within=60)
            assert "running" in _states(mariam, run)
            await mariam.eventually(lambda t: signals(t, "crm.deal"))


def _states(listener: Tab, run: str) -> list[str]:
    rows = [row for m in listener.live if m["topic"] == "import.run" for row in m.get("rows") or ()]
    return [row["state"] for row in rows if row["id"] == run]


def _deals() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["opportunity_id", "account", "deal_stage", "engage_date", "close_value"])
    writer.writerows([f"T{n:06}", f"Account {n % 50}", "Prospecting", "2024-01-02", n] for n in range(ROWS))
    return out.getvalue().encode()


@contextlib.contextmanager
def working(folder: Path) -> Iterator[None]:
    """``wasl worker`` in a process of its own."""
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            servers.command("worker"),
            cwd=servers.ROOT,
            env=servers.environment(folder, servers.free_port()),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
