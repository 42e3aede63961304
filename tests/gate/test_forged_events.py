"""What a browser may send is decided by us: every other event, argument and packet is refused, aloud."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from saas.modules.crm.models import Deal
from saas.modules.crm.service import deals
from saas.modules.crm.state.deals import DealsState
from saas.state.viewer import ViewerState
from saas.state.workspace import PaletteState
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from tests.support.companies import MadeCompany
from tests.support.database import Database
from tests.support.server import Server
from tests.support.socket_client import Refused, Tab, tab

ROOT = "reflex___state____state"
SEARCH = f"{PaletteState.get_full_name()}.search"
VIEWER = ViewerState.get_full_name()


async def answer_to(opened: Tab, handler: str, payload: dict[str, Any]) -> dict[str, Any]:
    """The acknowledgement that the event got."""
    before = len(opened.live)
    await opened.send(handler, payload)
    await opened.fence()
    answers = [message for message in opened.live[before:] if message["topic"] == "ack"]
    assert len(answers) == 1, answers
    return answers[0]


async def searches(opened: Tab, text: str) -> None:
    """The tab still works: a search that may be made is made."""
    found = await opened.call(
        SEARCH, {"text": text}, lambda u: u.sets("palette_state", "found") or any(m for m in u.live)
    )
    assert found.sets("palette_state", "found"), found.live


@pytest.mark.parametrize(
    "handler",
    [
        f"{ROOT}.no_such_handler",
        f"{ROOT}.no_such_state.anything",
        "somewhere.else.entirely",
        "",
        ".",
        "..",
        "x" * 299,
        f"{VIEWER}.setvar",
        f"{VIEWER}.set_viewer",
        f"{VIEWER}.reset",
        f"{VIEWER}.__init__",
        f"{VIEWER}._owner",
        f"{PaletteState.get_full_name()}._private",
        f"{PaletteState.get_full_name()}.get_state",
        f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
        f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
        f"{ROOT}.reflex___istate___shared____shared_state_base_internal._link_to",
        "reflex___state____on_load_internal_state.on_load_internal",
    ],
)
async def test_a_handler_that_is_not_open_to_browsers_is_refused(
    handler: str, server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as opened:
        answer = await answer_to(
            opened, handler, {"value": 1, "vars": {f"{VIEWER}.viewer": {"role": "owner"}}}
        )
        assert (answer["ok"], answer["key"]) == (False, "errors.not_found")
        await searches(opened, "still here")


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"text": None},
        {"text": 5},
        {"text": ["a"]},
        {"text": {"$ne": ""}},
        {"text": "x" * 201},
        {"text": "nul \x00"},
        {"text": "a", "tenant_id": 1},
        {"text": "a", "self": {}},
        {"self": "a"},
        {"text": True},
    ],
)
async def test_arguments_that_do_not_fit_are_refused(
    payload: dict[str, Any], server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as opened:
        answer = await answer_to(opened, SEARCH, payload)
        assert (answer["ok"], answer["key"]) == (False, "errors.wrong_arguments")


@pytest.mark.parametrize(
    "packet",
    [
        '["event"]',
        '["event", null]',
        '["event", 5]',
        '["event", "text"]',
        '["event", []]',
        '["event", {}]',
        '["event", {"name": 5}]',
        '["event", {"name": "x", "payload": []}]',
        '["event", {"name": "x", "router_data": 1}]',
        '["event", {"name": "x", "router_data": {"pathname": {}}}]',
        '["event", {"name": "x", "router_data": {"query": {"a": {}}}}]',
        '["event", {"name": "x"}, "more"]',
        '["nothing"]',
        '["on_connect"]',
        '["_build_static_router_data", "x", {}]',
        '["emit_update", {}, "x"]',
        '["link_token_to_sid", "x"]',
        '["disconnect"]',
        '["connect", {"QUERY_STRING": "token=somebody"}]',
        '["ping"]',
        '["client_error", 7]',
        '["client_error", {"error_type": "x", "message": "y"}]',
    ],
)
async def test_a_packet_of_another_form_changes_nothing(
    packet: str, server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, company.session_cookie) as sender,
        tab(server.url, company.session_cookie) as other,
    ):
        await sender.send_raw(packet)
        await searches(other, "other tabs work on")
        assert sender.token not in json.dumps(other.state)


EVENT = "42/_event,"
DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    "packet",
    [
        *(EVENT + packet for packet in ("[", "{}", "5", "[]", "null", '[5, "x"]', '[{"a": 1}]', "51-[1]")),
        *(EVENT + packet for packet in ("", "[[]]", "[null]")),
        *(EVENT + packet for packet in ('["ping", 1, 2]', '["client_error", 1, 2, 3]')),
        f'{EVENT}["event", {DEEP}]',
        f'{EVENT}["event", {{"name": "x", "payload": {{"n": {"9" * 5000}}}}}]',
        '42/_event,99999999999999999999["event", {}]',
        f"42/_event,{'9' * 200}[1]",
        *("", "4", "42", "4-1", "9", "7", "0", "hello", "b!!", "bAAAA"),
        *("42[1]", '42/other,["event", {}]'),
        *(f"4{DEEP}", f"40/_event,{DEEP}", "40/_event,[1", '40/_event,"x"', "40/other,{}", "43/_event,x[]"),
        *(
            "43/_event,1[]",
            '451-/_event,["event", {"_placeholder": true, "num": 0}]',
            "44/_event,{}",
            "46/_event,",
        ),
    ],
    ids=lambda packet: packet[:40],
)
async def test_a_packet_that_is_no_event_ends_at_most_its_own_socket_and_says_little(
    packet: str, server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, company.session_cookie) as sender,
        tab(server.url, company.session_cookie) as other,
    ):
        await sender.send_text(packet)
        with contextlib.suppress(Refused, ConnectionError):
            await sender.fence()
        await searches(other, "other tabs work on")
    said = log().splitlines()
    assert len(said) <= 1, said
    assert all(len(line) < 300 for line in said), said


async def test_bytes_end_their_own_socket(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as sender:
        await sender.send_bytes(b"\x04abc")
        assert await sender.closed() == 1008


async def test_a_message_beyond_the_limit_closes_the_socket(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as opened:
        await opened.send(SEARCH, {"text": "x" * 300_000})
        assert await opened.closed() in (1009, 1006)


async def test_a_flood_closes_the_socket_that_it_comes_from(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with (
        tab(server.url, company.session_cookie) as flooding,
        tab(server.url, company.session_cookie) as calm,
    ):
        with pytest.raises((Refused, ConnectionError)):
            await asyncio.gather(
                *(flooding.send(SEARCH, {"text": "again"}) for _ in range(400)), flooding.fence()
            )
        assert await flooding.closed() == 1008
        await searches(calm, "calm")


async def test_headers_and_tokens_in_an_event_are_not_believed(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    forged = {
        "pathname": "/",
        "asPath": "/",
        "query": {},
        "headers": {"cookie": f"wasl_session={company.session_cookie}"},
        "sid": "somebody",
        "token": "somebody",
        "ip": "10.9.9.9",
    }
    async with tab(server.url) as stranger:
        event = {"name": SEARCH, "payload": {"text": "a"}, "router_data": forged}
        waiter = stranger.expect(lambda update: any(m["topic"] == "ack" for m in update.live))
        await stranger.send_raw(json.dumps(["event", event]))
        assert (await waiter).live[0]["key"] == "errors.signed_out"


async def test_a_handshake_cannot_be_forged_by_an_event(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    cookie = [b"cookie", f"wasl_session={company.session_cookie}".encode()]
    environ = {
        "QUERY_STRING": "token=somebody",
        "asgi.scope": {"headers": [[part.decode() for part in cookie]], "client": ["10.9.9.9", 1]},
        "HTTP_COOKIE": cookie[1].decode(),
    }
    async with tab(server.url) as stranger:
        await stranger.send_raw(json.dumps(["connect", environ, None]))
        answer = await answer_to(stranger, SEARCH, {"text": "a"})
        assert answer["key"] == "errors.signed_out"


async def test_the_session_cookie_is_in_nothing_that_a_page_can_read(
    server: Server, company: MadeCompany, log: Callable[[], str]
) -> None:
    async with tab(server.url, company.session_cookie) as opened:
        await opened.read_anew()
        assert company.session_cookie not in json.dumps(opened.state)
        await opened.send(f"{ROOT}.nothing_here")
        await opened.fence()
    assert company.session_cookie not in log()


async def test_an_amount_is_not_set_for_many_rows_of_different_currencies_at_once(
    server: Server, company: MadeCompany, database: Database, log: Callable[[], str]
) -> None:
    viewer = await recognise(company.session_cookie)
    assert viewer is not None
    async with viewer_session(database, viewer, "test") as session:
        made = [
            await deals.create(session, {"title": code, "amount_minor": 7, "currency": code})
            for code in ("KWD", "USD", "JPY")
        ]
        ids = [str(deal.public_id) for deal in made]
    async with tab(server.url, company.session_cookie, "/crm/deals") as opened:
        wanted = {"op": "forged", "ids": ids, "field": "amount_minor", "value": "12.500"}
        answer = await answer_to(opened, f"{DealsState.get_full_name()}.bulk", wanted)
        assert (answer["ok"], answer["key"], answer["field"]) == (
            False,
            "errors.not_editable",
            "amount_minor",
        )
    async with viewer_session(database, viewer) as session:
        assert {(await session.by_public_id(Deal, id)).amount_minor for id in ids} == {7}
