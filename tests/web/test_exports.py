"""Lists as files: what may be asked for, and what a spreadsheet makes of it."""

from __future__ import annotations

import pytest

from saas.state.listing import WrongQuery
from saas.web.exports import _query, safe_cell


@pytest.mark.parametrize("asked", ["", "{", "\x00", "[]", '{"search": 1}', "[" * 5_000 + "]" * 5_000])
def test_what_is_no_query_is_refused_in_words(asked: str) -> None:
    with pytest.raises(WrongQuery):
        _query(asked)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
