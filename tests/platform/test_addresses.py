"""Which addresses are ours, and what HTTPS adds."""

from __future__ import annotations

import pytest

from saas.kernel.settings import Settings
from saas.web.headers import security_headers
from saas.web.origins import allowed_origins


def _settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name in ("ENVIRONMENT", "PUBLIC_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)  # pyright: ignore[reportCallIssue] -- a setting of pydantic's own


def test_in_production_only_the_public_address_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = _settings(monkeypatch, ENVIRONMENT="production", PUBLIC_URL="https://suite.example.com/app")
    assert allowed_origins(chosen) == ("https://suite.example.com",)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("HTTPS://Suite.Example.COM/", "https://suite.example.com"),
        ("https://suite.example.com:443", "https://suite.example.com"),
        ("http://suite.example.com:80", "http://suite.example.com"),
        ("https://suite.example.com:8443", "https://suite.example.com:8443"),
        ("https://مثال.example", "https://xn--mgbh0fb.example"),
        ("http://[FD00::1]:8000", "http://[fd00::1]:8000"),
    ],
)
def test_the_public_address_is_known_however_it_is_spelled(
    monkeypatch: pytest.MonkeyPatch, given: str, sent: str
) -> None:
    chosen = _settings(monkeypatch, ENVIRONMENT="production", PUBLIC_URL=given)
    assert allowed_origins(chosen) == (sent,)
    assert chosen.https is sent.startswith("https:")


def test_in_development_loopback_is_ours_by_each_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = _settings(monkeypatch, PORT="8010")
    assert set(allowed_origins(chosen)) == {
        "http://localhost:8010",
        "http://127.0.0.1:8010",
        "http://[::1]:8010",
    }


def test_https_is_insisted_on_where_it_is_served_and_not_elsewhere() -> None:
    assert b"strict-transport-security" in security_headers(https=True)
    assert b"strict-transport-security" not in security_headers(https=False)
