"""What a tab is told arrives as Reflex's own encoder would write it."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from reflex.state import StateUpdate
from reflex_base.utils.format import json_dumps

from saas.app import app
from saas.state import wire


class Kind(StrEnum):
    CALL = "call"


@pytest.mark.parametrize(
    "told",
    [
        ["event", StateUpdate(delta={"a.state": {"rows_rx_state_": [{"id": "1", "n": None, "on": True}]}})],
        {"name": "شركة النور", "emoji": "🧾", "mark": "\u202e\u0000\u2028</script>"},
        {"amounts": [0, -1, 2**53 + 1, 2**63, 2**80, 0.1, 1e21]},
        {"when": datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC), "on": date(2026, 2, 28)},
        {"id": UUID(int=7), "kind": Kind.CALL, "price": Decimal("1.250"), "tags": ("a", "b"), "set": {"x"}},
        {1: "a number for a name", None: "none"},
        {"half a pair": "\ud83e"},
    ],
)
def test_it_reads_the_same(told: object) -> None:
    assert json.loads(wire.dumps(told)) == json.loads(json_dumps(told))


def test_what_no_browser_can_read_is_left_out() -> None:
    assert json.loads(wire.dumps({"ratio": math.nan})) == {"ratio": None}


def test_the_socket_writes_by_it() -> None:
    assert app.sio is not None
    packets: Any = app.sio.packet_class
    assert packets.json.dumps is wire.dumps
