"""What the database has taken back whole because another was quicker: made again, unseen.

Of two changes that wait for each other, of which one overtakes the other, or which both write what may be
there once, PostgreSQL keeps one. The other finds what that one has written when it is tried again, and says
so in words.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

TRIES = 3
# Deadlock, serialization failure, a unique key that somebody else has taken in this moment.
_OVERTAKEN = frozenset({"40P01", "40001", "23505"})
Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def was_overtaken(error: Exception) -> bool:
    """Whether the very same change may go through when it is made once more."""
    if isinstance(error, DBAPIError):
        return isinstance(error.orig, StaleDataError) or getattr(error.orig, "sqlstate", None) in _OVERTAKEN
    return isinstance(error, StaleDataError)


def made_again(verb: Callable[Asked, Awaitable[Given]]) -> Callable[Asked, Awaitable[Given]]:
    """For a verb that opens its own transactions and is safe to begin anew after any of them."""

    @functools.wraps(verb)
    async def patient(*args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        for _ in range(TRIES - 1):
            try:
                return await verb(*args, **kwargs)
            except (DBAPIError, StaleDataError) as error:
                if not was_overtaken(error):
                    raise
        return await verb(*args, **kwargs)

    return patient
