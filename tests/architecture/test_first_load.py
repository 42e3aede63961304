"""What would make the first load heavy does not come in by a line of Python."""

from __future__ import annotations

import re

from saas.kernel.i18n import PACKAGE

# One component of Radix Themes, or one link of Reflex, brings all of it: 82 kB of script, 80 of style.
_HEAVY = re.compile(
    r"\brx\.(?:link|text|box|heading|button|flex|hstack|vstack|icon|card|dialog|select|badge|theme)\("
)


def heavy(source: str) -> list[str]:
    return _HEAVY.findall(source)


def test_no_component_of_radix_themes_is_used() -> None:
    found = {str(f.relative_to(PACKAGE)): heavy(f.read_text("utf-8")) for f in PACKAGE.rglob("*.py")}
    assert {file: uses for file, uses in found.items() if uses} == {}


def test_a_component_of_radix_themes_is_noticed() -> None:
    assert heavy("return rx.link('Home', href='/')")
    assert not heavy("return rx.el.link(href='/a.css')")
