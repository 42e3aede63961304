"""What is shown is what the server said, with one's own changes laid over it, in one order for everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ui.conftest import Evaluate


def call(evaluate: Evaluate, function: str, *arguments: Any) -> Any:
    return evaluate(f"{function}({', '.join(json.dumps(a) for a in arguments)})")


def test_no_message_is_lost_when_many_come_within_one_render(evaluate: Evaluate) -> None:
    slots = {f"p{n % 64}_rx_state_": {"seq": 100 + n} for n in range(60)}
    assert [m["seq"] for m in call(evaluate, "kit.live.fresh", slots, 110)] == list(range(111, 160))


def test_a_message_seen_once_is_not_given_again(evaluate: Evaluate) -> None:
    assert call(evaluate, "kit.live.fresh", {"p0_rx_state_": {"seq": 5}}, 5) == []


def test_a_hole_in_the_stream_is_noticed(evaluate: Evaluate) -> None:
    assert call(evaluate, "kit.live.hasGap", [{"seq": 9, "prev": 8}], 7) is True
    assert call(evaluate, "kit.live.hasGap", [{"seq": 8, "prev": 7}, {"seq": 9, "prev": 8}], 7) is False
    assert call(evaluate, "kit.live.hasGap", [{"seq": 9, "prev": 8}], 0) is False


def test_a_patch_older_than_what_is_shown_changes_nothing(evaluate: Evaluate) -> None:
    rows = [{"id": "a", "version": 3, "name": "new"}]
    patch = {"rows": [{"id": "a", "version": 2, "name": "old"}]}
    assert call(evaluate, "kit.overlay.patched", rows, patch) == rows


def test_a_patch_replaces_removes_and_keeps_the_order(evaluate: Evaluate) -> None:
    rows = [{"id": "a", "version": 1}, {"id": "b", "version": 1}, {"id": "c", "version": 1}]
    patch = {"rows": [{"id": "c", "version": 2, "x": 1}], "gone": [{"id": "a", "version": 2}]}
    assert call(evaluate, "kit.overlay.patched", rows, patch) == [
        {"id": "b", "version": 1},
        {"id": "c", "version": 2, "x": 1},
    ]


def test_a_row_that_came_back_is_not_removed_by_an_older_word(evaluate: Evaluate) -> None:
    rows = [{"id": "a", "version": 5}]
    assert call(evaluate, "kit.overlay.patched", rows, {"gone": [{"id": "a", "version": 4}]}) == rows


def test_dropping_an_own_change_is_its_rollback(evaluate: Evaluate) -> None:
    rows = [{"id": "a", "name": "was"}]
    ops = [{"op": "1", "ids": ["a"], "change": {"name": "typed"}}]
    assert call(evaluate, "kit.overlay.overlaid", rows, ops) == [{"id": "a", "name": "typed"}]
    assert call(evaluate, "kit.overlay.overlaid", rows, []) == rows


def test_archived_rows_leave_at_once(evaluate: Evaluate) -> None:
    rows = [{"id": "a"}, {"id": "b"}]
    assert call(evaluate, "kit.overlay.overlaid", rows, [{"ids": ["a"], "change": None}]) == [{"id": "b"}]


def test_a_moved_card_stands_between_its_new_neighbours(evaluate: Evaluate) -> None:
    lane = [{"position": 10}, {"position": 20}]
    places = [call(evaluate, "kit.board.between", lane, index) for index in (0, 1, 2)]
    assert places[0] < 10 < places[1] < 20 < places[2]


def test_heads_follow_a_move_before_the_server_counts(evaluate: Evaluate) -> None:
    heads = [{"id": "new", "count": 14, "sum_minor": 100}, {"id": "won", "count": 1, "sum_minor": 7}]
    then = [{"id": "d", "stage": "new", "amount_minor": 30, "currency": "KWD"}]
    now = [{**then[0], "stage": "won"}]
    assert call(evaluate, "kit.board.recount", heads, then, now, "KWD") == [
        {"id": "new", "count": 13, "sum_minor": 70},
        {"id": "won", "count": 2, "sum_minor": 37},
    ]


def test_another_currency_is_counted_and_not_summed(evaluate: Evaluate) -> None:
    heads = [{"id": "new", "count": 0, "sum_minor": 0}]
    now = [{"id": "d", "stage": "new", "amount_minor": 30, "currency": "USD"}]
    assert call(evaluate, "kit.board.recount", heads, [], now, "KWD") == [
        {"id": "new", "count": 1, "sum_minor": 0}
    ]


def test_a_card_is_idle_only_past_the_limit_of_its_stage(evaluate: Evaluate) -> None:
    card = {"last_active_at": "2026-11-01T00:00:00Z"}
    noon = "Date.parse('2026-11-09T00:00:00Z')"
    stage = '{"idle_days": 7, "kind": "open"}'
    assert evaluate(f"kit.card.idleDays({json.dumps(card)}, {stage}, {noon})") == 8
    assert (
        evaluate(f"kit.card.idleDays({json.dumps(card)}, {stage}, Date.parse('2026-11-08T00:00:00Z'))") == 0
    )
    assert evaluate(f"kit.card.idleDays({json.dumps(card)}, {{idle_days: 7, kind: 'won'}}, {noon})") == 0


def test_a_stage_whose_cards_are_as_before_is_given_the_same_list_and_is_not_drawn_again(
    evaluate: Evaluate,
) -> None:
    code = """(() => {
      const a = {id: "a"}, b = {id: "b"}, was = new Map([["one", [a, b]], ["two", [b]], ["three", [a]]]);
      const now = kit.steady.sameLists(was, new Map([["one", [a, b]], ["two", [{...b}]], ["three", [a, b]]]));
      return [...now].map(([stage, list]) => list === was.get(stage));
    })()"""
    assert evaluate(code) == [True, False, False]
    assert evaluate("kit.steady.sameLists(null, new Map([['one', [1]]])).get('one')") == [1]


def test_what_a_new_answer_says_as_the_one_before_stays_the_very_same_and_is_not_drawn_again(
    evaluate: Evaluate,
) -> None:
    code = """(() => {
      const was = [{id: "a", next: {due: 1}, tags: ["x"]}, {id: "b", tags: []}];
      const answer = [{id: "n"}, {id: "b", tags: ["y"]}, {id: "a", next: {due: 1}, tags: ["x"]}];
      const now = kit.steady.listLikeBefore(was, answer);
      const same = kit.steady.likeBefore(was, structuredClone(was));
      return [now[2] === was[0], now[1] === was[1], now, same === was];
    })()"""
    kept, changed, now, same = evaluate(code)
    assert (kept, changed, same) == (True, False, True)
    assert now == [
        {"id": "n"},
        {"id": "b", "tags": ["y"]},
        {"id": "a", "next": {"due": 1}, "tags": ["x"]},
    ]


@pytest.mark.parametrize(
    ("last", "after"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": None}),
        ([1, 2, 3], [1, 2]),
        ([], {}),
        ({}, []),
        ([{"id": "a"}, {"id": "b"}], [{"id": "b"}, {"id": "a"}]),
        (None, [{"id": 1}]),
        ([{"id": 1}], None),
        ({"a": {"b": [1]}}, {"a": {"b": [1, [2]]}}),
        ([{"id": 1, "v": 0}], [{"id": 1, "v": False}]),
        ("text", ["text"]),
    ],
)
def test_an_answer_kept_as_before_says_what_the_server_said(
    evaluate: Evaluate, last: Any, after: Any
) -> None:
    assert call(evaluate, "kit.steady.likeBefore", last, after) == after
    assert call(evaluate, "kit.steady.likeBefore", after, last) == last


def test_a_list_that_says_the_same_is_still_a_new_answer(evaluate: Evaluate) -> None:
    code = "(() => { const was = [{id: 1}]; return kit.steady.listLikeBefore(was, [{id: 1}]) === was; })()"
    assert evaluate(code) is False
