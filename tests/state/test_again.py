"""A change that the database took back, because two waited for each other, is made again unseen."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from saas.state.action import _patiently


def lost(kind: type[psycopg.Error]) -> OperationalError:
    return OperationalError("UPDATE", {}, kind())


async def test_a_deadlock_is_tried_again_with_the_same_arguments() -> None:
    seen: list[int] = []

    async def handler(state: object, *, n: int) -> str:
        seen.append(n)
        if len(seen) < 3:
            raise lost(psycopg.errors.DeadlockDetected)
        return "made"

    assert await _patiently(handler, None, {"n": 7}) == "made"
    assert seen == [7, 7, 7]


async def test_a_change_that_another_overtook_is_made_again() -> None:
    tries = 0

    async def handler(state: object) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise StaleDataError
        return "made"

    assert await _patiently(handler, None, {}) == "made"
    assert tries == 2


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        (psycopg.errors.DeadlockDetected, 3),
        (psycopg.errors.UniqueViolation, 3),
        (psycopg.errors.AdminShutdown, 1),
    ],
)
async def test_other_errors_and_endless_ones_are_not(kind: type[psycopg.Error], times: int) -> None:
    tries = 0

    async def handler(state: object) -> None:
        nonlocal tries
        tries += 1
        raise lost(kind)

    with pytest.raises(OperationalError):
        await _patiently(handler, None, {})
    assert tries == times
