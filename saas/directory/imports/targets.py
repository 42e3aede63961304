"""What can be imported: a room declares its rows as a ``Target``; the engine needs nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from saas.directory.imports.decisions import Missing
from saas.kernel.catalog import modules
from saas.kernel.permissions import Permission


class Kind(StrEnum):
    """How a cell is understood. What each gives: see ``values.parser``."""

    TEXT = "text"
    INTEGER = "integer"
    YEAR = "year"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    REFERENCE = "reference"


def named(names: str) -> tuple[str, ...]:
    """Header names from one line: ``"account | company name | العميل"``."""
    return tuple(name.strip() for name in names.split("|"))


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can fill.

    ``names`` are header names in English and Arabic, as people write them; ``reference`` names the
    target's ``Reference`` whose rows this one points at; ``vocabulary`` the list of words that a rare
    spelling is held against ("countries", "sectors").
    """

    key: str
    text: str
    kind: Kind
    names: tuple[str, ...]
    required: bool = False
    reference: str = ""
    vocabulary: str = ""
    max_length: int = 200


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows that imported rows point at by name.

    ``known(session)`` gives ``[(id, name)]``, of which several may share an id (other names of one row);
    ``create(session, names)`` makes the missing ones and gives ``{name: id}``; None when they can only be
    left empty. ``default`` is what happens unless the person says else. ``own`` says that the file's own
    rows are such rows too (a branch and its head office).
    """

    key: str
    text: str
    known: Callable[[Any], Awaitable[list[tuple[int, str]]]]
    create: Callable[[Any, list[str]], Awaitable[dict[str, int]]] | None = None
    permission: Permission | None = None
    own: bool = False
    default: Missing = Missing.CREATE


@dataclass(frozen=True, slots=True)
class Match:
    """Rows that agree in these fields (folded) are one and the same: tried in the order declared.

    ``decisive``: a row that has these fields and finds nobody is new, whatever later matches would say.
    ``exact``: a code that is compared letter by letter, not folded.
    """

    key: str
    fields: tuple[str, ...]
    decisive: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Existing:
    """A row that is here already, with the values of its fields as the parsers would give them."""

    id: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of import.

    ``existing(session, match key, keys)`` gives ``{key: Existing}``, a key being the folded values of the
    match's fields joined by U+001F;
    ``insert(session, rows)`` writes ``[{field key: value}]`` and gives their ids in the same order;
    ``update(session, [(id, {field key: value})])`` writes changes; ``finish(session)`` brings sums right.
    ``complete(values)`` fills what follows from other fields and raises ``values.Wrong`` for rows that
    contradict themselves. ``name_field`` is the field under which others point at these rows.
    ``note`` is the text of what an import does beyond writing rows.
    ``topics`` are the live topics whose tabs read anew afterwards. ``signature`` are the fields that
    tell a file of this kind from the others.
    """

    key: str
    text: str
    icon: str
    permission: Permission
    fields: tuple[Field, ...]
    matches: tuple[Match, ...]
    existing: Callable[[Any, str, Sequence[str]], Awaitable[dict[str, Existing]]]
    insert: Callable[[Any, list[dict[str, Any]]], Awaitable[list[int]]]
    update: Callable[[Any, list[tuple[int, dict[str, Any]]]], Awaitable[None]]
    complete: Callable[[dict[str, Any]], None] | None = None
    finish: Callable[[Any], Awaitable[None]] | None = None
    name_field: str = "name"
    references: tuple[Reference, ...] = ()
    signature: tuple[str, ...] = ()
    module: str | None = None
    topics: tuple[str, ...] = ()
    route: str = ""
    note: str = ""
    order: int = 50
    by_key: Mapping[str, Field] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {f.key: f for f in self.fields})

    def reference(self, key: str) -> Reference:
        return next(r for r in self.references if r.key == key)


_TARGETS: dict[str, Target] = {}


def register(target: Target) -> Target:
    """Declare a target that belongs to no module; a module names its own in its manifest."""
    _TARGETS[target.key] = target
    return target


def targets() -> dict[str, Target]:
    """Every declared target by key, in the order in which people import: what others point at first."""
    of_modules = {target.key: target for module in modules().values() for target in module.imports}
    return dict(sorted((_TARGETS | of_modules).items(), key=lambda item: item[1].order))
