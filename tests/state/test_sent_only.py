"""Long lists are the browser's: the server sends them and keeps no copy for each open tab."""

from __future__ import annotations

import pytest

from saas.modules.crm.state.deals import DealsState
from saas.state.list_state import ListState
from tests.support import catalogue

LISTS = [
    state for state in catalogue.own_states() if issubclass(state, ListState) and "rows" in state.base_vars
]


@pytest.mark.parametrize("state_class", LISTS, ids=lambda state: state.__name__)
def test_what_only_the_browser_reads_leaves_with_the_delta(state_class: type[ListState]) -> None:
    state = state_class(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue] -- as Reflex makes one
    sent = [{"id": "1"}]
    for name in state_class.sent_only:
        setattr(state, name, sent)
    (values,) = state.get_delta().values()
    assert {name: values[f"{name}_rx_state_"] for name in state_class.sent_only} == dict.fromkeys(
        state_class.sent_only, sent
    )
    assert [getattr(state, name) for name in state_class.sent_only] == [None] * len(state_class.sent_only)
    state._clean()
    assert state.get_delta() == {}, "letting go is not a change that a tab would hear of"


def test_the_board_lets_go_of_its_cards_too() -> None:
    assert "stages" in DealsState.sent_only
