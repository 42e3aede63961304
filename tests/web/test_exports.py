"""Lists as files: what may be asked for, what stands in them, and what a spreadsheet makes of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from saas.directory.imports import runs
from saas.directory.imports.models import ImportRun
from saas.kernel import settings as kernel
from saas.modules.crm.models import LostReason
from saas.modules.crm.service import customers, deals, moves
from saas.modules.crm.state import customer_list as customer_list  # declares the list
from saas.modules.crm.state import deal_list as deal_list
from saas.state.listing import WrongQuery
from saas.tenancy import accounts
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer
from saas.web.exports import _query
from tests.accounts.browser import ORIGIN, Visitor
from tests.support.companies import MadeCompany, make_company

RUN_BY_A_SPREADSHEET = '=HYPERLINK("http://evil.example")'
PHONE = "+965 5550 1740"


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database)


@pytest.fixture
def visitor(visitor: Visitor, marsa: MadeCompany) -> Visitor:
    visitor.http.cookies.set("wasl_session", marsa.session_cookie)
    return visitor


@pytest.fixture
def private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    kernel.settings.cache_clear()
    yield
    kernel.settings.cache_clear()


async def exported(visitor: Visitor, key: str) -> list[dict[str, str]]:
    answer = await visitor.http.get(f"/export/{key}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("asked", ["", "{", "\x00", "[]", '{"search": 1}', "[" * 5_000 + "]" * 5_000])
def test_what_is_no_query_is_refused_in_words(asked: str) -> None:
    with pytest.raises(WrongQuery):
        _query(asked)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "==1", "-", "+A1", "=1", "@x"]
)
async def test_no_cell_is_a_formula(database: Database, viewer: Viewer, visitor: Visitor, text: str) -> None:
    async with viewer_session(database, viewer) as session:
        await customers.create(session, {"name": "Atlas", "segment": text})
    [row] = await exported(visitor, "crm.customer")
    assert row["Segment"] == f"'{text}"


async def test_a_file_says_choices_and_times_as_the_screen_does(
    database: Database, marsa: MadeCompany, viewer: Viewer, visitor: Visitor
) -> None:
    async with viewer_session(database, viewer) as session:
        deal = await deals.create(session, {"title": "Lobby bar refit"})
        await moves.lose(session, deal, LostReason.PRICE)
        made = deal.created_at
    [row] = await exported(visitor, "crm.deal")
    assert (row["Outcome"], row["Reason"]) == ("Lost", "Price")
    here = made.astimezone(ZoneInfo(viewer.time_zone))
    assert datetime.strptime(row["Created"], "%Y-%m-%d %H:%M") == here.replace(  # noqa: DTZ007 -- as a clock there shows it
        second=0, microsecond=0, tzinfo=None
    )
    await accounts.prefer(database, marsa.owner.account_id, "language", "ar")
    [row] = await exported(visitor, "crm.deal")
    assert (row["النتيجة"], row["السبب"]) == ("خاسرة", "السعر")


async def test_an_amount_in_another_currency_says_which(
    database: Database, viewer: Viewer, visitor: Visitor
) -> None:
    other = "USD" if viewer.currency != "USD" else "EUR"
    async with viewer_session(database, viewer) as session:
        await deals.create(session, {"title": "Here", "amount_minor": 1_250})
        await deals.create(session, {"title": "Abroad", "amount_minor": 1_250, "currency": other})
    amounts = {row["Deal"]: row["Amount"] for row in await exported(visitor, "crm.deal")}
    assert amounts["Abroad"] == f"{other} 12.50"
    assert float(amounts["Here"]) > 0


@pytest.mark.usefixtures("private_folder")
async def test_what_was_exported_comes_in_again_as_what_it_was(
    database: Database, viewer: Viewer, visitor: Visitor
) -> None:
    async with viewer_session(database, viewer) as session:
        await customers.create(session, {"name": "Atlas Print House", "phone": PHONE})
        await customers.create(session, {"name": RUN_BY_A_SPREADSHEET})
    file = (await visitor.http.get("/export/crm.customer")).content
    assert {row["Phone"] for row in await exported(visitor, "crm.customer")} == {PHONE, ""}
    headers = {"origin": ORIGIN, "x-csrf": viewer.csrf, "x-file-name": "customers.csv"}
    id = (await visitor.http.post("/import/files", content=file, headers=headers)).json()["id"]
    async with viewer_session(database, viewer, "test.import") as session:
        run = await session.by_public_id(ImportRun, id)
        await runs.check(session, run)
    assert {fate: n for fate, n in run.report["counts"].items() if n} == {"skip": 2}
