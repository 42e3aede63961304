"""Files up and down: only to a record one may see, whole or not at all, and never run by a browser."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from saas.directory import attachments
from saas.directory.models import Party
from saas.kernel import settings as kernel
from saas.kernel.errors import NotFound
from saas.kernel.permissions import RoleKey, WorkspacePermission
from saas.state.resource import RESOURCES, Column, Resource, Verbs
from saas.state.unit import register_topic
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.search import matches
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer
from saas.web.files import file_name
from tests.accounts.browser import ORIGIN, Visitor
from tests.support.companies import MadeCompany, add_member, make_company

PDF = b"%PDF-1.7 quote"
HTML = b"<script>alert(1)</script>"


async def _rows(session: Any, ids: list[int]) -> list[dict[str, Any]]:
    return []


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A list to hang files on, and a folder of the test's own for their bytes."""
    resource = Resource(
        key="test.party",
        model=Party,
        route="/test",
        columns=(Column("name", "errors.invalid", attr=Party.name),),
        rows=_rows,
        see=WorkspacePermission.SEE_MEMBERS,
        edit=WorkspacePermission.MANAGE_COMPANY,
        verbs=Verbs(),
        search=partial(matches, Party),
    )
    monkeypatch.setitem(RESOURCES, resource.key, resource)
    register_topic(resource.key, Party, _rows, permission=resource.see)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAX_UPLOAD_MB", "1")
    kernel.settings.cache_clear()


@pytest.fixture(autouse=True)
def settings_as_before() -> Any:
    yield
    kernel.settings.cache_clear()


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database, modules=())


@pytest.fixture
async def party(database: Database, viewer: Viewer) -> str:
    async with viewer_session(database, viewer) as session:
        party = Party(name="Rasif Bakery")
        session.add(party)
        await session.flush()
        return str(party.public_id)


async def send(
    visitor: Visitor,
    token: str,
    csrf: str,
    record: str,
    content: Any,
    name: str = "quote.pdf",
    origin: str = ORIGIN,
) -> httpx.Response:
    visitor.http.cookies.set("wasl_session", token)
    headers = {"origin": origin, "x-csrf": csrf.encode("latin-1"), "x-file-name": quote(name)}
    return await visitor.http.post(f"/files/test.party/{record}", content=content, headers=headers)


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


async def test_a_file_comes_back_as_it_went(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str
) -> None:
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, party, PDF, "عرض سعر.pdf")
    file = await visitor.http.get(f"/files/{answer.json()['id']}")
    assert file.content == PDF
    assert file.headers["content-type"] == "application/pdf"
    assert quote("عرض سعر.pdf") in file.headers["content-disposition"]
    assert "sandbox" in file.headers["content-security-policy"]


async def test_a_page_dressed_as_a_file_is_only_downloaded(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str
) -> None:
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, party, HTML, "invoice.html")
    file = await visitor.http.get(f"/files/{answer.json()['id']}")
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_another_company_cannot_fetch_it_nor_hang_one_on_our_record(
    database: Database, visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str, tmp_path: Path
) -> None:
    file = (await send(visitor, marsa.session_cookie, viewer.csrf, party, PDF)).json()["id"]
    rival = await make_company(database, "Rival Supplies", modules=())
    rival_viewer = await recognise(rival.session_cookie)
    assert rival_viewer is not None
    refused = await send(visitor, rival.session_cookie, rival_viewer.csrf, party, PDF)
    assert refused.status_code == 404
    assert (await visitor.http.get(f"/files/{file}")).status_code == 404
    assert len(kept(tmp_path)) == 1, "what was refused leaves nothing behind"


async def test_a_file_is_taken_off_the_record_that_it_hangs_on_and_no_other(
    database: Database, visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str
) -> None:
    file = (await send(visitor, marsa.session_cookie, viewer.csrf, party, PDF)).json()["id"]
    async with viewer_session(database, viewer) as session:
        here = (await session.by_public_id(Party, party)).id
        other = Party(name="Another")
        session.add(other)
        await session.flush()
        for subject, subject_id in (("test.party", other.id), ("payments.invoice", here)):
            with pytest.raises(NotFound):
                await attachments.remove(session, subject, subject_id, file)
    assert (await visitor.http.get(f"/files/{file}")).status_code == 200
    async with viewer_session(database, viewer) as session:
        await attachments.remove(session, "test.party", here, file)
    assert (await visitor.http.get(f"/files/{file}")).status_code == 404


@pytest.mark.parametrize(
    ("csrf", "origin", "status"),
    [
        ("wrong", ORIGIN, 403),
        ("", ORIGIN, 403),
        ("\u00e9", ORIGIN, 403),
        ("right", "https://evil.example", 403),
    ],
)
async def test_a_forged_upload_is_refused(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str, csrf: str, origin: str, status: int
) -> None:
    token = viewer.csrf if csrf == "right" else csrf
    answer = await send(visitor, marsa.session_cookie, token, party, PDF, origin=origin)
    assert answer.status_code == status


async def test_a_stranger_gets_nothing(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str
) -> None:
    file = (await send(visitor, marsa.session_cookie, viewer.csrf, party, PDF)).json()["id"]
    visitor.http.cookies.clear()
    assert (await visitor.http.get(f"/files/{file}")).status_code == 401


async def test_a_member_who_may_only_look_cannot_upload(
    database: Database, visitor: Visitor, marsa: MadeCompany, party: str
) -> None:
    person = await add_member(database, marsa, role=RoleKey.VIEWER)
    viewer = await recognise(person.token)
    assert viewer is not None
    assert (await send(visitor, person.token, viewer.csrf, party, PDF)).status_code == 403


async def test_a_file_above_the_limit_is_refused_and_leaves_nothing(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str, tmp_path: Path
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    answer = await send(visitor, marsa.session_cookie, viewer.csrf, party, endless())
    assert answer.status_code == 413
    assert kept(tmp_path) == []


async def test_a_disk_that_is_full_keeps_no_half_of_a_file(
    visitor: Visitor,
    marsa: MadeCompany,
    viewer: Viewer,
    party: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        await send(visitor, marsa.session_cookie, viewer.csrf, party, PDF)
    assert kept(tmp_path) == []


async def test_an_empty_file_is_refused(
    visitor: Visitor, marsa: MadeCompany, viewer: Viewer, party: str, tmp_path: Path
) -> None:
    answer = await send(visitor, marsa.session_cookie, viewer.csrf, party, b"")
    assert answer.json()["errors"][0]["key"] == "errors.file_empty"
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\quote.pdf", "quote.pdf"),
        ("quote\u202efdp.exe", "quotefdp.exe"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_keeps_no_folder_and_no_trick(given: str, kept_as: str) -> None:
    assert file_name(quote(given)) == kept_as
