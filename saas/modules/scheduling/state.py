"""The calendar: each handler calls one verb."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from saas.directory import parties
from saas.directory.models import Party
from saas.kernel.errors import Invalid
from saas.kernel.i18n import latin_digits
from saas.modules.scheduling.models import Appointment, Bookable, Colour, OpeningHours, Service
from saas.modules.scheduling.permissions import SchedulingPermission
from saas.modules.scheduling.service import appointments, hours, offer, queries
from saas.state import live
from saas.state.action import Form, Op, PublicId, Text80, Text200, action, toast
from saas.state.undoing import guard
from saas.state.unit import reading, register_signal, register_topic, unit_of_work
from saas.state.values import clean, instant, number
from saas.tenancy.session import TenantSession

Minutes = Annotated[int, Field(ge=1, le=1440)]
# Within the working hours, and outside of them.
BOOKED = ("scheduling.toast.booked", "scheduling.toast.booked_outside")
MOVED = ("scheduling.toast.moved", "scheduling.toast.moved_outside")
register_topic(
    appointments.TOPIC,
    Appointment,
    queries.rows,
    permission=SchedulingPermission.SEE_CALENDAR,
    shared=True,
)
guard(SchedulingPermission.BOOK, Appointment)
guard(SchedulingPermission.MANAGE_SERVICES, Bookable, Service, OpeningHours)
register_signal(offer.TOPIC, Bookable, Service, permission=SchedulingPermission.SEE_CALENDAR)


class PersonNeeded(Invalid):
    key = "scheduling.errors.person"


class ServiceNeeded(Invalid):
    key = "scheduling.errors.service"


class DayForm(BaseModel):
    """A weekday (Monday 0) as the form sends it: closed, or from one time of day to another, as typed."""

    model_config = ConfigDict(extra="forbid")
    weekday: Annotated[int, Field(ge=0, le=6)]
    open: bool
    opens: Text80 = ""
    closes: Text80 = ""

    def span(self) -> tuple[int, int] | None:
        """Minutes since midnight; a day that closes at 00:00 does so at its end. Raises ``WrongHours``."""
        if not self.open:
            return None
        opens, closes = (_minute_of_day(text, f"hours.{self.weekday}") for text in (self.opens, self.closes))
        return opens, closes or hours.MIDNIGHT


class CalendarState(rx.State):
    """``week`` as ``queries.week`` gives it, ``offered`` the people and services, ``options`` a menu."""

    week: dict[str, Any] = {"rows": [], "days": []}  # noqa: RUF012 -- Reflex copies defaults
    offered: dict[str, Any] = {"people": [], "services": [], "loaded": False}  # noqa: RUF012
    options: dict[str, Any] = {"field": "", "text": "", "items": []}  # noqa: RUF012

    @action(SchedulingPermission.SEE_CALENDAR, load=True)
    async def load(self):
        """The week of ``?day=``, or this one."""
        given = parse_qs(urlsplit(str(self.router.url)).query).get("day", [""])[0]
        async with reading() as session:
            await self._show(session, _day(given, session.viewer.today()))
            self.offered = {**await queries.offered(session), "loaded": True}

    @action(SchedulingPermission.SEE_CALENDAR, writes=False)
    async def show(self, day: Text80):
        """The week of another day; an empty one is today's."""
        async with reading() as session:
            await self._show(session, _day(day, session.viewer.today()))
            self.offered = {**await queries.offered(session), "loaded": True}

    @action(SchedulingPermission.SEE_CALENDAR, writes=False)
    async def lookup(self, field: Text80, text: Text200):
        """The menu of customers."""
        async with reading() as session:
            items = await parties.customer_menu(session, text, 20)
        self.options = {"field": field, "text": text, "items": items}

    @action(SchedulingPermission.BOOK)
    async def book(self, op: Op, form: Form):
        """A new appointment: ``person, service, starts_at, party, minutes, note``."""
        async with unit_of_work("scheduling.appointment.book", op=op) as session:
            asked = await _asked(session, form)
            said = await _said(session, await appointments.book(session, **asked), BOOKED)
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, said, undo=action_id)

    @action(SchedulingPermission.BOOK)
    async def change(self, op: Op, id: PublicId, form: Form):
        """Another time, person, service, customer, length or note."""
        async with unit_of_work("scheduling.appointment.change", op=op) as session:
            asked = await _asked(session, form)
            appointment = await session.by_public_id(Appointment, id)
            await appointments.change(session, appointment, **asked)
            said = await _said(session, appointment, MOVED)
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, said, undo=action_id)

    @action(SchedulingPermission.BOOK)
    async def move(self, op: Op, id: PublicId, person: PublicId, starts_at: Text80):
        """To another time or person, its length as it is; for one that was dragged there."""
        async with unit_of_work("scheduling.appointment.move", op=op) as session:
            appointment = await session.by_public_id(Appointment, id)
            await appointments.change(
                session,
                appointment,
                person=await session.by_public_id(Bookable, person),
                starts_at=instant(starts_at, session.viewer, "starts_at"),
            )
            said = await _said(session, appointment, MOVED)
            action_id = str(session.action_id)
        await toast(self, said, undo=action_id)

    @action(SchedulingPermission.BOOK)
    async def cancel(self, op: Op, id: PublicId):
        """Free the time."""
        async with unit_of_work("scheduling.appointment.cancel", op=op) as session:
            await appointments.cancel(session, await session.by_public_id(Appointment, id))
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.cancelled", undo=action_id)

    @action(SchedulingPermission.BOOK)
    async def finish(self, op: Op, id: PublicId):
        """Mark as done."""
        async with unit_of_work("scheduling.appointment.finish", op=op) as session:
            await appointments.finish(session, await session.by_public_id(Appointment, id))
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.done", undo=action_id)

    @action(SchedulingPermission.BOOK)
    async def rebook(self, op: Op, id: PublicId):
        """Take a done or cancelled one back into the calendar."""
        async with unit_of_work("scheduling.appointment.rebook", op=op) as session:
            appointment = await session.by_public_id(Appointment, id)
            person = await session.get(Bookable, appointment.person_id)
            await appointments.rebook(session, appointment, person)
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.rebooked", undo=action_id)

    @action(SchedulingPermission.MANAGE_SERVICES)
    async def add_person(self, op: Op, name: Text80):
        """A person or a room that can be booked."""
        async with unit_of_work("scheduling.person.add", op=op) as session:
            person = await offer.add_person(session, clean(name))
            self.offered = {**await queries.offered(session), "loaded": True}
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.person_added", undo=action_id, name=person.name)

    @action(SchedulingPermission.MANAGE_SERVICES)
    async def add_service(self, op: Op, name: Text80, minutes: Minutes, colour: Text80):
        """Something that people can be booked for."""
        async with unit_of_work("scheduling.service.add", op=op) as session:
            service = await offer.add_service(session, clean(name), minutes, _colour(colour))
            self.offered = {**await queries.offered(session), "loaded": True}
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.service_added", undo=action_id, name=service.name)

    @action(SchedulingPermission.MANAGE_SERVICES)
    async def save_hours(self, op: Op, days: Annotated[list[DayForm], Field(max_length=7)]):
        """From when to when the company works on each weekday."""
        async with unit_of_work("scheduling.hours.save", op=op) as session:
            await hours.say(session, {day.weekday: day.span() for day in days})
            await self._show(session, _day(self.week.get("day", ""), session.viewer.today()))
            self.offered = {**await queries.offered(session), "loaded": True}
            action_id = str(session.action_id)
        await self._answer(op)
        await toast(self, "scheduling.toast.hours_saved", undo=action_id)

    @action(SchedulingPermission.MANAGE_SERVICES)
    async def remove(self, op: Op, kind: Text80, id: PublicId):
        """A person or a service is no longer offered; what was booked stays."""
        async with unit_of_work("scheduling.offer.remove", op=op) as session:
            thing = await session.by_public_id(Bookable if kind == "person" else Service, id)
            await offer.put_away(session, thing)
            self.offered = {**await queries.offered(session), "loaded": True}
            action_id, name = str(session.action_id), thing.name
        await self._answer(op)
        await toast(self, "scheduling.toast.removed", undo=action_id, name=name)

    async def _show(self, session: TenantSession, day: date) -> None:
        self.week = await queries.week(session, session.viewer, day, session.viewer.today())

    async def _answer(self, op: str) -> None:
        await live.tell(self.router.session.client_token, {"topic": "ack", "op": op, "ok": True})


async def _said(session: TenantSession, appointment: Appointment, words: tuple[str, str]) -> str:
    """The toast's words, which do not keep silent about a time at which nobody works."""
    week = await hours.working_week(session, session.viewer.country)
    begins, ends = appointment.starts_at, appointment.ends_at
    is_within = hours.is_within(week, begins, ends, session.viewer.time_zone)
    return words[0] if is_within else words[1]


async def _asked(session: TenantSession, form: dict[str, Any]) -> dict[str, Any]:
    """What the form asks for, as ``appointments.book`` and ``change`` take it."""
    if not form.get("person"):
        raise PersonNeeded("person")
    if not form.get("service"):
        raise ServiceNeeded("service")
    party = await session.by_public_id(Party, str(form["party"])) if form.get("party") else None
    minutes = str(form.get("minutes") or "").strip()
    return {
        "person": await session.by_public_id(Bookable, str(form["person"])),
        "service": await session.by_public_id(Service, str(form["service"])),
        "starts_at": instant(str(form.get("starts_at") or ""), session.viewer, "starts_at"),
        "party_id": party.id if party else None,
        "duration_min": _minutes(minutes) if minutes else None,
        "note": clean(str(form.get("note") or "")),
    }


def _minute_of_day(text: str, field: str) -> int:
    try:
        at = time.fromisoformat(latin_digits(text).strip())
    except ValueError:
        raise hours.WrongHours(field) from None
    return at.hour * 60 + at.minute


def _minutes(text: str) -> int:
    value = number(text, "duration_min")
    if value != int(value):
        raise appointments.WrongLength("duration_min")
    return int(value)


def _colour(text: str) -> Colour:
    return Colour(text) if text in set(Colour) else Colour.ACCENT


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if 1970 <= found.year <= 2200 else today
