"""Passwords: argon2id in threads, few at a time, and the same work whether or not there is one."""

from __future__ import annotations

import asyncio
import functools
import os
import secrets
from collections.abc import Sequence

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from saas.kernel.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 200
# Each verification holds 19 MiB; more at once than cores would only queue in memory.
_AT_ONCE = max(2, os.cpu_count() or 2)
# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_COMMON = frozenset(
    [
        "1234567890",
        "12345678910",
        "0123456789",
        "0987654321",
        "1111111111",
        "0000000000",
        "aaaaaaaaaa",
        "qwertyuiop",
        "q1w2e3r4t5",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "password12",
        "password123",
        "password1234",
        "password12345",
        "passw0rd123",
        "p@ssword123",
        "iloveyou12",
        "iloveyou123",
        "welcome123",
        "letmein123",
        "admin12345",
        "abcd123456",
        "abc1234567",
        "changeme123",
    ]
)
_slots: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None


class PasswordTooShort(Invalid):
    key = "accounts.errors.password_short"


class PasswordTooLong(Invalid):
    key = "accounts.errors.password_long"


class PasswordTooCommon(Invalid):
    key = "accounts.errors.password_common"


def check_strength(password: str, *, about: Sequence[str] = (), field: str = "password") -> None:
    """Refuse what is guessed first (NIST SP 800-63B: length and a list of common ones, no composition rules).

    ``about`` holds the person's own words (e-mail, name, company) which may not be the whole password.
    """
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort(field, n=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong(field, n=MAX_LENGTH)
    lowered = password.casefold()
    if lowered in _COMMON or len(set(lowered)) < 4 or lowered in {word.casefold() for word in about}:
        raise PasswordTooCommon(field)


async def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    async with _slot():
        return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, hashes: Sequence[str | None], *, tries: int) -> list[bool]:
    """Whether the password fits each hash, always by exactly ``tries`` verifications.

    Missing hashes are replaced by one that nothing fits, so that an address nobody has costs what a known
    one costs. ``hashes`` beyond ``tries`` are ignored.
    """
    padded = [*hashes[:tries], *[None] * (tries - len(hashes))]
    candidate = password[: MAX_LENGTH + 1]
    results = []
    for stored in padded:
        async with _slot():
            fits = await asyncio.to_thread(_verify, candidate, stored or _unmatchable())
        results.append(fits and stored is not None)
    return results[: len(hashes)]


def warm_up() -> None:
    """Make the hash that nothing fits, so that the first sign-in costs what the others cost."""
    _unmatchable()


def _verify(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(password, stored)
    except UnknownHashError:
        return False


@functools.cache
def _unmatchable() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _slot() -> asyncio.Semaphore:
    """One semaphore a loop: tests and the worker run loops of their own."""
    global _slots
    loop = asyncio.get_running_loop()
    if _slots is None or _slots[0] is not loop:
        _slots = (loop, asyncio.Semaphore(_AT_ONCE))
    return _slots[1]
