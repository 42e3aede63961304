"""Past facts that modules tell each other, and the bridges that listen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Handle = Callable[[Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened, told by ids. Subclass it beside the module that tells it."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Runs ``handle(session, event)`` in the teller's transaction when both modules are on."""

    event: type[Event]
    needs: frozenset[str]
    handle: Handle


_BRIDGES: list[Bridge] = []


def bridge(event: type[Event], *, needs: set[str]) -> Callable[[Handle], Handle]:
    """Declare a bridge: ``@bridge(DealWon, needs={"crm", "payments"})``."""

    def register(handle: Handle) -> Handle:
        _BRIDGES.append(Bridge(event, frozenset(needs), handle))
        return handle

    return register


def bridges_for(event: Event, enabled: frozenset[str]) -> list[Bridge]:
    """The bridges that this event crosses for a company with these modules on."""
    return [b for b in _BRIDGES if isinstance(event, b.event) and b.needs <= enabled]
