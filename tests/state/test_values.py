"""Form and filter values as people type them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas.kernel.errors import AppError
from saas.kernel.permissions import Visibility
from saas.state.resource import Choice, Column, Kind
from saas.state.values import (
    NotADate,
    NotAnEmail,
    NotANumber,
    SkippedTime,
    TooLong,
    WrongValue,
    clean,
    day_after,
    instant,
    plain,
)
from saas.tenancy.viewer import Viewer

KUWAIT = Viewer(
    session_id=1,
    csrf="",
    account_id=1,
    email="sara@example.com",
    tenant_id=1,
    tenant_name="Al-Noor",
    tenant_slug="al-noor",
    tenant_state="trialing",
    member_id=1,
    member_public_id="",
    member_name="Sara",
    role="owner",
    permissions=frozenset(),
    modules=frozenset(),
    visibility=Visibility.ALL,
    team_id=None,
    team_member_ids=frozenset(),
    country="KW",
    currency="KWD",
    time_zone="Asia/Kuwait",
    language="en",
    trial_ends_on=None,
)


def read(kind: Kind, text: str, **column: object) -> object:
    return plain(Column("field", "errors.invalid", kind, **column), text, KUWAIT)


@pytest.mark.parametrize("typed", ["2026-11-19", "19/11/2026", "19.11.2026", "١٩/١١/٢٠٢٦", "٢٠٢٦-١١-١٩"])
def test_a_date_is_read_in_the_usual_orders_and_digits(typed: str) -> None:
    assert read(Kind.DATE, typed) == date(2026, 11, 19)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "tomorrowish", "0001-01-01", "99999-01-01", "19/11/20265", "2026-11-19 at noon"]
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(NotADate):
        read(Kind.DATE, typed)


def test_a_relative_date_follows_the_companys_calendar() -> None:
    assert read(Kind.DATE, "@today") == KUWAIT.today()
    assert read(Kind.DATE, "@month_start") == KUWAIT.today().replace(day=1)


def test_a_local_time_is_understood_in_the_companys_zone() -> None:
    assert read(Kind.DATETIME, "2026-11-19T10:00") == datetime(2026, 11, 19, 7, 0, tzinfo=UTC)


# Clocks go forward at two in the morning in Berlin, at midnight in Cairo.
BERLIN, CAIRO = replace(KUWAIT, time_zone="Europe/Berlin"), replace(KUWAIT, time_zone="Africa/Cairo")


@pytest.mark.parametrize(
    ("viewer", "typed"),
    [
        (BERLIN, "2026-03-29T02:30"),
        (BERLIN, "2026-03-29 02:00"),
        (BERLIN, "٢٠٢٦-٠٣-٢٩T٠٢:٥٩"),
        (CAIRO, "2026-04-24T00:15"),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused_and_not_moved(viewer: Viewer, typed: str) -> None:
    with pytest.raises(SkippedTime) as refusal:
        instant(typed, viewer, "starts_at")
    assert (refusal.value.key, refusal.value.field) == ("errors.skipped_time", "starts_at")


@pytest.mark.parametrize(
    ("viewer", "typed", "at"),
    [
        (BERLIN, "2026-03-29T01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (BERLIN, "2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (BERLIN, "2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (BERLIN, "2026-03-29T02:30+01:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_times_beside_a_change_of_the_clocks_are_kept(viewer: Viewer, typed: str, at: datetime) -> None:
    assert instant(typed, viewer, "starts_at") == at


def test_a_day_without_a_midnight_begins_an_hour_later() -> None:
    assert instant("2026-04-24", CAIRO, "starts_at") == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("١٬٢٣٤٫٥", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,5", "1.5"),
        ("1,500", "1500"),
        ("50%", "50"),
    ],
)
def test_a_number_takes_both_scripts(typed: str, value: str) -> None:
    assert read(Kind.NUMBER, typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["NaN", "1e99", "twelve", "1-2"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        read(Kind.NUMBER, typed)


def test_a_choice_outside_the_set_is_refused() -> None:
    with pytest.raises(WrongValue):
        read(Kind.CHOICE, "other", choices=(Choice("one", "errors.invalid"),))


@pytest.mark.parametrize("typed", ["no-at-sign", "a@b", "two@@example.com", "a b@example.com"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NotAnEmail):
        read(Kind.EMAIL, typed)


def test_a_text_longer_than_its_column_is_refused_with_the_limit() -> None:
    with pytest.raises(TooLong) as refusal:
        read(Kind.TEXT, "x" * 81, longest=80)
    assert refusal.value.params == {"n": 80}


def test_direction_overrides_and_control_characters_are_taken_out_of_names() -> None:
    assert clean("  Acme\u202egpj.exe\u2066\x07 ") == "Acmegpj.exe"


def test_the_joiners_that_arabic_needs_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@given(
    st.sampled_from([k for k in Kind if k not in (Kind.PERSON, Kind.REF, Kind.MONEY, Kind.BOOL, Kind.TAGS)]),
    st.text(max_size=300),
)
def test_no_text_does_more_than_be_refused(kind: Kind, text: str) -> None:
    named = "field"
    try:
        read(kind, clean(text))
    except AppError as refusal:
        named = refusal.field
    assert named == "field"


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-03-29", "Europe/Berlin", 23),
        ("2026-10-25", "Europe/Berlin", 25),
        ("2026-03-29", "Asia/Kuwait", 24),
    ],
)
def test_a_day_ends_where_the_next_begins_also_when_the_clocks_change(
    day: str, zone: str, hours: int
) -> None:
    begins = instant(day, replace(KUWAIT, time_zone=zone), "due_at")
    assert day_after(begins, zone) - begins == timedelta(hours=hours)
