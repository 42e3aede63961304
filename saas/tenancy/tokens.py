"""Secrets in cookies and links. Only their SHA-256 is kept, so a copy of the database opens nothing."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a cookie and an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token. No salt or slowness: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
