"""What a column holds, seen once over the whole file: its distinct values with their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from saas.directory.imports.values import is_blank

MAX_DISTINCT = 20_000
# Of all columns together, values and their characters: a wide file of nothing but ids would fill the memory.
MAX_KEPT = 500_000
MAX_CHARACTERS = 20_000_000
_SAMPLE_ROWS = 20


@dataclass(slots=True)
class Column:
    """One column. ``values`` counts distinct cells; ``open_ended`` when there were too many to keep
    (names, ids): then only the first ``MAX_DISTINCT`` are counted."""

    header: str
    filled: int = 0
    values: Counter[str] = field(default_factory=Counter)
    open_ended: bool = False


@dataclass(slots=True)
class Profile:
    """The file's columns, and its first rows as ``(row number, cells)``."""

    columns: list[Column]
    sample: list[tuple[int, list[str]]]


def profile(headers: list[str], rows: Iterable[tuple[int, list[str]]]) -> Profile:
    """Look at every row once."""
    columns = [Column(header) for header in headers]
    sample: list[tuple[int, list[str]]] = []
    kept = characters = 0
    for number, cells in rows:
        if len(sample) < _SAMPLE_ROWS:
            sample.append((number, cells[: len(headers)]))
        for column, cell in zip(columns, cells, strict=False):
            if not cell:
                continue
            column.filled += 1
            if cell in column.values:
                column.values[cell] += 1
            elif not column.open_ended:
                column.values[cell] = 1
                kept, characters = kept + 1, characters + len(cell)
                full = kept >= MAX_KEPT or characters >= MAX_CHARACTERS
                column.open_ended = full or len(column.values) >= MAX_DISTINCT
    for column in columns:
        for blank in [cell for cell in column.values if is_blank(cell)]:
            column.filled -= column.values.pop(blank)
    return Profile(columns, sample)
