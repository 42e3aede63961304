"""What CRM tells other modules: past facts, by ids."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from saas.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A product of a won deal; the price is per unit in the deal's currency, ``tax_rate`` a fraction."""

    product_id: int
    description: str
    quantity: Decimal
    unit_price_minor: int
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class DealWon(Event):
    """A deal was won. ``party_id``, ``owner_id`` and ``amount_minor`` may be unknown; ids are internal, but
    for ``public_id``, by which links name the deal. ``lines`` is what it sells, in its order."""

    deal_id: int
    party_id: int | None
    amount_minor: int | None
    currency: str
    public_id: UUID
    owner_id: int | None
    title: str
    lines: tuple[SoldLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DealLost(Event):
    """A deal was lost, and why (a ``LostReason`` value)."""

    deal_id: int
    party_id: int | None
    reason: str
