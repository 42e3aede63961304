"""Nothing is written before *Import*, and then what the person saw and chose."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from saas.directory.imports import intake, running, runs
from saas.directory.imports.dates import Order
from saas.directory.imports.decisions import Duplicates, Missing
from saas.directory.imports.models import ImportRun, RunState
from saas.directory.imports.refused import refused_csv
from saas.directory.imports.runs import NotNow
from saas.directory.models import Party, Product
from saas.kernel.errors import NotAllowed, NotFound
from saas.kernel.permissions import WorkspacePermission
from saas.tenancy.models import Invitation, Membership, MemberState, Team
from saas.tenancy.session import Database
from tests.imports.desk import CUSTOMERS, ONE, Desk, as_csv, party
from tests.support.database import Company


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
