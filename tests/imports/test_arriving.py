"""A file on its way in: its size, its name, its sheets, and how long it is kept."""

from __future__ import annotations

import io
import os
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import intake, runs
from saas.directory.imports.intake import FileTooLarge
from saas.directory.imports.models import ImportRun, RunState
from saas.directory.imports.runs import FileGone, NothingChosen
from saas.tenancy.owned import uuid7
from saas.tenancy.session import TenantSession
from tests.imports.desk import CUSTOMERS, ONE, Desk, as_csv, in_pieces


async def test_the_uploaded_file_is_not_kept_once_it_is_imported(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    folder = intake.folder_of(desk.company.tenant_id, run.public_id)
    assert os.listdir(folder) == ["rows.csv"]


async def test_a_file_of_no_known_kind_waits_for_the_person_to_say(desk: Desk) -> None:
    id = await desk.upload(as_csv(["x", "y"], ["1", "2"]))
    assert (await desk.see(id)).target is None
    with pytest.raises(NothingChosen):
        await desk.check(id)


async def test_a_file_that_is_removed_is_gone(desk: Desk, private_folder: Path) -> None:
    id = await desk.upload(ONE)
    await desk.step(id, runs.discard)
    assert list(os.walk(private_folder))[-1][2] == []
    assert await desk.all(sa.select(ImportRun).where(col(ImportRun.archived_at).is_(None))) == []
    with pytest.raises(FileGone):
        await desk.check(id)


async def test_two_hundred_megabytes_are_refused_while_they_stream(desk: Desk, private_folder: Path) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b"x" * 1024 * 1024

    folder = intake.folder_of(desk.company.tenant_id, uuid7())
    with pytest.raises(FileTooLarge) as refused:
        await intake.store(folder, "huge.csv", endless())
    assert refused.value.params == {"max": 50}
    assert sent == 51
    assert not folder.exists()


async def test_an_announced_length_over_the_limit_is_refused_before_the_first_byte(desk: Desk) -> None:
    folder = intake.folder_of(desk.company.tenant_id, uuid7())
    with pytest.raises(FileTooLarge):
        await intake.store(folder, "huge.csv", in_pieces(b"never read"), announced=200 * 1024 * 1024)
    assert not folder.exists()


async def test_an_upload_that_breaks_off_leaves_no_file(desk: Desk) -> None:
    async def broken():
        yield b"company\n"
        raise ConnectionError

    folder = intake.folder_of(desk.company.tenant_id, uuid7())
    with pytest.raises(ConnectionError):
        await intake.store(folder, "a.csv", broken())
    assert not folder.exists()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.csv", "b.csv"),
        ("\u202efdp.csv", "fdp.csv"),
        ("", "file"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_files_name_is_only_ever_shown(sent: str, shown: str) -> None:
    assert intake.display_name(sent) == shown


def _two_sheets() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.title = "Clients"
    book.active.append(["company"])
    book.active.append(["Acme"])
    goods = book.create_sheet("Goods")
    for row in (["product", "price"], ["Filter", 3], ["Pump", 40]):
        goods.append(row)
    book.save(out)
    return out.getvalue()


async def test_another_sheet_of_a_workbook_takes_the_place_of_the_first(desk: Desk) -> None:
    id = await desk.upload(_two_sheets(), "book.xlsx")
    before = await desk.see(id)
    assert (before.reading["sheet"], before.rows_total) == ("Clients", 1)
    async with desk.session() as session:
        folder = runs.sheet_of(session, await session.get(ImportRun, id), "Goods")
    read = await runs.read_sheet(folder, "Goods")
    await desk.step(id, runs.choose_sheet, read)
    run = await desk.see(id)
    assert (run.reading["sheet"], run.rows_total, run.state) == ("Goods", 2, RunState.MAPPING)
    assert [path.name for path in folder.iterdir() if path.suffix == ".csv"] == ["rows.csv"]
    with pytest.raises(runs.NoSuchSheet):
        await desk.step(id, _sheet_of, "Nothing")


async def _sheet_of(session: TenantSession, run: ImportRun, sheet: str) -> None:
    runs.sheet_of(session, run, sheet)


async def test_reading_another_sheet_holds_no_connection_to_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some twenty people who choose a large sheet would else stop everybody."""
    id = await desk.upload(_two_sheets(), "book.xlsx")
    async with desk.session() as session:
        folder = runs.sheet_of(session, await session.get(ImportRun, id), "Goods")
    taken = desk.database.app.pool.checkedout()  # type: ignore[attr-defined] -- a queue pool's
    real = runs.apart.read

    async def look(*given: object) -> object:
        assert desk.database.app.pool.checkedout() == taken  # type: ignore[attr-defined] -- as above
        return await real(*given)  # type: ignore[arg-type] -- what it is called with

    monkeypatch.setattr(runs.apart, "read", look)
    assert (await runs.read_sheet(folder, "Goods")).reading.rows == 2
