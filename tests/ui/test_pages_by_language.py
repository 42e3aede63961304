"""Each prerendered page is kept once a language, and says only that language."""

from __future__ import annotations

from pathlib import Path

import pytest

from saas.ui.languages import CLOSE, NEXT, OPEN, dictionaries, html_variant, keep_language, split_by_language
from saas.ui.text import T


def marked(english: str, arabic: str) -> str:
    return f"{OPEN}{english}{NEXT}{arabic}{CLOSE}"


def test_a_text_inside_another_is_kept_in_the_same_language() -> None:
    text = marked(f"on {marked('1 May', '1 مايو')}", f"في {marked('1 May', '1 مايو')}")
    assert keep_language(text, 1) == "on 1 May"
    assert keep_language(text, 2) == "في 1 مايو"


def test_a_build_holds_one_page_a_language(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "inter-latin-opsz-normal-abc.woff2").write_bytes(b"")
    source = dictionaries()["en"][0]
    page = tmp_path / "index.html"
    page.write_text(
        f'<html lang="en"><head><script src="{source}"></script></head><p>{marked("Home", "الرئيسية")}</p>'
    )
    split_by_language(tmp_path)
    english, arabic = page.read_text(), (tmp_path / "index.ar.html").read_text()
    assert "<p>Home</p>" in english
    assert 'lang="en" dir="ltr"' in english
    assert 'href="/assets/inter-latin-opsz-normal-abc.woff2"' in english
    assert "<p>الرئيسية</p>" in arabic
    assert 'lang="ar" dir="rtl"' in arabic
    assert f'src="{dictionaries()["ar"][0]}"' in arabic


def test_the_dictionary_that_the_parser_waits_for_is_asked_for_first(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    source = dictionaries()["en"][0]
    page = tmp_path / "index.html"
    page.write_text(
        '<html lang="en"><head><link rel="modulepreload" href="/assets/a.js">'
        f'<script src="{source}"></script></head>'
    )
    split_by_language(tmp_path)
    for name, language in (("index.html", "en"), ("index.ar.html", "ar")):
        first = (tmp_path / name).read_text().partition("<link ")[2].partition(">")[0]
        assert first == f'rel="preload" href="{dictionaries()[language][0]}" as="script"'


def test_a_page_without_a_root_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("nothing")
    with pytest.raises(ValueError, match="no <html>"):
        split_by_language(tmp_path)


def test_a_dictionary_is_addressed_by_what_it_says() -> None:
    addresses = {address for address, _ in dictionaries().values()}
    assert len(addresses) == 2
    assert all(address.startswith("/texts/") for address in addresses)


def test_the_server_knows_which_copy_to_send() -> None:
    assert html_variant("home/index.html", "ar") == "home/index.ar.html"
    assert html_variant("home/index.html", "en") == "home/index.html"
    assert html_variant("assets/a.js", "ar") == "assets/a.js"


def test_a_text_that_nobody_wrote_fails_where_it_is_asked_for() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.text"):
        T("no.such.text")


def test_a_text_is_translated_in_the_browser() -> None:
    text = T("ui.trial", n=3)
    assert str(text).startswith('translate("ui.trial"')
