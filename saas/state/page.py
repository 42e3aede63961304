"""Pages register here; the app adds them all. A framed page stands in the shell, a bare one alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate, Permission


@dataclass(frozen=True, slots=True)
class Page:
    """``title`` is a text key; ``module`` follows from the permission."""

    route: str
    title: str
    build: Callable[[], rx.Component]
    permission: Permission | Gate
    on_load: tuple[Any, ...]
    framed: bool


_pages: dict[str, Page] = {}


def page(
    route: str,
    *,
    title: str,
    permission: Permission | Gate,
    on_load: Any | Sequence[Any] = (),
    framed: bool = True,
) -> Callable[[Callable[[], rx.Component]], Callable[[], rx.Component]]:
    """Register a page. ``permission`` is what a member needs to see it; ``Gate.PUBLIC`` for everybody."""

    def register(build: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
        loads = tuple(on_load) if isinstance(on_load, (list, tuple)) else (on_load,)
        if route in _pages:
            raise ValueError(f"two pages at {route}")
        _pages[route] = Page(route, title, build, permission, loads, framed and permission is not Gate.PUBLIC)
        return build

    return register


def pages() -> list[Page]:
    """Every page registered so far, by route."""
    return [_pages[route] for route in sorted(_pages)]
