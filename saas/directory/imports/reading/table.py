"""Any table file as one plain shape: clean UTF-8 rows beside it, headers, and what was met on the way."""

from __future__ import annotations

import csv
import mmap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from saas.directory.imports.reading import delimited, encoding, workbook
from saas.directory.imports.reading.cells import Cleaning
from saas.kernel.errors import AppError

MAX_ROWS = 1_000_000
MAX_COLUMNS = workbook.MAX_COLUMNS
_HEADER_WITHIN = 20
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NOT_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"MZ",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
)


class EmptyFile(AppError):
    """Nothing to import: no rows below the headers."""

    key = "imports.errors.empty_file"


class NotATable(AppError):
    """A picture, a program, a document: not rows and columns."""

    key = "imports.errors.not_a_table"


class OldExcel(AppError):
    """The binary .xls of before 2007; every spreadsheet program saves it as .xlsx."""

    key = "imports.errors.old_excel"


class TooManyRows(AppError):
    """More than ``max`` rows in one file."""

    key = "imports.errors.too_many_rows"


class TooManyColumns(AppError):
    """More than ``max`` columns."""

    key = "imports.errors.too_many_columns"


@dataclass(slots=True)
class Reading:
    """What a file turned out to be. ``as_dict`` is plain JSON, kept with the import."""

    form: str
    headers: list[str]
    rows: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    damaged_encoding: bool = False
    renamed_headers: int = 0
    bidi_cells: int = 0
    bidi_rows: list[list[int | str]] = field(default_factory=list)
    control_cells: int = 0
    formula_cells: int = 0
    long_rows: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_file(source: Path, clean_copy: Path, sheet: str = "") -> Reading:
    """Read ``source`` whole once and write its clean rows to ``clean_copy``.

    Each line of the copy is the row's number in the source, then its cells. ``sheet`` chooses among those
    of a workbook (the first by default). Raises an ``AppError`` for whatever is not a table.
    """
    with source.open("rb") as file:
        head = file.read(8)
    if not head:
        raise EmptyFile()
    if head.startswith(_ZIP):
        return _read_workbook(source, clean_copy, sheet)
    if head.startswith(_OLD_EXCEL):
        raise OldExcel()
    if head.startswith(_NOT_TABLES):
        raise NotATable()
    return _read_text(source, clean_copy)


def rows_of(clean_copy: Path) -> Iterator[tuple[int, list[str]]]:
    """``(row number, cells)`` as ``read_file`` left them; cells beyond the headers mean a row too long."""
    with clean_copy.open("r", encoding="utf-8", newline="") as text:
        for record in csv.reader(text):
            yield int(record[0]), record[1:]


def _read_text(source: Path, clean_copy: Path) -> Reading:
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        found = encoding.detect(raw)  # pyright: ignore[reportArgumentType] -- a map is read like bytes
        if not found.codec.startswith("utf-16") and _is_binary(raw[:65536], found.codec):
            raise NotATable()
    delimiter = delimited.find_delimiter(source, found)
    reading = Reading("text", [], 0, found.codec, delimiter, damaged_encoding=found.damaged)
    return _write_clean(delimited.records(source, found, delimiter), clean_copy, reading)


def _read_workbook(source: Path, clean_copy: Path, sheet: str) -> Reading:
    workbook.weigh(source)
    names = workbook.sheet_names(source)
    if not names:
        raise EmptyFile()
    if sheet:
        reading = Reading("workbook", [], 0, sheet=sheet, sheets=names)
        return _write_clean(workbook.records(source, sheet), clean_copy, reading)
    for name in names:  # the first sheet that holds a table: workbooks often open with a cover page
        try:
            reading = Reading("workbook", [], 0, sheet=name, sheets=names)
            return _write_clean(workbook.records(source, name), clean_copy, reading)
        except EmptyFile:
            continue
    raise EmptyFile()


def _write_clean(source: Iterator[tuple[int, list[str]]], clean_copy: Path, reading: Reading) -> Reading:
    cleaning = Cleaning()
    cleaned = (
        (number, cells) for number, record in source if any(cells := _clean_record(record, number, cleaning))
    )
    first: list[tuple[int, list[str]]] = []
    for row in cleaned:
        first.append(row)
        if len(first) >= _HEADER_WITHIN:
            break
    if not first:
        raise EmptyFile()
    start = _header_at(first)
    reading.headers, reading.renamed_headers = _headers(first[start][1])
    width = len(reading.headers)
    with clean_copy.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number, cells in chain(first[start + 1 :], cleaned):
            reading.rows += 1
            if reading.rows > MAX_ROWS:
                raise TooManyRows(max=MAX_ROWS)
            if len(cells) > width:
                reading.long_rows += 1
            writer.writerow([number, *cells, *[""] * (width - len(cells))])
    if not reading.rows:
        raise EmptyFile()
    reading.bidi_cells, reading.bidi_rows = cleaning.bidi, cleaning.bidi_rows
    reading.control_cells, reading.formula_cells = cleaning.control, cleaning.formula
    return reading


def _clean_record(record: list[str], number: int, cleaning: Cleaning) -> list[str]:
    cells = [cleaning.clean(cell, number) for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TooManyColumns(max=MAX_COLUMNS)
    return cells


def _header_at(first: list[tuple[int, list[str]]]) -> int:
    """Titles above a table fill one cell; the header is the first row about as wide as those below it."""
    widest = max(len(cells) for _, cells in first)
    for index, (_, cells) in enumerate(first):
        if sum(map(bool, cells)) * 2 > widest:
            return index
    return 0


def _headers(cells: list[str]) -> tuple[list[str], int]:
    """Names that tell columns apart: an empty one becomes its number, a second *Name* becomes *Name (2)*."""
    names: list[str] = []
    taken: set[str] = set()
    renamed = 0
    for position, cell in enumerate(cells, start=1):
        name = base = " ".join(cell.split())[:120] or f"#{position}"
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{base} ({count})"
        renamed += name != cell
        taken.add(name.casefold())
        names.append(name)
    return names, renamed


def _is_binary(head: bytes, codec: str) -> bool:
    if codec.startswith("utf-32"):
        return False
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return controls * 20 > len(head)
