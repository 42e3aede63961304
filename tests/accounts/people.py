"""What the tests of accounts say often."""

from __future__ import annotations

import itertools
import re
from typing import Any
from uuid import uuid4

from saas.tenancy import accounts, mail
from saas.tenancy.accounts import SignedIn, SignUp
from saas.tenancy.login_sessions import Device
from saas.tenancy.session import Database

PASSWORD = "harbour lantern 42"
_numbers = itertools.count(1)


def someone() -> str:
    """An address that no other test uses."""
    return f"person-{next(_numbers)}-{uuid4().hex[:8]}@example.com"


def device() -> Device:
    """An address of its own, so that tests do not spend each other's rates."""
    number = next(_numbers)
    return Device(f"10.1.{number // 250}.{number % 250}", "Mozilla/5.0 (X11; Linux) Firefox/140.0")


def form(email: str, **changed: str) -> SignUp:
    values = {"company": "Marsa Coffee Works", "name": "Layla Haddad", "password": PASSWORD, **changed}
    return SignUp(email=email, **values)


async def signed_up(database: Database, email: str = "", **changed: str) -> SignedIn:
    return await accounts.sign_up(database, form(email or someone(), **changed), device(), trial_days=15)


async def letters_to(database: Database, email: str) -> list[dict[str, Any]]:
    """The letters kept for an address, newest first."""
    return [letter for letter in await mail.kept(database, 1000) if letter["to"].lower() == email.lower()]


async def link_to(database: Database, email: str) -> str:
    """The token in the newest letter to the address."""
    newest = (await letters_to(database, email))[0]
    found = re.search(r"token=([A-Za-z0-9_-]+)", newest["links"][0])
    assert found, newest
    return found.group(1)
