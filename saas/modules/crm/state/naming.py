"""What the lists call a thing and the tables its id."""

from __future__ import annotations

from typing import Any

_IDS = {
    "party": "party_id",
    "person": "person_id",
    "owner": "owner_id",
    "in_stage": "stage_id",
    "deal": "deal_id",
    "parent": "parent_id",
}


def by_id(values: dict[str, Any]) -> dict[str, Any]:
    """The same values under the names of the tables."""
    return {_IDS.get(name, name): value for name, value in values.items()}
