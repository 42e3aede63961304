"""Chance for believable data: the same for the same seed, on any machine."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from contextvars import ContextVar

_seed: ContextVar[int] = ContextVar("sample_seed", default=1)


def generator(name: str) -> random.Random:
    """A generator for one part of the data; each name has a stream of its own."""
    return random.Random(f"{name}/{_seed.get()}")  # noqa: S311 -- believable, not secret


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Other numbers for other seeds within the block."""
    token = _seed.set(seed)
    try:
        yield
    finally:
        _seed.reset(token)
