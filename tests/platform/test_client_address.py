"""Whose allowance a request spends."""

from __future__ import annotations

import pytest

from saas.web.client_address import client_address


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        (None, 0, "10.0.0.9"),
        ("1.1.1.1", 0, "10.0.0.9"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 10.0.0.8", 2, "1.1.1.1"),
        (None, 1, "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(forwarded: str | None, hops: int, address: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert client_address({"headers": headers, "client": ("10.0.0.9", 1)}, hops) == address
