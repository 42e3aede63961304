"""A person types the beginning of a word and finds the record, in either script."""

from __future__ import annotations

import asyncio
import unicodedata

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from saas.directory import parties, products
from saas.directory.models import Party, Product
from saas.kernel.i18n import fold
from saas.tenancy import search
from saas.tenancy.session import Database
from tests.support.database import Cluster, Company, plan_of

SPOKEN = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\x00"),
    max_size=40,
)


def folded_each(cluster: Cluster, texts: list[str]) -> list[str]:
    with psycopg.connect(cluster.urls.migrator) as connection:
        rows = connection.execute(
            "SELECT wasl.fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n", (texts,)
        )
        return [row[0] for row in rows]


async def found(database: Database, company: Company, text: str) -> list[str]:
    async with database.tenant_session(company.tenant_id) as session:
        return [party.name for party in await parties.search(session, text)]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("GTX Pro", "pro"),
        ("GTX-Plus Basic", "plus gt"),
        ("Café Noir", "cafe"),
        ("شركة النور", "النور"),
        ("مؤسسة الأحمد", "الاحمد"),
        ("مقهى الرحمة", "الرحمه"),
        ("مـــصطفى", "مصطفي"),
        ("مُحَمَّد", "محمد"),
        ("Branch ٢٣", "23"),
        ("STRASSE", "stras"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
    ],
)
async def test_a_word_is_found_by_its_beginning(
    database: Database, company: Company, name: str, typed: str
) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        await parties.create(session, {"name": name})
        await parties.create(session, {"name": "Something else"})
    assert await found(database, company, typed) == [name]


async def test_a_new_name_is_found_and_the_old_one_no_more(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        party = await parties.create(session, {"name": "Kite"})
    async with database.tenant_session(company.tenant_id) as session:
        await parties.update(session, await session.get(Party, party.id), {"name": "Lantern"})
    assert await found(database, company, "kite") == []
    assert await found(database, company, "lant") == ["Lantern"]


async def test_a_deleted_row_leaves_no_words(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        await session.delete(await parties.create(session, {"name": "Kite"}))
    async with database.tenant_session(company.tenant_id) as session:
        assert await session.one(sa.select(sa.func.count()).select_from(search.search_word)) == 0


async def test_names_that_begin_with_the_text_come_first(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        for name in ("Alpha Noor", "Noor Dental", "Beta Noor"):
            await parties.create(session, {"name": name})
    assert (await found(database, company, "noor"))[0] == "Noor Dental"


async def test_two_at_once_find_or_create_the_same_product(database: Database, company: Company) -> None:
    async def one() -> int:
        async with database.tenant_session(company.tenant_id) as session:
            return (await products.find_or_create(session, "GTX Pro"))[0].id

    assert len(set(await asyncio.gather(*(one() for _ in range(6))))) == 1


async def test_a_code_serves_one_product_at_a_time(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        first = await products.create(session, {"name": "A", "sku": "X1"})
        assert first.currency == "KWD"
    with pytest.raises(products.SkuTaken):
        async with database.tenant_session(company.tenant_id) as session:
            await products.create(session, {"name": "B", "sku": "X1"})
    async with database.tenant_session(company.tenant_id) as session:
        await products.archive(session, await session.get(Product, first.id))
        await products.create(session, {"name": "B", "sku": "X1"})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(SPOKEN, min_size=50, max_size=50))
def test_the_database_and_the_program_fold_alike(cluster: Cluster, texts: list[str]) -> None:
    assert folded_each(cluster, texts) == [fold(text) for text in texts]


def test_every_letter_folds_alike(cluster: Cluster) -> None:
    letters = [chr(p) for p in range(0x20, 0x30000) if unicodedata.category(chr(p)) not in ("Cs", "Cn", "Co")]
    different = [
        f"U+{ord(letter):04X}"
        for letter, theirs in zip(letters, folded_each(cluster, letters), strict=True)
        if theirs != fold(letter)
    ]
    assert different == []


async def test_a_page_of_a_search_reads_no_table_from_end_to_end(
    database: Database, company: Company
) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO wasl.party (name) "
                "SELECT 'Party ' || n || ' ' || md5(n::text) FROM generate_series(1, 5000) n"
            )
        )
        await session.refresh_statistics("party", "search_word")
        query = sa.select(col(Party.id)).where(search.matches(Party, "party 4321")).limit(50)
        plan = await plan_of(session, query)
        assert "Seq Scan" not in plan, plan
        assert len(await session.all(query)) == 1
