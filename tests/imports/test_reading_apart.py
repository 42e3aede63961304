"""A heavy file is read in a process of its own, within bounds, and comes to the same as any other."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import openpyxl
import psutil
import pytest

from saas.directory.imports.reading import apart
from saas.directory.imports.reading.table import NotATable, TooManyColumns, read_file
from saas.directory.imports.reading.workbook import WorkbookTooHeavy

ROWS = [["العميل", "city"], *[[f"شركة {n}", "الكويت"] for n in range(40)]]
_PARTS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>""",
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>""",
    "xl/workbook.xml": """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": """<Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
 Target="worksheets/sheet1.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>""",
    "xl/worksheets/sheet1.xml": """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>
<row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData>
</worksheet>""",
}


@pytest.fixture(autouse=True)
def all_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "HEAVY_BYTES", 100)


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """Half a megabyte that says of itself nothing odd, and holds millions of strings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, '<?xml version="1.0"?>' + text)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            for start in range(0, 4_000_000, 40_000):
                part.write(b"".join(b"<si><t>%d</t></si>" % n for n in range(start, start + 40_000)))
            part.write(b"</sst>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(",".join(row) for row in ROWS).encode(),
        "\n".join(";".join(row) for row in ROWS).encode("cp1256"),
        "\n".join("\t".join(row) for row in ROWS).encode("utf-16"),
        workbook(),
    ],
    ids=["utf-8", "windows-1256", "utf-16", "xlsx"],
)
async def test_read_apart_and_read_here_come_to_the_same(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    there = await apart.read(source, tmp_path / "there.csv")
    here = read_file(source, tmp_path / "here.csv")
    assert there == here
    assert (tmp_path / "there.csv").read_text() == (tmp_path / "here.csv").read_text()
    assert there.headers == ROWS[0]


@pytest.mark.parametrize(
    ("content", "error"), [(b"%PDF-1.7" + b"x" * 200, NotATable), (b"a," * 900 + b"\nb\n", TooManyColumns)]
)
async def test_a_refusal_is_the_same_as_here(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(error) as there:
        await apart.read(tmp_path / "source", tmp_path / "rows.csv")
    with pytest.raises(error) as here:
        read_file(tmp_path / "source", tmp_path / "rows.csv")
    assert there.value.as_message() == here.value.as_message()  # type: ignore[attr-defined] -- an AppError


async def test_a_workbook_that_would_take_minutes_is_refused_by_its_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PATIENCE_S", 3)
    (tmp_path / "source").write_bytes(bomb())
    with pytest.raises(WorkbookTooHeavy):
        await apart.read(tmp_path / "source", tmp_path / "rows.csv")
    assert _readers(tmp_path) == []


async def test_the_reader_ends_with_the_upload_that_it_reads_for(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bomb())
    reading = asyncio.create_task(apart.read(tmp_path / "source", tmp_path / "rows.csv"))
    async with asyncio.timeout(30):
        while not _readers(tmp_path):  # noqa: ASYNC110 -- another process, which sets no event of ours
            await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert _readers(tmp_path) == []


def _readers(folder: Path) -> list[int]:
    found = psutil.process_iter(["cmdline"])
    return [process.pid for process in found if str(folder / "source") in (process.info["cmdline"] or [])]
