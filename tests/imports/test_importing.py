"""Nothing is written before *Import*; then all of it is, or nothing; and it can be taken back."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import intake, running, runs
from saas.directory.imports.dates import Order
from saas.directory.imports.decisions import Duplicates, Missing
from saas.directory.imports.intake import FileTooLarge
from saas.directory.imports.models import ImportRun, RunState
from saas.directory.imports.refused import refused_csv
from saas.directory.imports.runs import FileGone, NothingChosen, NotNow
from saas.directory.models import Party, Product
from saas.kernel.errors import NotAllowed, NotFound
from saas.kernel.permissions import WorkspacePermission
from saas.tenancy.models import Invitation, Membership, MemberState, Team
from saas.tenancy.owned import uuid7
from saas.tenancy.session import Database, TenantSession
from tests.imports.desk import Desk, as_csv, in_pieces
from tests.support.database import Cluster, Company

CUSTOMERS = as_csv(
    ["company", "sector", "employees", "office location", "subsidiary of", "email"],
    ["Acme", "technolgy", "120", "Kuwait", "", "info@acme.example"],
    ["Beta", "medical", "٣٥", "Philipines", "Acme", ""],
    ["Gamma", "retail", "many", "Lisbon", "Omega", "not an address"],
    ["Delta", "retail", "", "", "", ""],
)
ONE = as_csv(["company", "city"], ["Acme", "Kuwait"])


async def party(desk: Desk, name: str) -> Party:
    return (await desk.all(sa.select(Party).where(col(Party.name) == name)))[0]


async def test_nothing_is_written_before_import(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    report = await desk.check(id)
    await desk.start(id)
    assert report["counts"] == {"create": 3, "update": 0, "skip": 0, "refuse": 1}
    assert desk.queued == [id]
    assert await desk.count(Party) == 0


async def test_a_checked_file_becomes_rows_with_their_fixes_and_places(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    assert run.state is RunState.DONE
    assert (run.created_count, run.refused_count) == (3, 1)
    beta = await party(desk, "Beta")
    assert (beta.country, beta.employees, beta.segment) == ("PH", 35, "medical")
    assert beta.parent_id == (await party(desk, "Acme")).id
    assert (await party(desk, "Acme")).segment == "technology"


async def test_the_uploaded_file_is_not_kept_once_it_is_imported(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    folder = intake.folder_of(desk.company.tenant_id, run.public_id)
    assert os.listdir(folder) == ["rows.csv"]


async def test_a_fix_that_is_declined_is_not_applied(desk: Desk) -> None:
    await desk.bring(CUSTOMERS, fixes={"1:technolgy": False})
    assert (await party(desk, "Acme")).segment == "technolgy"


async def test_a_fix_that_was_not_offered_is_not_taken(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.step(id, runs.decide, fixes={"1:medical": True, "9:x": True})
    assert (await desk.see(id)).decisions["fixes"] == {}


async def test_unknown_head_offices_are_created_or_left_empty_as_the_person_says(desk: Desk) -> None:
    file = as_csv(
        ["company", "sector", "subsidiary of"], ["Beta", "retail", "Omega"], ["Eta", "retail", "Beta"]
    )
    run = await desk.bring(file, missing={"parent": Missing.EMPTY})
    assert await desk.count(Party) == 2
    assert (await party(desk, "Beta")).parent_id is None
    assert (await party(desk, "Eta")).parent_id == (await party(desk, "Beta")).id
    await desk.undo(run)
    run = await desk.bring(file)
    assert run.also_created == {"imports.missing.parents": 1}
    assert (await party(desk, "Beta")).parent_id == (await party(desk, "Omega")).id


async def test_a_second_import_of_the_same_file_creates_nothing(desk: Desk) -> None:
    await desk.bring(CUSTOMERS)
    again = await desk.bring(CUSTOMERS)
    assert (again.created_count, again.updated_count, again.skipped_count) == (0, 0, 3)
    assert again.report["before"]
    assert await desk.count(Party) == 3


async def test_a_refused_row_creates_nothing_that_it_points_at(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    assert run.also_created == {}
    assert await desk.count(Party) == 3


async def test_update_replaces_and_merge_fills_only_what_is_empty(desk: Desk) -> None:
    await desk.bring(as_csv(["company", "city", "sector"], ["Acme", "Kuwait", ""]))
    changed = as_csv(["company", "city", "sector"], ["ACME", "Salmiya", "retail"])
    merged = await desk.bring(changed, duplicates=Duplicates.MERGE)
    acme = await party(desk, "Acme")
    assert (merged.updated_count, acme.city, acme.segment) == (1, "Kuwait", "retail")
    updated = await desk.bring(changed + b"\n", duplicates=Duplicates.UPDATE)
    assert updated.updated_count == 1
    assert [p.city for p in await desk.all(sa.select(Party))] == ["Salmiya"]


async def test_the_same_company_is_known_by_its_mail_address_too(desk: Desk) -> None:
    await desk.bring(as_csv(["company", "email"], ["Acme", "Info@Acme.example"]))
    again = await desk.bring(as_csv(["company", "email"], ["Acme Corporation", "info@acme.example"]))
    assert (again.created_count, again.skipped_count) == (0, 1)


async def test_rows_that_repeat_within_the_file_are_written_once(desk: Desk) -> None:
    id = await desk.upload(
        as_csv(["company", "city"], ["Acme", "A"], ["acme", "B"], ["شركة النور", "C"], ["شركه النّور", "D"])
    )
    report = await desk.check(id)
    assert (report["counts"]["create"], report["repeats"]) == (2, 2)


async def test_undo_leaves_no_row(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    undone = await desk.undo(run)
    assert (undone.state, undone.conflicts) == (RunState.UNDONE, 0)
    assert await desk.count(Party) == 0
    with pytest.raises(NotNow):
        await desk.undo(undone)


async def test_undo_keeps_and_counts_rows_that_were_changed_since(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    async with desk.session() as session:
        await session.execute(sa.update(Party).where(col(Party.name) == "Delta").values(city="Muscat"))
    undone = await desk.undo(run)
    assert undone.conflicts == 1
    assert [p.name for p in await desk.all(sa.select(Party).where(col(Party.archived_at).is_(None)))] == [
        "Delta"
    ]


async def test_undo_of_an_update_brings_the_old_values_back(desk: Desk) -> None:
    await desk.bring(as_csv(["company", "city"], ["Acme", "Kuwait"]))
    run = await desk.bring(as_csv(["company", "city"], ["Acme", "Salmiya"]), duplicates=Duplicates.UPDATE)
    await desk.undo(run)
    assert (await party(desk, "Acme")).city == "Kuwait"


async def test_the_whole_import_is_one_action_in_the_change_record(desk: Desk) -> None:
    run = await desk.bring(CUSTOMERS)
    async with desk.session() as session:
        actions = await session.rows(
            sa.text("SELECT DISTINCT action_id, member_id FROM wasl.change WHERE table_name = 'party'")
        )
    assert [tuple(row) for row in actions] == [(run.action_id, desk.company.owner_id)]


async def test_an_import_that_fails_midway_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 1)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    real, calls = running._progress, 0

    async def break_off(*given: object) -> None:
        nonlocal calls
        calls += 1
        await real(*given)  # pyright: ignore[reportArgumentType] -- passed through
        if calls == 2:
            raise OSError("the disk is gone")

    monkeypatch.setattr(running, "_progress", break_off)
    run = await desk.carry_out(id)
    assert (run.state, run.error_key, run.rows_done) == (RunState.FAILED, "imports.errors.failed", 0)
    assert await desk.count(Party) == 0


async def test_a_job_that_was_killed_midway_starts_anew_and_finishes_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    reached = asyncio.Event()

    async def hang(*_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(running, "_progress", hang)
        job = asyncio.create_task(running.run_import(desk.company.tenant_id, id))
        await reached.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert await desk.count(Party) == 0
    assert (await desk.see(id)).state is RunState.RUNNING
    assert (await desk.carry_out(id)).created_count == 3
    assert (await desk.carry_out(id)).created_count == 3
    assert await desk.count(Party) == 3


async def test_two_workers_with_the_same_job_write_once(desk: Desk) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    await asyncio.gather(*(running.run_import(desk.company.tenant_id, id) for _ in range(3)))
    assert await desk.count(Party) == 3
    assert (await desk.see(id)).state is RunState.DONE


async def test_stopping_a_running_import_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 1)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    heard: list[int] = []

    async def stop_when_told(
        tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]
    ) -> None:
        heard.append((await desk.see(id)).rows_done)
        if heard[-1] == 2:
            await desk.step(id, runs.cancel)

    monkeypatch.setattr(running, "_listeners", [stop_when_told])
    run = await desk.carry_out(id)
    assert (run.state, run.created_count) == (RunState.CANCELLED, 0)
    assert await desk.count(Party) == 0
    assert heard[:3] == [0, 1, 2]


async def test_progress_is_seen_while_it_runs_and_the_topics_at_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saas.directory.imports.checking.BATCH", 2)
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    told: list[tuple[int, RunState, tuple[str, ...]]] = []

    async def note(tenant_id: int, member: int | None, run_id: int, topics: tuple[str, ...]) -> None:
        seen = await desk.see(run_id)
        told.append((seen.rows_done, seen.state, topics))

    monkeypatch.setattr(running, "_listeners", [note])
    await desk.carry_out(id)
    assert told == [
        (0, RunState.RUNNING, ()),
        (2, RunState.RUNNING, ()),
        (4, RunState.RUNNING, ()),
        (4, RunState.DONE, ("crm.customer",)),
    ]


async def test_refused_rows_come_back_as_a_file_with_the_reason_in_the_members_language(desk: Desk) -> None:
    file = as_csv(["company", "employees", "note"], ["Acme", "many", "=1+1"], ["Beta", "5", "fine"])
    run = await desk.bring(file)
    rows_file = intake.rows_in(intake.folder_of(desk.company.tenant_id, run.public_id))
    english = b"".join(refused_csv(run.reading["headers"], rows_file, run.refused, "en")).decode("utf-8-sig")
    arabic = b"".join(refused_csv(run.reading["headers"], rows_file, run.refused, "ar")).decode("utf-8-sig")
    assert english.splitlines() == [
        "company,employees,note,Row,Reason",
        "Acme,many,'=1+1,2,employees: “many” is not a number.",
    ]
    assert arabic.splitlines()[1] == "Acme,many,'=1+1,2,employees: «many» ليس رقمًا."


async def test_a_mapping_that_was_changed_is_remembered_for_these_headers(desk: Desk) -> None:
    file = as_csv(["Firm", "Where"], ["Acme", "Kuwait"])
    id = await desk.upload(file)
    await desk.step(id, runs.choose_target, "customers", desk.may)
    await desk.step(id, runs.map_column, 0, "name")
    await desk.step(id, runs.map_column, 1, "city")
    await desk.check(id)
    await desk.start(id)
    again = await desk.upload(as_csv(["Where", "Firm"], ["Muscat", "Beta"]))
    await desk.step(again, runs.choose_target, "customers", desk.may)
    assert (await desk.see(again)).decisions["mapping"] == {"name": 1, "city": 0}


async def test_a_field_has_one_column_and_a_column_one_field(desk: Desk) -> None:
    id = await desk.upload(as_csv(["company", "b", "c"], ["Acme", "x", "y"]))
    await desk.step(id, runs.map_column, 1, "name")
    assert (await desk.see(id)).decisions["mapping"] == {"name": 1}
    await desk.step(id, runs.map_column, 1, "")
    report = await desk.check(id)
    assert report["unmapped"] == ["name"]
    with pytest.raises(NotNow):
        await desk.start(id)


async def test_dates_and_numbers_are_decided_over_the_column_and_asked_when_undecidable(desk: Desk) -> None:
    file = as_csv(["product", "series", "price"], ["A", "x", "1.234,50"], ["B", "x", "99,5"])
    await desk.bring(file)
    prices = {p.name: p.price_minor for p in await desk.all(sa.select(Product))}
    assert prices == {"A": 1_234_500, "B": 99_500}
    assert Order.DAY_FIRST == "dmy"


async def test_a_team_becomes_places_kept_for_its_members(desk: Desk) -> None:
    file = as_csv(
        ["sales_agent", "manager", "regional_office", "email"],
        ["Anna", "Dustin", "Central", "anna@example.com"],
        ["Dustin", "", "Central", ""],
        ["Moses", "Dustin", "Central", ""],
    )
    run = await desk.bring(file)
    assert run.created_count == 3
    members = {m.display_name: m for m in await desk.all(sa.select(Membership))}
    assert members["Anna"].state is MemberState.PLACEHOLDER
    assert members["Anna"].email == "anna@example.com"
    assert members["Anna"].manager_id == members["Dustin"].id
    assert {t.name for t in await desk.all(sa.select(Team))} == {"Central – Dustin", "Central"}
    assert members["Anna"].team_id == members["Moses"].team_id
    invited = await desk.all(sa.select(Invitation))
    assert [(i.email, i.membership_id) for i in invited] == [("anna@example.com", members["Anna"].id)]


async def test_who_may_not_manage_members_cannot_import_them(desk: Desk) -> None:
    desk.may = lambda permission: permission is WorkspacePermission.IMPORT
    id = await desk.upload(as_csv(["sales_agent", "manager", "regional_office"], ["Anna", "D", "C"]))
    assert (await desk.see(id)).target != "members"
    with pytest.raises(NotAllowed):
        await desk.step(id, runs.choose_target, "members", desk.may)
    customers = await desk.upload(as_csv(["company", "owner"], ["Acme", "Nobody Yet"]))
    await desk.check(customers)
    with pytest.raises(NotAllowed):
        await desk.start(customers)


async def test_another_companys_import_is_not_here(desk: Desk, database: Database, rival: Company) -> None:
    id = await desk.upload(ONE)
    public = (await desk.see(id)).public_id
    async with database.tenant_session(rival.tenant_id, rival.owner_id) as session:
        with pytest.raises(NotFound):
            await session.by_public_id(ImportRun, public)
    await running_other(rival, id)
    assert (await desk.see(id)).state is RunState.MAPPING


async def running_other(rival: Company, id: int) -> None:
    with pytest.raises(NotFound):
        await running.run_import(rival.tenant_id, id)


async def test_rows_of_a_company_are_compared_with_its_own_alone(
    desk: Desk, database: Database, rival: Company
) -> None:
    await Desk(database, rival).bring(ONE)
    assert (await desk.bring(ONE)).created_count == 1


async def test_steps_out_of_order_are_refused(desk: Desk) -> None:
    id = await desk.upload(ONE)
    with pytest.raises(NotNow):
        await desk.start(id)
    run = await desk.bring(ONE)
    for verb in (runs.check, runs.back, runs.discard, runs.cancel):
        with pytest.raises(NotNow):
            await desk.step(run.id, verb)


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


async def test_kill_9_of_the_process_midway_leaves_nothing_half_written(
    desk: Desk, cluster: Cluster, private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await desk.upload(CUSTOMERS)
    await desk.check(id)
    await desk.start(id)
    urls = cluster.urls
    arguments = (urls.app, urls.system, str(private_folder), str(desk.company.tenant_id), str(id))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.imports.killed", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"4\n"
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    assert await desk.count(Party) == 0
    run = await desk.carry_out(id)
    assert (run.state, run.created_count) == (RunState.DONE, 3)
    assert await desk.count(Party) == 3


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
