"""Every method that a browser can call says who may call it, and with what."""

from __future__ import annotations

import re
from typing import Any

import pytest
import reflex as rx
from reflex.state import State

from saas.kernel.permissions import Gate, Permission
from saas.state.action import action
from saas.state.gate import FRAMEWORK_HANDLERS, NoEntry, find_action
from tests.support import catalogue


def unguarded(handlers: list[catalogue.Handler]) -> list[str]:
    return [str(handler) for handler in handlers if handler.mark is None]


def test_every_public_handler_names_who_may_call_it() -> None:
    assert unguarded(catalogue.handlers()) == []


def test_a_handler_without_an_entry_is_noticed() -> None:
    class Forgetful(rx.State):
        async def wipe(self) -> None: ...

        @action(Gate.SIGNED_IN)
        async def look(self) -> None: ...

        def _helper(self) -> None: ...

    found = [str(handler).rsplit(".", 1)[1] for handler in catalogue.handlers_of(Forgetful)]
    assert found == ["look", "wipe"]
    assert [name.rsplit(".", 1)[1] for name in unguarded(list(catalogue.handlers_of(Forgetful)))] == ["wipe"]


def test_the_gate_knows_each_handler_and_what_it_needs() -> None:
    for handler in catalogue.handlers():
        mark, state = find_action(handler.name)
        assert isinstance(mark.required(state), (Permission, Gate)), handler


def test_the_gate_opens_nothing_that_reflex_brings_but_what_a_tab_needs() -> None:
    catalogue.load()
    for name in _all_handler_names():
        if _short(name) not in FRAMEWORK_HANDLERS:
            with pytest.raises(NoEntry):
                find_action(name)


def test_what_the_gate_lets_pass_for_reflex_exists() -> None:
    assert {_short(name) for name in _all_handler_names()} >= FRAMEWORK_HANDLERS


def test_handlers_only_take_arguments_with_a_bounded_schema() -> None:
    """A text without a length is a way to fill memory; pydantic says so in the schema."""
    loose = []
    for handler in catalogue.handlers():
        if handler.mark is None:
            continue
        schema = handler.mark.schema.model_json_schema()
        for name, rule in schema.get("properties", {}).items():
            loose += [f"{handler} {name}" for part in _leaves(rule, schema) if _is_unbounded(part)]
    assert loose == []


def test_an_unbounded_text_is_noticed() -> None:
    assert _is_unbounded({"type": "string"})
    assert not _is_unbounded({"type": "string", "maxLength": 80})
    assert not _is_unbounded({"type": "string", "enum": ["a"]})
    assert not _is_unbounded({"type": "string", "pattern": "^(dmy|mdy)$"})
    assert _is_unbounded({"type": "string", "pattern": "^[a-z]+$"})
    assert _is_unbounded({"type": "array", "items": {"type": "integer"}})


def test_nothing_in_a_state_is_kept_that_a_browser_cannot_read() -> None:
    """Vars that reach the browser are built-in types; anything else would leak how it is stored."""
    wrong = []
    for state in catalogue.own_states():
        for name in state.base_vars:
            if not name.startswith("rx_") and not _is_plain(state.get_fields()[name].default_value()):
                wrong.append(f"{state.get_full_name()}.{name}")
    assert wrong == []


def test_states_are_flat_so_that_no_event_loads_another() -> None:
    deep = [s.get_full_name() for s in catalogue.own_states() if s.get_parent_state() is not State]
    assert deep == []


def _all_handler_names() -> list[str]:
    def walk(state: Any) -> list[str]:
        own = [f"{state.get_full_name()}.{method}" for method in state.event_handlers]
        return own + [name for child in state.get_substates() for name in walk(child)]

    return [
        name
        for name in walk(State)
        if not getattr(
            State.get_class_substate(name.rpartition(".")[0]).event_handlers[name.rpartition(".")[2]].fn,
            "__wasl_action__",
            None,
        )
    ]


def _short(name: str) -> str:
    """As the gate names Reflex's own: a child of the root without the root before it."""
    return name.removeprefix("reflex___state____state.") if name.count(".") > 1 else name


def _leaves(rule: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in rule:
        return _leaves(schema["$defs"][rule["$ref"].rsplit("/", 1)[1]], schema)
    found = [rule]
    for part in (*rule.get("anyOf", ()), *rule.get("properties", {}).values()):
        found += _leaves(part, schema)
    if isinstance(rule.get("items"), dict):
        found += _leaves(rule["items"], schema)
    return found


def _is_unbounded(rule: dict[str, Any]) -> bool:
    if rule.get("type") == "string":
        # A pattern bounds the length as well when it repeats nothing without end.
        bounded = "pattern" in rule and not re.search(r"[*+]|,\}", rule["pattern"])
        return not bounded and not {"maxLength", "enum", "const", "format"} & set(rule)
    return rule.get("type") == "array" and "maxItems" not in rule


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(inner) for inner in value)
    return value is None or isinstance(value, (str, int, float, bool))
