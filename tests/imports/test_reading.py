"""Any table file becomes clean rows, or a message that says what to do."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from saas.directory.imports.reading import encoding, workbook
from saas.directory.imports.reading.cells import guarded, looks_like_formula
from saas.directory.imports.reading.delimited import CellTooLong, UnclosedQuote
from saas.directory.imports.reading.table import (
    EmptyFile,
    NotATable,
    OldExcel,
    Reading,
    TooManyColumns,
    read_file,
    rows_of,
)
from saas.directory.imports.reading.workbook import NotAWorkbook, UnsafeWorkbook, WorkbookTooHeavy
from saas.kernel.errors import AppError
from saas.kernel.i18n import latin_digits

HEADERS = ["اسم العميل", "البريد", "المبلغ", "ملاحظات"]
ARABIC_ROWS = [
    ["شركة الوصل للتجارة", "info@wasl.example", "١٬٢٥٠٫٥", "عميل منذ ٢٠١٩"],
    ["مؤسسة النور", "noor@example.com", "300", "يفضل الاتصال مساءً"],
    ["الأفق الأزرق", "", "75", ""],
]
LATIN_ROWS = [
    ["Café Müller", "a@example.com", "12", "très bon"],
    ["Peña & Søn", "b@example.com", "13", "ça va"],
]


def write(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def table(rows: list[list[str]], delimiter: str = ",", newline: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def read(path: Path, sheet: str = "") -> tuple[Reading, list[tuple[int, list[str]]]]:
    copy = path.with_suffix(".rows")
    reading = read_file(path, copy, sheet)
    return reading, list(rows_of(copy))


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256", "utf-32"]
)
def test_arabic_reads_right_in_every_encoding(tmp_path: Path, codec: str) -> None:
    wanted = [[latin_digits(c) for c in row] for row in ARABIC_ROWS] if codec == "cp1256" else ARABIC_ROWS
    wanted = [[c.replace("٬", "").replace("٫", ".") for c in row] for row in wanted]
    reading, rows = read(write(tmp_path, table([HEADERS, *wanted]).encode(codec)))
    assert reading.headers == HEADERS
    assert [cells for _, cells in rows] == wanted


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252"])
def test_western_letters_read_right_in_every_encoding(tmp_path: Path, codec: str) -> None:
    path = write(tmp_path, table([["Name", "Mail", "Amount", "Note"], *LATIN_ROWS]).encode(codec))
    reading, rows = read(path)
    assert [cells for _, cells in rows] == LATIN_ROWS
    assert not reading.damaged_encoding


def test_windows_arabic_and_windows_western_are_told_apart() -> None:
    arabic = "اسم العميل,المدينة\nمقهى مرسى,الكويت\nCafé,باريس\n"
    western = "name,city\nGrößer GmbH,Düsseldorf\nFrançois & fils,Orléans\nÅSE,Ålesund\nNIÑO,Cádiz\n"
    assert encoding.detect(arabic.encode("cp1256")).codec == "cp1256"
    assert encoding.detect(western.encode("cp1252")).codec == "cp1252"


def test_a_few_broken_bytes_do_not_turn_utf8_into_another_encoding(tmp_path: Path) -> None:
    text = table([HEADERS, *ARABIC_ROWS]).encode() + b"\xff\xfe broken,,,\r\n"
    reading, rows = read(write(tmp_path, text))
    assert reading.encoding == "utf-8"
    assert reading.damaged_encoding
    assert rows[0][1] == ARABIC_ROWS[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_is_found(tmp_path: Path, delimiter: str, newline: str) -> None:
    rows = [["name", "amount", "note"], ["A, B; C", "1.234,50", "x|y"], ["D", "7", 'say "hi"\nthen leave']]
    reading, found = read(write(tmp_path, table(rows, delimiter, newline).encode()))
    assert reading.delimiter == delimiter
    assert [cells for _, cells in found] == rows[1:]


def test_the_separator_line_of_excel_is_believed_and_not_a_row(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, b"sep=;\nname;city\nA;B\n"))
    assert (reading.headers, rows) == (["name", "city"], [(3, ["A", "B"])])


def test_semicolon_files_with_decimal_commas_split_at_the_semicolon(tmp_path: Path) -> None:
    text = "name;price;rate\n" + "".join(f"Item {n};{n},50;0,{n}\n" for n in range(1, 30))
    reading, rows = read(write(tmp_path, text.encode()))
    assert reading.delimiter == ";"
    assert rows[0][1] == ["Item 1", "1,50", "0,1"]


def test_a_single_column_is_a_table_too(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, b"company\nAcme\nBeta\n"))
    assert (reading.headers, [c for _, c in rows]) == (["company"], [["Acme"], ["Beta"]])


def test_empty_and_repeated_headers_get_names_of_their_own(tmp_path: Path) -> None:
    reading, _ = read(write(tmp_path, b"name,,Name,name\na,b,c,d\n"))
    assert reading.headers == ["name", "#2", "Name (2)", "name (3)"]
    assert reading.renamed_headers == 3


def test_a_title_above_the_table_is_not_the_header(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, b"Customers of 2024,,\n,,\nname,city,phone\nA,B,1\nC,D,2\n"))
    assert reading.headers == ["name", "city", "phone"]
    assert [number for number, _ in rows] == [4, 5]


def test_short_rows_are_filled_up_and_long_rows_are_counted(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, b"a,b,c\n1\n1,2,3,4\n1,2,3,,,\n"))
    assert [cells for _, cells in rows] == [["1", "", ""], ["1", "2", "3", "4"], ["1", "2", "3"]]
    assert reading.long_rows == 1


def test_nul_bytes_are_taken_out_and_counted(tmp_path: Path) -> None:
    reading, rows = read(
        write(tmp_path, b"name,city,phone\nAc\x00me,Ku\x00wait,1\nB,C,2\n" + b"D,E,3\n" * 30)
    )
    assert rows[0][1] == ["Acme", "Kuwait", "1"]
    assert reading.control_cells == 2


def test_bidi_marks_in_names_are_removed_and_shown(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, "name,city\n\u202einvoice\u202c exe,X\nB,\u2066C\u2069\n".encode()))
    assert rows[0][1] == ["invoice exe", "X"]
    assert reading.bidi_cells == 2
    assert reading.bidi_rows[0] == [2, "⟨U+202E⟩invoice⟨U+202C⟩ exe"]


def test_formulas_stay_text_and_are_guarded_on_the_way_out(tmp_path: Path) -> None:
    reading, rows = read(write(tmp_path, b'name,amount\n"=HYPERLINK(""http://evil"")",-5\n@SUM(A1),+7.5\n'))
    assert rows[0][1][0] == '=HYPERLINK("http://evil")'
    assert reading.formula_cells == 2
    assert guarded(rows[0][1][0]).startswith("'=")
    assert guarded("-5") == "-5"
    assert guarded("+965 1234") == "+965 1234"
    assert looks_like_formula("-2+3+cmd|' /C calc'!A0")
    assert guarded("\tx") == "'\tx"
    assert guarded("\n=1") == "'\n=1"
    assert guarded("\uff1d1+1") == "'\uff1d1+1"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old-mac"])
def test_a_quote_that_is_never_closed_is_said(tmp_path: Path, end: bytes) -> None:
    with pytest.raises(UnclosedQuote) as refused:
        read(write(tmp_path, b'name,note\nA,"open\nB,x\nC,y\n'.replace(b"\n", end)))
    assert refused.value.params == {"row": 2}


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CellTooLong):
        read(write(tmp_path, b'name,note\nA,"' + b"x\n" * 200_000))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"name,city\n", EmptyFile),
        (b"\n\n,,\n", EmptyFile),
        (b"%PDF-1.7 ...", NotATable),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), NotATable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldExcel),
        (b"PK\x03\x04 not really", NotAWorkbook),
        (random.Random(7).randbytes(4096), NotATable),
        ((",".join(f"c{n}" for n in range(900)) + "\n1,2\n").encode(), TooManyColumns),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, error: type[AppError]) -> None:
    with pytest.raises(error):
        read(write(tmp_path, content))


def book(folder: Path, sheets: dict[str, list[list[object]]], name: str = "book.xlsx") -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    made.save(folder / name)
    return folder / name


def test_a_workbook_reads_like_the_same_csv(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["العميل", "Amount", "Date", "Seen at", "Active"],
        ["شركة", 1200.5, date(2017, 3, 1), datetime(2017, 3, 1, 9, 30), True],  # noqa: DTZ001 -- cells have no zone
        ["B", 7, None, None, False],
    ]
    reading, found = read(book(tmp_path, {"Deals": rows}))
    assert reading.form == "workbook"
    assert [cells for _, cells in found] == [
        ["شركة", "1200.5", "2017-03-01", "2017-03-01 09:30:00", "true"],
        ["B", "7", "", "", "false"],
    ]


def test_the_first_sheet_with_a_table_is_taken_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = book(tmp_path, {"Cover": [["Report"]], "One": [["a", "b"], [1, 2]], "Two": [["c", "d"], [3, 4]]})
    reading, rows = read(path)
    assert (reading.sheet, reading.sheets) == ("One", ["Cover", "One", "Two"])
    assert rows == [(2, ["1", "2"])]
    assert read(path, "Two")[1] == [(2, ["3", "4"])]


def test_formulas_of_a_workbook_give_the_value_last_computed(tmp_path: Path) -> None:
    path = book(tmp_path, {"S": [["a", "b"], [1, 2]]})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "cached.xlsx", "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                data = data.replace(b"<v>2</v>", b"<f>A2*21</f><v>42</v>")
            new.writestr(entry, data)
    assert read(tmp_path / "cached.xlsx")[1] == [(2, ["1", "42"])]


def bomb(folder: Path, entries: dict[str, bytes]) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_a_workbook_that_unpacks_to_far_more_is_never_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bomb(tmp_path, {"xl/worksheets/sheet1.xml": b"<a>" + b"0" * 50_000_000})
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(workbook, "_opened", lambda _: pytest.fail("it was opened"))
    with pytest.raises(WorkbookTooHeavy):
        read(path)


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbookTooHeavy):
        read(bomb(tmp_path, {f"xl/p{n}.xml": b"<a/>" for n in range(1_500)}))


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><a>&lol2;</a>"""


@pytest.mark.parametrize(
    "data", [LAUGHS, LAUGHS.decode().replace('1.0"', '1.0" encoding="utf-16"').encode("utf-16")]
)
def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnsafeWorkbook):
        read(bomb(tmp_path, {"[Content_Types].xml": data}))


def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path) -> None:
    whole = book(tmp_path, {"S": [["a", "b"], [1, 2]]}).read_bytes()
    dice = random.Random(11)
    for cut in range(40, len(whole), len(whole) // 25):
        broken = bytearray(whole[:cut] if cut % 2 else whole)
        for _ in range(8):
            broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
        try:
            read(write(tmp_path, bytes(broken), "broken.xlsx"))
        except AppError:
            continue


def test_cells_far_to_the_right_do_not_fill_the_memory(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    page["A1"], page["B1"], page["A2"], page["XFD2"] = "a", "b", 1, "far"
    made.save(tmp_path / "wide.xlsx")
    with pytest.raises(TooManyColumns):
        read(tmp_path / "wide.xlsx")


CELLS = st.text(alphabet=st.sampled_from('ab,;|\t\n\r"=\x00\u202eم٣ é\ufeff'), max_size=6)


@rules(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_bytes_at_all_raise_anything_but_words(tmp_path: Path, content: bytes) -> None:
    try:
        reading, rows = read(write(tmp_path, content))
    except AppError:
        return
    assert len(rows) == reading.rows > 0


@rules(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_no_table_of_hostile_cells_raises_anything_but_words(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    try:
        reading, found = read(write(tmp_path, table(rows, delimiter).encode("utf-8", "surrogatepass")))
    except AppError:
        return
    for _, cells in found:
        assert len(cells) >= len(reading.headers)
        assert not any("\u202e" in cell or "\x00" in cell for cell in cells)
