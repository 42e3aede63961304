"""Which file this is and which column is which is proposed right, in English and in Arabic."""

from __future__ import annotations

import pytest

from saas.directory.imports import kinds as kinds
from saas.directory.imports import profile as profiles
from saas.directory.imports.dates import Order
from saas.directory.imports.findings import look_over
from saas.directory.imports.mapping import guess_target, header_key, propose, recall, remember, style_of
from saas.directory.imports.near import Neighbours, compact, distance
from saas.directory.imports.profile import Column, Profile, profile
from saas.directory.imports.targets import Field, Kind, targets
from saas.directory.imports.vocabulary import country_code
from saas.kernel.i18n import fold, load_texts


def seen(headers: list[str], *rows: list[str]) -> Profile:
    return profile(headers, list(enumerate(rows, start=2)))


def column(header: str, **values: int) -> Column:
    made = Column(header)
    for value, rows in values.items():
        made.values[value.replace("_", " ")] = rows
        made.filled += rows
    return made


SAMPLES = {
    "members": ["sales_agent", "manager", "regional_office"],
    "customers": [
        "account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of",
    ],
    "products": ["product", "series", "sales_price"],
    "deals": [
        "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date",
        "close_value",
    ],
}  # fmt: skip
ARABIC = {
    "members": (["مندوب المبيعات", "المدير", "المنطقة"], ["name", "manager", "office"]),
    "customers": (["اسم العميل", "القطاع", "عدد الموظفين", "المقر", "الإيرادات"],
                  ["name", "sector", "employees", "location", "revenue"]),
    "products": (["اسم المنتج", "الفئة", "سعر البيع"], ["name", "series", "price"]),
    "deals": (["رقم الصفقة", "المندوب", "المنتج", "العميل", "المرحلة", "تاريخ الإغلاق", "قيمة الصفقة"],
              ["external_ref", "owner", "product", "account", "stage", "closes_on", "amount"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_kind_of_a_file_follows_from_its_headers(kind: str) -> None:
    assert guess_target(seen(SAMPLES[kind]), targets()) == kind
    assert set(propose(seen(SAMPLES[kind]).columns, targets()[kind]).values()) == set(
        range(len(SAMPLES[kind]))
    )


@pytest.mark.parametrize("kind", ARABIC)
def test_arabic_headers_are_known_too(kind: str) -> None:
    headers, fields = ARABIC[kind]
    found = seen(headers)
    assert guess_target(found, targets()) == kind
    assert propose(found.columns, targets()[kind]) == {field: at for at, field in enumerate(fields)}


@pytest.mark.parametrize("header", ["Close Value", "closeValue", "CLOSE-VALUE", "close_vlaue", "Deal Amount"])
def test_a_header_is_known_however_it_is_spelled(header: str) -> None:
    assert propose(seen([header], ["100"]).columns, targets()["deals"]) == {"amount": 0}


def test_values_decide_where_the_name_says_too_little() -> None:
    found = seen(["kontakt", "name"], ["a@example.com", "Acme"], ["b@example.com", "Beta"])
    assert propose(found.columns, targets()["customers"]) == {"email": 0, "name": 1}


def test_a_column_of_words_is_not_taken_for_money() -> None:
    found = seen(["name", "revenue"], ["Acme", "good"], ["Beta", "bad"])
    assert "revenue" not in propose(found.columns, targets()["customers"])


def test_a_file_of_nothing_known_has_no_kind() -> None:
    assert guess_target(seen(["x", "y"], ["1", "2"]), targets()) is None


def test_a_mapping_is_remembered_by_headers_whatever_their_order() -> None:
    headers = ["Firm", "Umsatz"]
    kept = remember({"name": 0, "revenue": 1}, headers)
    assert header_key(headers) == header_key(list(reversed(headers)))
    assert recall(kept, ["Umsatz", "Firm"], targets()["customers"]) == {"name": 1, "revenue": 0}
    assert recall({"gone_field": "firm"}, headers, targets()["customers"]) == {}


def test_the_order_of_dates_is_the_persons_then_the_columns_then_the_countrys() -> None:
    field = Field("d", "d", Kind.DATE, ())
    proved = column("d", **{"13/02/2020": 1})
    open_ended = column("d", **{"03/02/2020": 1})
    assert style_of(proved, field, None, Order.MONTH_FIRST).order is Order.DAY_FIRST
    assert style_of(open_ended, field, None, Order.MONTH_FIRST).order is Order.MONTH_FIRST
    assert style_of(proved, field, Order.MONTH_FIRST, Order.DAY_FIRST).order is Order.MONTH_FIRST


def test_distance_counts_a_swap_of_neighbours_as_one_slip() -> None:
    assert distance("technolgy", "technology", 2) == 1
    assert distance("philipines", "philippines", 2) == 1
    assert distance("recieve", "receive", 2) == 1
    assert distance("abcdef", "uvwxyz", 2) == 3


def test_the_nearest_spelling_is_found_and_a_tie_is_no_answer() -> None:
    near = Neighbours(["GTX Pro", "GTX Basic", "MG Special", "Store 12", "Marten", "Martin"])
    assert near.nearest("GTXPro") == ("GTX Pro", 0)
    assert near.nearest("gtx  bsaic") == ("GTX Basic", 1)
    assert near.nearest("Store 13") is None
    assert near.nearest("Martan") is None
    assert near.nearest("Zebra") is None
    assert compact("شركة النّور") == compact("شركه النور")


PRODUCT = Field("product", "p", Kind.REFERENCE, (), reference="product")
SECTOR = Field("sector", "s", Kind.TEXT, (), vocabulary="sectors")
PLACE = Field("place", "s", Kind.TEXT, (), vocabulary="countries")


def known(*names: str) -> dict[str, str]:
    return {fold(name): name for name in names}


def test_a_value_that_nearly_is_a_record_is_offered_once_for_all_its_rows() -> None:
    found = look_over(
        column("product", GTXPro=1480, GTX_Basic=1866), 2, PRODUCT, known("GTX Pro", "GTX Basic")
    )
    assert [(f.value, f.suggestion, f.rows, f.why) for f in found] == [("GTXPro", "GTX Pro", 1480, "known")]


def test_slips_in_known_words_are_found_and_keep_the_columns_habit() -> None:
    found = look_over(column("sector", technolgy=12, medical=9, RETIAL=2), 1, SECTOR, None)
    assert [(f.value, f.suggestion) for f in found] == [("technolgy", "technology"), ("RETIAL", "RETAIL")]
    found = look_over(column("place", Philipines=1, Kenya=2, Korea=1, United_States=70), 5, PLACE, None)
    assert [(f.value, f.suggestion) for f in found] == [("Philipines", "Philippines")]


def test_one_of_a_kind_is_no_slip_of_the_word_for_many() -> None:
    assert look_over(column("sector", Restaurant=4, hotel=3, Clinics=2), 1, SECTOR, None) == []
    [found] = look_over(column("sector", Restaurnat=4), 1, SECTOR, None)
    assert found.suggestion == "Restaurants"
    [found] = look_over(column("place", Netherland=1), 5, PLACE, None)
    assert found.suggestion == "Netherlands"


def test_a_rare_spelling_of_a_common_value_is_found_without_any_list() -> None:
    found = look_over(column("product", Alpha_Suite=400, Alhpa_Suite=3, Beta=5), 0, PRODUCT, {})
    assert [(f.value, f.suggestion, f.why) for f in found] == [("Alhpa Suite", "Alpha Suite", "usual")]


def test_names_that_are_as_common_as_each_other_are_left_alone() -> None:
    assert look_over(column("product", Marten=40, Martin=50), 0, PRODUCT, {}) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kuwait", "KW"),
        ("الكويت", "KW"),
        ("USA", "US"),
        ("korea", "KR"),
        ("المملكة العربية السعودية", "SA"),
        ("kw", "KW"),
    ],
)
def test_countries_are_known_by_their_names(text: str, code: str) -> None:
    assert country_code(text) == code


def test_every_field_of_every_kind_has_a_text_and_arabic_names() -> None:
    texts = load_texts()["en"]
    for target in targets().values():
        for field in target.fields:
            assert field.text in texts, field.text
            assert any("\u0600" <= c <= "\u06ff" for name in field.names for c in name), field.key
        for reference in target.references:
            assert reference.text in texts


def test_a_wide_file_of_nothing_but_ids_is_looked_at_without_keeping_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(profiles, "MAX_KEPT", 1_000)
    headers = [f"id {n}" for n in range(50)]
    rows = [(n, [f"{n}-{column}" for column in range(50)]) for n in range(200)]
    seen = profiles.profile(headers, rows)
    assert sum(len(column.values) for column in seen.columns) < 1_000 + len(headers)
    assert all(column.open_ended and column.filled == 200 for column in seen.columns)


def test_long_cells_count_by_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "MAX_CHARACTERS", 10_000)
    seen = profiles.profile(["text"], [(n, [f"{n}" + "x" * 999]) for n in range(100)])
    assert len(seen.columns[0].values) <= 11
    assert seen.columns[0].filled == 100
