"""Whose tab it is follows from the session cookie of its socket, at each event anew."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa

from saas.state.workspace import PaletteState
from saas.tenancy.models import Membership
from saas.tenancy.session import Database
from tests.support.companies import MadeCompany
from tests.support.server import Server
from tests.support.socket_client import Refused, Tab, returning, tab

SEARCH = f"{PaletteState.get_full_name()}.search"


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", "http://localhost", "http://localhost:1", "file://"]
)
async def test_a_socket_of_a_foreign_page_does_not_open(
    origin: str | None, server: Server, company: MadeCompany
) -> None:
    with pytest.raises(Refused):
        async with tab(server.url, company.session_cookie, origin=origin):
            pass


async def test_whoever_comes_back_with_somebody_elses_token_finds_an_empty_state(
    server: Server, company: MadeCompany, rival: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as victim:
        await victim.call(SEARCH, {"text": "a private thought"}, lambda u: u.sets("palette_state", "found"))
        token = victim.token
    async with returning(server.url, rival.session_cookie, token) as thief:
        await thief.read_anew()
        assert "a private thought" not in json.dumps(thief.state)
        assert company.name not in json.dumps(thief.state)
    async with returning(server.url, "", token) as stranger:
        await stranger.read_anew()
        assert "a private thought" not in json.dumps(stranger.state)
        assert rival.name not in json.dumps(stranger.state)


async def test_a_token_in_use_is_not_given_twice(
    server: Server, company: MadeCompany, rival: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as victim:
        await victim.call(SEARCH, {"text": "a private thought"}, lambda u: u.sets("palette_state", "found"))
        async with tab(server.url, rival.session_cookie, token=victim.token) as thief:
            await thief.read_anew()
            assert thief.given_token not in ("", victim.token)
            assert "a private thought" not in json.dumps(thief.state)


async def test_the_same_person_comes_back_to_what_was_there(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as first:
        await first.call(SEARCH, {"text": "my own words"}, lambda u: u.sets("palette_state", "found"))
        token = first.token
    async with returning(server.url, company.session_cookie, token) as again:
        assert again.values("palette_state")["found"]["query"] == "my own words"


async def test_signing_out_ends_the_tabs_that_are_open(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, company.session_cookie, "/home") as opened,
        httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}) as http,
    ):
        http.cookies.set("wasl_session", company.session_cookie)
        csrf = (await http.get("/csrf")).json()["token"]
        answer = await http.post("/signout", json={}, headers={"x-csrf-token": csrf})
        assert answer.is_success or answer.is_redirect, answer.text
        await opened.eventually(lambda t: [m for m in t.live if m["topic"] == "session"])
        answer = await opened.call(SEARCH, {"text": "a"}, lambda u: any(m["topic"] == "ack" for m in u.live))
        assert answer.live[0]["key"] == "errors.signed_out"


async def test_a_page_loaded_anew_shows_the_company_that_its_person_has_joined(
    server: Server, company: MadeCompany, rival: MadeCompany, database: Database
) -> None:
    def companies(opened: Tab) -> list[str]:
        return sorted(one["name"] for one in opened.values("viewer_state")["viewer"]["companies"])

    async with tab(server.url, company.session_cookie, "/home") as before:
        assert companies(before) == [company.name]
        token = before.token
    async with database.tenant_session(rival.tenant_id, action="test.join") as session:
        role = await session.one(sa.text("SELECT id FROM wasl.role WHERE key = 'rep'"))
        session.add(Membership(account_id=company.owner.account_id, display_name="Layla", role_id=role))
    async with returning(server.url, company.session_cookie, token) as again:
        await again.go("/home")
        assert companies(again) == sorted([company.name, rival.name])
