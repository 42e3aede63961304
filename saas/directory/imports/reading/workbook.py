"""XLSX: weighed before it is opened, then read row by row, values as text."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl

from saas.kernel.errors import AppError

MAX_ENTRIES = 1_000
MAX_UNPACKED = 512 * 1024 * 1024
# Sheets of equal numbers pack 30 to 1; bombs pack 1,000 to 1.
MAX_RATIO = 200
_SMALL_ENTRY = 1024 * 1024
# The one part that is held in memory whole, a string at a time.
MAX_STRINGS = 128 * 1024 * 1024
_HEAD = 64 * 1024
MAX_COLUMNS = 500
_MAX_EMPTY_RUN = 20_000


class NotAWorkbook(AppError):
    """The file calls itself a workbook but cannot be opened as one."""

    key = "imports.errors.not_a_workbook"


class WorkbookTooHeavy(AppError):
    """It would unpack to far more than it says: refused before it is unpacked."""

    key = "imports.errors.workbook_too_heavy"


class UnsafeWorkbook(AppError):
    """Its XML declares entities or a document type, which no spreadsheet program writes."""

    key = "imports.errors.unsafe_workbook"


def weigh(path: Path) -> None:
    """Refuse a bomb by what the archive's own directory says, and XML with a document type.

    ``zipfile`` never gives more bytes of an entry than the directory declares, so a directory that lies
    yields a damaged file, not a bigger one.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise WorkbookTooHeavy()
            for entry in entries:
                packed = max(entry.compress_size, 1)
                if entry.file_size > _SMALL_ENTRY and entry.file_size / packed > MAX_RATIO:
                    raise WorkbookTooHeavy()
                if entry.flag_bits & 1:
                    raise NotAWorkbook()
                if entry.filename.lower().endswith("sharedstrings.xml") and entry.file_size > MAX_STRINGS:
                    raise WorkbookTooHeavy()
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(entry) as part:
                        _refuse_document_type(part.read(_HEAD))
    except AppError:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds on damaged archives
        raise NotAWorkbook() from error


def sheet_names(path: Path) -> list[str]:
    """The sheets that hold cells, in the workbook's order. Call ``weigh`` first."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets]


def records(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """``(row number as the spreadsheet shows it, cells as text)`` of the rows that hold something.

    Dates come as ISO text, whole numbers without a point, formulas as the value last computed.
    Raises ``NotAWorkbook`` when the sheet is damaged.
    """
    with _opened(path) as book:
        page = next((page for page in book.worksheets if page.title == sheet), None)
        if page is None:
            raise NotAWorkbook()
        page.reset_dimensions()  # the declared size may be wrong, or a lie
        empty = 0
        for number, values in enumerate(page.iter_rows(values_only=True), start=1):
            cells = [_as_text(value) for value in values]
            if any(cells):
                empty = 0
                yield number, cells
            elif (empty := empty + 1) > _MAX_EMPTY_RUN:
                return


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    # By its bytes: given a path, openpyxl goes by the name's ending, and ours has none.
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()
        except AppError:
            raise
        except MemoryError:
            raise WorkbookTooHeavy() from None
        except Exception as error:  # KeyError, TypeError, ParseError, BadZipFile: by what is damaged
            raise NotAWorkbook() from error


def _refuse_document_type(head: bytes) -> None:
    """The parser itself looks, so no encoding hides the declaration, which must precede the first element."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise UnsafeWorkbook()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(head, False)
    except expat.ExpatError as error:
        raise NotAWorkbook() from error


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        whole_day = value.time() == time(0)
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
