"""Who is at the other end, as far as we may believe it."""

from __future__ import annotations

from starlette.types import Scope


def client_address(scope: Scope, trusted_hops: int) -> str:
    """The peer's IP address; behind ``trusted_hops`` proxies of ours, the one the outermost of them saw.

    ``X-Forwarded-For`` is the sender's to invent except for the last entries, which our own proxies wrote.
    """
    if trusted_hops:
        forwarded = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
            if part.strip()
        ]
        if len(forwarded) >= trusted_hops:
            return forwarded[-trusted_hops]
    peer = scope.get("client")
    return peer[0] if peer else "unknown"
