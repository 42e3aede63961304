"""/import: the page of an import's four steps."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.state.importing import IMPORT, ImportState
from saas.state.page import page
from saas.ui.events import nothing, one, three, two
from saas.ui.library import jsx
from saas.ui.shell import page as framed
from saas.ui.text import T


class _ImportDesk(rx.Component):
    """The four steps of an import, and the list of earlier ones. Events carry the import's id first."""

    library = jsx("importing.jsx")
    tag = "ImportDesk"
    run: rx.Var[dict[str, Any]]
    earlier: rx.Var[list[dict[str, Any]]]
    limit_mb: rx.Var[int]
    loaded: rx.Var[bool]
    on_open: rx.EventHandler[one]
    on_close: rx.EventHandler[nothing]
    on_kind: rx.EventHandler[two]
    on_sheet: rx.EventHandler[two]
    on_map: rx.EventHandler[three]
    on_check: rx.EventHandler[one]
    on_fix: rx.EventHandler[three]
    on_missing: rx.EventHandler[three]
    on_duplicates: rx.EventHandler[two]
    on_order: rx.EventHandler[three]
    on_go_back: rx.EventHandler[one]
    on_start: rx.EventHandler[one]
    on_cancel: rx.EventHandler[one]
    on_undo: rx.EventHandler[one]
    on_forget: rx.EventHandler[one]


@page("/import", title="imports.title", permission=IMPORT, on_load=ImportState.load)
def importing() -> rx.Component:
    return framed(
        T("imports.title"),
        _ImportDesk.create(
            run=ImportState.run,
            earlier=ImportState.earlier,
            limit_mb=ImportState.limit_mb,
            loaded=ImportState.loaded,
            on_open=ImportState.open,
            on_close=ImportState.close,
            on_kind=ImportState.choose_kind,
            on_sheet=ImportState.choose_sheet,
            on_map=ImportState.map_column,
            on_check=ImportState.check,
            on_fix=ImportState.take_fix,
            on_missing=ImportState.treat_missing,
            on_duplicates=ImportState.treat_duplicates,
            on_order=ImportState.order_dates,
            on_go_back=ImportState.go_back,
            on_start=ImportState.start,
            on_cancel=ImportState.cancel,
            on_undo=ImportState.undo,
            on_forget=ImportState.forget,
        ),
    )
