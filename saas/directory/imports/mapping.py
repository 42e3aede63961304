"""Which kind of file this is, and which column fills which field: proposed, and changeable."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from saas.directory.imports.dates import Order, evidence
from saas.directory.imports.near import compact, distance, slips_allowed
from saas.directory.imports.profile import Column, Profile
from saas.directory.imports.targets import Field, Kind, Target
from saas.directory.imports.values import ColumnStyle, Parser, Wrong, decimal_mark, parser
from saas.kernel.i18n import fold

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_PUNCTUATION = re.compile(r"[\W_]+")
_LOOK_AT = 200
_ENOUGH = 0.55
# Words that say nothing of which column it is: the *account name* is the account.
_FILLER = frozenset({"the", "of", "no", "name", "id", "code", "number", "value", "اسم", "رقم", "قيمة", "كود"})


def propose(columns: list[Column], target: Target) -> dict[str, int]:
    """``{field key: column index}``: each column fills one field at most, the surest pairs first."""
    scored = sorted(
        (
            (score, -position, -index, field.key)
            for position, field in enumerate(target.fields)
            for index, column in enumerate(columns)
            if (score := likeness(column, field)) >= _ENOUGH
        ),
        reverse=True,
    )
    chosen: dict[str, int] = {}
    for _, _, negative_index, key in scored:
        if key not in chosen and -negative_index not in chosen.values():
            chosen[key] = -negative_index
    return chosen


def guess_target(profile: Profile, targets: Mapping[str, Target]) -> str | None:
    """The kind of file by its headers: most of its signature found, then most columns used."""
    best: tuple[float, str] | None = None
    for target in targets.values():
        found = propose(profile.columns, target)
        if not found or any(f.required and f.key not in found for f in target.fields):
            continue
        signature = target.signature or tuple(f.key for f in target.fields if f.required)
        marks = sum(key in found for key in signature) / max(len(signature), 1)
        used = len(found) / max(len(profile.columns), 1)
        score = 2 * marks + used
        if best is None or score > best[0]:
            best = (score, target.key)
    return best[1] if best else None


def likeness(column: Column, field: Field) -> float:
    """From 0 to 1: by the header's name first, then by whether the values can be what the field wants."""
    by_name = max((_same_name(column.header, name) for name in field.names), default=0.0)
    if by_name == 0.0 and field.kind is not Kind.EMAIL:
        return 0.0
    fits = _share_that_fits(column, field)
    if field.kind is Kind.EMAIL and fits > 0.8:  # nothing else looks like an e-mail address
        return max(by_name, 0.6)
    return by_name * (0.4 + 0.6 * fits)


def header_key(headers: Iterable[str]) -> str:
    """One key for one set of headers, whatever their order: under it a mapping is remembered."""
    return hashlib.sha256("\n".join(sorted(fold(header) for header in headers)).encode()).hexdigest()


def remember(mapping: Mapping[str, int], headers: list[str]) -> dict[str, str]:
    """A mapping by header names, which outlive the order of columns."""
    return {key: fold(headers[index]) for key, index in mapping.items() if 0 <= index < len(headers)}


def recall(remembered: Mapping[str, str], headers: list[str], target: Target) -> dict[str, int]:
    """The remembered mapping on these headers; fields that no longer exist are dropped."""
    at = {fold(header): index for index, header in enumerate(headers)}
    return {key: at[name] for key, name in remembered.items() if name in at and key in target.by_key}


def style_of(column: Column, field: Field, chosen: Order | None, default: Order) -> ColumnStyle:
    """How to read the column: the person's choice of date order, else what the values prove."""
    if field.kind is Kind.DATE:
        order = chosen or evidence(column.values.items()).order or default
        return ColumnStyle(order=order)
    if field.kind in {Kind.MONEY, Kind.INTEGER, Kind.PERCENT}:
        return ColumnStyle(decimal_mark=decimal_mark(column.values))
    return ColumnStyle()


def _share_that_fits(column: Column, field: Field) -> float:
    looked_at = list(column.values)[:_LOOK_AT]
    if not looked_at:
        return 1.0
    parse = parser(field, style_of(column, field, None, Order.DAY_FIRST), "KWD")
    return sum(_fits(parse, text) for text in looked_at) / len(looked_at)


def _fits(parse: Parser, text: str) -> bool:
    try:
        parse(text)
    except Wrong:
        return False
    return True


def _same_name(header: str, name: str) -> float:
    theirs, ours = _words(header), _words(name)
    if not theirs:
        return 0.0
    if theirs == ours:
        return 1.0
    joined, wanted = compact("".join(theirs)), compact("".join(ours))
    if joined == wanted:
        return 0.98
    if len(wanted) >= 4 and distance(joined, wanted, slips_allowed(wanted)) <= slips_allowed(wanted):
        return 0.85
    bare = [word for word in theirs if word not in _FILLER]
    if bare and bare == [word for word in ours if word not in _FILLER]:
        return 0.8
    if bare and set(ours) <= set(theirs):
        return 0.7 * len(ours) / len(theirs) + 0.2
    return 0.0


def _words(text: str) -> list[str]:
    spaced = _PUNCTUATION.sub(" ", _CAMEL.sub(" ", text))
    return [_without_article(word) for word in fold(spaced).split()]


def _without_article(word: str) -> str:
    """Arabic headers come with and without the article: التاريخ and تاريخ are one word."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word
