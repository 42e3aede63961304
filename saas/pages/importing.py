"""/import: the page of an import's four steps."""

from __future__ import annotations

from typing import Any

import reflex as rx

from saas.state.importing import IMPORT, ImportState
from saas.state.page import page
from saas.ui.events import nothing, three, two_texts
from saas.ui.library import jsx
from saas.ui.shell import page as framed
from saas.ui.text import T


def _run(run: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (run,)


def _run_column_field(
    run: rx.Var[str], column: rx.Var[int], field: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[int], rx.Var[str]]:
    return run, column, field


def _run_key_flag(
    run: rx.Var[str], key: rx.Var[str], taken: rx.Var[bool]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[bool]]:
    return run, key, taken


class _ImportDesk(rx.Component):
    """The four steps of an import, and the list of earlier ones. Events carry the import's id first."""

    library = jsx("importing.jsx")
    tag = "ImportDesk"
    run: rx.Var[dict[str, Any]]
    earlier: rx.Var[list[dict[str, Any]]]
    limit_mb: rx.Var[int]
    loaded: rx.Var[bool]
    on_open: rx.EventHandler[_run]
    on_close: rx.EventHandler[nothing]
    on_kind: rx.EventHandler[two_texts]
    on_sheet: rx.EventHandler[two_texts]
    on_map: rx.EventHandler[_run_column_field]
    on_check: rx.EventHandler[_run]
    on_fix: rx.EventHandler[_run_key_flag]
    on_missing: rx.EventHandler[three]
    on_duplicates: rx.EventHandler[two_texts]
    on_order: rx.EventHandler[three]
    on_go_back: rx.EventHandler[_run]
    on_start: rx.EventHandler[_run]
    on_cancel: rx.EventHandler[_run]
    on_undo: rx.EventHandler[_run]
    on_forget: rx.EventHandler[_run]


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
