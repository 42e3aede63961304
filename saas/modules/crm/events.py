"""What CRM tells other modules: past facts, by ids."""

from __future__ import annotations

from dataclasses import dataclass

from saas.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DealWon(Event):
    """A deal was won. ``party_id`` and ``amount_minor`` may be unknown; ids are internal."""

    deal_id: int
    party_id: int | None
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class DealLost(Event):
    """A deal was lost, and why (a ``LostReason`` value)."""

    deal_id: int
    party_id: int | None
    reason: str
