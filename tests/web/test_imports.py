"""A file to import comes in as a stream, from our own page and from those who may; refused rows go out."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import openpyxl
import pytest

from saas.directory.imports import running, runs
from saas.directory.imports.models import ImportRun
from saas.kernel import settings as kernel
from saas.kernel.permissions import RoleKey
from saas.tenancy import rates
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.viewer import Viewer
from tests.accounts.browser import ORIGIN, Visitor
from tests.support.companies import MadeCompany, add_member, make_company

FILE = b"company,employees\nAcme,12\nBeta,many\n"


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAX_IMPORT_MB", "1")
    kernel.settings.cache_clear()
    yield tmp_path / "imports"
    kernel.settings.cache_clear()


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database, modules=())


async def send(
    visitor: Visitor,
    token: str,
    csrf: str,
    content: Any = FILE,
    *,
    name: str = "clients.csv",
    origin: str = ORIGIN,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    if token:
        visitor.http.cookies.set("wasl_session", token)
    sent = {"origin": origin, "x-csrf": csrf.encode("latin-1"), "x-file-name": quote(name), **(headers or {})}
    return await visitor.http.post("/import/files", content=content, headers=sent)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_an_uploaded_file_becomes_an_import_to_go_on_with(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, database: Database
) -> None:
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, name="عملاء ٢٠٢٦.csv")
    assert answer.status_code == 200
    async with viewer_session(database, viewer) as session:
        run = await session.by_public_id(ImportRun, answer.json()["id"])
    assert (run.file_name, run.target, run.rows_total) == ("عملاء ٢٠٢٦.csv", "customers", 2)


async def test_a_stranger_a_forger_and_who_may_not_import_send_nothing(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, database: Database, private_folder: Path
) -> None:
    assert (await send(visitor, "", viewer.csrf)).status_code == 401
    assert (await send(visitor, marsa.session_cookie, "forged")).status_code == 403
    assert (await send(visitor, marsa.session_cookie, "\u00e9")).status_code == 403
    assert (
        await send(visitor, marsa.session_cookie, viewer.csrf, origin="https://evil.example")
    ).status_code == 403
    rep = await add_member(database, marsa, role=RoleKey.REP)
    theirs = await recognise(rep.token)
    assert theirs is not None
    assert (await send(visitor, rep.token, theirs.csrf)).status_code == 403
    assert kept(private_folder) == []


async def test_too_much_is_refused_by_its_announced_length_and_while_it_streams(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, private_folder: Path
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 1024 * 1024

    announced = await send(
        visitor, marsa.session_cookie, viewer.csrf, b"", headers={"content-length": str(200 * 1024 * 1024)}
    )
    streamed = await send(visitor, marsa.session_cookie, viewer.csrf, endless())
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert answer.json()["errors"] == [
            {"key": "imports.errors.file_too_large", "params": {"max": 1}, "field": "file"}
        ]
        assert answer.headers["connection"] == "close"
    assert kept(private_folder) == []


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "imports.errors.empty_file"),
        (b"%PDF-1.7", "imports.errors.not_a_table"),
        (b"PK\x03\x04broken", "imports.errors.not_a_workbook"),
    ],
)
async def test_what_is_no_table_is_refused_in_words_and_not_kept(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, private_folder: Path, content: bytes, key: str
) -> None:
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, content)
    assert (answer.status_code, answer.json()["errors"][0]["key"]) == (400, key)
    assert kept(private_folder) == []


async def test_refused_rows_go_to_the_company_alone(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, database: Database
) -> None:
    id = (await send(visitor, marsa.session_cookie, viewer.csrf)).json()["id"]
    address = f"/import/files/{id}/refused"
    assert (await visitor.http.get(address)).status_code == 404
    await _carry_out(database, viewer, id)
    answer = await visitor.http.get(address)
    assert answer.status_code == 200
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("Beta,many,3,")
    assert "clients-refused.csv" in answer.headers["content-disposition"]
    rival = await make_company(database, modules=())
    visitor.http.cookies.set("wasl_session", rival.session_cookie)
    assert (await visitor.http.get(address)).status_code == 404
    visitor.http.cookies.clear()
    assert (await visitor.http.get(address)).status_code == 401


async def _carry_out(database: Database, viewer: Viewer, id: str) -> None:
    async def queue(session: TenantSession, run_id: int) -> None:
        return None

    async with viewer_session(database, viewer) as session:
        run = await session.by_public_id(ImportRun, id)
        await runs.check(session, run)
        await runs.start(session, run, viewer.may, queue)
    await running.run_import(viewer.tenant_id, run.id)


async def test_a_workbook_comes_in_as_a_browser_sends_it(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, database: Database
) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["العميل", "employees"])
    book.active.append(["شركة النور", 30])
    book.save(out)
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, out.getvalue(), name="عملاء.xlsx")
    assert answer.status_code == 200, answer.text
    async with viewer_session(database, viewer) as session:
        run = await session.by_public_id(ImportRun, answer.json()["id"])
    assert (run.reading["form"], run.rows_total, run.target) == ("workbook", 1, "customers")


async def test_a_company_that_sends_file_after_file_is_told_to_wait(
    visitor: Visitor,
    marsa: MadeCompany,
    viewer: Viewer,
    private_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "IMPORT_COMPANY", rates.Limit("import.company", 2, 3600))
    answers = [await send(visitor, marsa.session_cookie, viewer.csrf) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["errors"][0]["key"] == "accounts.errors.too_many_minutes"
    assert [path.name for path in kept(private_folder)].count("source") == 2
