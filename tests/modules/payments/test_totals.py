"""What an invoice adds up to: in Python, in the database, and on the customer's paper."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saas.kernel.errors import Invalid
from saas.kernel.money import NotMoney
from saas.modules.payments.models import MAX_PRICE_MINOR, MAX_QUANTITY
from saas.modules.payments.service.lines import (
    LineInput,
    NotQuantity,
    NotRate,
    checked,
    plain_price,
    read_price,
    read_quantity,
    read_rate,
)
from saas.modules.payments.service.totals import Totals, line_totals, sum_totals
from tests.support.database import Cluster

quantities = st.decimals(min_value=Decimal("0.001"), max_value=MAX_QUANTITY, places=3)
prices = st.integers(min_value=0, max_value=MAX_PRICE_MINOR)
# What a bigint holds after it is multiplied.
fitting = st.tuples(
    st.decimals(min_value=Decimal("0.001"), max_value=999_999, places=3), st.integers(0, 10**12)
)
rates = st.decimals(min_value=0, max_value=1, places=5)
lines = st.builds(line_totals, quantities, prices, rates)
# What is right stays right on a machine that has other things to do.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(st.lists(lines, max_size=12))
def test_an_invoice_is_the_sum_of_its_rounded_lines(written: list[Totals]) -> None:
    total = sum_totals(written)
    assert total.net_minor == sum(line.net_minor for line in written)
    assert total.tax_minor == sum(line.tax_minor for line in written)
    assert total.total_minor == total.net_minor + total.tax_minor


@UNHURRIED
@given(quantities, prices, rates)
def test_a_line_is_exact_and_rounds_half_up(quantity: Decimal, price: int, rate: Decimal) -> None:
    line = line_totals(quantity, price, rate)
    assert line.net_minor == _half_up(Fraction(quantity) * price)
    assert line.tax_minor == _half_up(Fraction(line.net_minor) * Fraction(rate))
    assert type(line.net_minor) is int
    assert type(line.tax_minor) is int


def test_the_database_rounds_as_we_do(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls.app) as connection:

        @given(fitting, rates)
        @settings(UNHURRIED, max_examples=300)
        def agree(line: tuple[Decimal, int], rate: Decimal) -> None:
            quantity, price = line
            ours = line_totals(quantity, price, rate)
            theirs = connection.execute(
                "SELECT round(%(q)s::numeric * %(p)s::bigint)::bigint AS net,"
                " round(round(%(q)s::numeric * %(p)s::bigint) * %(r)s::numeric)::bigint AS tax",
                {"q": quantity, "p": price, "r": rate},
            ).fetchone()
            assert theirs == (ours.net_minor, ours.tax_minor)

        agree()


@UNHURRIED
@given(prices, st.sampled_from(["KWD", "USD", "JPY"]))
def test_a_price_reads_back_as_it_was_shown(minor: int, currency: str) -> None:
    assert read_price(plain_price(minor, currency), currency, "price") == minor


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [
        ("2", "2"),
        ("1.5", "1.5"),
        ("١٫٥", "1.5"),
        ("1,5", "1.5"),
        ("1,000", "1000"),
        ("0,500", "0.5"),
        ("", "1"),
        (" 12 ", "12"),
    ],
)
def test_a_quantity_is_read_in_either_script(typed: str, quantity: str) -> None:
    assert read_quantity(typed, "quantity") == Decimal(quantity)


@pytest.mark.parametrize(
    "typed", ["0", "-1", "1.2345", "a", "1e9", "1000000000", "NaN", "Infinity", "9" * 400]
)
def test_what_is_no_quantity_is_refused(typed: str) -> None:
    with pytest.raises(NotQuantity):
        read_quantity(typed, "quantity")


@pytest.mark.parametrize(
    ("typed", "rate"), [("5", "0.05"), ("5%", "0.05"), ("٥٪", "0.05"), ("", "0"), ("100", "1")]
)
def test_a_percentage_is_kept_as_a_fraction(typed: str, rate: str) -> None:
    assert read_rate(typed, "tax") == Decimal(rate)


@pytest.mark.parametrize("typed", ["101", "-5", "five", "5.0001"])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(NotRate):
        read_rate(typed, "tax")


def test_a_price_with_more_decimals_than_the_currency_is_refused() -> None:
    assert read_price("22.5", "KWD", "price") == 22_500
    with pytest.raises(NotMoney):
        read_price("22.5", "JPY", "price")


@UNHURRIED
@given(st.text(max_size=60))
def test_any_text_is_a_value_or_a_refusal_of_its_field(text: str) -> None:
    for read in (read_quantity, read_rate):
        refused = None
        try:
            assert read(text, "field") >= 0
        except Invalid as refusal:
            refused = refusal.field
        assert refused in (None, "field")


def test_a_line_out_of_bounds_names_its_field() -> None:
    good = LineInput("Grinder", Decimal(1), 1000, Decimal("0.05"))
    assert checked([good]) == [good]
    for bad, field in [
        (LineInput(" "), "lines.1.description"),
        (LineInput("x", quantity=Decimal(0)), "lines.1.quantity"),
        (LineInput("x", unit_price_minor=-1), "lines.1.price"),
        (LineInput("x", tax_rate=Decimal("1.1")), "lines.1.tax"),
        (LineInput("x", Decimal(2), MAX_PRICE_MINOR), "lines.1.price"),
        (LineInput("x", Decimal(1), MAX_PRICE_MINOR), "lines"),
    ]:
        with pytest.raises(Invalid) as refused:
            checked([good, bad])
        assert refused.value.field == field


def _half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)).__floor__())


def test_half_up_is_what_the_constant_says() -> None:
    assert Decimal("0.5").quantize(Decimal(1), ROUND_HALF_UP) == 1
