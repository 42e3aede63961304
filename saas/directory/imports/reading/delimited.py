"""CSV and its kin: the delimiter found from the text, records that survive quotes and line ends in cells."""

from __future__ import annotations

import collections
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from saas.directory.imports.reading.encoding import Encoding
from saas.kernel.errors import AppError

_LINE_END = re.compile("[\r\n]")
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 64 * 1024
_SAMPLE_RECORDS = 200
# Characters. A line is held in memory whole, at up to four bytes each: a file without line ends is no table.
_LONGEST_LINE = 4 * 1024 * 1024


class UnclosedQuote(AppError):
    """A cell opens with a quote that nothing closes; ``row`` is where its record starts."""

    key = "imports.errors.unclosed_quote"


class CellTooLong(AppError):
    """One cell holds more than 131,072 characters: most often a quote that is never closed."""

    key = "imports.errors.cell_too_long"


def records(path: Path, encoding: Encoding, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """``(number from 1, record)``, raw. Raises ``UnclosedQuote`` or ``CellTooLong``."""
    with _open(path, encoding) as text:
        lines = _LastLine(text)
        number, record = 0, [""]
        try:
            for record in csv.reader(lines, delimiter=delimiter):
                number += 1
                if number > 1 or not _is_separator_line(record, delimiter):
                    yield number, record
        except csv.Error as error:
            raise CellTooLong(row=number + 1) from error
        # A last cell with line ends in it was quoted; had the quote been closed, the file would end with it.
        if record and _LINE_END.search(record[-1]) and not lines.last.rstrip().endswith('"'):
            raise UnclosedQuote(row=number)


def find_delimiter(path: Path, encoding: Encoding) -> str:
    """The mark that splits most records into the same number of cells, as many as the header has."""
    with _open(path, encoding) as text:
        sample = text.read(_SAMPLE)
    if sample[:4].lower() == "sep=" and sample[4:5] in DELIMITERS:
        return sample[4]
    whole_lines = sample.rpartition("\n")[0] or sample
    ranked = {mark: _evenness(whole_lines, mark) for mark in DELIMITERS}
    best = max(ranked, key=lambda mark: ranked[mark])
    return best if ranked[best][1] > 1 else ","


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """``(share of records with the commonest width, that width)``, the share halved if the header differs."""
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in record):
                widths.append(len(record))
            if len(widths) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, hits = collections.Counter(widths).most_common(1)[0]
    if width == 1:
        return 0.0, 1
    share = hits / len(widths) * (1.0 if widths[0] == width else 0.5)
    return round(share, 1), width


def _is_separator_line(record: list[str], delimiter: str) -> bool:
    """Excel's own first line, ``sep=;``, in whichever way the reader split it."""
    return "".join(record).strip().lower() in {"sep=", f"sep={delimiter}"}


def _open(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    return path.open("r", encoding=encoding.codec, errors="replace", newline="")


class _LastLine:
    """The lines of a text, remembering the last one with something on it."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST_LINE):
            if len(line) >= _LONGEST_LINE:
                raise csv.Error("a line without an end")
            if line.strip():
                self.last = line
            yield line
