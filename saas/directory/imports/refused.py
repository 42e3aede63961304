"""The rows that were not written, as a file to correct and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saas.directory.imports.reading.cells import guarded
from saas.directory.imports.reading.table import rows_of
from saas.kernel.i18n import load_texts, translate


def refused_csv(
    headers: list[str], rows_file: Path, refused: list[dict[str, Any]], language: str
) -> Iterator[bytes]:
    """A CSV in UTF-8 with its mark (so that spreadsheets read Arabic right): the file's own columns, then
    the row's number and the reason in ``language``. Cells that a spreadsheet would run are guarded."""
    yield b"\xef\xbb\xbf"
    reasons = {entry["row"]: entry for entry in refused}
    row_title, reason_title = (
        translate(language, f"imports.{key}") for key in ("check.row", "refused.reason")
    )
    yield _line([*map(guarded, headers), row_title, reason_title])
    for number, cells in rows_of(rows_file):
        if (entry := reasons.get(number)) is not None:
            said = _reason(entry, headers, language)
            yield _line([*(guarded(cell) for cell in cells[: len(headers)]), str(number), guarded(said)])


def _reason(entry: dict[str, Any], headers: list[str], language: str) -> str:
    """The reason as the reader's language has it, with the column that it is about in front."""
    texts = load_texts()[language]
    params = {
        name: translate(language, value) if value in texts else value
        for name, value in entry["params"].items()
    }
    said = translate(language, entry["key"], **params)
    column = entry.get("column", -1)
    return f"{headers[column]}: {said}" if 0 <= column < len(headers) else said


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode("utf-8")
