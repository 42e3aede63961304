"""Signing up, in and out over HTTP: cookies, refusals, and forms from elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from saas.kernel.settings import Environment, Settings
from saas.tenancy import confirmations, workplaces
from saas.tenancy.identity import resolve_session
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from saas.web.forms import safe_next
from tests.accounts.browser import ORIGIN, Visitor
from tests.accounts.people import PASSWORD, device, letters_to, link_to, signed_up, someone


@pytest.fixture
async def visitor(database: Database) -> AsyncIterator[Visitor]:
    browser = Visitor(device().address)
    yield browser
    await browser.http.aclose()


def _form(email: str, **changed: str) -> dict[str, str]:
    return {
        "company": "Marsa Coffee Works",
        "name": "Layla Haddad",
        "email": email,
        "password": PASSWORD,
        "time_zone": "Asia/Kuwait",
        **changed,
    }


async def test_sign_up_lands_in_the_first_steps_with_a_cookie_that_no_script_can_read(visitor: Visitor):
    answer = await visitor.post("/signup", _form(someone()))
    assert answer.json() == {"to": "/onboarding"}
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("wasl_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_behind_https(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PUBLIC_URL", "https://suite.example.com")
    from saas.kernel import settings as kernel

    kernel.settings.cache_clear()
    try:
        browser = Visitor(device().address, kernel.settings(), "https://suite.example.com")
        answer = await browser.post("/signup", _form(someone()), origin="https://suite.example.com")
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("wasl_session="))
    finally:
        monkeypatch.undo()
        kernel.settings.cache_clear()
    assert "Secure" in cookie


async def test_a_native_post_is_answered_with_a_redirect(visitor: Visitor):
    token = await visitor.token()
    answer = await visitor.http.post(
        "/signup", data={**_form(someone()), "csrf": token}, headers={"origin": ORIGIN}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/onboarding")


async def test_a_refused_native_post_goes_back_to_its_page_with_the_reason(visitor: Visitor):
    token = await visitor.token()
    answer = await visitor.http.post(
        "/signup", data={**_form(someone(), password="short"), "csrf": token}, headers={"origin": ORIGIN}
    )
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query == {"error": ["accounts.errors.password_short"], "field": ["password"], "p.n": ["10"]}


async def test_a_refusal_names_the_field_and_never_repeats_what_was_typed(visitor: Visitor):
    answer = await visitor.post("/signup", _form(someone(), password="short"))
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": [{"key": "accounts.errors.password_short", "params": {"n": 10}, "field": "password"}]
    }


async def test_known_and_unknown_addresses_get_one_answer_to_a_sign_up(database: Database):
    email = someone()
    await signed_up(database, email)
    await confirmations.confirm(database, await link_to(database, email))
    answers = []
    for address in (email, someone()):
        browser = Visitor(device().address)
        answer = await browser.post("/signup", _form(address))
        cookies = sorted(c.split("=")[0] for c in answer.headers.get_list("set-cookie"))
        answers.append((answer.status_code, answer.json(), cookies))
    assert answers[0] == answers[1]


async def test_known_and_unknown_addresses_get_one_answer_to_a_wrong_sign_in(
    database: Database, visitor: Visitor
):
    email = someone()
    await signed_up(database, email)
    known = await visitor.post("/signin", {"email": email, "password": "not this lantern"})
    unknown = await visitor.post("/signin", {"email": someone(), "password": "not this lantern"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert visitor.session is None


async def test_known_and_unknown_addresses_get_one_answer_to_a_forgotten_password(
    database: Database, visitor: Visitor
):
    email = someone()
    await signed_up(database, email)
    known = await visitor.post("/forgot", {"email": email})
    unknown = await visitor.post("/forgot", {"email": someone()})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert (await letters_to(database, email))[0]["links"][0].startswith(f"{ORIGIN}/reset?token=")


async def test_sign_in_goes_where_the_person_wanted_to_go(database: Database, visitor: Visitor):
    email = someone()
    await signed_up(database, email)
    answer = await visitor.post(
        "/signin", {"email": email.upper(), "password": PASSWORD, "next": "/crm/deals?view=list"}
    )
    assert answer.json() == {"to": "/crm/deals?view=list"}
    assert visitor.session is not None


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/\t/evil.example",
        "/ /evil.example",
        "/\n/evil.example",
        "evil",
        "",
        "/" + "a" * 600,
    ],
)
def test_no_address_elsewhere_is_gone_to_after_signing_in(path: str):
    assert safe_next(path) == "/home"


async def test_signing_in_replaces_the_session_that_the_browser_had(database: Database, visitor: Visitor):
    email = someone()
    await signed_up(database, email)
    await visitor.post("/signin", {"email": email, "password": PASSWORD})
    first = visitor.session
    await visitor.post("/signin", {"email": email, "password": PASSWORD})
    assert visitor.session != first
    assert first is not None
    assert await resolve_session(digest(first), database) is None


async def test_a_session_that_somebody_planted_is_not_kept_at_sign_in(database: Database, visitor: Visitor):
    """Fixation: the token after signing in is fresh, whatever the cookie held before."""
    email = someone()
    await signed_up(database, email)
    visitor.http.cookies.set("wasl_session", "planted-token-of-an-attacker-000000", domain="localhost.local")
    answer = await visitor.post("/signin", {"email": email, "password": PASSWORD})
    assert "planted" not in "".join(answer.headers.get_list("set-cookie"))
    assert await resolve_session(digest("planted-token-of-an-attacker-000000"), database) is None


async def test_sign_out_ends_the_session_in_the_database_too(database: Database, visitor: Visitor):
    await visitor.post("/signup", _form(someone()))
    token = visitor.session
    assert token is not None
    answer = await visitor.post("/signout")
    assert answer.json() == {"to": "/signin"}
    assert visitor.session is None
    assert await resolve_session(digest(token), database) is None


@pytest.mark.parametrize(
    "path", ["/signup", "/signin", "/signout", "/switch", "/forgot", "/reset", "/confirm", "/invitation"]
)
async def test_a_form_without_our_origin_or_token_is_refused(visitor: Visitor, path: str):
    fields = _form(someone())
    refusals = [
        await visitor.post(path, fields, origin="https://evil.example"),
        await visitor.post(path, fields, origin=None),
        await visitor.post(path, fields, origin="null"),
        await visitor.post(path, fields, origin="http://localhost:8000.evil.example"),
        await visitor.post(path, fields, token="x" * 43),
        await visitor.post(path, fields, token=""),
    ]
    assert [answer.status_code for answer in refusals] == [403] * len(refusals)
    assert {answer.json()["errors"][0]["key"] for answer in refusals} == {"accounts.errors.forged_form"}
    assert visitor.session is None


async def test_another_visitors_token_does_not_serve(database: Database, visitor: Visitor):
    other = await Visitor(device().address).token()
    await visitor.token()
    answer = await visitor.post("/signup", _form(someone()), token=other)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 20_000, "application/json", 413),
        (b"[1, 2]", "application/json", 422),
        (b'{"email": {"a": 1}}', "application/json", 422),
        (b"{not json", "application/json", 422),
        (b"[" * 5_000 + b"]" * 5_000, "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (rb'{"email": "sara@marsa.example", "password": "harbour \ud800 42"}', "application/json", 422),
        (b"<xml/>", "text/xml", 422),
        (b"&".join(b"a%d=1" % n for n in range(60)), "application/x-www-form-urlencoded", 422),
    ],
)
async def test_a_hostile_body_is_refused_clearly(visitor: Visitor, body: bytes, kind: str, status: int):
    headers = {
        "origin": ORIGIN,
        "accept": "application/json",
        "content-type": kind,
        "x-csrf-token": await visitor.token(),
    }
    answer = await visitor.http.post("/signin", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"]


async def test_guessing_a_password_is_stopped_and_the_wait_is_told(database: Database, visitor: Visitor):
    email = someone()
    await signed_up(database, email)
    answers = [
        await visitor.post("/signin", {"email": email, "password": f"guessed lantern {n}"}) for n in range(11)
    ]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    error = answers[-1].json()["errors"][0]
    assert error["key"] == "accounts.errors.too_many_minutes"
    assert 0 < error["params"]["n"] <= 5
    right = await visitor.post("/signin", {"email": email, "password": PASSWORD})
    assert right.status_code == 429


async def test_whoever_signs_in_often_and_rightly_is_not_stopped(database: Database, visitor: Visitor):
    email = someone()
    await signed_up(database, email)
    for _ in range(12):
        answer = await visitor.post("/signin", {"email": email, "password": PASSWORD})
        assert answer.status_code == 200


async def test_letters_link_to_our_own_address_whatever_host_was_asked(database: Database, visitor: Visitor):
    email = someone()
    await visitor.post(
        "/signup", _form(email), headers={"host": "evil.example", "x-forwarded-host": "evil.example"}
    )
    letter = (await letters_to(database, email))[0]
    assert letter["links"][0].startswith(f"{ORIGIN}/confirm?token=")
    assert "evil" not in letter["text"] + letter["html"]


async def test_confirming_by_the_letters_link(database: Database, visitor: Visitor):
    email = someone()
    await visitor.post("/signup", _form(email))
    answer = await visitor.post("/confirm", {"token": await link_to(database, email)})
    assert answer.json() == {"to": "/settings/profile?note=confirm.done"}
    again = await visitor.post("/confirm", {"token": await link_to(database, email)})
    assert again.status_code == 410


async def test_a_new_password_by_letter_ends_every_session(database: Database, visitor: Visitor):
    email = someone()
    here = await signed_up(database, email)
    await visitor.post("/forgot", {"email": email})
    token = await link_to(database, email)
    answer = await visitor.post("/reset", {"token": token, "password": "a new lantern 99"})
    assert answer.json() == {"to": "/signin?note=reset.done"}
    assert await resolve_session(digest(here.token), database) is None
    old = await visitor.post("/signin", {"email": email, "password": PASSWORD})
    new = await visitor.post("/signin", {"email": email, "password": "a new lantern 99"})
    assert (old.status_code, new.status_code) == (401, 200)
    twice = await visitor.post("/reset", {"token": token, "password": "yet another 100"})
    assert twice.status_code == 410


async def test_switching_moves_the_session_to_another_of_the_persons_companies(
    database: Database, visitor: Visitor
):
    email = someone()
    await signed_up(database, email)
    await confirmations.confirm(database, await link_to(database, email))
    await signed_up(database, email, company="Second Harbour")
    await confirmations.confirm(database, await link_to(database, email))
    await visitor.post("/signin", {"email": email, "password": PASSWORD})
    assert visitor.session is not None
    before = await resolve_session(digest(visitor.session), database)
    assert before is not None
    companies = await workplaces.of_account(database, before.account_id, before.tenant_id)
    other = next(c for c in companies if not c.current)
    answer = await visitor.post("/switch", {"company": other.id})
    assert answer.json() == {"to": "/home"}
    after = await resolve_session(digest(visitor.session), database)
    assert after is not None
    assert str(after.tenant_public_id) == other.id


async def test_nobody_switches_into_a_company_they_do_not_belong_to(database: Database, visitor: Visitor):
    theirs = await signed_up(database)
    foreign = await resolve_session(digest(theirs.token), database)
    assert foreign is not None
    await visitor.post("/signup", _form(someone()))
    for company in (str(foreign.tenant_public_id), "not-an-id", "", "'; DROP TABLE wasl.tenant; --"):
        answer = await visitor.post("/switch", {"company": company})
        assert answer.status_code == 404


class TestDevMail:
    """Letters kept for trying things out are for the machine's own browser alone."""

    async def test_shows_subject_recipient_and_link(self, database: Database):
        email = someone()
        await signed_up(database, email, language="en")
        browser = Visitor("127.0.0.1")
        page = (await browser.http.get("/dev/mail")).text
        assert email in page
        assert "Confirm your address for Marsa Coffee Works" in page
        assert await link_to(database, email) in page

    async def test_escapes_what_people_typed(self, database: Database):
        await signed_up(database, company="<script>alert(1)</script>", language="en")
        page = (await Visitor("127.0.0.1").http.get("/dev/mail")).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.parametrize(
        ("peer", "headers"),
        [
            ("192.168.1.20", {}),
            ("127.0.0.1", {"host": "evil.example"}),
            ("127.0.0.1", {"host": "localhost.evil.example"}),
            ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
            ("unknown", {}),
        ],
    )
    async def test_is_closed_to_everybody_else(self, database: Database, peer: str, headers: dict[str, str]):
        answer = await Visitor(peer).http.get("/dev/mail", headers=headers)
        assert answer.status_code == 404

    async def test_is_closed_in_production(self, database: Database, monkeypatch: pytest.MonkeyPatch):
        from saas.web import dev_mail

        chosen = Settings(environment=Environment.PRODUCTION)  # pyright: ignore[reportCallIssue] -- the rest has defaults
        monkeypatch.setattr(dev_mail, "settings", lambda: chosen)
        assert (await Visitor("127.0.0.1").http.get("/dev/mail")).status_code == 404
