"""Texts, numbers, money and dates as the browser writes and reads them."""

from __future__ import annotations

import json

import pytest

from saas.kernel.i18n import load_texts
from tests.ui.conftest import Evaluate


def said(evaluate: Evaluate, language: str, key: str, **params: object) -> str:
    texts = {key: load_texts()[language][key]}
    arguments = ", ".join(json.dumps(a, ensure_ascii=False) for a in (texts, language, key, params))
    return evaluate(f"kit.text.render({arguments})")


def test_arabic_counts_in_six_forms(evaluate: Evaluate) -> None:
    forms = [said(evaluate, "ar", "ui.trial", n=n) for n in (0, 1, 2, 3, 11, 100)]
    assert len(set(forms)) == 6
    assert "أيام" in forms[3]
    assert "يومًا" in forms[4]


def test_english_counts_in_two_forms_and_may_name_zero(evaluate: Evaluate) -> None:
    assert [said(evaluate, "en", "ui.trial", n=n) for n in (0, 1, 5)] == [
        "Trial: last day",
        "Trial: 1 day left",
        "Trial: 5 days left",
    ]


def test_a_text_formats_what_it_is_given(evaluate: Evaluate) -> None:
    texts = '{"a": "{amount} for {what}", "w": "all"}'
    given = '{amount: {minor: 4600000, currency: "KWD"}, what: {key: "w"}}'
    assert evaluate(f"kit.text.render({texts}, 'en', 'a', {given})") == "KWD\u00a04,600.000 for all"


def test_a_latin_name_does_not_turn_an_arabic_sentence_round(evaluate: Evaluate) -> None:
    assert evaluate("kit.text.render({a: 'نقل {n}'}, 'ar', 'a', {n: 'Café 24'})") == "نقل \u2068Café 24\u2069"


def test_an_arabic_name_does_not_turn_an_english_sentence_round(evaluate: Evaluate) -> None:
    texts = "{a: 'Join {n}'}"
    assert evaluate(f"kit.text.render({texts}, 'en', 'a', {{n: 'مرسى 24'}})") == "Join \u2068مرسى 24\u2069"
    assert evaluate(f"kit.text.render({texts}, 'en', 'a', {{n: 'Café 24'}})") == "Join Café 24"


def test_a_day_said_by_a_word_is_small_within_a_sentence(evaluate: Evaluate) -> None:
    texts, now = "{a: 'Signed in {when}', b: '{when}'}", "{when: {date: new Date().toISOString()}}"
    assert evaluate(f"kit.text.render({texts}, 'en', 'a', {now})") == "Signed in today"
    assert evaluate(f"kit.text.render({texts}, 'en', 'b', {now})") == "Today"


def test_a_date_stands_in_its_field_as_a_hand_writes_it(evaluate: Evaluate) -> None:
    assert evaluate("kit.format.typedDate('2026-11-19')") == "19/11/2026"
    assert evaluate("kit.format.parseDate(kit.format.typedDate('2026-11-19'))") == "2026-11-19"
    assert evaluate("kit.format.typedDate(null)") == ""


def test_an_unwritten_text_shows_its_key(evaluate: Evaluate) -> None:
    assert evaluate("kit.text.render({}, 'en', 'no.such')") == "no.such"


@pytest.mark.parametrize(
    ("language", "minor", "currency", "shown"),
    [
        ("en", 4600000, "KWD", "KWD\u00a04,600.000"),
        ("ar", 4600000, "KWD", "4,600.000\u00a0د.ك"),
        ("en", 1050, "SAR", "SAR\u00a010.50"),
        ("en", 1050, "JPY", "JPY\u00a01,050"),
        ("en", -1050, "SAR", "SAR\u00a0\u2066\u221210.50\u2069"),
        ("ar", -1050, "AED", "\u2066\u221210.50\u2069\u00a0د.إ"),
    ],
)
def test_money_keeps_the_decimals_of_its_currency(
    evaluate: Evaluate, language: str, minor: int, currency: str, shown: str
) -> None:
    assert evaluate(f"kit.format.bound('{language}').money({minor}, '{currency}')") == shown


def test_sums_on_heads_are_short(evaluate: Evaluate) -> None:
    assert evaluate("[38654000, 1200000000].map((m) => kit.format.bound('en').shortMoney(m, 'KWD'))") == [
        "KWD\u00a038.7k",
        "KWD\u00a01.2m",
    ]


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1,250.500", 1250500),
        ("١٬٢٥٠٫٥", 1250500),
        ("۱۲۵۰", 1250000),
        ("1.250,5", 1250500),
        ("1 250", 1250000),
        ("0,500", 500),
        ("1234,567", 1234567),
        ("KWD 12", 12000),
        ("12 د.ك", 12000),
        ("\u22125", -5000),
        ("", None),
        ("1e9", "NaN"),
        ("5 - 10", "NaN"),
        ("12.", 12000),
        (".5", 500),
        ("1.2345", "NaN"),
        ("abc", "NaN"),
        ("99999999999999999", "NaN"),
    ],
)
def test_an_amount_is_read_in_either_script(evaluate: Evaluate, typed: str, minor: object) -> None:
    read = f"((m) => (Number.isNaN(m) ? 'NaN' : m))(kit.format.parseMoney({json.dumps(typed)}, 'KWD'))"
    assert evaluate(read) == minor


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-19", "2026-11-19"),
        ("19/11/2026", "2026-11-19"),
        ("١٩/١١/٢٠٢٦", "2026-11-19"),
        ("19.11.26", "2026-11-19"),
        ("19 Nov 2026", "2026-11-19"),
        ("١٩ نوفمبر ٢٠٢٦", "2026-11-19"),
        ("31/02/2026", "none"),
        ("1/1/1026", "none"),
        ("soon", "none"),
        ("", None),
    ],
)
def test_a_date_is_read_in_either_script(evaluate: Evaluate, typed: str, day: str | None) -> None:
    assert (
        evaluate(f"((d) => (d === undefined ? 'none' : d))(kit.format.parseDate({json.dumps(typed)}))") == day
    )


@pytest.mark.parametrize(
    ("language", "first", "last", "shown"),
    [
        ("en", "2026-11-22", "2026-11-26", "22–26 November 2026"),
        ("ar", "2026-11-22", "2026-11-26", "22–26 نوفمبر 2026"),
        ("en", "2026-11-29", "2026-12-03", "29 November – 3 December 2026"),
    ],
)
def test_days_that_share_a_month_say_it_once(
    evaluate: Evaluate, language: str, first: str, last: str, shown: str
) -> None:
    said = evaluate(f"kit.format.bound('{language}').days('{first}', '{last}')")
    assert said.replace(" – ", " – ") == shown


def test_a_country_is_named_by_its_code_and_kept_as_written_otherwise(evaluate: Evaluate) -> None:
    codes = '["KW", "United States", "ZZ"]'
    assert evaluate(f"{codes}.map((c) => kit.format.bound('en').country(c))")[:2] == [
        "Kuwait",
        "United States",
    ]
    assert evaluate("kit.format.bound('ar').country('KW')") == "الكويت"


def test_two_arabic_letters_are_never_joined_in_an_avatar(evaluate: Evaluate) -> None:
    names = ["Layla Haddad", "ليلى حداد", "المها والزيتون", ""]
    assert evaluate(f"{json.dumps(names)}.map((n) => kit.parts.initials(n))") == ["LH", "ل", "م", "·"]


@pytest.mark.parametrize(
    ("query", "text", "letters"),
    [
        ("pal", "New deal for Palm Court", "Pal"),
        ("نخيل", "صفقة جديدة مع \u2068أجنحة النخيل\u2069", "نخيل"),
        ("احمد", "عميل: أَحْمَد علي", "أَحْمَد"),
        ("cafe", "Harbour Lane Cafe\u0301", "Cafe"),
        ("zzz", "Palm Court", ""),
    ],
)
def test_the_palette_marks_the_letters_that_were_typed(
    evaluate: Evaluate, query: str, text: str, letters: str
) -> None:
    found = evaluate(f"kit.palette.marked({json.dumps(query)}, {json.dumps(text)})")
    assert (text[slice(*found)] if found else "") == letters


def test_the_palette_finds_arabic_names_however_they_are_spelt(evaluate: Evaluate) -> None:
    assert evaluate("kit.palette.score('احمد', 'أحمد')") == 100
    assert evaluate("kit.palette.score('قهوه', 'مقهى القهوة')") > 0
    assert evaluate("kit.palette.score('xyz', 'Deals')") == 0
