"""One set of styles serves both directions: start and end, never left and right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from saas.kernel.i18n import PACKAGE

ROOT = PACKAGE.parent
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:left|right)(?=\s*:)"
    r"|(?:text-align|float|clear|justify-content|justify-self|caption-side)\s*:\s*(?:left|right))"
)
_JSX = re.compile(
    r"\b(?:(?:margin|padding|border|scrollMargin|scrollPadding)(?:Left|Right)\w*"
    r"|border(?:Top|Bottom)(?:Left|Right)Radius)\s*[:=]"
    r"|\.style\.(?:left|right)\b|\bstyle=\{\{[^}]*\b(?:left|right)\s*:"
    r"""|\btextAlign\s*:\s*["'](?:left|right)"""
)
_PYTHON = re.compile(
    r"\b(?:margin|padding|border)_(?:left|right)\s*=|\btext_align\s*=\s*[\"'](?:left|right)"
    r"|style=\{[^}]*[\"'](?:left|right)[\"']\s*:"
)


def physical(text: str, rule: re.Pattern[str]) -> list[str]:
    """Each use of left or right as a place on the screen, with its line number."""
    plain = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    return [
        f"{number}: {found[0]}"
        for number, line in enumerate(plain.splitlines(), 1)
        for found in rule.finditer(line)
    ]


def sources() -> Iterator[tuple[Path, re.Pattern[str]]]:
    for folder in (ROOT / "assets", PACKAGE):
        for suffix, rule in ((".css", _CSS), (".jsx", _JSX), (".py", _PYTHON)):
            for file in sorted(folder.rglob(f"*{suffix}")):
                if "external" not in file.parts and not file.is_symlink():
                    yield file, rule


def test_no_style_names_left_or_right() -> None:
    found = {str(f.relative_to(ROOT)): physical(f.read_text("utf-8"), rule) for f, rule in sources()}
    assert {file: uses for file, uses in found.items() if uses} == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (".a { margin-left: 4px }", _CSS),
        (".a{left:0}", _CSS),
        (".a { text-align: right; }", _CSS),
        (".a { border-top-left-radius: 2px }", _CSS),
        ("<b style={{ paddingRight: 2 }} />", _JSX),
        ("pop.style.left = x", _JSX),
        ("rx.el.div(margin_left='2px')", _PYTHON),
    ],
)
def test_a_physical_style_is_noticed(text: str, rule: re.Pattern[str]) -> None:
    assert physical(text, rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (".a { margin-inline-start: 4px; inset-inline-end: 0 }", _CSS),
        ("/* left: 0 */", _CSS),
        (".row-left { color: red }", _CSS),
        ("const x = box.left - 4;", _JSX),
    ],
)
def test_a_logical_style_is_no_offence(text: str, rule: re.Pattern[str]) -> None:
    assert not physical(text, rule)


def test_no_radix_theme_and_no_link_of_reflex_is_used() -> None:
    """One of them brings its whole library into the first load."""
    heavy = re.compile(
        r"\brx\.(?!el\b)(?:link|text|box|heading|button|flex|hstack|vstack|icon|card|dialog|select|badge)\("
    )
    found = {
        str(file.relative_to(ROOT)): [m[0] for m in heavy.finditer(file.read_text("utf-8"))]
        for file in sorted(PACKAGE.rglob("*.py"))
    }
    assert {file: uses for file, uses in found.items() if uses} == {}
