"""Somebody of the company ``marsa``, which each file makes as it needs it, and a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from saas.tenancy.recognition import recognise
from saas.tenancy.viewer import Viewer
from tests.accounts.browser import Visitor
from tests.support.companies import MadeCompany


@pytest.fixture
async def viewer(marsa: MadeCompany) -> Viewer:
    found = await recognise(marsa.session_cookie)
    assert found is not None
    return found


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    browser = Visitor("127.0.0.1")
    yield browser
    await browser.http.aclose()
