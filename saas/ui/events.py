"""What the kit's events carry to their handlers: one value each, plain data."""

from __future__ import annotations

from typing import Any

import reflex as rx


def nothing() -> tuple[()]:
    """No argument."""
    return ()


def one_text(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    """One string."""
    return (value,)


def two_texts(first: rx.Var[str], second: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    """Two strings."""
    return (first, second)


def one_flag(value: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    """On or off."""
    return (value,)


def one_dict(value: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    """One dict of plain values."""
    return (value,)


def one_list(value: rx.Var[list[str]]) -> tuple[rx.Var[list[str]]]:
    """A list of ids."""
    return (value,)
