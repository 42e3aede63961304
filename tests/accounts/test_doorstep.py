"""A stranger who asks for a members' page is led to sign-in, and back."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from saas import pages
from saas.kernel.catalog import modules
from saas.tenancy.session import Database
from tests.accounts.browser import Visitor
from tests.accounts.people import device


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    for module in modules().values():
        module.pages()
    for info in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"{pages.__name__}.{info.name}")


@pytest.mark.parametrize(
    "path", ["/home", "/settings/members", "/settings/members/", "/onboarding", "/crm/deals"]
)
async def test_a_members_page_sends_a_stranger_to_sign_in(database: Database, path: str):
    answer = await Visitor(device().address).http.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/signin?next=%2F")
    assert answer.headers["cache-control"] == "no-store"


async def test_the_way_back_keeps_the_query(database: Database):
    answer = await Visitor(device().address).http.get("/settings/members?x=1&next=//evil.example")
    assert (
        answer.headers["location"] == "/signin?next=%2Fsettings%2Fmembers%3Fx%3D1%26next%3D%2F%2Fevil.example"
    )


@pytest.mark.parametrize(
    "path", ["/", "/signin", "/signup", "/pricing", "/forgot", "/invitation", "/nowhere"]
)
async def test_public_pages_are_open(database: Database, path: str):
    answer = await Visitor(device().address).http.get(path)
    assert (answer.status_code, answer.text) == (200, "page")


async def test_whoever_has_a_session_cookie_gets_the_page(database: Database):
    visitor = Visitor(device().address)
    answer = await visitor.http.get("/home", headers={"cookie": "wasl_session=anything"})
    assert answer.text == "page"
