"""A company signs up by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saas.kernel import clock
from saas.kernel.errors import AppError, Invalid
from saas.tenancy import accounts, confirmations, email_links, password_resets, passwords, workplaces
from saas.tenancy.founding import SlugTaken
from saas.tenancy.identity import resolve_session
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from tests.accounts.people import PASSWORD, device, form, letters_to, link_to, signed_up, someone


async def test_signing_up_founds_a_company_with_a_trial_and_an_owner_who_is_signed_in(database: Database):
    here = await signed_up(database, time_zone="Asia/Kuwait")
    seen = await resolve_session(digest(here.token), database)
    assert seen is not None
    assert (seen.tenant_name, seen.role_key, seen.country, seen.currency, seen.tenant_language) == (
        "Marsa Coffee Works",
        "owner",
        "KW",
        "KWD",
        "ar",
    )
    assert seen.trial_ends_on == clock.today("Asia/Kuwait") + timedelta(days=15)
    assert seen.state == "trialing"


@pytest.mark.parametrize(
    ("zone", "country", "currency", "language"),
    [
        ("Asia/Riyadh", "SA", "SAR", "ar"),
        ("Europe/Berlin", "DE", "EUR", "en"),
        ("Asia/Tokyo", "JP", "JPY", "en"),
        ("Africa/Cairo", "EG", "EGP", "ar"),
    ],
)
async def test_place_is_guessed_from_the_browsers_time_zone(
    database: Database, zone: str, country: str, currency: str, language: str
):
    here = await signed_up(database, time_zone=zone)
    seen = await resolve_session(digest(here.token), database)
    assert seen is not None
    assert (seen.country, seen.currency, seen.time_zone, seen.tenant_language) == (
        country,
        currency,
        zone,
        language,
    )


async def test_what_was_guessed_can_be_changed(database: Database):
    here = await signed_up(database, country="ae", currency="USD", time_zone="Europe/London", language="en")
    seen = await resolve_session(digest(here.token), database)
    assert seen is not None
    assert (seen.country, seen.currency, seen.time_zone, seen.tenant_language) == (
        "AE",
        "USD",
        "Europe/London",
        "en",
    )


async def test_two_companies_of_one_name_get_web_names_of_their_own(database: Database):
    slugs = set()
    for _ in range(3):
        here = await signed_up(database, company="Qahwa House", country="KW")
        seen = await resolve_session(digest(here.token), database)
        assert seen is not None
        slugs.add(seen.slug)
    assert slugs == {"qahwa-house", "qahwa-house-kw", "qahwa-house-2"}


async def test_a_taken_web_name_is_refused_with_two_that_are_free(database: Database):
    await signed_up(database, slug="dallah")
    with pytest.raises(SlugTaken) as refused:
        await signed_up(database, slug="dallah", country="KW")
    assert refused.value.params == {"slug": "dallah", "first": "dallah-kw", "second": "dallah-2"}
    assert refused.value.field == "slug"


async def test_a_refused_sign_up_leaves_nothing(database: Database):
    await signed_up(database, slug="leaves-nothing")
    email = someone()
    with pytest.raises(SlugTaken):
        await signed_up(database, email, slug="leaves-nothing")
    async with database.system_session() as session:
        left = await session.one(sa.text("SELECT count(*) FROM wasl.account WHERE email = :e"), e=email)
    assert left == 0
    assert await letters_to(database, email) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", "   "),
        ("company", "\u202e\u200f"),
        ("company", "x" * 81),
        ("name", ""),
        ("name", "\x00\x07"),
        ("email", "not an address"),
        ("email", "a@b.example\r\nBcc: x@y.example"),
        ("email", "a" * 300 + "@example.com"),
        ("password", "short"),
        ("password", "x" * 5000),
        ("password", "password123"),
        ("password", "aaaaaaaaaaaaa"),
        ("country", "ZZ"),
        ("currency", "BTC"),
        ("time_zone", "Mars/Olympus"),
        ("language", "klingon"),
        ("slug", "../admin"),
        ("slug", "settings"),
    ],
)
async def test_a_wrong_value_is_refused_by_its_field(database: Database, field: str, value: str):
    values = {"email": someone(), field: value}
    with pytest.raises(Invalid) as refused:
        await accounts.sign_up(database, form(**values), device(), trial_days=15)
    assert refused.value.field == field


async def test_an_e_mail_or_company_name_is_no_password(database: Database):
    for about in ("Marsa Coffee Works", "layla-haddad@example.com"):
        with pytest.raises(passwords.PasswordTooCommon):
            await signed_up(database, "layla-haddad@example.com", password=about)


async def test_names_in_both_scripts_keep_every_letter(database: Database):
    here = await signed_up(database, company="Café مرسى 24", name="ليلى O'Haddad")
    seen = await resolve_session(digest(here.token), database)
    assert seen is not None
    assert (seen.tenant_name, seen.account_name) == ("Café مرسى 24", "ليلى O'Haddad")


async def test_only_hashes_of_passwords_and_tokens_are_kept(database: Database):
    email = someone()
    here = await signed_up(database, email)
    link = await link_to(database, email)
    async with database.system_session() as session:
        kept = await session.rows(
            sa.text(
                "SELECT a.password_hash, s.token_hash, e.token_hash AS link_hash FROM wasl.account a"
                " JOIN wasl.login_session s ON s.account_id = a.id"
                " JOIN wasl.email_token e ON e.account_id = a.id WHERE a.email = :email"
            ),
            email=email,
        )
    assert kept[0].password_hash.startswith("$argon2id$")
    assert PASSWORD not in kept[0].password_hash
    assert bytes(kept[0].token_hash) == digest(here.token)
    assert bytes(kept[0].link_hash) == digest(link)


async def test_signing_up_with_a_known_address_answers_as_with_an_unknown_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """The same work, step by step: verifications, hashes, statements; and a session either way."""
    known, unknown = someone(), someone()
    await signed_up(database, known)
    await confirmations.confirm(database, await link_to(database, known))
    work = await _work_of(database, monkeypatch, known)
    assert work == await _work_of(database, monkeypatch, unknown)


async def test_a_known_address_hears_of_a_sign_up_by_letter_alone(database: Database):
    email = someone()
    first = await signed_up(database, email, language="en")
    await confirmations.confirm(database, await link_to(database, email))
    second = await signed_up(database, email, company="Second Harbour", language="en")
    assert second.account_id != first.account_id
    assert (await letters_to(database, email))[0][
        "subject"
    ] == "Second Harbour was signed up with your address"


async def test_confirming_a_second_company_joins_it_to_the_account_that_has_the_address(database: Database):
    email = someone()
    first = await signed_up(database, email)
    await confirmations.confirm(database, await link_to(database, email))
    second = await signed_up(database, email, company="Second Harbour", password="another lantern 77")
    confirmed = await confirmations.confirm(database, await link_to(database, email))
    assert confirmed.joined
    names = [c.name for c in await workplaces.of_account(database, first.account_id, None)]
    assert names == ["Marsa Coffee Works", "Second Harbour"]
    assert await resolve_session(digest(second.token), database) is None
    with pytest.raises(accounts.WrongSignIn):
        await accounts.sign_in(database, email, "another lantern 77", device())


async def test_a_stranger_who_signs_up_with_somebodys_address_never_gets_it(database: Database):
    """The stranger came first and never confirmed; the owner of the mailbox confirms and has the address."""
    email = someone()
    stranger = await signed_up(database, email, company="Squatter", password="squatter lantern 1")
    owner = await signed_up(database, email)
    await confirmations.confirm(database, await link_to(database, email))
    async with database.system_session() as session:
        holders = await session.all(
            sa.text("SELECT id FROM wasl.account WHERE email = :e AND email_confirmed_at IS NOT NULL"),
            e=email,
        )
    assert list(holders) == [owner.account_id]
    assert owner.account_id != stranger.account_id
    companies = [c.name for c in await workplaces.of_account(database, owner.account_id, None)]
    assert companies == ["Marsa Coffee Works"]


async def test_a_confirmation_link_works_once(database: Database):
    email = someone()
    await signed_up(database, email)
    token = await link_to(database, email)
    await confirmations.confirm(database, token)
    with pytest.raises(email_links.LinkSpent):
        await confirmations.confirm(database, token)
    with pytest.raises(email_links.LinkSpent):
        await confirmations.confirm(database, "made-up")


async def test_a_link_for_confirming_sets_no_password(database: Database):
    email = someone()
    await signed_up(database, email)
    with pytest.raises(email_links.LinkSpent):
        await password_resets.reset(database, await link_to(database, email), "a new lantern 99", device())


async def test_signing_up_too_often_is_refused_with_the_minutes_to_wait(database: Database):
    email = someone()
    refusals: list[AppError] = []
    for _ in range(6):
        try:
            await signed_up(database, email)
        except AppError as refused:
            refusals.append(refused)
    assert [r.key for r in refusals] == ["accounts.errors.too_many_minutes"]
    assert 58 < int(refusals[0].params["n"]) <= 60


async def _work_of(database: Database, monkeypatch: pytest.MonkeyPatch, email: str) -> list[str]:
    done: list[str] = []
    real_hash, real_matches = accounts.hash_password, passwords.matches

    async def counted_hash(password: str) -> str:
        done.append("hash")
        return await real_hash(password)

    async def counted_matches(password: str, hashes: list[str | None], *, tries: int) -> list[bool]:
        done.append(f"verify {tries}")
        return await real_matches(password, hashes, tries=tries)

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        done.append(" ".join(statement.split())[:60])

    with monkeypatch.context() as patched:
        patched.setattr(accounts, "hash_password", counted_hash)
        patched.setattr(passwords, "matches", counted_matches)
        sa.event.listen(database.system.sync_engine, "before_cursor_execute", note)
        try:
            await signed_up(database, email)
        finally:
            sa.event.remove(database.system.sync_engine, "before_cursor_execute", note)
    return done
