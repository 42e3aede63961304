"""Another company's ids, wherever a browser can put one: events, addresses, files, imports and exports.

Everything of the rival's carries a word that must reach nobody else, and its change record stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from starlette.routing import Route

from saas import web
from saas.directory.models import Party
from saas.kernel.permissions import RoleKey
from saas.state.page import pages
from saas.state.record import RecordState
from saas.state.resource import RESOURCES
from saas.tenancy.identity import resolve_session
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from saas.web.files import path_of
from tests.support import catalogue, hostile
from tests.support.companies import COOKIE, MadeCompany, Person, add_member
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

catalogue.load()
WORD = "ZANZIBAR"
NAMED = {
    "party": "name",
    "person": "name",
    "product": "name",
    "deal": "title",
    "activity": "subject",
    "stage": "name",
    "pipeline": "name",
    "membership": "display_name",
    "role": "name",
    "attachment": "file_name",
    "comment": "body",
    "import_run": "file_name",
}
STATES = [state for state in catalogue.own_states() if any(catalogue.handlers_of(state))]
EXAMPLES = 4
# Three messages each, and a socket has a hundred and twenty at once.
SENT_BY_ONE = 30


@dataclass(frozen=True)
class Rival:
    """A company full of things, each with the word on it; ``ids`` are public ids by table."""

    company: MadeCompany
    ids: dict[str, list[str]]

    @property
    def all_ids(self) -> list[str]:
        return [id for ids in self.ids.values() for id in ids]

    def id_of(self, table: str) -> str:
        return self.ids[table][0]


@pytest.fixture(scope="module")
def rival_of_all(doors: Database, server: Server) -> Rival:
    return loop_thread().run(_rival(doors, server))


@pytest.fixture(scope="module")
def ours_furnished(doors: Database) -> MadeCompany:
    return loop_thread().run(furnished_company(doors))


async def _rival(database: Database, server: Server) -> Rival:
    company = await furnished_company(database, f"{WORD} Holding")
    async with database.tenant_session(company.tenant_id) as session:
        party = await session.one(sa.select(Party).limit(1))
        assert party is not None
        customer = str(party.public_id)
    cookies, headers = (
        {COOKIE: company.session_cookie},
        {"origin": server.url, "x-csrf": await _csrf(database, company.owner)},
    )
    async with httpx.AsyncClient(base_url=server.url, cookies=cookies, headers=headers) as http:
        filed = await http.post(f"/files/crm.customer/{customer}", content=f"{WORD} in a file".encode())
        lines = f"company,employees\n{WORD},many\n"
        imported = await http.post("/import/files", content=lines.encode(), headers={"x-file-name": "a.csv"})
        assert (filed.status_code, imported.status_code) == (200, 200), (filed.text, imported.text)
    async with database.tenant_session(company.tenant_id, company.owner.member_id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO wasl.comment (subject, subject_id, body) VALUES ('crm.customer', :id, 'Said')"
            ),
            {"id": party.id},
        )
        for table, column in NAMED.items():
            await session.execute(sa.text(f"UPDATE wasl.{table} SET {column} = '{WORD} ' || {column}"))
        tables = await session.all(
            sa.text(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'wasl'"
                " AND column_name = 'public_id' AND table_name NOT IN"
                " ('tenant', 'account', 'login_session', 'mail_message')"
            )
        )
        ids: dict[str, list[str]] = {}
        for table in sorted(tables):
            found = await session.all(sa.text(f"SELECT public_id FROM wasl.{table} ORDER BY id LIMIT 4"))
            ids[table] = [str(id) for id in found]
    return Rival(company, {table: found for table, found in ids.items() if found})


async def _intruder(database: Database, company: MadeCompany) -> Person:
    """An owner of their own company, so that no right of theirs stops them: only the company does."""
    return await add_member(database, company, "Nadia Salem", role=RoleKey.OWNER)


async def _csrf(database: Database, person: Person) -> str:
    identity = await resolve_session(digest(person.token), database)
    assert identity is not None
    return identity.csrf


async def _record_of(database: Database, rival: Rival) -> tuple[int, int]:
    async with database.tenant_session(rival.company.tenant_id) as session:
        changes = await session.one(sa.text("SELECT count(*) FROM wasl.change"))
        runs_touched = await session.one(sa.text("SELECT sum(version) FROM wasl.import_run"))
        return int(changes or 0), int(runs_touched or 0)


def _heard(opened: Tab) -> str:
    return json.dumps([opened.state, opened.live, opened.events], ensure_ascii=False)


def test_the_rival_has_something_of_everything(rival_of_all: Rival) -> None:
    assert set(NAMED) <= set(rival_of_all.ids)
    assert {resource.model.__tablename__ for resource in RESOURCES.values()} <= set(rival_of_all.ids)


async def test_the_word_is_found_where_it_may_be(server: Server, rival_of_all: Rival) -> None:
    """Else nothing below could fail."""
    async with tab(server.url, rival_of_all.company.session_cookie, "/crm/customers") as opened:
        assert WORD in _heard(opened)
        await opened.go(f"/crm/customers/{rival_of_all.id_of('party')}")
        record = next(v["record"] for v in opened.state.values() if v.get("record"))
        assert record["id"] == rival_of_all.id_of("party")


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__qualname__)
def test_no_handler_reads_or_changes_what_another_companys_ids_name(
    state: type, server: Server, database: Database, ours_furnished: MadeCompany, rival_of_all: Rival
) -> None:
    loop = loop_thread()
    before = loop.run(_record_of(database, rival_of_all))
    person = loop.run(_intruder(database, ours_furnished))
    opened, sent = loop.run(_opened(server, person)), 0
    ids = rival_of_all.all_ids
    words = sorted({column.key for resource in RESOURCES.values() for column in resource.columns})

    async def send(handler: catalogue.Handler, payload: dict[str, Any]) -> None:
        nonlocal opened, sent
        sent += 1
        if opened.close_code is not None or sent % SENT_BY_ONE == 0:
            # The handler before has ended the session, as it may; or a socket has said all that it may.
            await opened.close()
            await opened.http.close()
            opened = await _opened(server, await _intruder(database, ours_furnished))
        if issubclass(handler.state, RecordState):
            table = handler.state.resource.model.__tablename__
            await opened.send(f"{state.get_full_name()}.open", {"id": rival_of_all.id_of(table)})
        await opened.send(handler.name, payload)
        await opened.fence()

    def tries(handler: catalogue.Handler) -> None:
        assert handler.mark is not None

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(payload=hostile.payloads(handler.mark.schema, ids, words))
        def each(payload: dict[str, Any]) -> None:
            loop.run(send(handler, payload))

        each()
        assert WORD not in _heard(opened), handler.name

    try:
        for handler in catalogue.handlers_of(state):
            tries(handler)
    finally:
        loop.run(opened.close())
        loop.run(opened.http.close())
    assert loop.run(_record_of(database, rival_of_all)) == before


async def _opened(server: Server, person: Person) -> Tab:
    import aiohttp

    opened = Tab(aiohttp.ClientSession(), server.url, person.token, "/home")
    await opened.connect()
    return opened


def _addresses(rival: Rival) -> list[str]:
    """Every record page with the rival's record in it, and every list with its ids in the query."""
    by_route = {r.route: r.model.__tablename__ for r in RESOURCES.values()}
    found = []
    for page in pages():
        if "[" in page.route:
            base = page.route.partition("/[")[0]
            assert base in by_route, f"{page.route}: say here what its address names"
            found.append(f"{base}/{rival.id_of(by_route[base])}")
        elif page.route in by_route:
            for table in ("membership", "party", "stage", "saved_view"):
                if table in rival.ids:
                    asked = {"filters": [{"key": "owner", "op": "is", "values": [rival.id_of(table)]}]}
                    found.append(f"{page.route}?q={quote(json.dumps(asked))}")
            found.append(f"{page.route}?pipeline={rival.id_of('pipeline')}&view=list")
    return [*found, f"/import?run={rival.id_of('import_run')}"]


async def test_no_page_shows_what_another_companys_id_in_its_address_names(
    server: Server, database: Database, ours_furnished: MadeCompany, rival_of_all: Rival
) -> None:
    person = await _intruder(database, ours_furnished)
    tried = _addresses(rival_of_all)
    assert len(tried) >= 20
    async with tab(server.url, person.token, "/home") as opened:
        for address in tried:
            await opened.go(address)
            await opened.fence()
            assert WORD not in _heard(opened), address
            record = address.rsplit("/", 1)[-1]
            shown = [v.get("record") or {} for v in opened.state.values() if "record" in v]
            assert record not in {row.get("id") for row in shown}, address


@pytest.fixture
async def intruder(
    server: Server, database: Database, ours_furnished: MadeCompany
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody signed in to their own company, with its forgery token at hand."""
    person = await _intruder(database, ours_furnished)
    headers = {"origin": server.url, "x-csrf": await _csrf(database, person)}
    async with httpx.AsyncClient(
        base_url=server.url, cookies={COOKIE: person.token}, headers=headers
    ) as http:
        yield http


async def test_no_route_of_files_imports_and_exports_gives_or_takes_by_another_companys_id(
    intruder: httpx.AsyncClient, database: Database, rival_of_all: Rival
) -> None:
    before = await _record_of(database, rival_of_all)
    answered = {
        "/files/{file}": [
            await intruder.get(f"/files/{id}")
            for id in (*rival_of_all.ids["attachment"], rival_of_all.id_of("party"))
        ],
        "/files/{resource}/{record}": [
            await intruder.post(
                f"/files/{key}/{rival_of_all.id_of(resource.model.__tablename__)}", content=b"planted"
            )
            for key, resource in RESOURCES.items()
        ],
        "/import/files/{id}/refused": [
            await intruder.get(f"/import/files/{id}/refused") for id in rival_of_all.ids["import_run"]
        ],
    }
    for address, answers in answered.items():
        for answer in answers:
            assert (answer.status_code, WORD in answer.text) == (404, False), (address, answer.text[:200])
    exports = [
        await intruder.get(f"/export/{key}", params={"q": json.dumps(query)})
        for key in RESOURCES
        for query in (
            {},
            {"filters": [{"key": "owner", "op": "is", "values": rival_of_all.ids["membership"]}]},
        )
    ]
    assert [answer for answer in exports if WORD in answer.text or answer.status_code >= 500] == []
    assert {answer.status_code for answer in exports} >= {200}
    assert await _record_of(database, rival_of_all) == before
    named = {r.path for r in web.routes() if isinstance(r, Route) and "{" in r.path}
    assert named == {*answered, "/export/{resource}"}, "a new address with an id in it is to be tried here"


async def test_nothing_is_left_in_the_rivals_folder_or_ours_by_a_file_for_another_companys_record(
    intruder: httpx.AsyncClient,
    server: Server,
    database: Database,
    ours_furnished: MadeCompany,
    rival_of_all: Rival,
) -> None:
    def files() -> list[str]:
        tenants = (ours_furnished.tenant_id, rival_of_all.company.tenant_id)
        folders = [server.data_dir / "files" / str(tenant) for tenant in tenants]
        return sorted(str(p) for folder in folders for p in folder.rglob("*") if p.is_file())

    before = files()
    answer = await intruder.post(
        f"/files/crm.customer/{rival_of_all.id_of('party')}", content=b"planted", headers={"x-file-name": "a"}
    )
    assert answer.status_code == 404
    assert files() == before


@pytest.mark.parametrize("stored_as", ["", "..", "../2/ab", "AB", "ab/cd", "0" * 32 + "\n"])
def test_a_stored_name_is_never_a_way_to_anothers_folder(stored_as: str) -> None:
    with pytest.raises(Exception, match="not_found"):
        path_of(1, stored_as)
