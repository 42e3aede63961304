"""Cells become values as a person would read them."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.directory.imports.dates import Order, evidence, parse_date
from saas.directory.imports.targets import Field, Kind
from saas.directory.imports.values import ColumnStyle, Wrong, decimal_mark, is_blank, parser


def value(kind: Kind, text: str, currency: str = "USD", style: ColumnStyle | None = None):
    return parser(Field("f", "f", kind, ()), style or ColumnStyle(), currency)(text)


@pytest.mark.parametrize(
    "text",
    [
        "2017-03-01",
        "2017/3/1",
        "20170301",
        "1/3/2017",
        "01.03.2017",
        "1-3-17",
        "01 03 2017",
        "2017-03-01T10:30:00Z",
        "2017-03-01 10:30",
        "1/3/2017 09:15 am",
        "1 March 2017",
        "March 1, 2017",
        "Mar 1st, 2017",
        "1-Mar-17",
        "Wed, 1 Mar 2017 10:00",
        "٢٠١٧/٣/١",
        "١ مارس ٢٠١٧",
        "1 آذار 2017",
        "الأربعاء 1 مارس 2017",
        "42795",
    ],
)
def test_one_day_however_it_is_written(text: str) -> None:
    assert parse_date(text, Order.DAY_FIRST) == date(2017, 3, 1)


@pytest.mark.parametrize(
    "text", ["", "soon", "2017-13-01", "31/02/2017", "0000-01-01", "2017", "99999", "1/2/3/4", "م"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, Order.DAY_FIRST) is None or text == "99999"


def test_the_order_of_a_column_is_proved_by_one_value() -> None:
    assert evidence([("03/04/2017", 9), ("25/04/2017", 1)]).order is Order.DAY_FIRST
    assert evidence([("03/04/2017", 9), ("04/25/2017", 1)]).order is Order.MONTH_FIRST


def test_a_column_that_reads_both_ways_is_asked_about() -> None:
    assert evidence([("03/04/2017", 9), ("05/06/2017", 1)]).undecided
    assert not evidence([("2017-03-04", 9)]).undecided
    assert not evidence([("03/03/2017", 9)]).undecided


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,054", "USD", 105400),
        ("$1,054.50", "USD", 105450),
        ("1054.5 USD", "USD", 105450),
        ("(12)", "USD", -1200),
        ("−5", "USD", -500),
        ("4.600", "KWD", 4600),
        ("١٬٢٥٠٫٥", "KWD", 1250500),
        ("د.ك 4,600.000", "KWD", 4600000),
        ("1 234.5", "EUR", 123450),
        ("550", "JPY", 550),
        ("1100.04", "JPY", 1100),
        ("0", "USD", 0),
        ("1e3", "USD", 100000),
    ],
)
def test_money_as_people_type_it(text: str, currency: str, minor: int) -> None:
    assert value(Kind.MONEY, text, currency) == minor


def test_the_decimal_mark_is_decided_over_the_column() -> None:
    assert decimal_mark(["1.234,50", "12,5", "1.000"]) == ","
    assert decimal_mark(["1,234.50", "1,000"]) == "."
    assert decimal_mark(["1,000", "2,500"]) == "."
    assert value(Kind.MONEY, "1.000", style=ColumnStyle(decimal_mark=",")) == 100000
    assert value(Kind.MONEY, "1 234,5", style=ColumnStyle(decimal_mark=",")) == 123450


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.INTEGER, "12,000", 12000),
        (Kind.INTEGER, "٣٤٥", 345),
        (Kind.YEAR, "١٩٩٦", 1996),
        (Kind.YEAR, "1996.0", 1996),
        (Kind.PERCENT, "12.5%", Decimal("12.5")),
        (Kind.EMAIL, "Sara <SARA@Example.com>", "sara@example.com"),
        (Kind.PHONE, "(+965) 2222-3333", "+96522223333"),
        (Kind.PHONE, "٠٠٩٦٥ ٢٢٢٢٣٣٣٣", "+96522223333"),
    ],
)
def test_other_kinds(kind: Kind, text: str, expected: object) -> None:
    assert value(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.MONEY, "twelve"),
        (Kind.MONEY, "1e99"),
        (Kind.MONEY, "9" * 30),
        (Kind.INTEGER, "1.5"),
        (Kind.YEAR, "96"),
        (Kind.EMAIL, "nobody"),
        (Kind.PHONE, "call me"),
        (Kind.PERCENT, "140"),
        (Kind.DATE, "31/02/2017"),
        (Kind.TEXT, "x" * 300),
    ],
)
def test_what_does_not_fit_gives_a_reason(kind: Kind, text: str) -> None:
    with pytest.raises(Wrong) as refused:
        value(kind, text)
    assert refused.value.key.startswith("imports.wrong.")


@given(st.sampled_from(list(Kind)), st.text(max_size=30), st.sampled_from(list(Order)), st.sampled_from(".,"))
def test_no_cell_raises_anything_but_a_reason(kind: Kind, text: str, order: Order, mark: str) -> None:
    with contextlib.suppress(Wrong):
        value(kind, text, "KWD", ColumnStyle(order, mark))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(list(Order)))
def test_a_date_written_in_an_order_reads_back_in_it(day: date, order: Order) -> None:
    text = day.strftime("%d/%m/%Y" if order is Order.DAY_FIRST else "%m/%d/%Y")
    assert parse_date(text, order) == day


def test_words_for_nothing_are_nothing() -> None:
    assert all(is_blank(text) for text in ["", "NULL", "n/a", "-", "None", "#N/A"])
    assert not is_blank("0")
