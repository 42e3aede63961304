"""How each row of a file will be read: parsers, accepted fixes and references, settled for whole columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from saas.directory.imports.dates import Order, evidence
from saas.directory.imports.decisions import Decisions, Missing
from saas.directory.imports.findings import Finding, look_over
from saas.directory.imports.mapping import style_of
from saas.directory.imports.profile import Column, Profile
from saas.directory.imports.targets import Field, Kind, Target
from saas.directory.imports.values import Parser, Wrong, is_blank, parser
from saas.kernel.i18n import fold


@dataclass(frozen=True, slots=True)
class ByName:
    """A reference that has no row yet: one to be created, or one that this very file brings."""

    name: str


@dataclass(slots=True)
class Known:
    """The records that a reference can point at: ids and names by folded name."""

    ids: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str]]) -> Known:
        known = cls()
        for id, name in rows:
            known.add(id, name)
        return known

    def add(self, id: int, name: str) -> None:
        key = fold(name)
        self.ids.setdefault(key, id)
        self.names.setdefault(key, name)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row cannot be written: a text key with its values, and the column it is about (or -1)."""

    row: int
    key: str
    params: dict[str, str | int]
    column: int = -1

    def as_dict(self) -> dict[str, Any]:
        return {"row": self.row, "key": self.key, "params": self.params, "column": self.column}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row understood: its values by field key (blank cells are absent)."""

    row: int
    values: dict[str, Any]


@dataclass(slots=True)
class _Reader:
    index: int
    fills: Field
    parse: Parser
    fixes: Mapping[str, str]
    seen: dict[str, Any] = field(default_factory=dict)


class Plan:
    """Made once all columns have been looked at; ``read`` then understands row after row.

    ``known`` gives the records of each reference of the target.
    """

    def __init__(
        self,
        target: Target,
        profile: Profile,
        decisions: Decisions,
        known: Mapping[str, Known],
        *,
        currency: str,
        default_order: Order,
    ) -> None:
        self.target, self.profile, self.decisions, self.known = target, profile, decisions, known
        self._default_order = default_order
        self.mapped = {
            key: index
            for key, index in decisions.mapping.items()
            if key in target.by_key and 0 <= index < len(profile.columns)
        }
        self.findings = self._look_over()
        self._readers = [
            self._reader(key, index, currency, default_order) for key, index in self.mapped.items()
        ]
        self.missing = {ref: names for ref in known if (names := self._missing(ref))}
        self._width = len(profile.columns)

    def is_taken(self, finding: Finding) -> bool:
        """Whether a fix is applied: as the person said, else where a record or a known word speaks for it."""
        return self.decisions.fixes.get(finding.key, finding.why != "usual")

    def choice(self, reference: str) -> Missing:
        """What to do with unknown names: as the person said, else what the reference says by itself."""
        declared = self.target.reference(reference)
        if declared.create is None:
            return Missing.EMPTY
        return self.decisions.missing.get(reference, declared.default)

    def date_questions(self) -> list[dict[str, Any]]:
        """Columns that read both ways, with a value that does: ``[{field, column, example, order}]``."""
        asked = []
        for key, index in self.mapped.items():
            column = self.profile.columns[index]
            if self.target.by_key[key].kind is Kind.DATE and evidence(column.values.items()).undecided:
                example = next((v for v in column.values if evidence([(v, 1)]).either), "")
                order = self.decisions.orders.get(key, self._default_order).value
                asked.append({"field": key, "column": index, "example": example, "order": order})
        return asked

    def unmapped_required(self) -> list[str]:
        return [field.key for field in self.target.fields if field.required and field.key not in self.mapped]

    def read(self, number: int, cells: list[str]) -> ReadRow | Refusal:
        """One row as values, or the first reason against it."""
        if len(cells) > self._width:
            return Refusal(number, "imports.wrong.too_many_cells", {"n": len(cells), "width": self._width})
        values: dict[str, Any] = {}
        for reader in self._readers:
            text = cells[reader.index]
            if is_blank(text):
                if reader.fills.required:
                    return Refusal(
                        number, "imports.wrong.required", {"field": reader.fills.text}, reader.index
                    )
                continue
            value = reader.seen.get(text)
            if value is None:
                try:
                    value = reader.seen[text] = self._value(reader, text)
                except Wrong as wrong:
                    return Refusal(number, wrong.key, wrong.params, reader.index)
            if value is not _LEFT_EMPTY:
                values[reader.fills.key] = value
        try:
            if self.target.complete is not None:
                self.target.complete(values)
        except Wrong as wrong:
            return Refusal(number, wrong.key, wrong.params)
        if not values:
            return Refusal(number, "imports.wrong.nothing", {})
        return ReadRow(number, values)

    def is_own(self, reference: str, name: str) -> bool:
        """Whether a row of this very file goes by the name."""
        return self.target.reference(reference).own and fold(name) in self._folded_own()

    def learn(self, reference: str, id: int, name: str) -> None:
        """A record was created meanwhile: rows read from now on find it."""
        self.known[reference].add(id, name)
        for reader in self._readers:
            if reader.fills.reference == reference:
                reader.seen.clear()

    def _look_over(self) -> list[Finding]:
        found: list[Finding] = []
        for key, index in self.mapped.items():
            field = self.target.by_key[key]
            names = self._names_for(field) if field.reference else None
            found += look_over(self.profile.columns[index], index, field, names)
        return sorted(found, key=lambda finding: -finding.rows)

    def _names_for(self, field: Field) -> dict[str, str]:
        names = dict(self.known[field.reference].names)
        if self.target.reference(field.reference).own:
            names |= {fold(name): name for name in self._own_names()}
        return names

    def _own_names(self) -> Iterable[str]:
        """The names that this file's own rows will have."""
        index = self.mapped.get(self.target.name_field)
        return self.profile.columns[index].values if index is not None else ()

    def _reader(self, key: str, index: int, currency: str, default_order: Order) -> _Reader:
        field, column = self.target.by_key[key], self.profile.columns[index]
        style = style_of(column, field, self.decisions.orders.get(key), default_order)
        fixes = {f.value: f.suggestion for f in self.findings if f.column == index and self.is_taken(f)}
        return _Reader(index, field, parser(field, style, currency), fixes)

    def _value(self, reader: _Reader, text: str) -> Any:
        value = reader.parse(reader.fixes.get(text, text))
        if reader.fills.kind is not Kind.REFERENCE:
            return value
        reference = reader.fills.reference
        if (id := self.known[reference].ids.get(fold(value))) is not None:
            return id
        if self.is_own(reference, value):
            return ByName(value)
        return ByName(value) if self.choice(reference) is Missing.CREATE else _LEFT_EMPTY

    def _folded_own(self) -> frozenset[str]:
        if self._own is None:
            self._own = frozenset(fold(name) for name in self._own_names())
        return self._own

    _own: frozenset[str] | None = None

    def _missing(self, reference: str) -> dict[str, int]:
        """``{name: rows}`` of names that no record has, after the accepted fixes."""
        found: Counter[str] = Counter()
        spelled: dict[str, str] = {}
        known = self.known[reference].ids
        own = self._folded_own() if self.target.reference(reference).own else frozenset()
        for reader in self._readers:
            if reader.fills.reference != reference:
                continue
            column: Column = self.profile.columns[reader.index]
            for text, rows in column.values.items():
                name = reader.fixes.get(text, text)
                key = fold(name)
                if key and key not in known and key not in own and len(name) <= reader.fills.max_length:
                    found[spelled.setdefault(key, name)] += rows
        return dict(found.most_common())


class _LeftEmpty:
    """Stands for a name that the person chose to leave out; None would be looked up again each time."""


_LEFT_EMPTY = _LeftEmpty()
