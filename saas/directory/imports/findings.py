"""Values that look wrong: nearly a record that is here, nearly a known word, nearly what the column says
everywhere else. Each is offered as one fix for all its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from saas.directory.imports import vocabulary
from saas.directory.imports.near import Neighbours, compact
from saas.directory.imports.profile import Column
from saas.directory.imports.targets import Field, Kind
from saas.kernel.i18n import fold

MAX_FINDINGS_A_COLUMN = 50
# A spelling is a slip of another only if the other is this many times as common.
_RARER_BY = 8
_OFTEN = 10
# Words of which both stand for the same: Restaurant beside Restaurants. A country has one name.
_COUNTED = frozenset({"sectors"})


@dataclass(frozen=True, slots=True)
class Finding:
    """``value`` in ``rows`` rows of ``column`` may be meant as ``suggestion``.

    ``why`` is ``known`` (a record of the company), ``word`` (a list of words) or ``usual`` (the column's
    own habit). ``key`` names the finding among the person's decisions.
    """

    key: str
    column: int
    field: str
    value: str
    suggestion: str
    rows: int
    why: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def look_over(column: Column, index: int, field: Field, known: Mapping[str, Any] | None) -> list[Finding]:
    """The findings of one column, most rows first. ``known`` holds the records' names, or None when the
    field points at none."""
    if field.kind is Kind.REFERENCE and known is not None:
        found = _against_known(column, known)
    elif field.kind is Kind.TEXT and field.vocabulary:
        found = _against_words(column, field.vocabulary) | _against_itself(column, field.vocabulary)
    else:
        return []
    findings = [
        Finding(f"{index}:{value}", index, field.key, value, suggestion, column.values[value], why)
        for value, (suggestion, why) in found.items()
    ]
    findings.sort(key=lambda finding: (-finding.rows, finding.value))
    return findings[:MAX_FINDINGS_A_COLUMN]


def _against_known(column: Column, known: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Names that no record has, but that one nearly has. With none known, the column's own habit decides."""
    unknown = [value for value in column.values if fold(value) not in known]
    if not unknown:
        return {}
    neighbours = Neighbours(known.values())
    found = {
        value: (near[0], "known") for value in unknown if (near := neighbours.nearest(value)) is not None
    }
    return _against_itself(column, "", only=set(unknown) - set(found)) | found


def _against_words(column: Column, name: str) -> dict[str, tuple[str, str]]:
    words = vocabulary.words(name)
    return {
        value: (_cased_like(value, near[0]), "word")
        for value in column.values
        if len(compact(value)) >= vocabulary.MIN_LETTERS
        and not vocabulary.contains(name, value)
        and (near := words.nearest(value)) is not None
        and fold(near[0]) != fold(value)
        and not (name in _COUNTED and _one_of(fold(value), fold(near[0])))
    }


def _against_itself(column: Column, words: str, only: set[str] | None = None) -> dict[str, tuple[str, str]]:
    """A rare spelling close to a common one of the same column."""
    if column.open_ended:
        return {}
    usual = {value: rows for value, rows in column.values.items() if rows >= _OFTEN}
    neighbours = Neighbours(usual)
    found: dict[str, tuple[str, str]] = {}
    for value, rows in column.values.items():
        if value in usual or (only is not None and value not in only):
            continue
        if words and vocabulary.contains(words, value):
            continue
        near = neighbours.nearest(value)
        if near and near[0] != value and rows * _RARER_BY <= usual[near[0]]:
            found[value] = (near[0], "usual")
    return found


def _one_of(one: str, other: str) -> bool:
    """Whether one is the other's plural."""
    short, long = sorted((one, other), key=len)
    return long in (f"{short}s", f"{short}es")


def _cased_like(value: str, word: str) -> str:
    """The word in the column's own habit: small letters, capitals, or a capital first."""
    if value.isupper():
        return word.upper()
    if value[:1].islower():
        return word.lower()
    return word[:1].upper() + word[1:]
