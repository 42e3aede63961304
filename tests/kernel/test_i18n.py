"""Digits, folding and plural forms in both languages."""

from __future__ import annotations

import pytest

from saas.kernel import i18n
from saas.kernel.i18n import fold, latin_digits, translate


def test_arabic_indic_and_persian_digits_become_latin() -> None:
    assert latin_digits("٠١٢٣٤٥٦٧٨٩ ۴۵۶") == "0123456789 456"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إدارة", "اداره"),
        ("مُحَمَّـــد", "محمد"),
        ("مصطفى", "مصطفي"),
        ("مسؤول", "مسوول"),
        ("Café  Noir", "cafe noir"),
        ("ISTANBUL ١٢", "istanbul 12"),
    ],
)
def test_names_that_people_take_for_one_fold_to_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_bidi_controls_do_not_make_another_name() -> None:
    assert fold("Acme\u202e\u200f Ltd") == "acme ltd"


@pytest.mark.parametrize(
    ("n", "form"), [(0, "zero"), (1, "one"), (2, "two"), (5, "few"), (11, "many"), (100, "other")]
)
def test_arabic_takes_all_six_plural_forms(n: int, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {name: name for name in ("zero", "one", "two", "few", "many", "other")}
    monkeypatch.setattr(i18n, "load_texts", lambda: {"ar": {"deals": forms}})
    assert translate("ar", "deals", n=n) == form


def test_a_text_takes_its_values() -> None:
    assert "30" in translate("en", "errors.too_many", n=30)


def test_an_unknown_key_is_shown_rather_than_lost() -> None:
    assert translate("en", "no.such.key") == "no.such.key"
