"""Values as people type them, to values as the verbs take them; each refusal names the field."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits
from saas.kernel.money import one_decimal_point, parse_minor
from saas.state.resource import Column, Kind
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
# In ISO 8601, a date alone is no longer than this and one with a time always is.
_LONGEST_DATE = len("2026-11-19")
_TOKEN = re.compile(r"@(today|month_start|month_end)([+-]\d{1,4})?")


class WrongValue(Invalid):
    """The value does not fit its field."""

    key = "errors.invalid"


class Missing(Invalid):
    """A required field is empty."""

    key = "errors.missing"


class NotADate(WrongValue):
    key = "errors.not_a_date"


class SkippedTime(WrongValue):
    """The clocks go forward over this time of that day."""

    key = "errors.skipped_time"


class MemberLeft(WrongValue):
    """Nothing new is given to whoever works here no more; what was theirs stays theirs."""

    key = "errors.member_left"


class NotANumber(WrongValue):
    key = "errors.not_a_number"


class NotAnEmail(WrongValue):
    key = "errors.not_an_email"


class TooLong(WrongValue):
    key = "errors.too_long"


async def parse(session: TenantSession, column: Column, raw: Any, row_currency: str = "") -> Any:
    """One form or cell value as its verb takes it: money in minor units, people and references as ids.

    Raises ``WrongValue`` or one of its kind, with the column's key as the field, and ``Missing`` when a
    required one is empty.
    """
    text = clean(raw) if isinstance(raw, str) else raw
    if text is None or text == "" or text == []:
        if column.required:
            raise Missing(column.key)
        return None
    match column.kind:
        case Kind.BOOL:
            return bool(text) if isinstance(text, bool) else str(text).lower() in {"true", "1", "yes", "نعم"}
        case Kind.PERSON:
            from saas.tenancy.models import Membership, MemberState

            member = await session.by_public_id(Membership, str(text))
            if member.state == MemberState.REMOVED:
                raise MemberLeft(column.key, name=member.display_name)
            return member.id
        case Kind.REF:
            return (await session.by_public_id(column.target, str(text))).id
        case Kind.TAGS:
            tags = text if isinstance(text, list) else str(text).split(",")
            return [clean(str(tag)) for tag in tags if str(tag).strip()]
        case Kind.MONEY:
            return parse_minor(str(text), row_currency or session.viewer.currency, column.key)
    if not isinstance(text, (str, int, float)) or isinstance(text, bool):
        raise WrongValue(column.key)
    return plain(column, str(text), session.viewer)


def plain(column: Column, text: str, viewer: Viewer) -> Any:
    """The kinds that need no database."""
    match column.kind:
        case Kind.NUMBER | Kind.PERCENT:
            return number(text, column.key)
        case Kind.DATE:
            return day(text, viewer, column.key)
        case Kind.DATETIME:
            return instant(text, viewer, column.key)
        case Kind.CHOICE:
            if column.choices and text not in {c.value for c in column.choices}:
                raise WrongValue(column.key)
            return text
        case Kind.EMAIL:
            if not _EMAIL.fullmatch(text) or len(text) > 254:
                raise NotAnEmail(column.key)
            return text
        case Kind.PHONE:
            return latin_digits(text)[: column.longest]
    if len(text) > column.longest:
        raise TooLong(column.key, n=column.longest)
    return text


def operand(session: TenantSession, column: Column, text: str) -> Any:
    """One value of a filter; ``@me`` is the viewer, ``@today+7`` a day from now."""
    viewer = session.viewer
    match column.kind:
        case Kind.PERSON | Kind.REF:
            return viewer.member_id if text == "@me" else _by_public_id(session, column, text)
        case Kind.MONEY:
            return parse_minor(text, viewer.currency, column.key)
        case Kind.BOOL:
            return text.lower() in {"true", "1", "yes"}
        case Kind.TEXT | Kind.CATEGORY | Kind.COUNTRY | Kind.LINK | Kind.EMAIL | Kind.TAGS:
            return clean(text)
    return plain(column, clean(text), viewer)


def _by_public_id(session: TenantSession, column: Column, text: str) -> Any:
    from sqlalchemy import select

    from saas.tenancy.models import Membership

    target = Membership if column.kind == Kind.PERSON else column.target
    try:
        UUID(text)
    except ValueError:
        raise WrongValue(column.key) from None
    chosen: Any = target
    return select(chosen.id).where(chosen.public_id == text).scalar_subquery()


def clean(text: str) -> str:
    """Trimmed, in composed form, without control or bidi override characters, which only deceive."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        c
        for c in composed
        if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"} or c in "\u200c\u200d"
    ).strip()


def number(text: str, field: str) -> Decimal:
    """A number with Latin or Arabic-Indic digits, thousands marks allowed. Raises ``NotANumber``."""
    raw = latin_digits(text).replace("٫", ".").replace("٬", "").replace("\u2212", "-").strip(" %٪")
    try:
        value = Decimal(one_decimal_point(raw))
    except InvalidOperation:
        raise NotANumber(field, text=text[:40]) from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise NotANumber(field, text=text[:40])
    return value


def day(text: str, viewer: Viewer, field: str) -> date:
    """A date: ISO, day first with ``/`` or ``.``, or a token such as ``@today-30``. Raises ``NotADate``."""
    if token := _TOKEN.fullmatch(text):
        return _relative(token[1], viewer.today()) + timedelta(days=int(token[2] or 0))
    raw = latin_digits(text).strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y"):
        try:
            found = datetime.strptime(raw, form).date()  # noqa: DTZ007 -- a calendar date has no zone
        except ValueError:
            continue
        if 1900 <= found.year <= 2200:
            return found
    raise NotADate(field, text=text[:40])


def instant(text: str, viewer: Viewer, field: str) -> datetime:
    """An instant: ISO with a zone, or local to the company without one; a bare date is when it begins.

    Raises ``NotADate`` and ``SkippedTime``.
    """
    raw = latin_digits(text).strip()
    zone = ZoneInfo(viewer.time_zone)
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        return _beginning(day(text, viewer, field), zone)
    if not 1900 <= found.year <= 2200:
        raise NotADate(field, text=text[:40])
    if len(raw) <= _LONGEST_DATE:
        return _beginning(found.date(), zone)
    return (found if found.tzinfo else at_clock(found, zone, field)).astimezone(UTC)


def at_clock(local: datetime, zone: ZoneInfo, field: str) -> datetime:
    """What the clocks of the zone show, as an aware time; of an hour that comes twice, the first.

    Raises ``SkippedTime`` when they never show it, since moving it in silence would keep nobody's word.
    """
    found = local.replace(tzinfo=zone)
    if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise SkippedTime(field, time=f"{local:%H:%M}", day=f"{local:%Y-%m-%d}")
    return found


def day_after(at: datetime, time_zone: str) -> datetime:
    """The same time by the clock a day later: 23 or 25 hours where the clocks are changed in between."""
    return (at.astimezone(ZoneInfo(time_zone)) + timedelta(days=1)).astimezone(UTC)


def _beginning(of: date, zone: ZoneInfo) -> datetime:
    """Where the clocks skip midnight, a day begins an hour later."""
    return datetime.combine(of, time(), zone).astimezone(UTC)


def _relative(word: str, today: date) -> date:
    first = today.replace(day=1)
    match word:
        case "month_start":
            return first
        case "month_end":
            return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return today
