"""Amounts as people type them, exact to the minor unit."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.kernel.money import MAX_MINOR, Money, NotMoney, exponent, parse_minor


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1,234.500", "KWD", 1_234_500),
        ("١٬٢٣٤٫٥", "KWD", 1_234_500),
        ("1.234,50", "EUR", 123_450),
        ("1 234.5", "USD", 123_450),
        ("KWD 4.600", "KWD", 4_600),
        ("4,600", "USD", 460_000),
        ("1,5", "USD", 150),
        ("0,500", "KWD", 500),
        ("1234,567", "KWD", 1_234_567),
        ("(12)", "USD", -1_200),
        ("\u22127.25", "USD", -725),
        ("1200", "JPY", 1_200),
        ("", "USD", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, currency: str, minor: int | None) -> None:
    assert parse_minor(typed, currency) == minor


@pytest.mark.parametrize(
    "typed", ["abc", "1.2.3.4,5", "NaN", "Infinity", "1e400", "1.0005", "--5", "12 apples"]
)
def test_what_is_no_amount_is_refused_and_names_the_field(typed: str) -> None:
    with pytest.raises(NotMoney) as refusal:
        parse_minor(typed, "KWD", "amount")
    assert refusal.value.field == "amount"


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from(["KWD", "USD", "JPY"]))
def test_what_is_shown_is_read_back_unchanged(minor: int, currency: str) -> None:
    shown = f"{Money(minor, currency).amount:,.{exponent(currency)}f}"
    if exponent(currency) == 0 and shown.count(",") == 0:
        shown = shown.replace(",", "")
    assert parse_minor(shown, currency) == minor


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(NotMoney):
        parse_minor(text, "KWD")


def test_a_product_is_rounded_half_up_as_on_invoices() -> None:
    assert Money(105, "USD").times(Decimal("0.5")) == Money(53, "USD")


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        _ = Money(1, "USD") + Money(1, "KWD")
