"""The whole house as the running app knows it: every page, state and handler, found and not listed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from saas.state.action import Action


@dataclass(frozen=True, slots=True)
class Handler:
    """One public handler of one state; ``name`` is what an event calls it by."""

    name: str
    state: type
    method: str
    mark: Action | None

    def __str__(self) -> str:
        return f"{self.state.__module__}.{self.state.__qualname__}.{self.method}"


def load() -> None:
    """Import everything that registers itself, as the server does at its start."""
    importlib.import_module("saas.app")


def own_states() -> list[type]:
    """Every state class of ours, by name; mixins show in those that use them."""
    from reflex.state import State

    load()
    found = {state for state in _below(State) if state.__module__.startswith("saas.")}
    return sorted(found, key=lambda state: state.get_full_name())


def handlers(states: list[type] | None = None) -> list[Handler]:
    """Every handler of ours that an event can name."""
    return [handler for state in own_states() if states is None for handler in handlers_of(state)]


def handlers_of(state: Any) -> Iterator[Handler]:
    """The handlers that Reflex has registered for one state, without its own ``setvar`` and setters."""
    for method, handler in sorted(state.event_handlers.items()):
        if not handler.fn.__module__.startswith("reflex"):
            mark = getattr(handler.fn, "__wasl_action__", None)
            yield Handler(f"{state.get_full_name()}.{method}", state, method, mark)


def submodules(package: str) -> list[str]:
    """Names of every module below a package of ours."""
    root = importlib.import_module(package)
    return sorted(info.name for info in pkgutil.walk_packages(root.__path__, f"{package}."))


def _below(state: Any) -> Iterator[Any]:
    for child in state.get_substates():
        yield child
        yield from _below(child)
