"""What the kit's events carry to their handlers, in order.

The types are left open: a handler's own hints say what it takes, and the gate holds every call to them.
"""

from __future__ import annotations

from typing import TypeVar

import reflex as rx

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


def nothing() -> tuple[()]:
    """No argument."""
    return ()


def one(first: rx.Var[A]) -> tuple[rx.Var[A]]:
    """One value."""
    return (first,)


def two(first: rx.Var[A], second: rx.Var[B]) -> tuple[rx.Var[A], rx.Var[B]]:
    """Two values."""
    return (first, second)


def three(first: rx.Var[A], second: rx.Var[B], third: rx.Var[C]) -> tuple[rx.Var[A], rx.Var[B], rx.Var[C]]:
    """Three values."""
    return (first, second, third)


def four(
    first: rx.Var[A], second: rx.Var[B], third: rx.Var[C], fourth: rx.Var[D]
) -> tuple[rx.Var[A], rx.Var[B], rx.Var[C], rx.Var[D]]:
    """Four values."""
    return (first, second, third, fourth)


def five(
    first: rx.Var[A], second: rx.Var[B], third: rx.Var[C], fourth: rx.Var[D], fifth: rx.Var[E]
) -> tuple[rx.Var[A], rx.Var[B], rx.Var[C], rx.Var[D], rx.Var[E]]:
    """Five values."""
    return (first, second, third, fourth, fifth)


def six(
    first: rx.Var[A],
    second: rx.Var[B],
    third: rx.Var[C],
    fourth: rx.Var[D],
    fifth: rx.Var[E],
    sixth: rx.Var[F],
) -> tuple[rx.Var[A], rx.Var[B], rx.Var[C], rx.Var[D], rx.Var[E], rx.Var[F]]:
    """Six values."""
    return (first, second, third, fourth, fifth, sixth)


# By what the value is, where that reads better.
one_text = one_flag = one_dict = one_list = one
two_texts = two
