"""What the person has decided about one file: kept with the import, so that a reload loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from saas.directory.imports.dates import Order


class Duplicates(StrEnum):
    """What happens to a row that is here already. ``MERGE`` fills only what is empty."""

    SKIP = "skip"
    UPDATE = "update"
    MERGE = "merge"


class Missing(StrEnum):
    """What happens to a name that no record has."""

    CREATE = "create"
    EMPTY = "empty"


@dataclass(slots=True)
class Decisions:
    """``mapping`` gives field key -> column; ``fixes`` finding key -> taken or not; ``missing`` reference key
    -> choice; ``orders`` field key -> order of dates."""

    mapping: dict[str, int] = field(default_factory=dict)
    fixes: dict[str, bool] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    duplicates: Duplicates = Duplicates.SKIP
    orders: dict[str, Order] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Decisions:
        return cls(
            mapping={str(key): int(column) for key, column in plain.get("mapping", {}).items()},
            fixes={str(key): bool(taken) for key, taken in plain.get("fixes", {}).items()},
            missing={str(key): Missing(choice) for key, choice in plain.get("missing", {}).items()},
            duplicates=Duplicates(plain.get("duplicates", Duplicates.SKIP)),
            orders={str(key): Order(order) for key, order in plain.get("orders", {}).items()},
        )
