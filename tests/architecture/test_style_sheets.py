"""Right to left is not a second style sheet: only logical properties, in CSS and in JSX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A line may say `physical: why` in a comment where the screen's own left or right is meant.
_EXCUSED = re.compile(r"/\*\s*physical: \S|//\s*physical: \S")
_CSS = re.compile(
    r"(?:^|[{;\s])(?:"
    r"(?:scroll-)?(?:margin|padding)-(?:left|right)|border-(?:left|right)[\w-]*|border-(?:top|bottom)-(?:left|right)-radius"
    r"|left|right)\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right)\b"
)
_JSX = re.compile(
    r"\b(?:margin|padding|border|scrollMargin|scrollPadding)(?:Left|Right)\w*\s*:"
    r"|\bborder(?:Top|Bottom)(?:Left|Right)Radius\s*:"
    r"|\b(?:textAlign|float)\s*:\s*[\"'](?:left|right)"
)


def _sources(*suffixes: str) -> Iterator[Path]:
    for folder in ("assets", "saas"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and not path.is_symlink() and "external" not in path.parts:
                yield path


def physical_lines(text: str, pattern: re.Pattern[str]) -> list[int]:
    """The numbers of the lines that name a side of the screen without saying why."""
    lines = enumerate(text.splitlines(), start=1)
    return [number for number, line in lines if pattern.search(line) and not _EXCUSED.search(line)]


def test_no_style_sheet_names_left_or_right() -> None:
    found = {str(p.relative_to(ROOT)): physical_lines(p.read_text(), _CSS) for p in _sources(".css")}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_component_names_left_or_right() -> None:
    found = {str(p.relative_to(ROOT)): physical_lines(p.read_text(), _JSX) for p in _sources(".jsx", ".js")}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "margin-left: 4px;",
        ".a{left:0}",
        "  right : auto;",
        "border-top-left-radius: 2px;",
        "border-right-color: red;",
        "text-align: right;",
        "float:left",
    ],
)
def test_the_lint_sees_a_physical_property(line: str) -> None:
    assert physical_lines(line, _CSS) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "margin-inline-start: 4px;",
        "inset-inline: 0;",
        "text-align: start;",
        "left: 0; /* physical: a drawing */",
    ],
)
def test_the_lint_lets_a_logical_property_pass(line: str) -> None:
    assert physical_lines(line, _CSS) == []
