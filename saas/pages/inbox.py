"""The page of the member's inbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.inbox_state import InboxState
from saas.state.badges import INBOX
from saas.state.page import page
from saas.ui.events import nothing, one, three, two
from saas.ui.library import linked

_asset = linked(__name__, Path(__file__).resolve().parent, "inbox.jsx")["inbox.jsx"]


class Inbox(rx.Component):
    """Props are the vars of ``InboxState``, events its handlers; see ``inbox.jsx``."""

    library = _asset
    tag = "Inbox"
    rows: rx.Var[list[dict[str, Any]]]
    meta: rx.Var[dict[str, Any]]
    on_show: rx.EventHandler[three]
    on_refresh: rx.EventHandler[nothing]
    on_open: rx.EventHandler[two]
    on_mark: rx.EventHandler[three]
    on_read_all: rx.EventHandler[one]
    on_archive: rx.EventHandler[two]


@page(INBOX, title="inbox.title", permission=Gate.SIGNED_IN, on_load=InboxState.load)
def inbox() -> rx.Component:
    return Inbox.create(
        rows=InboxState.rows,
        meta=InboxState.meta,
        on_show=InboxState.show,
        on_refresh=InboxState.refresh,
        on_open=InboxState.open,
        on_mark=InboxState.mark,
        on_read_all=InboxState.read_all,
        on_archive=InboxState.archive,
    )
